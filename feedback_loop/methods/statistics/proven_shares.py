"""What labels prove about a share that has a target: that it is reached, that it is missed, or nothing yet.

Both bounds are the exact one-sided ones of Clopper and Pearson (1934). The rule that is easy to break: a share below its target proves
nothing by itself, only an upper bound below the target does; so "missed" is said where so bad a sample is a chance of `delta` at most.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum

from scipy.stats import beta

_MOST_TRIALS = 100_000


class Standing(StrEnum):
    """What the trials say of the target."""

    REACHED = "reached"
    MISSED = "missed"
    OPEN = "open"


@dataclass(frozen=True)
class ShareProof:
    """So many hits in so many trials, beside a target share and the chance of error that each bound may have."""

    hits: int
    trials: int
    target: float
    delta: float

    @property
    def low(self) -> float:
        """The share that is undercut with probability `delta` at most."""
        return lower_bound(self.hits, self.trials, self.delta)

    @property
    def high(self) -> float:
        """The share that is exceeded with probability `delta` at most."""
        return 1.0 - lower_bound(self.trials - self.hits, self.trials, self.delta)

    @property
    def standing(self) -> Standing:
        """What is proven."""
        if self.low >= self.target:
            return Standing.REACHED
        return Standing.MISSED if self.high < self.target else Standing.OPEN

    @property
    def further_trials(self) -> int | None:
        """How many more trials decide, if the share stays as it is (whole where nothing was tried); None where none would."""
        if self.standing is not Standing.OPEN:
            return 0
        share = self.hits / self.trials if self.trials else 1.0
        hits, target = (share, self.target) if share > self.target else (1.0 - share, 1.0 - self.target)
        counts = range(self.trials + 1, _MOST_TRIALS)
        found = bisect_left(counts, True, key=lambda count: lower_bound(hits * count, count, self.delta) >= target)
        return found + 1 if found < len(counts) else None


def lower_bound(hits: float, trials: float, delta: float) -> float:
    """The share below which the truth lies with probability `delta` at most; 0 without a hit. Parts of a hit are for planning."""
    if hits <= 0:
        return 0.0
    return float(beta.ppf(delta, hits, trials - hits + 1))
