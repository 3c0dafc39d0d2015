"""Peaks of daily counts that come back on the same weekday or day of the month, and what the next ones will be.

Here: which days come back higher than those around them, by how much, and how sure that is. Which counts they are, and of which dates, the
caller knows. The rules that are easy to break: a day is compared with days around it that are not of its own kind, so that growth is no
peak; and a single large day repeats nothing, so that most of a peak's days must each be high.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import nbinom

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST_RATIO = 1.25
"""How many times the level around it a peak has at least."""

CHANCE = 0.01
"""Probability of naming any peak where none comes back, over all kinds of days that are looked at."""

COVERAGE = 0.8
"""Share of the next peaks whose count lies within the interval that is told."""

FEWEST_COUNTED = 10
_AROUND, _HIGH_SHARE = 7, 0.75
_PRIOR_DISPERSION, _PRIOR_DAYS, _OUTLIER = 0.05, 5.0, 2.58


@dataclass(frozen=True)
class Peak:
    """One kind of day that comes back high: how many times the level around it, on how many past days, of which so many were high."""

    kind: int
    ratio: float
    repetition_count: int
    high_count: int
    p_value: float
    dispersion: float
    """Relative variance of one day about its expectation, beyond chance."""


@dataclass(frozen=True)
class Expected:
    """A count to come: its mean and the ends of the interval that holds it with `COVERAGE`."""

    mean: float
    low: float
    high: float


def repeated_peaks(counts: Reals, kinds: Ints, fewest: int) -> list[Peak]:
    """The kinds of days that come back high among daily counts, oldest first, each seen on at least so many days; highest ratio first.

    A kind's total is compared with the sum of the levels around its days by a negative binomial tail, one-sided, after Bonferroni.
    """
    looked_at = [kind for kind in np.unique(kinds).tolist() if np.count_nonzero(kinds == kind) >= fewest]
    found = [_peak(counts, kinds, kind) for kind in looked_at]
    named = [peak for peak in found if peak is not None and peak.p_value <= CHANCE / max(len(looked_at), 1)]
    return sorted(named, key=lambda peak: (-peak.ratio, peak.kind))


def can_tell(kinds: Ints, fewest: int) -> bool:
    """Whether any kind of day was seen often enough to tell."""
    return bool(kinds.size) and int(np.bincount(kinds).max()) >= fewest


def expected_count(peak: Peak, counts: Reals, kinds: Ints, peaks: Sequence[Peak]) -> Expected:
    """The count of the next day of the peak's kind, from the level of the last days that are of no peak's kind."""
    usual = counts[~np.isin(kinds, [one.kind for one in peaks])][-2 * _AROUND :]
    mean = max(float(usual.mean()) * peak.ratio if usual.size else 0.0, 0.5)
    # Its own spread, and the doubt about ratio and level, which come from so many days.
    variance = peak.dispersion * (1.0 + 1.0 / peak.repetition_count) + 1.0 / max(mean * peak.repetition_count, 1.0)
    size = 1.0 / max(variance + 1.0 / max(float(usual.sum()), 1.0), 1e-6)
    low, high = nbinom.ppf(((1.0 - COVERAGE) / 2.0, (1.0 + COVERAGE) / 2.0), size, size / (size + mean))
    return Expected(mean, float(low), float(high))


def _peak(counts: Reals, kinds: Ints, kind: int) -> Peak | None:
    own = np.flatnonzero(kinds == kind)
    levels = np.array([_level(counts, kinds, kind, int(day)) for day in own])
    total, expected = float(counts[own].sum()), float(levels.sum())
    if total < FEWEST_COUNTED or expected <= 0.0 or total < LEAST_RATIO * expected:
        return None
    high = int((counts[own] > levels).sum())
    if high < _HIGH_SHARE * len(own):
        return None
    dispersion = _dispersion(counts, kinds, kind, total / expected)
    size = max(expected, 1e-9) ** 2 / max(dispersion * float((levels**2).sum()) + expected**2 / (2.0 * _AROUND * expected + 1.0), 1e-9)
    p_value = float(nbinom.sf(total - 1.0, size, size / (size + expected)))
    return Peak(kind, total / expected, len(own), high, p_value, dispersion)


def _level(counts: Reals, kinds: Ints, kind: int, day: int) -> float:
    """The mean of the days of other kinds within a week on either side."""
    around = np.arange(max(0, day - _AROUND + 1), min(len(counts), day + _AROUND))
    others = around[kinds[around] != kind]
    return float(counts[others].mean()) if others.size else 0.0


def _dispersion(counts: Reals, kinds: Ints, kind: int, ratio: float) -> float:
    """How much single days differ beyond chance from the level around them, or the peak's days from what it makes of it.

    Days far above the rest weigh less, as in Noufaily et al., Statistics in Medicine 32 (2013): an outbreak is not how days usually differ.
    """
    levels = np.array([_level(counts, kinds, kind, day) for day in range(len(counts))]) * np.where(kinds == kind, ratio, 1.0)
    deviation = (counts - levels) / np.sqrt(levels + 4.0 * _PRIOR_DISPERSION * levels**2 + 1e-9)
    weight = np.where(deviation > _OUTLIER, (_OUTLIER / np.maximum(deviation, _OUTLIER)) ** 2, 1.0) ** 2
    surplus = float((weight * ((counts - levels) ** 2 - levels)).sum())
    prior = _PRIOR_DAYS * float((levels**2).mean())
    return max((surplus + _PRIOR_DISPERSION * prior) / max(float((weight * levels**2).sum()) + prior, 1e-9), 0.005)
