"""The language of a text, with a probability.

Here: the best guess and how sure it is (py3langid: naive Bayes over byte n-grams, its probabilities normalised and tempered by length).
Whether a guess is good enough to be stored is decided here, too (`determined`), once for all stages. The rule that is easy to break: a
text of one or two words carries no language; a wrong code is worse than none, because models and marts are chosen by it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from py3langid.langid import MODEL_FILE, LanguageIdentifier

LANGUAGES = re.findall(
    r"\w+",
    "af am ar as az be bg bn bs ca cs da de el en es et eu fa fi fr gu he hi hr hu hy id is it ja ka kk km kn ko ku ky lo lt lv "
    "mk ml mn mr ms "
    "my ne nl no or pa pl ps pt ro ru si sk sl sq sr sv sw ta te th tl tr uk ur uz vi zh pcm yue wuu arz ary",
)
"""What a guess may be. Languages that take more short texts from their neighbours than they have speakers among customers are left out."""

_FOLDED = {"pcm": "en", "yue": "zh", "wuu": "zh", "arz": "ar", "ary": "ar"}
_SURE = 0.9

MIN_CONFIDENCE = 0.6
"""Probability from which a guess is stored."""

MIN_CONFIDENCE_SHORT = 0.8
"""The same for texts of fewer than `SHORT_LETTERS` letters, whose probabilities promise too much."""

SHORT_LETTERS = 15

_NO_WORDS = re.compile(r"\[[A-Z]+\]|https?://\S+|[\d_]|[^\w\s'’.,!?।。-]")


class Guess(NamedTuple):
    """A language (ISO 639-1), its probability, 0..1, and how many letters it was judged by."""

    language: str
    confidence: float
    letter_count: int


def guess_languages(texts: Iterable[str]) -> list[Guess | None]:
    """The likeliest language of each text; None for texts without a letter."""
    seen: dict[str, Guess | None] = {}
    return [seen[text] if text in seen else seen.setdefault(text, _guess(text)) for text in texts]


def determined(guess: Guess | None) -> str | None:
    """The language where the guess is sure enough to be stored, else None."""
    if guess is None:
        return None
    needed = MIN_CONFIDENCE if guess.letter_count >= SHORT_LETTERS else MIN_CONFIDENCE_SHORT
    return guess.language if guess.confidence >= needed else None


def _guess(text: str) -> Guess | None:
    """Placeholders, addresses, digits and emoji tell no language and are left out."""
    words = _NO_WORDS.sub(" ", text).strip()
    letter_count = sum(map(str.isalpha, words))
    if not letter_count:
        return None
    words = words.lower() if _shouts(words) else words
    language, confidence = _identifier().classify(words)
    if confidence < _SURE:
        language, confidence = _best_folded(words)
    return Guess(_FOLDED.get(language, language), min(1.0, float(confidence)), letter_count)


def _best_folded(words: str) -> tuple[str, float]:
    """The likeliest language once the probabilities of its varieties are added to it."""
    totals: dict[str, float] = {}
    for label, probability in _identifier().rank(words):
        folded = _FOLDED.get(label, label)
        totals[folded] = totals.get(folded, 0.0) + float(probability)
    return max(totals.items(), key=lambda item: (item[1], item[0]))


def _shouts(words: str) -> bool:
    return sum(map(str.isupper, words)) > sum(map(str.islower, words))


@cache
def _identifier() -> LanguageIdentifier:
    """The model that ships with the library, loaded once."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(LANGUAGES)
    return identifier
