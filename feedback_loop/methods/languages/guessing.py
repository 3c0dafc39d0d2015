"""The language of a text, with a probability.

Here: the best guess and how sure it is. A script in which one language alone is written decides by itself; among the languages of any
other the n-grams do (`ngram_scores`), their probabilities tempered by length. Whether a guess is good enough to be stored is decided here,
too (`determined`), once for all stages. The rules that are easy to break: a guess follows from its text alone, never from the batch; and
a word or two in Latin letters carry no language: a wrong code is worse than none, because models and marts are chosen by it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from feedback_loop.methods.languages.ngram_scores import ngram_model
from feedback_loop.methods.languages.scripts import SCRIPTS, words_of
from feedback_loop.methods.personal_data.masking import PLACEHOLDER

Numbers = npt.NDArray[np.int64]
Reals = npt.NDArray[np.float64]

WRITTEN_IN = {
    "latin": "af az bs ca cs cy da de en es et eu fi fr ga ha hr hu id ig is it ku lt lv ms nl no pcm pl pt ro sk sl so sq sr sv sw tl tr "
    "uz vi yo zu",
    "greek": "el",
    "cyrillic": "be bg kk ky mk mn ru sr tg tt uk uz",
    "armenian": "hy",
    "hebrew": "he",
    "arabic": "ar ary arz fa ps sdh ug ur",
    "devanagari": "hi mr ne",
    "bengali": "as bn",
    "gurmukhi": "pa",
    "gujarati": "gu",
    "oriya": "or",
    "tamil": "ta",
    "telugu": "te",
    "kannada": "kn",
    "malayalam": "ml",
    "sinhala": "si",
    "thai": "th",
    "lao": "lo",
    "burmese": "my",
    "georgian": "ka",
    "korean": "ko",
    "ethiopic": "am",
    "khmer": "km",
    "kana": "ja",
    "han": "ja wuu yue zh",
}
"""What a guess may be, by script. Languages that take more short texts from their neighbours than they have speakers among customers are
left out."""

LABELS = tuple(sorted({label for labels in WRITTEN_IN.values() for label in labels.split()}))

_FOLDED = {"pcm": "en", "yue": "zh", "wuu": "zh", "arz": "ar", "ary": "ar", "sdh": "ku"}
"""Varieties that the model knows by themselves, and the language that they are stored as."""

LANGUAGES = tuple(sorted({_FOLDED.get(label, label) for label in LABELS}))

_HEAD_START = {"id": 0.25, "hi": 0.25, "bn": 0.25}
"""For languages that have one nearly like them in writing (Malay, Nepali, Assamese) and six times its speakers or more."""

_LETTER_WEIGHTS = np.array([{"latin": 1, "greek": 2, "cyrillic": 2, "armenian": 2, "georgian": 2}.get(script, 3) for script in SCRIPTS])
_KANA_SHARE = 0.1
_SURE_BY_SCRIPT = 0.99
_DECIMALS = 6
_BLOCK_TEXTS = 4096

# Without it guesses of a confidence of .65 are right nine times in ten, on sentences as on short translated messages. With it they are
# right about as often as their confidence says, seldom less; more would promise too much for texts that mix languages.
_SHARPNESS = 1.45

MAXIMUM_CHARS = 2_000
"""A text is judged by its beginning: more takes time and seldom changes the answer."""

MIN_CONFIDENCE = 0.8
"""Probability from which a guess is stored."""

MIN_CONFIDENCE_SHORT = 0.95
"""The same for texts of fewer than `SHORT_LETTERS` letters, whose probabilities promise too much."""

SHORT_LETTERS = 15

_NONE, _SEVERAL = -1, -2
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")


class Guess(NamedTuple):
    """A language (ISO 639-1), its probability, 0..1, and how many letters it was judged by."""

    language: str
    confidence: float
    letter_count: int


def guess_languages(texts: Iterable[str]) -> list[Guess | None]:
    """The likeliest language of each text; None for texts without a letter of a known script."""
    asked = [*texts]
    distinct = sorted(dict.fromkeys(asked), key=len)
    guesses: dict[str, Guess | None] = {}
    for start in range(0, len(distinct), _BLOCK_TEXTS):
        block = distinct[start : start + _BLOCK_TEXTS]
        guesses.update(zip(block, _guess_block([_readable(text) for text in block]), strict=True))
    return [guesses[text] for text in asked]


def determined(guess: Guess | None) -> str | None:
    """The language where the guess is sure enough to be stored, else None."""
    if guess is None:
        return None
    needed = MIN_CONFIDENCE if guess.letter_count >= SHORT_LETTERS else MIN_CONFIDENCE_SHORT
    return guess.language if guess.confidence >= needed else None


def _readable(text: str) -> str:
    """The beginning of the text; placeholders and addresses tell no language and are left out."""
    text = text[:MAXIMUM_CHARS]
    text = PLACEHOLDER.sub(" ", text) if "[" in text else text
    text = _ADDRESS.sub(" ", text) if "://" in text or "www." in text else text
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _guess_block(texts: Sequence[str]) -> list[Guess | None]:
    words = words_of(texts)
    script, share = _main_script(words.letters[:, : len(SCRIPTS)])
    language, confidence = _sole_languages()[script], _SURE_BY_SCRIPT * share
    rows = np.flatnonzero(language == _SEVERAL)
    if len(rows):
        starts = np.cumsum(words.byte_counts) - words.byte_counts
        likely = _probabilities(words.utf8, starts[rows], words.byte_counts[rows], script[rows])
        language[rows], confidence[rows] = likely.argmax(axis=1), likely.max(axis=1)
    found = zip(language.tolist(), confidence.round(_DECIMALS).tolist(), words.letters.sum(axis=1).tolist(), strict=True)
    return [Guess(LANGUAGES[number], sure, letters) if number >= 0 else None for number, sure, letters in found]


def _main_script(letters: Numbers) -> tuple[Numbers, Reals]:
    """The number of the script that carries each text and its share of the letters; one more than the last script where there is none.

    Latin letters count least, because brands and borrowed words are written in them everywhere; a letter of scripts that write
    syllables, or leave vowels out, is worth several. Japanese is known by its kana, which stand among Han signs.
    """
    weighted = letters * _LETTER_WEIGHTS
    kana, han = SCRIPTS.index("kana"), SCRIPTS.index("han")
    is_japanese = weighted[:, kana] >= _KANA_SHARE * weighted[:, han]
    weighted[:, kana] += np.where(is_japanese, weighted[:, han], 0)
    weighted[:, han] = np.where(is_japanese, 0, weighted[:, han] + weighted[:, kana])
    total = weighted.sum(axis=1)
    script = np.where(total > 0, weighted.argmax(axis=1), len(SCRIPTS))
    return script, weighted.max(axis=1) / np.maximum(total, 1)


def _probabilities(utf8: bytes, starts: Numbers, byte_counts: Numbers, script: Numbers) -> Reals:
    """float64 [texts, languages]: probabilities among the languages of each text's script, varieties added to their language.

    Features of a text repeat each other, so that plain naive Bayes is far too sure; dividing by the root of the length amends that.
    """
    model, columns = ngram_model(LABELS), _columns()
    tempered = _SHARPNESS * (model.scores(utf8, starts, byte_counts) / np.sqrt(byte_counts)[:, None] + columns.head_start)
    tempered[~columns.is_written_in[script]] = -np.inf
    odds = np.exp(tempered - tempered.max(axis=1, keepdims=True))
    summed = np.zeros((len(odds), len(LANGUAGES)))
    for column, language in enumerate(columns.language):
        summed[:, language] += odds[:, column]
    return np.asarray(summed / summed.sum(axis=1, keepdims=True))


class _Columns(NamedTuple):
    """What is known of the model's columns: the number of the language, its head start, and by script whether it is written in it."""

    language: list[int]
    head_start: Reals
    is_written_in: npt.NDArray[np.bool_]


@cache
def _columns() -> _Columns:
    labels = ngram_model(LABELS).labels
    language = [LANGUAGES.index(_FOLDED.get(label, label)) for label in labels]
    head_start = np.array([_HEAD_START.get(label, 0.0) for label in labels])
    return _Columns(language, head_start, np.array([[label in WRITTEN_IN[script].split() for label in labels] for script in SCRIPTS]))


@cache
def _sole_languages() -> Numbers:
    """By number of script: the language that alone is written in it, or that there are several; for no script that there is none."""
    written = [WRITTEN_IN[script].split() for script in SCRIPTS]
    return np.array([*(LANGUAGES.index(labels[0]) if len(labels) == 1 else _SEVERAL for labels in written), _NONE])
