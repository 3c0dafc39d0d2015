"""A business calendar: zone, shifts of each weekday, holidays, days that are closed besides; and the spans of time in which it works.

How a calendar is written down is said by `outcomes/sla_calendars`. The rule that is easy to break: an instant counts where the wall clock
of the zone shows a time within a shift of an open day. So a shift from midnight to midnight lasts 23 hours on one day of the year and
25 on another, an hour that is shown twice counts twice, and one that is left out never counts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from feedback_loop.methods.working_time.public_holidays import public_holidays
from feedback_loop.methods.working_time.spans import Span, joined
from feedback_loop.methods.working_time.zones import SteadySpan, steady_spans

MINUTES_OF_DAY = 24 * 60

Shift = tuple[int, int]
"""Beginning and end in minutes since midnight, the end not included: 0 <= beginning < end <= 1440."""

Week = tuple[tuple[Shift, ...], ...]
"""The shifts of each of the seven weekdays, Monday first, in order and apart from each other."""

EVERY_HOUR: Week = (((0, MINUTES_OF_DAY),),) * 7

_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)


@dataclass(frozen=True)
class BusinessCalendar:
    """When somebody works."""

    zone: str
    week: Week
    country: str | None = None
    subdivision: str | None = None
    closed_days: frozenset[date] = frozenset()

    @property
    def never_closes(self) -> bool:
        """Whether every instant counts."""
        return self.week == EVERY_HOUR and self.country is None and not self.closed_days

    def is_open_on(self, day: date) -> bool:
        """Whether a day of the zone is neither closed nor a holiday; it may still be without a shift."""
        is_holiday = self.country is not None and day in public_holidays(self.country, self.subdivision, day.year)
        return not is_holiday and day not in self.closed_days

    def working_spans(self, start: datetime, end: datetime) -> Iterator[Span]:
        """The spans between two instants in UTC in which it works, in order, none touching another; made as they are asked for."""
        if self.never_closes:
            return iter([(start, end)] if start < end else [])
        return joined(span for steady in steady_spans(self.zone, start, end) for span in self._within(steady))

    def _within(self, steady: SteadySpan) -> Iterator[Span]:
        start, end, offset = steady
        shown, last = (instant.replace(tzinfo=None) + offset for instant in (start, end))
        midnight = datetime(shown.year, shown.month, shown.day)  # noqa: DTZ001  what the wall clock shows; its zone is `offset`
        while midnight < last:
            for shift in self.week[midnight.weekday()] if self.is_open_on(midnight.date()) else ():
                begin, finish = (midnight + minutes * _MINUTE for minutes in shift)
                begin, finish = max(begin, shown), min(finish, last)
                if begin < finish:
                    yield (begin - offset).replace(tzinfo=UTC), (finish - offset).replace(tzinfo=UTC)
            midnight += _DAY
