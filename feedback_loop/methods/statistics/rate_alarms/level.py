"""The level of a stream: how its daily counts, freed of the season, move on from day to day.

Here: a mean with growth, a slow drift and days that differ by themselves, and what all that lets expect of the next day. The rule that is
easy to break: the variance of a day by itself (`day_variance`) is not doubt about the level: it is there again every day.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_solve, cholesky

Reals = npt.NDArray[np.float64]

_VAGUE = 4.0
_GROWTH = 0.01
_DRIFTS, _DAY_SPREADS = (0.004, 0.015, 0.05), (0.02, 0.08, 0.16, 0.3)
_NEWTON = 5


@dataclass(frozen=True)
class Movement:
    """By how much the log level drifts from one day to the next, and days differ by themselves (standard deviations)."""

    drift: float
    day_spread: float


CALM = Movement(_DRIFTS[1], _DAY_SPREADS[1])
_MOVEMENTS = [Movement(*pair) for pair in itertools.product(_DRIFTS, _DAY_SPREADS)]


@dataclass(frozen=True)
class Level:
    """Per past day the fitted log level, float64 [days], and for the day to come its mean, its doubt and the variance of days."""

    past: Reals
    log_next: float
    doubt: float
    day_variance: float
    log_evidence: float


def fit_level(counts: Reals, exposures: Reals, movement: Movement, ahead: int = 0) -> Level:
    """The level that daily counts show, oldest first; exposures are what a level of 1 would have had.

    The day to come follows on the last, or is so many days later.

    A Gaussian process of log rates with Poisson counts and Laplace's approximation: Rasmussen & Williams, "Gaussian Processes for Machine
    Learning" (2006), algorithms 3.1 and 3.2. A day without exposure says nothing.
    """
    ages = np.arange(len(counts) + ahead, ahead, -1.0)
    centre = float(np.log((counts.sum() + 0.5) / (exposures.sum() + 0.5)))
    prior = _VAGUE + _GROWTH**2 * np.outer(ages, ages) + movement.drift**2 * np.minimum(ages[:, None], ages)
    prior[np.diag_indices_from(prior)] += movement.day_spread**2
    # From where the counts themselves are, or a day of many times the mean would throw the first step far off.
    f = np.log((counts + 1.0) / (exposures * np.exp(centre) + 1.0))
    for _ in range(_NEWTON):
        expected = exposures * np.exp(np.clip(centre + f, -20.0, 20.0))
        root = np.sqrt(expected)
        factor = cholesky(np.eye(len(f)) + root[:, None] * prior * root, lower=True, check_finite=False)
        target = expected * f + counts - expected
        weights = target - root * cho_solve((factor, True), root * (prior @ target), check_finite=False)
        f = prior @ weights
    expected = exposures * np.exp(np.clip(centre + f, -20.0, 20.0))
    evidence = float((counts * (centre + f) - expected).sum() - 0.5 * weights @ f - np.log(np.diag(factor)).sum())
    doubt = _VAGUE - _VAGUE**2 * float(root @ cho_solve((factor, True), root, check_finite=False))
    return Level(centre + f, centre + _VAGUE * float(weights.sum()), max(doubt, 1e-6) + movement.drift**2, movement.day_spread**2, evidence)


def likeliest_movement(counts: Reals, exposures: Reals) -> Movement:
    """The drift and the spread of days under which the daily counts are likeliest."""
    return max(_MOVEMENTS, key=lambda movement: fit_level(counts, exposures, movement).log_evidence)
