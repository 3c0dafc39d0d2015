"""How many complaints the window lets expect, how sure that is, and how they spread over it.

Windows at the same time of earlier days are fitted by a penalised negative binomial regression on weekday and growth, with the number of
active customers as an offset where that fits better. The rule that is easy to break: what is uncertain about the expectation belongs into
its spread, or a quiet Sunday raises an alarm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from feedback_loop.methods.diagnosis.coding import Window
from feedback_loop.methods.statistics.calibration import Indices, Reals

DAY_US = 86_400_000_000
STEPS = 48
"""Moments within the window at which a rise may have begun, where nobody asks for others."""

_SLOT_US = DAY_US // 96
_FEWEST_DAYS = 4
_USUAL_SPREAD, _WEIGHT_OF_USUAL = 0.01, 6.0
"""Squared coefficient of variation between days before anything is seen, and how many days it counts as."""

_GROWTH_SD, _WEEKDAY_SD = 0.15, 0.25
"""Of the logarithm: growth in two weeks, and a weekday beside the others, before anything is seen."""

_UNKNOWN_SPREAD = 0.25
"""Where history has too few days to tell."""

_ROUNDS = 12


@dataclass(frozen=True)
class Level:
    """The expected count, its concentration (1 / squared coefficient of variation), and the share [moments] expected after each moment."""

    mean: float
    concentration: float
    share_after: Reals
    moments: Reals
    """Microseconds since the window's start [moments], the first 0."""

    def of_part(self, share: float) -> Level:
        """The level of a part of all customers."""
        return Level(self.mean * share, self.concentration, self.share_after, self.moments)


@dataclass(frozen=True)
class ActiveCustomers:
    """Hours in microseconds, ascending, and how many customers were active in each."""

    hours: Indices
    counts: Reals

    def between(self, start: int, end: int) -> float:
        """The sum of the hours that begin in the span."""
        first, last = np.searchsorted(self.hours, [start, end])
        return float(self.counts[first:last].sum())


def usual_level(at: Indices, window: Window, active: ActiveCustomers | None = None, steps: int = STEPS) -> Level:
    """What the complaints [n] before the window let expect in it, whose moments are so many."""
    moments = np.arange(steps) * window.length / steps
    share_after = _share_after(at[at < window.start], window, moments)
    shifts = np.arange(max(1, -(-window.length // DAY_US)), max(0, window.start - window.first) // DAY_US + 1) * DAY_US
    if len(shifts) < _FEWEST_DAYS:
        history = max(window.start - window.first, 1)
        mean = float(np.count_nonzero(at < window.start)) / history * window.length
        return Level(max(mean, 0.2), 1 / _UNKNOWN_SPREAD, share_after, moments)
    counts = np.diff(np.searchsorted(at, [window.start - shifts, window.end - shifts]), axis=0)[0].astype(float)
    # Windows longer than a day overlap: together they tell no more than as many as lie side by side.
    each = min(1.0, DAY_US / window.length)
    fits = [_fit(counts, shifts / DAY_US, np.zeros(len(counts)), each)]
    if active is not None:
        earlier = np.array([active.between(window.start - shift, window.end - shift) for shift in shifts.tolist()])
        now = active.between(window.start, window.end)
        if now > 0 and (earlier > 0).all():
            fits.append(_fit(counts, shifts / DAY_US, np.log(earlier / now), each))
    expected, spread = min(fits, key=lambda fit: fit[1])
    return Level(max(expected, 0.05), 1 / spread, share_after, moments)


def _fit(counts: Reals, days_ago: Reals, offset: Reals, each: float) -> tuple[float, float]:
    """The expected count of today, and its squared coefficient of variation with what is uncertain about the fit; `each` is the weight."""
    weekday = np.eye(7)[(-days_ago.astype(int)) % 7]
    design = np.column_stack([np.ones(len(counts)), -days_ago / 14.0, weekday])
    today = np.r_[1.0, 0.0, np.eye(7)[0]]
    penalty = np.r_[1e-6, _GROWTH_SD**-2, np.full(7, _WEEKDAY_SD**-2)]
    effects, spread = np.r_[np.log(max(counts.mean(), 0.2)), np.zeros(8)], _USUAL_SPREAD
    free = max(len(counts) * 0.5, len(counts) - 4.0) * each
    for _ in range(_ROUNDS):
        mean = _means(design, effects, offset)
        weight = each * mean / (1 + spread * mean)
        gradient = design.T @ (weight * (counts - mean) / mean) - penalty * effects * np.r_[0.0, np.ones(8)]
        effects = effects + np.linalg.solve(design.T @ (weight[:, None] * design) + np.diag(penalty), gradient)
        mean = _means(design, effects, offset)
        seen = float(((counts - mean) ** 2 - mean).sum() / (mean**2).sum() * len(counts) * each / free)
        spread = max(1e-4, (_USUAL_SPREAD * _WEIGHT_OF_USUAL + max(seen, 0.0) * free) / (_WEIGHT_OF_USUAL + free))
    weight = each * mean / (1 + spread * mean)
    unsure = today @ np.linalg.solve(design.T @ (weight[:, None] * design) + np.diag(penalty), today)
    return float(np.exp(np.clip(today @ effects, -5, 15))), float(spread + unsure)


def _means(design: Reals, effects: Reals, offset: Reals) -> Reals:
    means: Reals = np.exp(np.clip(design @ effects + offset, -5, 15))
    return means


def _share_after(history: Indices, window: Window, moments: Reals) -> Reals:
    """By the smoothed time of day of history's complaints."""
    slots = DAY_US // _SLOT_US
    profile = np.bincount((history % DAY_US) // _SLOT_US, minlength=slots).astype(float)
    kernel = np.exp(-0.5 * (np.arange(-12, 13) / 4.0) ** 2)
    smooth = np.convolve(np.r_[profile[-12:], profile, profile[:12]], kernel / kernel.sum(), "valid")
    smooth = smooth + 0.02 * smooth.mean() + 2.0 / slots
    grid = np.arange(window.start, window.end, _SLOT_US)
    weight = smooth[(grid % DAY_US) // _SLOT_US] * np.minimum(_SLOT_US, window.end - grid)
    passed = np.r_[0.0, np.cumsum(weight)] / weight.sum()
    share: Reals = 1.0 - np.interp(moments, np.r_[grid, window.end] - window.start, passed)
    return share
