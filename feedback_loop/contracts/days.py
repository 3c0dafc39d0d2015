"""Days and contiguous ranges of days, in UTC; the only unit in which tables are partitioned and replaced.

A range is inclusive at both ends. Instants stay `datetime` with a zone; a naive datetime is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from feedback_loop.errors import BadInput

FIRST_DAY = date(2010, 1, 1)
"""The first day that is computed: older than any app store review, and late enough that the UI can show every day since."""


def day_of(instant: datetime) -> date:
    """The UTC day in which the instant lies."""
    if instant.tzinfo is None:
        raise BadInput("an instant without a time zone has no day; attach one first.")
    return instant.astimezone(UTC).date()


def parse_day(text: str) -> date:
    """The day that an ISO date such as 2021-10-08 names."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(f"'{text}' is no day. Write it as YYYY-MM-DD, for example 2021-10-08.") from error


@dataclass(frozen=True, order=True)
class DayRange:
    """All days from `first` to `last`, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadInput(f"the range of days {self.first}..{self.last} ends before it begins. Swap the two days.")

    def __iter__(self) -> Iterator[date]:
        return (self.first + timedelta(days=n) for n in range(len(self)))

    def __len__(self) -> int:
        return (self.last - self.first).days + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first}..{self.last}" if self.first != self.last else str(self.first)

    def widened(self, before: int = 0, after: int = 0) -> DayRange:
        """The range with `before` more days in front and `after` more behind."""
        return DayRange(self.first - timedelta(days=before), self.last + timedelta(days=after))


def contiguous_ranges(days: Iterable[date]) -> list[DayRange]:
    """The days as the fewest ranges without gaps, ascending."""
    ranges: list[DayRange] = []
    for day in sorted(set(days)):
        if ranges and (day - ranges[-1].last).days == 1:
            ranges[-1] = DayRange(ranges[-1].first, day)
        else:
            ranges.append(DayRange(day, day))
    return ranges
