"""The season of a stream: how many times its mean rate each hour of the week has.

Here: a log-additive model of hour of day and day of week, drawn towards flat as far as chance alone could have bent it. How the level
moves from day to day is in `level`. The rule that is easy to break: the counts are given per hour of the week with the level already in
their exposure, so that growth is never taken for a season.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]

_CELLS = 168
_WAVES, _WEEKEND_WAVES = 8, 3
_NEWTON = 4
_LARGEST_STEP = 1.5
_LEAST_SCALE, _SCALE_WEIGHT = 0.02, 1.0


def _columns() -> tuple[Reals, npt.NDArray[np.int64], Reals]:
    """The model's columns float64 [168, columns], the group of each, and each group's variance before any data."""
    hour = np.arange(_CELLS)
    day, angle = hour // 24, 2.0 * np.pi * (hour % 24 + 0.5) / 24.0
    weekend = np.where(day >= 5, 5.0 / 7.0, -2.0 / 7.0)
    waves = [f(k * angle) for k in range(1, _WAVES + 1) for f in (np.sin, np.cos)]
    groups: list[tuple[float, list[Reals]]] = [
        (1.0, waves[:4]),
        (0.02, waves[4:]),
        (0.02, [(hour % 24 == n).astype(float) for n in range(24)]),
        (0.25, [weekend]),
        (0.01, [(day == n).astype(float) for n in range(7)]),
        (0.02, [weekend * wave for wave in waves[: 2 * _WEEKEND_WAVES]]),
    ]
    columns = [np.ones(_CELLS), *(column for _, group in groups for column in group)]
    owner = [-1, *(n for n, (_, group) in enumerate(groups) for _ in group)]
    return np.stack(columns, axis=1), np.asarray(owner), np.asarray([variance for variance, _ in groups])


_DESIGN, _OWNER, _VARIANCES = _columns()


@dataclass(frozen=True)
class Season:
    """Log factors per hour of the week, and how unsure each is (a variance): float64 [168] both. The factors' mean is 1."""

    log_factors: Reals
    doubts: Reals
    coefficients: Reals
    variances: Reals

    @classmethod
    def flat(cls) -> Season:
        """What is known before any count."""
        return cls(np.zeros(_CELLS), np.zeros(_CELLS), np.zeros(_DESIGN.shape[1]), _VARIANCES)

    def at(self, points: Reals) -> Reals:
        """Factors at places in the week, in hours, between the middles of the hours in a straight line (of logarithms)."""
        middles = np.arange(-1, _CELLS + 1) + 0.5
        wrapped = np.r_[self.log_factors[-1], self.log_factors, self.log_factors[0]]
        return np.asarray(np.exp(np.interp(points, middles, wrapped)))

    def doubt_at(self, points: Reals) -> Reals:
        """The variance of the log factors there."""
        return np.asarray(self.doubts[points.astype(np.int64) % _CELLS])


def fit_season(counts: Reals, exposures: Reals, before: Season) -> Season:
    """The season that counts per hour of the week show, given what a flat week would have had there: float64 [168] both.

    A Poisson regression with a normal prior per group of columns, whose variances follow the data: MacKay, "Bayesian interpolation",
    Neural Computation 4 (1992). It starts from the fit of the day before, so that a few steps are enough.
    """
    coefficients, variances = before.coefficients.copy(), before.variances
    precision = np.where(_OWNER < 0, 1e-4, 1.0 / variances[_OWNER])
    exposed = np.maximum(exposures, 1e-9)
    for _ in range(_NEWTON):
        expected = exposed * np.exp(np.clip(_DESIGN @ coefficients, -12.0, 12.0))
        gradient = _DESIGN.T @ (counts - expected) - precision * coefficients
        covariance = np.linalg.inv((_DESIGN.T * expected) @ _DESIGN + np.diag(precision))
        step = covariance @ gradient
        coefficients += step * min(1.0, _LARGEST_STEP / max(float(np.abs(step).max()), 1e-9))
    variances = _group_variances(coefficients, np.diag(covariance))
    log_factors = _DESIGN[:, 1:] @ coefficients[1:]
    log_factors = log_factors - np.log(np.exp(log_factors).mean())
    rest = _DESIGN[:, 1:] - _DESIGN[:, 1:].mean(axis=0)
    doubts = ((rest @ covariance[1:, 1:]) * rest).sum(axis=1)
    return Season(log_factors, doubts, coefficients, variances)


def _group_variances(coefficients: Reals, doubts: Reals) -> Reals:
    """The mean square of each group's columns, doubt included, held by as little as a single column of its first variance."""
    squares = coefficients**2 + doubts
    found = [
        (squares[n == _OWNER].sum() + _SCALE_WEIGHT * first) / (np.count_nonzero(n == _OWNER) + _SCALE_WEIGHT)
        for n, first in enumerate(_VARIANCES)
    ]
    return np.maximum(np.asarray(found, dtype=np.float64), _LEAST_SCALE**2)
