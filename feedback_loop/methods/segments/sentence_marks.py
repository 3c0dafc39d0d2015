"""Where a sentence, a line or a list item ends, in the scripts that customers write most.

Here: stops, abbreviations, list signs, line breaks. Where a clause begins within a sentence is `clause_marks`; what follows from it is
`cutting`. The rule that is easy to break: no expression may look at a run of equal marks twice, so that a text costs no more than its
length; hence the possessive quantifiers and the looks behind.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

Span = tuple[int, int]

_EMOJI = "\u2190-\u21ff\u2300-\u27bf\u2900-\u297f\u2b00-\u2bff\u3030\ufe0f\u200d\U0001f000-\U0001faff"
_CLOSING = f"\"'”’»)\\]}}*」』）】{_EMOJI}"
_STOPS = "!?。！？｡．…‼⁉⁇⁈।॥؟۔።։။។"
_BULLET = r"(?:[-*+•▪◦‣·●○■□➢➤→✓✔]|\(?\d{1,2}[.)](?!\d)|\(?[a-h]\))"
_OPENERS = "please|plz|pls|but|and|also|the|this|that|it|i|we|my|your|now|when|why|how|no|not|very|they"

_SENTENCE_END = re.compile(
    rf"[{_STOPS}.\n{_EMOJI}](?:"
    rf"(?<=[{_STOPS}])[.{_STOPS}]*+[{_CLOSING}]*+"  # stops that need no blank after them
    rf"|(?<=(?<!\.)\.)\.*+[{_CLOSING}]*+(?=\s|\Z)"  # a full stop before a blank
    rf"|(?<=[a-z\u00df-\u00ff]{{3}}\.)(?=[A-Z][a-z]|(?:{_OPENERS})\s)"  # a blank forgotten: `crashes.Please`
    r"|(?<=(?<!\.)\.)\.++(?=[^\W\d_])"  # dots instead of a blank: `crashes...Please`
    rf"|(?<=(?<![{_EMOJI}])[{_EMOJI}])[{_EMOJI}]*+(?=\s+[^\W\d_])"  # emoji instead of a full stop
    rf"|(?<=\n)(?P<newline>\n*+)(?P<bullet>\s{{0,9}}{_BULLET}\s)?)"
)
_ITEM = re.compile(r"(?<=\s)(?=(?:\(?[1-9]\d?[.)]|[•▪◦‣●➢➤])\s*[^\W\d_])")
_ITEM_SIGNS = (re.compile(r"(?:\A|\s)\(?1[.)]"), re.compile(r"\s\(?2[.)]"))
_INLINE_BULLET = re.compile("[•▪◦‣●➢➤]")
_NUMBER_BEFORE = re.compile(r"(?<!\S)\(?\d{1,2}[.)]+\Z")
_URL = re.compile(r"(?:https?://|www\.)\S+")


def _abbreviations(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(re.escape(word) for word in words.split())})\Z", re.IGNORECASE)


_NEVER_LAST = _abbreviations("mr ms dr st mrs prof vs eg ie e.g i.e approx resp z.b bzw d.h u.a ggf evtl sr sra mme p.ej p.ex bijv d.w.z")
_LAST_BEFORE_CAPITAL = _abbreviations("etc usw inc ltd corp co a.m p.m u.s u.k enz ecc")
_BEFORE_NUMBER = _abbreviations("no nr ver vers fig acc acct tel rs ca ex min max art cap núm nº pag")
_INITIAL = re.compile(r"(?<![^\W_])[^\W\d_]\Z")
_LOOK_BACK_CHARS = 8
_WRAPPED_CHARS = range(50, 91)
"""How long a line is that may have run full."""


class Fences(NamedTuple):
    """Spans that no cut may fall into: where they start, ascending, and how far each and those before it reach."""

    starts: list[int]
    ends: list[int]

    @classmethod
    def around(cls, spans: Sequence[Span]) -> Fences:
        """Fences around spans in any order, which may overlap."""
        if not spans:
            return _NO_FENCES
        ordered = sorted(spans)
        return cls([start for start, _ in ordered], [*accumulate((end for _, end in ordered), max)])

    def let_through(self, cuts: Iterable[int]) -> Iterable[int]:
        """The cuts that lie in no span; at its edges they may."""
        return (cut for cut in cuts if not self._hold(cut)) if self.starts else cuts

    def _hold(self, cut: int) -> bool:
        before = bisect_left(self.starts, cut) - 1
        return before >= 0 and cut < self.ends[before]


_NO_FENCES = Fences([], [])


def sentence_ends(text: str) -> Iterable[int]:
    """The offsets after which a new sentence, line or list item begins, ascending."""
    ends = {end for match in _SENTENCE_END.finditer(text) if (end := _end(text, match)) is not None}
    if _has_items(text):
        ends |= {match.start() for match in _ITEM.finditer(text)}
    links = [match.span() for match in _URL.finditer(text)] if "http" in text or "www." in text else []
    return Fences.around(links).let_through(sorted(ends))


def is_heading(text: str, span: Span) -> bool:
    """Whether a piece announces what follows."""
    return text.endswith((":", "："), *span)


def _end(text: str, match: re.Match[str]) -> int | None:
    """The offset behind the mark; None where the mark ends no sentence."""
    start, end, first = match.start(), match.end(), text[match.start()]
    if first == "\n":
        return None if match["bullet"] is None and _is_wrapped(text, match) else match.end("newline")
    if first in ".…" and end - start > (first == ".") and text[end : end + 2].lstrip()[:1].islower():
        return None  # a pause, which clauses judge
    if first == "." and (_is_abbreviated(text, start, end) or _NUMBER_BEFORE.search(text, max(0, start - _LOOK_BACK_CHARS), end)):
        return None
    return end


def _is_abbreviated(text: str, start: int, end: int) -> bool:
    """Whether the full stop belongs to the word before it."""
    low, after = max(0, start - _LOOK_BACK_CHARS), text[end : end + 2].lstrip()[:1]
    if _LAST_BEFORE_CAPITAL.search(text, low, start):
        return not after.isupper()
    if after.isdigit() and _BEFORE_NUMBER.search(text, low, start):
        return True
    return bool(_NEVER_LAST.search(text, low, start) or _INITIAL.search(text, low, start))


def _has_items(text: str) -> bool:
    """Whether a list stands within a line."""
    if not text.isascii() and _INLINE_BULLET.search(text):
        return True
    return "1" in text and "2" in text and all(sign.search(text) for sign in _ITEM_SIGNS)


def _is_wrapped(text: str, newline: re.Match[str]) -> bool:
    """Whether a line only ran full: it is as long as such lines are, does not end a sentence, and the next goes on in lower case."""
    if newline.end("newline") - newline.start() != 1:
        return False
    length = newline.start() - text.rfind("\n", 0, newline.start()) - 1
    before, after = text[newline.start() - 1 : newline.start()], text[newline.end() : newline.end() + 1]
    return length in _WRAPPED_CHARS and before not in set(f".:{_STOPS}") and after.islower()
