"""What so many hits in so many trials prove of a share: the exact bounds of Clopper and Pearson (1934), from one side and from both.

Not here: which share has a target (`proven_shares`), nor how a threshold is walked down by these bounds (`calibration`). The rule that is
easy to break: one side may err with `delta`, so both together may with twice as much.
"""

from __future__ import annotations

from bisect import bisect_left

from scipy.stats import beta


def lower_bound(hits: float, trials: float, delta: float) -> float:
    """The share below which the truth lies with probability `delta` at most; 0 without a hit. Parts of a hit are for planning."""
    if hits <= 0:
        return 0.0
    return float(beta.ppf(delta, hits, trials - hits + 1))


def upper_bound(hits: int, trials: int, delta: float) -> float:
    """The share that is exceeded with probability `delta` at most; 1 where nothing was tried or all were hits."""
    return 1.0 if hits >= trials else float(beta.ppf(1 - delta, hits + 1, trials - hits))


def share_interval(hits: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The two-sided interval of a share; 0 to 1 where nothing was tried."""
    tail = (1 - confidence) / 2
    return lower_bound(hits, trials, tail), upper_bound(hits, trials, tail)


def fewest_trials(errors: int, tolerated: float, delta: float) -> int:
    """The fewest trials with so many errors that prove an error rate of at most `tolerated`, but for a chance of `delta`."""
    most = errors + 1
    while upper_bound(errors, most, delta) > tolerated:
        most *= 2
    return fewest_of(most, errors, tolerated, delta)


def fewest_of(most: int, errors: int, tolerated: float, delta: float) -> int:
    """The same where there are so many trials at the most; `most` where even those prove nothing."""
    counts = range(errors + 1, max(errors + 1, most))
    return min(most, errors + 1 + bisect_left(counts, True, key=lambda count: upper_bound(errors, count, delta) <= tolerated))
