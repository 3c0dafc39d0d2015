"""How sure a figure over many simulated runs is: 95 % intervals of shares and of means.

Here: Wilson's interval for shares and the percentile bootstrap for means, over runs. What is counted is in `scoring`.
The rule that is easy to break: the bootstrap draws runs, never messages: messages of one run are not independent of each other.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from feedback_loop.simulation.number_streams import number_stream

Z95 = 1.959963984540054
RESAMPLES = 2000


@dataclass(frozen=True)
class Estimate:
    """A figure over `count` runs with the ends of its 95 % interval."""

    value: float
    low: float
    high: float
    count: int


def share_estimate(answers: Sequence[bool]) -> Estimate | None:
    """The share of true answers with Wilson's score interval (Wilson 1927); null without an answer."""
    count = len(answers)
    if count == 0:
        return None
    share, shrink = sum(answers) / count, 1 + Z95**2 / count
    middle = (share + Z95**2 / (2 * count)) / shrink
    half = Z95 / shrink * math.sqrt(share * (1 - share) / count + Z95**2 / (4 * count**2))
    return Estimate(share, min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share), count)


def mean_estimate(values: Sequence[float], *names: object) -> Estimate | None:
    """The mean with the percentile bootstrap over runs (Efron 1979), drawn from the stream of these names; null without a value."""
    if not values:
        return None
    told = np.array(values, dtype=float)
    drawn = number_stream("bootstrap", *names).integers(0, len(told), (RESAMPLES, len(told)))
    low, high = np.quantile(told[drawn].mean(axis=1), [0.025, 0.975])
    return Estimate(float(told.mean()), float(low), float(high), len(told))


def change_estimate(before: Sequence[float], after: Sequence[float], *names: object) -> Estimate | None:
    """The relative change of the mean, -0.3 for 30 % less, over pairs of runs; null without pairs or where nothing was before."""
    if not before or sum(before) <= 0:
        return None
    pairs = np.array([before, after], dtype=float)
    drawn = number_stream("bootstrap", *names).integers(0, pairs.shape[1], (RESAMPLES, pairs.shape[1]))
    was, became = pairs[:, drawn].mean(axis=2)
    low, high = np.quantile(became[was > 0] / was[was > 0] - 1, [0.025, 0.975])
    return Estimate(float(pairs[1].mean() / pairs[0].mean() - 1), float(low), float(high), pairs.shape[1])
