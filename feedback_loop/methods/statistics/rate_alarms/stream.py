"""A stream of instants as counts: per bin for the test, per hour for the season.

Here: counting, and which hours of the week the bins and hours are. What is expected of them is in `expectation`. The rule that is easy to
break: days are counted from the stream's own start, whatever hour that is, while hours of the week are those of the calendar (UTC).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US
WEEK_HOURS = 168
_FINEST_MINUTES = 15
_MONDAY_HOURS = 72
"""Hours from the Monday before it to the epoch, a Thursday."""


@dataclass(frozen=True)
class Stream:
    """Instants in microseconds since the epoch, in order, from `first` on; `bins` of `bin_us` each are watched until the end."""

    instants: Ints
    first: int
    bin_us: int
    bins: int

    @classmethod
    def of(cls, instants: Ints, first: int, end: int, bin_minutes: int) -> Stream:
        """The instants from first to end, in bins of so many minutes; shorter bins are joined to a quarter of an hour."""
        bin_us = joined_minutes(bin_minutes) * 60_000_000
        kept = np.sort(instants[(instants >= first) & (instants < end)])
        return cls(kept, first, bin_us, -(-(end - first) // bin_us))

    @property
    def bins_per_day(self) -> int:
        """A whole number."""
        return DAY_US // self.bin_us

    @property
    def days(self) -> int:
        """Days that have begun."""
        return -(-self.bins // self.bins_per_day)

    @property
    def starts(self) -> Ints:
        """Where the instants of each bin begin, and after all of them the end: int64 [bins + 1]."""
        edges = self.first + np.arange(self.bins + 1) * self.bin_us
        return np.searchsorted(self.instants, edges).astype(np.int64)

    def hourly(self) -> Reals:
        """Counts float64 [days, 24] per hour since the start; the last day may be partly unknown."""
        hours = (self.instants - self.first) // HOUR_US
        return np.bincount(hours, minlength=self.days * 24).astype(float).reshape(self.days, 24)

    def hour_of_week(self, day: int) -> Ints:
        """The hour of the week in whose middle half the hours of a day since the start lie: int64 [24]."""
        middle = self.first + day * DAY_US + np.arange(24) * HOUR_US + HOUR_US // 2
        return (middle // HOUR_US + _MONDAY_HOURS) % WEEK_HOURS

    def bin_points(self, day: int) -> Reals:
        """Where in the week the bins of a day lie, in hours: float64 [bins per day, points per bin]."""
        points = max(1, self.bin_us // (HOUR_US // 4))
        start = self.first + day * DAY_US + np.arange(self.bins_per_day)[:, None] * self.bin_us
        middle = start + (np.arange(points) + 0.5) * (self.bin_us / points)
        return np.asarray((middle / HOUR_US + _MONDAY_HOURS) % WEEK_HOURS)


def joined_minutes(bin_minutes: int) -> int:
    """The longest multiple that divides a day and is no longer than a quarter of an hour; longer bins stay as they are."""
    fits = [n for n in range(bin_minutes, _FINEST_MINUTES + 1, bin_minutes) if 1440 % n == 0]
    return fits[-1] if fits else bin_minutes
