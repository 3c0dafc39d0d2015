"""What the days before let expect of each bin of the next day.

Here: season and level fitted in turn to the hours that are known and usual. How counts scatter about that is in `scatter`, what happens
within the day in `today`. The rule that is easy to break: a day is foretold from the days before it alone, and hours within an
alert are left out, so that an incident never becomes what is expected.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feedback_loop.methods.statistics.rate_alarms.level import CALM, Level, fit_level, likeliest_movement
from feedback_loop.methods.statistics.rate_alarms.season import Season, fit_season
from feedback_loop.methods.statistics.rate_alarms.stream import HOUR_US, WEEK_HOURS, Stream

Reals = npt.NDArray[np.float64]

_LONGEST_DAYS = 84
_SEASON_HALF_LIFE_DAYS = 42.0
_SILENT = 12.0
"""Expected complaints of a silence that is taken for a gap in the records: by chance it comes once in e^12 = 160,000 tries."""
_OUTLIER = 3.0
_FIRST_ROUNDS, _WEEK_DAYS = 3, 7


@dataclass(frozen=True)
class Foretold:
    """One day to come: the mean of each bin and how unsure its log is (variance), float64 [bins]; how far the whole day may be off.

    `lasting_variance` is the part of `day_variance` by which the days after it are off as well: doubt about the level.
    """

    means: Reals
    doubts: Reals
    day_variance: float
    lasting_variance: float = 0.0

    @property
    def cautious(self) -> Reals:
        """The means, higher by one standard deviation of their doubt: bins share it for hours, and it would add up to an alarm."""
        return np.asarray(self.means * np.exp(np.sqrt(self.doubts + self.day_variance)))


class Expectation:
    """Foretells the days of a stream one by one, in order."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._counts = stream.hourly()
        self._usual = np.ones(self._counts.shape, dtype=bool)
        self._weeks = np.stack([stream.hour_of_week(day) for day in range(len(self._counts))])
        self._season, self._movement, self._judged = Season.flat(), CALM, -_WEEK_DAYS

    def leave_out(self, first_bin: int, last_bin: int) -> None:
        """Takes the hours of an alert, from its first to its last bin, out of what is learnt from."""
        self._mark(first_bin, last_bin, is_usual=False)

    def take_in(self, first_bin: int, last_bin: int) -> None:
        """Takes them in again."""
        self._mark(first_bin, last_bin, is_usual=True)

    def _mark(self, first_bin: int, last_bin: int, *, is_usual: bool) -> None:
        width = self._stream.bin_us
        self._usual.reshape(-1)[first_bin * width // HOUR_US : -(-(last_bin + 1) * width // HOUR_US)] = is_usual

    def foretell(self, day: int, dispersion: float, ahead: int = 0) -> Foretold:
        """What the days before the day let expect of it, or of one so many days later; bins scatter by so much more than Poisson."""
        past = slice(max(0, day - _LONGEST_DAYS), day)
        level = self._fit(past, day, dispersion, ahead)
        points = self._stream.bin_points(day + ahead)
        per_hour = np.exp(level.log_next) * self._season.at(points)
        means = per_hour.mean(axis=1) * (self._stream.bin_us / HOUR_US)
        doubts = self._season.doubt_at(points).mean(axis=1)
        return Foretold(np.maximum(means, 1e-6), doubts, level.day_variance + level.doubt, level.doubt)

    def _fit(self, past: slice, day: int, dispersion: float, ahead: int) -> Level:
        for _ in range(_FIRST_ROUNDS if self._judged < 0 else 1):
            counts, known = self._learn_season(past, dispersion)
        daily = self._tempered(counts.sum(axis=1), (self._shape(past) * known).sum(axis=1), dispersion)
        if day - self._judged >= _WEEK_DAYS:
            self._movement, self._judged = likeliest_movement(*daily), day
        return fit_level(*daily, self._movement, ahead)

    def _learn_season(self, past: slice, dispersion: float) -> tuple[Reals, Reals]:
        """Fits the season to the past days; their counts without outliers and which hours are known (1 or 0), float64 [days, 24]."""
        counts, shape = self._counts[past], self._shape(past)
        known = self._known(counts, shape, past)
        level = fit_level(*self._tempered((counts * known).sum(axis=1), (shape * known).sum(axis=1), dispersion), self._movement)
        levels = np.exp(level.past)[:, None]
        usual = self._capped(counts, shape * levels, dispersion) * known
        ages = np.arange(len(counts), 0, -1.0)[:, None]
        told, exposed = self._tempered(usual, known * levels, dispersion)
        weights = 0.5 ** (ages / _SEASON_HALF_LIFE_DAYS)
        self._season = fit_season(self._per_cell(weights * told, past), self._per_cell(weights * exposed, past), self._season)
        return usual, known

    def _shape(self, past: slice) -> Reals:
        """How many times their day's level the hours have by the season so far: float64 [days, 24]."""
        return np.exp(self._season.log_factors)[self._weeks[past]]

    def _per_cell(self, values: Reals, past: slice) -> Reals:
        return np.bincount(self._weeks[past].ravel(), values.ravel(), minlength=WEEK_HOURS).astype(float)

    def _tempered(self, counts: Reals, exposures: Reals, dispersion: float) -> tuple[Reals, Reals]:
        """Both divided by how many times the variance of Poisson the counts have, so that they say no more than they know."""
        excess = 1.0 + dispersion * float(counts.sum()) / max(len(counts) * self._stream.bins_per_day, 1)
        return counts / excess, exposures / excess

    def _known(self, counts: Reals, shape: Reals, past: slice) -> Reals:
        """1 for hours outside alerts, 0 within them and in silences so long that the records must have a gap there."""
        usual = self._usual[past]
        mean = float(counts[usual].sum()) / max(float(shape[usual].sum()), 1e-9)
        silent = np.r_[False, (counts == 0).ravel(), False].astype(np.int8)
        begins, ends = np.flatnonzero(np.diff(silent) == 1), np.flatnonzero(np.diff(silent) == -1)
        total = np.r_[0.0, np.cumsum(shape.ravel() * mean)]
        known = usual.copy().ravel()
        for n in np.flatnonzero(total[ends] - total[begins] > _SILENT):
            known[begins[n] : ends[n]] = False
        return known.reshape(counts.shape).astype(float)

    def _capped(self, counts: Reals, expected: Reals, dispersion: float) -> Reals:
        """Hours far above their expectation cut to what they might have been: a burst must not raise what is expected."""
        variance = expected * (1.0 + dispersion * expected * self._stream.bin_us / HOUR_US) + 0.04 * expected**2
        return np.asarray(np.minimum(counts, np.ceil(expected + _OUTLIER * np.sqrt(variance) + 1.0)))
