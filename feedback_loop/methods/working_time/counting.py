"""How much working time lies between two instants, and when so much of it will have passed; pauses don't count.

The rules that are easy to break: pauses that overlap are left out once; and a time that is used up with the end of a shift is due then, not
when the next shift begins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from feedback_loop.methods.working_time.calendar import BusinessCalendar
from feedback_loop.methods.working_time.spans import LATEST, Span, in_utc, total, without

LONGEST_SEARCH = timedelta(days=5 * 366)
"""How far ahead an instant is looked for."""

Pause = tuple[datetime, datetime | None]
"""From when until when nothing counts; None where it goes on."""


def working_time(calendar: BusinessCalendar, start: datetime, end: datetime, pauses: Sequence[Pause] = ()) -> timedelta:
    """The time from start to end that the calendar counts and no pause takes out; none where the end is not after the start."""
    return total(_counted(calendar, in_utc(start), in_utc(end), pauses))


def due_at(calendar: BusinessCalendar, start: datetime, target: timedelta, pauses: Sequence[Pause] = ()) -> datetime | None:
    """The first instant, in UTC, at which the target has been worked since start; the start itself where it is nothing.

    None where that is not within five years, as under a pause that goes on.
    """
    begin, left = in_utc(start), target
    if left <= timedelta():
        return begin
    for opens, closes in _counted(calendar, begin, min(begin, LATEST - LONGEST_SEARCH) + LONGEST_SEARCH, pauses):
        if closes - opens >= left:
            return opens + left
        left -= closes - opens
    return None


def _counted(calendar: BusinessCalendar, start: datetime, end: datetime, pauses: Sequence[Pause]) -> Iterator[Span]:
    gaps = [(in_utc(begin), LATEST if until is None else in_utc(until)) for begin, until in pauses]
    return without(calendar.working_spans(start, end), gaps)
