"""How much more likely the counts are if one segment complains more from some moment on than if nobody does.

Poisson counts in segment and rest share one unknown level of the day (gamma), the segment's share is known from so much history (gamma),
the ratio is one of a few. Both unknowns are integrated out: the level exactly, the share by three points. A segment that is everybody has
share one, so that a rise of all and a rise of some are compared on the same data. The rule that is easy to break: the share is averaged
under "nothing changed", history and window pooled; under history alone a rare segment would look like a rise of any size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from feedback_loop.methods.diagnosis.level import Level
from feedback_loop.methods.statistics.calibration import Reals

RATIOS = np.array([1.5, 2, 3, 5, 8, 13, 21, 34])
GLOBAL_RATIOS = np.array([1.25, 1.4, 1.6, 2, 2.5, 3, 4])
"""How many times as many complaints a rise may mean; each as likely as the next before anything is seen."""

_POINTS, POINT_WEIGHTS = np.array([-1.7321, 0.0, 1.7321]), np.array([1 / 6, 2 / 3, 1 / 6])
"""Gauss and Hermite's rule for a normal distribution."""

_A_LITTLE = 0.3
"""Complaints added to what history counts, so that a segment without any has a share."""


@dataclass(frozen=True)
class Shares:
    """What is known of the shares of segments [k]: complaints now, weighted and plain ones before, and how much they vary by themselves."""

    observed: Reals
    usual: Reals
    counted: Reals
    variance: Reals
    """Squared coefficient of variation of a share from window to window, beyond chance."""
    now_total: int
    usual_total: float
    after: Reals | None = None
    """[k, moments]: the part of each segment's customers that came after each moment; unknown where all come as complaints usually do."""

    def of(self, row: int) -> Shares:
        """Those of one segment."""
        one = slice(row, row + 1)
        after = None if self.after is None else self.after[one]
        return Shares(self.observed[one], self.usual[one], self.counted[one], self.variance[one], self.now_total, self.usual_total, after)

    def points(self) -> Reals:
        """Three shares [k, 3] that stand for what it may be if nothing changed."""
        before = (self.usual + _A_LITTLE) / (self.usual_total + 2 * _A_LITTLE)
        worth = 1 / (1 / (np.minimum(self.counted, self.usual) + _A_LITTLE) + self.variance)
        total = worth + self.observed
        mean = total / (worth / before + self.now_total)
        sd = 1 / np.sqrt(total)
        points: Reals = np.minimum(mean[:, None] * np.exp(_POINTS * sd[:, None] - 0.5 * sd[:, None] ** 2), 1.0)
        return points


def log_evidence(after: Reals, shares: Shares, level: Level, concentration: float | None = None) -> Reals:
    """The log Bayes factor [k, moments] of a rise since each moment; `after` [k, moments] counts the segment's complaints since it.

    A `concentration` of nearly 0 says that the level is unknown: then only who complains tells, not how many.
    """
    known = level.concentration if concentration is None else concentration
    since = level.share_after[None] if shares.after is None else shares.after
    affected = shares.points()[:, None, :] * since[:, : after.shape[1], None]
    ratios = RATIOS[None, None, None, :]
    more = np.log((known + level.mean * (1 + affected[..., None] * (ratios - 1))) / (known + level.mean))
    terms = after[:, :, None, None] * np.log(ratios) - (shares.now_total + known) * more + np.log(POINT_WEIGHTS)[None, None, :, None]
    return log_mean(terms.reshape(*after.shape, terms.shape[2] * terms.shape[3]), len(RATIOS))


def log_evidence_of_all(after: Reals, total: int, level: Level, ratios: Reals = GLOBAL_RATIOS) -> Reals:
    """The log Bayes factor [moments] of a rise of everybody since each moment; `after` [moments] counts the complaints since it."""
    more = 1 + level.share_after[:, None] * (ratios - 1)
    known = level.concentration
    terms = after[:, None] * np.log(ratios) - (total + known) * np.log((known + level.mean * more) / (known + level.mean))
    return log_mean(terms, len(ratios))


def log_mean(terms: Reals, count: int) -> Reals:
    """The logarithm of the sum over the last axis of exponentials, over the count."""
    top = terms.max(axis=-1, keepdims=True)
    mean: Reals = top[..., 0] + np.log(np.exp(terms - top).sum(axis=-1) / count)
    return mean
