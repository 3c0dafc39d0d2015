"""Of whom the window's complaints would be if nothing changed: history's rows, reweighted where the mix of customers moved by itself.

Where active customers are counted by value, their shift moves history's margins; where they are not, other customers at the window's hours
or on its weekday do, or a drift that history itself shows. Margins are fitted one after the other until they agree (raking; Deming and
Stephan 1940), so that a value and its parent don't move twice. The rule that is easy to break: a value without a past borrows the other
attributes of all rows; the few rows that it has would stand for too much.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from feedback_loop.methods.diagnosis.coding import Coded, Codes, Window
from feedback_loop.methods.diagnosis.level import DAY_US
from feedback_loop.methods.statistics.calibration import Flags, Indices, Reals

CLEAR_Z = 4.0
"""Standard errors from which on a margin counts as moved."""

NEW_VARIANCE, MOVED_VARIANCE, DRIFT_VARIANCE = 0.08, 0.015, 0.06
"""Squared coefficients of variation of a share that was told by active customers (new value, known value), or by history's own drift."""

_LEAST_SHARE = 0.002
_FEW_ROWS = 3
_MOST_BORROWED = 1500
_RAKING_ROUNDS = 8
_RECENT_DAYS = 3
_HALF_LIFE_DAYS = 2.0
_MOST_VARIANCE = 0.5


@dataclass(frozen=True)
class History:
    """Rows before the window: `codes` [n, dimensions], their weights, and how much each counts as seen (never more than one)."""

    codes: Codes
    weights: Reals
    counted: Reals
    is_weighted: bool = False

    @classmethod
    def plain(cls, codes: Codes) -> History:
        """Every row as it is."""
        ones = np.ones(len(codes))
        return cls(codes, ones, ones)

    @property
    def total(self) -> float:
        """The sum of the weights."""
        return float(self.weights.sum())

    def only(self, chosen: Flags) -> History:
        """The chosen rows."""
        return History(self.codes[chosen], self.weights[chosen], self.counted[chosen], self.is_weighted)

    def margin(self, dimension: int, size: int) -> Reals:
        """The share of each code [size + 1]."""
        summed = np.bincount(self.codes[:, dimension], weights=self.weights, minlength=size + 1)
        share: Reals = summed / max(summed.sum(), 1e-9)
        return share


@dataclass(frozen=True)
class Borrowed:
    """Rows [n, dimensions] of others, who complain of other things or of nothing: together they count as `worth` rows of history."""

    codes: Codes
    worth: float

    def added(self, codes: Codes) -> History:
        """History's rows and these."""
        each = np.full(len(self.codes), self.worth / max(len(self.codes), 1))
        weights = np.r_[np.ones(len(codes)), each]
        return History(np.vstack([codes, self.codes]), weights, weights, is_weighted=True)


@dataclass(frozen=True)
class Mix:
    """Margins [size + 1] that are expected instead of history's, by dimension, and how much shares vary by (dimension, code)."""

    margins: Mapping[int, Reals] = field(default_factory=dict)
    variance: Mapping[tuple[int, int], float] = field(default_factory=dict)

    def moved(self, dimension: int, margin: Reals, code: int, variance: float) -> Mix:
        """The same with one more margin."""
        return Mix({**self.margins, dimension: margin}, {**self.variance, (dimension, code): variance})


@dataclass(frozen=True)
class _Margin:
    """A margin other than history's, how much the moved shares vary by code, and how clearly they moved, in standard errors."""

    margin: Reals
    variance: dict[int, float]
    strength: float

    @classmethod
    def of(cls, margin: Reals, z: Reals, variance: float) -> _Margin | None:
        """The margin, made to sum to one; None where nothing moved clearly."""
        clear = np.flatnonzero(np.abs(z) > CLEAR_Z)
        return cls(margin / margin.sum(), {int(code): variance for code in clear}, float(np.abs(z).max())) if len(clear) else None


def expected_mix(rows: Coded, window: Window, exposure: pl.DataFrame | None, borrowed: Borrowed | None = None) -> Mix:
    """Which margins the window lets expect to differ from history's."""
    margins: dict[int, Reals] = {}
    variance: dict[tuple[int, int], float] = {}
    before, at = rows.codes[rows.at < window.start], rows.at[rows.at < window.start]
    history = History.plain(before) if borrowed is None else borrowed.added(before)
    days, times = ((window.start - 1 - at) // DAY_US).astype(np.int64), _same_times(at, window)
    for dimension, (name, known) in enumerate(zip(rows.dimensions, rows.values, strict=True)):
        counted = _active_by_value(exposure, rows.dimensions, name, known, window)
        by_day = _by_day(before[:, dimension], days, len(known) + 1, window)
        variance |= {(dimension, code): one for code, one in _own_variance(by_day).items()}
        if counted is None:
            found = [_by_drift(by_day), *(_by_time(before[:, dimension], same, len(known) + 1) for same in times)]
            moved = max((one for one in found if one is not None), key=lambda one: one.strength, default=None)
        else:
            moved = _by_active(*counted, history.margin(dimension, len(known)), history.total)
        if moved is not None:
            margins[dimension] = moved.margin
            variance |= {(dimension, code): max(one, variance.get((dimension, code), 0.0)) for code, one in moved.variance.items()}
    return Mix(margins, variance)


def raked(codes: Codes, mix: Mix, sizes: tuple[int, ...], borrowed: Borrowed | None = None) -> History:
    """History's rows, weighted so that their margins are the expected ones."""
    known = History.plain(codes) if borrowed is None else borrowed.added(codes)
    if not mix.margins or not len(known.codes):
        return known
    total = known.total
    blocks, weights, counted = [known.codes], [known.weights], [known.counted]
    for dimension, margin in mix.margins.items():
        has = np.bincount(known.codes[:, dimension], weights=known.weights, minlength=sizes[dimension] + 1)
        for code in np.flatnonzero((has < np.maximum(_FEW_ROWS, margin * total / 3)) & (margin > _LEAST_SHARE)):
            spread = np.linspace(0, len(known.codes) - 1, min(len(known.codes), _MOST_BORROWED)).astype(int)
            rows = known.codes[spread].copy()
            rows[:, dimension] = code
            blocks.append(rows)
            weights.append(np.full(len(rows), margin[code] * total / len(rows)))
            counted.append(np.minimum(weights[-1], 1.0))
    rows, weight = np.vstack(blocks), np.concatenate(weights)
    for _ in range(_RAKING_ROUNDS if len(mix.margins) > 1 else 1):
        for dimension, margin in mix.margins.items():
            present = np.bincount(rows[:, dimension], weights=weight, minlength=sizes[dimension] + 1)
            weight = weight * np.where(present > 0, margin * present.sum() / np.maximum(present, 1e-12), 1.0)[rows[:, dimension]]
    weight = weight * total / max(weight.sum(), 1e-9)
    return History(rows, weight, np.concatenate(counted), is_weighted=True)


def with_share(history: History, dimension: int, code: int, share: float, size: int) -> Reals:
    """History's margin of the dimension, but that the code has this share of it."""
    margin = history.margin(dimension, size)
    margin[code] = 0.0
    margin *= (1 - share) / max(margin.sum(), 1e-9)
    margin[code] = share
    return margin


def _active_by_value(
    exposure: pl.DataFrame | None, dimensions: tuple[str, ...], name: str, known: tuple[str, ...], window: Window
) -> tuple[Reals, Reals] | None:
    """Active customers [values] before and in the window; None where they are not counted by this dimension."""
    if exposure is None or name not in exposure.columns:
        return None
    others = [other for other in dimensions if other in exposure.columns and other != name]
    of_one = exposure.filter(pl.col(name).is_not_null(), *(pl.col(other).is_null() for other in others))
    if of_one.is_empty():
        return None
    hour, count = pl.col("hour").dt.epoch("us"), pl.col("active_customers")
    summed = of_one.group_by(name).agg(
        count.filter(hour < window.start).sum().alias("before"),
        count.filter(hour.is_between(window.start, window.end, closed="left")).sum().alias("now"),
    )
    places = {value: place for place, value in enumerate(known)}
    before, now = np.zeros(len(known)), np.zeros(len(known))
    for value, was, is_now in summed.iter_rows():
        if value in places:
            before[places[value]], now[places[value]] = was, is_now
    return (before, now) if before.sum() > 0 and now.sum() > 0 else None


def _same_times(at: Indices, window: Window) -> list[Flags]:
    """Which complaints before the window came at its hours of day, and which on its weekday; the window is shorter than either."""
    since_start = at - window.start
    of_day, of_week = since_start % DAY_US < window.length, since_start % (7 * DAY_US) < max(window.length, DAY_US)
    return [same for same, cycle in ((of_day, DAY_US), (of_week, 7 * DAY_US)) if window.length < cycle]


def _by_time(codes: Codes, same: Flags, size: int) -> _Margin | None:
    """The margin of the complaints that came at the same time of the cycle, where it is clearly not that of all."""
    count, share = int(same.sum()), np.bincount(codes, minlength=size) / max(len(codes), 1)
    if not 0 < count < len(codes):
        return None
    found = np.bincount(codes[same], minlength=size)
    z = (found - share * count) / np.sqrt(np.maximum(share * (1 - share) * count * (1 - count / len(codes)), 1e-9) + 0.5)
    return _Margin.of((found + 5 * share) / (count + 5), z, MOVED_VARIANCE)


def _by_active(before: Reals, now: Reals, margin: Reals, row_count: float) -> _Margin | None:
    """History's complaint margin, moved as the active customers moved where that is clear."""
    ratio = now.sum() / before.sum()
    z = 2 * (np.sqrt(now + 0.375) - np.sqrt(before * ratio + 0.375)) / np.sqrt(1 + ratio)
    share_before = (before + 0.5) / (before.sum() + 0.5 * len(before))
    share_now = (now + 0.5) / (now.sum() + 0.5 * len(now))
    # Who was never there before and is now has come, however few they are; where few were counted at all, none of them says little.
    has_come = (before == 0) & ((now > 0) | (share_now > _LEAST_SHARE))
    clear = (np.abs(z) > CLEAR_Z) | has_come
    if not clear.any():
        return None
    moved, is_new = margin.copy(), clear & (margin[:-1] * row_count < _FEW_ROWS) & (share_now > _LEAST_SHARE)
    moved[:-1] = np.where(clear, margin[:-1] * share_now / share_before, margin[:-1])
    moved[:-1] = np.where(is_new, share_now * (1 - margin[-1]), moved[:-1])
    rest = np.r_[~clear, False]
    left = max(1 - moved[~rest].sum(), 1e-6)
    moved[rest] *= left / max(moved[rest].sum(), 1e-12)
    variance = {
        int(code): max(NEW_VARIANCE, float(1 / (now[code] + 0.5))) if is_new[code] else MOVED_VARIANCE for code in np.flatnonzero(clear)
    }
    return _Margin(moved / moved.sum(), variance, float(np.abs(z).max()))


def _by_day(codes: Codes, days_ago: Indices, size: int, window: Window) -> Reals:
    """Complaints [days, codes] of each day before the window, the latest first."""
    count = max(4, (window.start - window.first) // DAY_US)
    table = np.bincount(np.minimum(days_ago, count - 1) * size + codes, minlength=count * size)
    return table.reshape(count, size).astype(float)


def _own_variance(by_day: Reals) -> dict[int, float]:
    """Of each code whose share varied clearly more than chance from day to day: the squared coefficient of variation beyond it."""
    total, share = by_day.sum(axis=1), by_day.sum(axis=0) / max(by_day.sum(), 1)
    due = total[:, None] * share
    excess = ((by_day - due) ** 2 / np.maximum(due * (1 - share), 1e-9)).sum(axis=0) - (len(by_day) - 1)
    is_clear = (excess / np.sqrt(2 * (len(by_day) - 1)) > CLEAR_Z - 1) & (share * total.mean() > 0.5)
    scale = np.maximum(total.sum() * share / np.maximum(1 - share, 1e-9), 1e-9)
    return {int(code): float(min(excess[code] / scale[code], _MOST_VARIANCE)) for code in np.flatnonzero(is_clear)}


def _by_drift(by_day: Reals) -> _Margin | None:
    """The margin of the last days, carried on, where these are clearly not like the days before."""
    total, share = by_day.sum(axis=1), by_day.sum(axis=0) / max(by_day.sum(), 1)
    recent, recent_total = by_day[:_RECENT_DAYS].sum(axis=0), total[:_RECENT_DAYS].sum()
    z = (recent - share * recent_total) / np.sqrt(np.maximum(share * (1 - share) * recent_total, 1e-9) + 0.5)
    weight = 0.5 ** (np.arange(len(by_day)) / _HALF_LIFE_DAYS)
    latest = (weight @ by_day + 5 * share) / (weight @ total + 5)
    last, before = ((by_day[part].sum(axis=0) + 2 * share) / (total[part].sum() + 2) for part in (slice(0, 1), slice(1, _RECENT_DAYS)))
    return _Margin.of(np.clip(latest + 0.5 * np.where(np.abs(z) > CLEAR_Z, last - before, 0.0), 1e-6, None), z, DRIFT_VARIANCE)
