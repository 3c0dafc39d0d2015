"""What labels prove about a share that has a target: that it is reached, that it is missed, or nothing yet.

The bounds are the one-sided ones of `share_bounds`. The rule that is easy to break: a share below its target proves nothing by itself, only
an upper bound below the target does; so "missed" is said where so bad a sample is a chance of `delta` at most.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from enum import StrEnum

from feedback_loop.methods.statistics.share_bounds import lower_bound, upper_bound

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
        return upper_bound(self.hits, self.trials, self.delta)

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
