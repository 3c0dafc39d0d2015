"""How the current day goes so far: days differ by themselves, and the level is only known roughly.

Here: a level that follows the last hours, within what days usually differ. The days before are in `expectation`. The rule that is easy to
break: it hardly falls below what was foretold, or the end of a quiet day (a holiday) would be an alarm; and never rises beyond two standard
deviations, or an incident that comes in stages would be taken for a busy day.
"""

from __future__ import annotations

from math import exp, sqrt

_MEMORY_US = 10 * 3_600_000_000
_LEAST, _WIDEST = 0.85, 2.0


class Today:
    """A gamma distribution of how many times the foretold mean the true one is; its mean is 1 before the day has counts."""

    def __init__(self, variance: float, bin_us: int) -> None:
        self._prior = self._shape = self._rate = 1.0 / max(variance, 1e-4)
        self._most = exp(_WIDEST * sqrt(variance))
        self._kept = exp(-bin_us / _MEMORY_US)

    @property
    def factor(self) -> float:
        """The mean, within its bounds."""
        return min(max(self._shape / self._rate, _LEAST), self._most)

    @property
    def doubt(self) -> float:
        """The relative variance."""
        return 1.0 / self._shape

    def add(self, count: float, mean: float, dispersion: float) -> None:
        """Takes a bin in, for as much as its scatter lets it say."""
        weight = 1.0 / (1.0 + dispersion * mean)
        self._shape = self._prior + self._kept * (self._shape - self._prior) + weight * count
        self._rate = self._prior + self._kept * (self._rate - self._prior) + weight * mean

    def begin_anew(self) -> None:
        """Forgets the counts of the day."""
        self._shape = self._rate = self._prior
