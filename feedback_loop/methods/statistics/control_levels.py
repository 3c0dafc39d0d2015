"""What the control says about the treated: how much would have come per bin, and how surely.

The control has a level in each of three periods, and noise around it from bin to bin. Whether the treated share that noise is not assumed:
both readings are handed on, and the treated counts decide between them (`difference_in_differences`). The rule that is easy to break:
noise that the treated do not share is no reason to expect more or less of them; only the level is.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feedback_loop.methods.statistics.negative_binomial import mean_dispersion

Reals = npt.NDArray[np.float64]
Three = tuple[Reals, Reals, Reals]
"""Of history, of the time before the fix, of the time after it: float64 [bins] each."""

STILL, MOVED = 0.2, 0.6
"""Standard deviations of the change of the log level between two periods: as ever, and where traffic as a whole is hit by something."""

MOVED_SHARE = 0.5
"""Prior probability of the latter."""

DRIFT = 0.1
"""Standard deviation of what the treated drift from the control between two periods, in log, symptom and fix apart: it is no twin."""

MISSING_BELOW, _MISSING_DISPERSION = 1e-4, 0.3
"""Chance, where bins vary much, of a bin without any control count below which it was rather not recorded."""

_CHANGES = np.array([[-1.0, 1.0, 0.0], [0.0, -1.0, 1.0]])
_CONTRASTS = np.array([[-1.0, 1.0, 0.0], [-1.0, 0.0, 1.0], [0.0, -1.0, 1.0]])
_FEWEST_BINS, _LEAST_DISPERSION = 0.5, 1e-3


@dataclass(frozen=True)
class Expected:
    """What would have come of the treated, up to one factor, and the variances of the log of its error.

    The errors are those of before against history, of after against history, and of after against before.
    """

    exposures: Three
    errors: tuple[float, float, float]


@dataclass(frozen=True)
class _Control:
    """The control in one period: counts, lengths of the bins, which of them were recorded."""

    counts: Reals
    lengths: Reals

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Which bins were recorded: one without any count is doubted where the others have many."""
        some = self.counts > 0
        usual = float(np.median(self.counts[some] / self.lengths[some])) if some.any() else 0.0
        log_chance = -np.log1p(_MISSING_DISPERSION * usual * self.lengths) / _MISSING_DISPERSION
        return np.asarray(some | (log_chance > np.log(MISSING_BELOW)))

    @property
    def chance(self) -> float:
        """Variance of the log level by chance alone."""
        return 1.0 / (float(self.counts.sum()) + 0.5)

    @property
    def level(self) -> float:
        """Counts per bin of full length, half a count more so that its log exists."""
        return (float(self.counts.sum()) + 0.5) / max(float(self.lengths[self.known].sum()), _FEWEST_BINS)

    @property
    def crowding(self) -> float:
        """Variance of the mean over the bins where that of one bin is 1."""
        lengths = self.lengths[self.known]
        return float((lengths**2).sum() / lengths.sum() ** 2) if lengths.size else 1.0

    def followed(self, dispersion: float) -> Reals:
        """The rate bin by bin, drawn to the level as far as chance explains the difference; the level where nothing was recorded."""
        own = 1.0 / max(dispersion, _LEAST_DISPERSION)
        rate = self.level * (self.counts + own) / (self.level * self.lengths + own)
        return np.asarray(np.where(self.known, rate, self.level) * self.lengths)


def expected(counts: Three, lengths: Three) -> tuple[Expected, Expected]:
    """What the treated would have, if they share none of the control's noise from bin to bin, and if they share all of it."""
    controls = [_Control(c, n) for c, n in zip(counts, lengths, strict=True)]
    dispersion = mean_dispersion([(c.counts[c.known], c.lengths[c.known]) for c in controls])
    chances = np.array([c.chance for c in controls])
    variances = chances + dispersion * np.array([c.crowding for c in controls])
    levels, errors = _levels(np.log([c.level for c in controls]), variances)
    history, before, after = (n * np.exp(level) for n, level in zip(lengths, levels, strict=True))
    shared = tuple(c.followed(dispersion) for c in controls)
    return (
        Expected((history, before, after), _with_drift(errors)),
        Expected((shared[0], shared[1], shared[2]), _with_drift(_CONTRASTS**2 @ chances)),
    )


def _with_drift(errors: Reals) -> tuple[float, float, float]:
    first, second, third = (float(error) + DRIFT**2 for error in errors)
    return first, second, third


def _levels(seen: Reals, variances: Reals) -> tuple[Reals, Reals]:
    """The log levels of the three periods, and the variances of their contrasts, where each change may be small or large.

    Source: normal means with a normal prior of their changes, averaged over which change is large (Hoeting et al., "Bayesian model
    averaging", Statistical Science 14, 1999).
    """
    steps = _CHANGES @ seen
    log_weights, means, spreads = [], [], []
    for moved in itertools.product((False, True), repeat=2):
        scales = np.where(moved, MOVED, STILL) ** 2
        around = _CHANGES @ np.diag(variances) @ _CHANGES.T + np.diag(scales)
        covariance = np.linalg.inv(np.diag(1.0 / variances) + _CHANGES.T @ np.diag(1.0 / scales) @ _CHANGES)
        prior = np.log(np.where(moved, MOVED_SHARE, 1.0 - MOVED_SHARE)).sum()
        log_weights.append(prior - 0.5 * (steps @ np.linalg.solve(around, steps) + np.log(np.linalg.det(around))))
        means.append(covariance @ (seen / variances))
        spreads.append(np.diag(_CONTRASTS @ covariance @ _CONTRASTS.T))
    weight = np.exp(np.array(log_weights) - max(log_weights))
    weight = weight / weight.sum()
    mean = weight @ np.array(means)
    between = ((np.array(means) - mean) @ _CONTRASTS.T) ** 2
    return mean, weight @ (np.array(spreads) + between)
