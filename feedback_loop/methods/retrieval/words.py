"""How a text is spelt for an index of words, and which words of a question are looked for.

A script without blanks between words is cut into overlapping pairs of characters, as Lucene's CJKAnalyzer does, so that a word of two
characters is found. The rule that is easy to break: documents and questions are spelt by the same function; and a question is untrusted, so
no word of it ever becomes part of a query language.
"""

from __future__ import annotations

import re
import unicodedata

from feedback_loop.methods.stop_words import NEGATIONS, STOP_WORDS

SPELLING_VERSION = "words-1"
MOST_WORDS = 200
"""Words of a question that are looked for; the others of a longer one are not."""

_UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+"
)
"""Thai, Lao, Burmese, Khmer, kana, Han."""

_LIST_NUMBER = re.compile(r"^[ \t]*\d{1,2}[.)](?=\s)", re.MULTILINE)
"""The steps of a procedure are numbered; a number that every document has tells nothing of a version 2."""

_DOT_WITHIN = re.compile(r"(?<=\d)\.(?=\d)")
_DOT_AS_LETTER = "\ua4f8"
"""A letter that looks like a dot (Lisu): a version such as 7.2.0 is then one word of the index and not three."""

_NO_TEXT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_BETWEEN = re.compile(r"[\s_/\u2010-\u2015-]+")
_EMPTY = STOP_WORDS - NEGATIONS


def spelt(text: str) -> str:
    """The text in compatibility form (NFKC), without control characters, pairs of characters where a script has no blanks."""
    listed = _LIST_NUMBER.sub(" ", text.replace("\r", "\n"))
    plain = _NO_TEXT.sub(" ", unicodedata.normalize("NFKC", _NO_TEXT.sub(" ", listed)))
    return _UNSPACED.sub(_pairs, _DOT_WITHIN.sub(_DOT_AS_LETTER, plain))


def sets_no_blanks(sign: str) -> bool:
    """Whether the script of the sign writes words without blanks between them."""
    return bool(_UNSPACED.fullmatch(sign))


def readable(word: str) -> str:
    """The word as a person writes it."""
    return word.replace(_DOT_AS_LETTER, ".")


def asked_words(text: str) -> tuple[str, ...]:
    """The distinct words of a question as it spells them, without those that name nothing unless it has no others."""
    words = {word.casefold(): word for word in map(_stripped, _BETWEEN.split(spelt(text))) if word}
    telling = [word for folded, word in words.items() if folded.replace("’", "'") not in _EMPTY]
    return tuple(telling or words.values())[:MOST_WORDS]


def _stripped(word: str) -> str:
    """The word without the marks around it; signs that combine with letters are parts of it."""
    kept = [place for place, sign in enumerate(word) if unicodedata.category(sign)[0] in "LNM"]
    return word[kept[0] : kept[-1] + 1] if kept else ""


def _pairs(run: re.Match[str]) -> str:
    signs = run[0]
    return f" {' '.join(signs[n : n + 2] for n in range(max(1, len(signs) - 1)))} "
