"""Normalised text: what two spellings of the same message have in common, aligned with the raw text.

Here: Unicode composition, line ends, invisible characters, blanks, and the order in which all is done. What is mojibake is said in
`mojibake`, what is HTML in `markup`; personal data is masked by `personal_data.masking`, replies are stripped by `mail.replies`. The rule
that is easy to break: `normalise` is idempotent and judges locally (a tag, an entity, a run of blanks), so that a slice of a message
normalises as it did within the whole; composition uses the standard library because identifiers depend on it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator

from feedback_loop.methods.alignment import AlignedText, Replacement, rewrite, unchanged
from feedback_loop.methods.normal_text.markup import BRACKETS, without_hidden, without_tags
from feedback_loop.methods.normal_text.mojibake import may_hold_mojibake, repaired

_BLANK = " \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
_LINE_END = "\r\n|[\r\x0b\x0c\u2028\u2029]"
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f-\x9f"
_INVISIBLE = f"{_CONTROLS}\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
_SURROGATE = "\ud800-\udfff"
# A joiner shapes emoji sequences and Indic or Persian words; between Latin letters it only hides them from a search.
_JOINED = "\u0300-\u1fff\u2190-\u2bff\U00010000-\U000dffff"
_JOINER = f"(?<![{_JOINED}\ufe0f])[\u200c\u200d]|[\u200c\u200d](?![{_JOINED}])"

_CHARACTERS = re.compile(f"(?P<line>{_LINE_END})|(?P<broken>[{_SURROGATE}]+)|[{_INVISIBLE}]+|{_JOINER}")
_MAY_BE_INVISIBLE = re.compile(f"[\r\x0b\x0c\u2028\u2029{_SURROGATE}{_INVISIBLE}\u200c\u200d]")
# A single space between two words, the most frequent of all, is no match.
_BLANKS = re.compile(f"\\A[{_BLANK}\n]+|[{_BLANK}\n]+\\Z|[{_BLANK}]*\n[{_BLANK}\n]*|[{_BLANK}]{{2,}}|[{_BLANK[1:]}]")
# One class of characters, then a few literals: an expression of alternatives would cost ten times as much on the texts that are normal.
_UNUSUAL = re.compile(f"[\r\x0b\x0c\u2028\u2029{_SURROGATE}{_INVISIBLE}<&{_BLANK[1:]}]")
_LONE_JOINER = re.compile(_JOINER)
_WIDE_BLANKS = ("  ", " \n", "\n ", "\n\n\n")
# Starters that may still join the character before them: conjoining jamo and the second halves of Indic two-part vowels.
_JOINS_BACK = re.compile(
    "[\u1161-\u1175\u11a8-\u11c2\u09be\u09d7\u0b3e\u0b56\u0b57\u0bbe\u0bd7\u0cc2\u0cd5\u0cd6\u0d3e\u0d57\u0dcf\u0ddf\u102e\u1b35]"
)
_MARKS = "".join(char for char in map(chr, range(0x300, 0x1F000)) if unicodedata.combining(char))
_STACKED = re.compile(f"(?P<kept>[{_MARKS}]{{30}})[{_MARKS}]+")
"""More marks on one character than any language has (UAX #15, stream-safe text); to sort them takes the square of their number."""

_MAX_ROUNDS = 8


def normalise(raw: str) -> AlignedText:
    """The text in NFC, with line feeds as line ends, single blanks, no markup and nothing invisible, aligned with the raw text."""
    aligned = unchanged(raw)
    for _ in range(_MAX_ROUNDS):
        if _is_normal(aligned.text):
            return aligned
        before = aligned.text
        for rule in _RULES:
            aligned = _applied(aligned, rule(aligned.text))
        if aligned.text == before:
            return aligned
    # Markup nested this deep is an attack on the parser; without its brackets no rule can find more of it.
    aligned = _applied(aligned, (Replacement(m.start(), m.end(), " ") for m in BRACKETS.finditer(aligned.text)))
    return aligned.then(normalise(aligned.text))


def _is_normal(text: str) -> bool:
    if _UNUSUAL.search(text) or text[:1].isspace() or text[-1:].isspace() or any(blanks in text for blanks in _WIDE_BLANKS):
        return False
    if text.isascii():
        return True
    if ("\u200d" in text or "\u200c" in text) and _LONE_JOINER.search(text):
        return False
    return not _STACKED.search(text) and unicodedata.is_normalized("NFC", text) and not may_hold_mojibake(text)


def _applied(aligned: AlignedText, replacements: Iterable[Replacement]) -> AlignedText:
    found = list(replacements)
    return aligned.then(rewrite(aligned.text, found)) if found else aligned


def _repaired(text: str) -> Iterable[Replacement]:
    return repaired(text) if may_hold_mojibake(text) else ()


def _visible(text: str) -> Iterator[Replacement]:
    if not _MAY_BE_INVISIBLE.search(text):
        return
    for match in _CHARACTERS.finditer(text):
        yield Replacement(match.start(), match.end(), "\n" if match["line"] else "\ufffd" * len(match["broken"] or ""))


def _single_blanks(text: str) -> Iterator[Replacement]:
    for match in _BLANKS.finditer(text):
        at_edge = match.start() == 0 or match.end() == len(text)
        blank = "" if at_edge else "\n" * min(2, match[0].count("\n")) or " "
        if blank != match[0]:
            yield Replacement(match.start(), match.end(), blank)


def _unstacked(text: str) -> Iterator[Replacement]:
    if text.isascii():
        return
    for match in _STACKED.finditer(text):
        yield Replacement(match.start(), match.end(), match["kept"])


def _composed(text: str) -> Iterable[Replacement]:
    """NFC, cluster by cluster; as one whole where clusters do not compose on their own."""
    composed = unicodedata.normalize("NFC", text)
    if composed == text:
        return ()
    clusters = list(_recomposed_clusters(text))
    return clusters if rewrite(text, clusters).text == composed else [Replacement(0, len(text), composed)]


def _recomposed_clusters(text: str) -> Iterator[Replacement]:
    starts = [i for i, c in enumerate(text) if i == 0 or not (unicodedata.combining(c) or _JOINS_BACK.match(c))]
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        cluster = unicodedata.normalize("NFC", text[start:end])
        if cluster != text[start:end]:
            yield Replacement(start, end, cluster)


_RULES: tuple[Callable[[str], Iterable[Replacement]], ...] = (
    _repaired,
    _visible,
    without_hidden,
    without_tags,
    _unstacked,
    _composed,
    _single_blanks,
)
"""In this order: controls and no-break spaces are halves of misread letters, and a tag may be hidden by what is invisible."""
