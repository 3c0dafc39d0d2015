"""Stretches of time in UTC: joined, cut out of each other, added up.

A span holds its beginning and not its end, so that two that touch share no instant. The rule that is easy to break: all instants here are
in UTC; Python subtracts two of one local zone by the wall clock and loses the hour of a change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

Span = tuple[datetime, datetime]

LATEST = datetime(9000, 1, 1, tzinfo=UTC)
"""Stands for an end that nobody knows yet; far enough from the last year that a datetime can hold to be shifted into any zone."""


def in_utc(instant: datetime) -> datetime:
    """The same moment in UTC, `LATEST` at most; raises ValueError where it names no zone."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a zone is no moment; give it one")
    return LATEST if instant.replace(tzinfo=UTC) > LATEST else instant.astimezone(UTC)


def joined(spans: Iterable[Span]) -> Iterator[Span]:
    """The same instants in as few spans as possible; the spans come in the order of their beginnings, empty ones are dropped."""
    open_span: Span | None = None
    for begin, end in spans:
        if begin >= end:
            continue
        if open_span is None or begin > open_span[1]:
            if open_span is not None:
                yield open_span
            open_span = (begin, end)
        else:
            open_span = (open_span[0], max(open_span[1], end))
    if open_span is not None:
        yield open_span


def without(spans: Iterable[Span], gaps: Iterable[Span]) -> Iterator[Span]:
    """What of the spans lies in no gap; the spans come in their order, gaps in any."""
    cuts: Sequence[Span] = list(joined(sorted(gaps)))
    for begin, end in spans:
        for cut_begin, cut_end in cuts:
            if cut_end <= begin or cut_begin >= end:
                continue
            if cut_begin > begin:
                yield begin, cut_begin
            begin = cut_end
        if begin < end:
            yield begin, end


def total(spans: Iterable[Span]) -> timedelta:
    """How long they last together."""
    return sum((end - begin for begin, end in spans), timedelta())
