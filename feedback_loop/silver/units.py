"""A raw text masked, and cut into complaint units that keep the alignment law.

Here: one text. How texts become rows is `messages`, how their units do `fragments`. The rule that is easy to break is the law itself: for
every unit `cleaning.clean(raw[start:end]) == masked`, so a unit's masked text is computed from its own raw slice and never copied out of
the message's; where the slice alone would read differently from the same part of the message, the text is left whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from feedback_loop.contracts.vocab import Channel, RemovedKind
from feedback_loop.methods.alignment import AlignedText, unchanged
from feedback_loop.methods.cleaning import PLAIN, Cleaning
from feedback_loop.methods.mail.replies import StrippedReply, strip_reply
from feedback_loop.methods.personal_data.masking import PersonalData, whole_spans
from feedback_loop.methods.segments.cutting import segment

WRITTEN_AS_MAIL = frozenset({Channel.EMAIL, Channel.TICKET, Channel.CHAT})
"""Channels whose texts may carry quotes, signatures and disclaimers."""


_BLANKS = " \t\r\n"
"""Blanks that normalise to nothing at the ends of a text; others may mean something there."""


class Unit(NamedTuple):
    """One complaint unit: raw[raw_start:raw_end], and its masked text aligned with that slice."""

    raw_start: int
    raw_end: int
    masked: AlignedText


class Said(NamedTuple):
    """The kept parts of a text: normalised and masked as a whole, a line apart (empty where nothing is left), and as units in order."""

    masked: str
    units: list[Unit]


def stripped(raw: str, channel: str) -> StrippedReply:
    """The customer's own parts of a text and the removed ones; only mail-like channels lose anything."""
    return strip_reply(raw) if channel in WRITTEN_AS_MAIL else StrippedReply(((0, len(raw)),) if raw else (), ())


def kept_spans(length: int, removed: Iterable[tuple[int, int, RemovedKind]]) -> list[tuple[int, int]]:
    """The spans between the removed ones."""
    kept: list[tuple[int, int]] = []
    position = 0
    for start, end, _ in removed:
        kept.append((position, start))
        position = end
    return [span for span in [*kept, (position, length)] if span[0] < span[1]]


def said(raw: str, kept: Sequence[tuple[int, int]], cleaning: Cleaning = PLAIN) -> Said:
    """What the kept spans say; what lies between units normalises to nothing.

    Where several parts now stand beside each other in the message, what shows only then (a number below the word for it) is masked too.
    """
    parts = [_said(raw, *span, cleaning) for span in kept]
    texts = [part.masked for part in parts if part.masked]
    masked = cleaning.clean("\n".join(texts)).text if len(texts) > 1 else "".join(texts)
    return Said(masked, [unit for part in parts for unit in part.units])


def units(raw: str, cleaning: Cleaning = PLAIN) -> list[Unit]:
    """The units of a text of which nothing is removed."""
    return said(raw, [(0, len(raw))], cleaning).units


def _said(raw: str, start: int, end: int, cleaning: Cleaning) -> Said:
    part = raw[start:end].lstrip(_BLANKS)
    begin, part = end - len(part), part.rstrip(_BLANKS)
    normal = cleaning.normal(part)
    if not normal.text:
        return Said("", [])
    found = cleaning.find(normal.text)
    masked = cleaning.mask(normal.text, found)
    cut = _cut(part, normal, masked, found, cleaning)
    return Said(masked.text, [Unit(begin + unit.raw_start, begin + unit.raw_end, unit.masked) for unit in cut] if begin else cut)


def _cut(raw: str, normal: AlignedText, masked: AlignedText, found: Sequence[PersonalData], cleaning: Cleaning) -> list[Unit]:
    pieces = segment(normal.text, whole_spans(found))
    if len(pieces) == 1:
        return _left_whole(raw, normal, masked, cleaning)
    spans = pieces if normal.text == raw else [normal.alignment.source_span(*piece) for piece in pieces]
    if any(end > start for (_, end), (start, _) in pairwise(spans)):
        # Known before a piece is cleaned: where all was replaced as a whole, each piece is all of the text.
        return _left_whole(raw, normal, masked, cleaning)
    cut = [_piece(raw, *span, normal.text[slice(*piece)], cleaning) for span, piece in zip(spans, pieces, strict=True)]
    wanted = [masked.text[slice(*(masked.alignment.derived_span(*piece) if found else piece))] for piece in pieces]
    return cut if [unit.masked.text for unit in cut] == wanted else _left_whole(raw, normal, masked, cleaning)


def _piece(raw: str, start: int, end: int, normal_text: str, cleaning: Cleaning) -> Unit:
    """One piece as a unit; most are as they were written, and then nothing is computed again."""
    if raw[start:end] == normal_text and cleaning.stays(normal_text):
        return Unit(start, end, unchanged(normal_text))
    return _unit(raw, start, end, cleaning)


def _left_whole(raw: str, normal: AlignedText, masked: AlignedText, cleaning: Cleaning) -> list[Unit]:
    """One unit, from the first raw character that the normal text holds to the last; what stands around it stays outside."""
    if normal.text == raw:
        return [Unit(0, len(raw), masked)]
    start, end = normal.alignment.source_span(0, len(normal.text))
    if (start, end) == (0, len(raw)):
        return [Unit(start, end, normal.then(masked))]
    return [_unit(raw, start, end, cleaning)]


def _unit(raw: str, start: int, end: int, cleaning: Cleaning) -> Unit:
    return Unit(start, end, cleaning.clean(raw[start:end]))
