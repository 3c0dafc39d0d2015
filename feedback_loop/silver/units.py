"""A raw text cut into complaint units that keep the alignment law.

Here: units of one text. How units become rows is `fragments`. The rule that is easy to break is the law itself: for every unit
`clean(raw[start:end]) == masked`, so a unit's masked text is computed from its own raw slice and never copied out of the message's; where
the slice alone would read differently from the same part of the message, the text is left whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from feedback_loop.contracts.vocab import Channel, RemovedKind
from feedback_loop.methods.alignment import AlignedText
from feedback_loop.methods.masking import clean, find_personal_data, mask, whole_spans
from feedback_loop.methods.replies import StrippedReply, strip_reply
from feedback_loop.methods.segmentation import segment
from feedback_loop.methods.text import normalise

WRITTEN_AS_MAIL = frozenset({Channel.EMAIL, Channel.TICKET, Channel.CHAT})
"""Channels whose texts may carry quotes, signatures and disclaimers."""


class Unit(NamedTuple):
    """One complaint unit: raw[raw_start:raw_end], and its masked text aligned with that slice."""

    raw_start: int
    raw_end: int
    masked: AlignedText


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


def units(raw: str, kept: Sequence[tuple[int, int]] | None = None) -> list[Unit]:
    """The units of the kept spans (all of the text unless given); what lies between units normalises to nothing."""
    spans = [(0, len(raw))] if kept is None else kept
    return [
        unit._replace(raw_start=start + unit.raw_start, raw_end=start + unit.raw_end)
        for start, end in spans
        for unit in _units(raw[start:end])
    ]


def _units(raw: str) -> list[Unit]:
    normal = normalise(raw)
    if not normal.text:
        return []
    found = find_personal_data(normal.text)
    whole = mask(normal.text) if found else normal
    pieces = segment(normal.text, whole_spans(found))
    if pieces == [(0, len(normal.text))]:
        return _left_whole(raw, normal)
    expected = whole.text if found else normal.text
    cut = [_unit(raw, *normal.alignment.source_span(*piece)) for piece in pieces]
    wanted = [expected[slice(*(whole.alignment.derived_span(*piece) if found else piece))] for piece in pieces]
    disjoint = all(a.raw_end <= b.raw_start for a, b in pairwise(cut))
    return cut if disjoint and [unit.masked.text for unit in cut] == wanted else _left_whole(raw, normal)


def _left_whole(raw: str, normal: AlignedText) -> list[Unit]:
    return [_unit(raw, *normal.alignment.source_span(0, len(normal.text)))]


def _unit(raw: str, start: int, end: int) -> Unit:
    return Unit(start, end, clean(raw[start:end]))


def masked_message(raw: str, kept: Sequence[tuple[int, int]]) -> str:
    """The normalised and masked text of the kept parts, a line apart; empty where nothing is left."""
    return "\n".join(_texts(raw, kept))


def _texts(raw: str, kept: Sequence[tuple[int, int]]) -> Iterator[str]:
    return (text for start, end in kept if (text := clean(raw[start:end]).text))
