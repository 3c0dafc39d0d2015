"""What three weeks let expect of each stream of complaints on the next day, bin by bin, and how far a day may be off by itself.

Here: the volume of all records (season of hour and weekday, growth, busy days) and each stream's share of it (by weekday and part of the
day). The rule that is easy to break: a day is foretold from the `USUAL_DAYS` before it and nothing else, so that what a day says can be
computed again exactly on the days after it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from feedback_loop.methods.statistics.count_models import PRIOR, fit_shares
from feedback_loop.methods.statistics.rate_alarms.expectation import Expectation, Foretold
from feedback_loop.methods.statistics.rate_alarms.stream import DAY_US, HOUR_US, Stream

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

USUAL_DAYS = 21
"""Three of each weekday."""

BIN_MINUTES = 15
BIN_US = BIN_MINUTES * 60_000_000
BINS = 24 * 60 // BIN_MINUTES

_PART_HOURS, _WEEK = 6, 7
_LARGEST_SHARE = 0.995
_DRIFT = 0.05
"""Relative variance of the odds that move within the three weeks, and of complaints that come in clumps."""

_MORE_SPREAD, _SHOWS_ITS_OWN = 0.6, 2.0
"""By how much more a stream's dispersion is taken to be than 21 days show it, outbreaks held down in them; half of that at so many a day:
of rarer streams the prior of the fit says most, which is wide already."""

_VOLUME_DISPERSION = 0.1
"""How far a bin's volume scatters beyond Poisson; only the fit of the season leans on it."""


@dataclass(frozen=True)
class Usual:
    """What is foretold of one day: `means` of each stream and `others`, all records beside it, float64 [streams, bins].

    Both are multiplied by one unknown level of the day with relative variance `volume_variance`, and the odds of a complaint by one more
    of the stream's own with relative variance `odds_variance` float64 [streams]. The lasting parts of both are what all days that are
    foretold at once have in common: doubt about the level and the share, and what has moved since.
    """

    means: Reals
    others: Reals
    odds_variance: Reals
    volume_variance: float
    lasting_odds_variance: Reals
    lasting_volume_variance: float

    @property
    def shares(self) -> Reals:
        """The share of each stream in all records: float64 [streams]."""
        own = self.means.sum(axis=1)
        return np.asarray(own / np.maximum(own + self.others.sum(axis=1), 1e-9))


def volume_of(everybody: Ints, midnight: int, ahead: int = 0) -> Foretold:
    """The volume of all records that instants (microseconds) before midnight foretell of the day that begins then, or of a later one."""
    first = midnight - USUAL_DAYS * DAY_US
    return Expectation(Stream.of(everybody, first, midnight + 1, BIN_MINUTES)).foretell(USUAL_DAYS, _VOLUME_DISPERSION, ahead)


def usual_of(volume: Foretold, everybody: Ints, streams: Sequence[Ints], midnight: int, ahead: int = 0) -> Usual:
    """What is foretold of each stream on the day that begins at midnight, or so many days later as the volume is foretold of.

    Instants from midnight on are not looked at.
    """
    first = midnight - USUAL_DAYS * DAY_US
    records = _by_day_and_hour(everybody, first)
    counts = np.stack([_by_day_and_hour(stream, first) for stream in streams])
    fit = fit_shares(counts.sum(axis=2), records.sum(axis=1))
    share, usual_day = fit.share[:, None], fit.dispersion[:, None]
    weekday, part = np.arange(USUAL_DAYS) % _WEEK, np.arange(24) // _PART_HOURS
    # Its own weekday is that of the first day: three weeks are a whole number of them.
    of_weekday = _factors(
        _grouped(counts.sum(axis=2), weekday), _grouped(share * records.sum(axis=1), weekday), usual_day / (USUAL_DAYS / _WEEK)
    )[:, [ahead % _WEEK]]
    of_part = _factors(_grouped(counts.sum(axis=1), part), _grouped(share * records.sum(axis=0), part), usual_day / USUAL_DAYS)
    by_bin_share = np.repeat(of_part, BINS // (24 // _PART_HOURS), axis=1) * share * of_weekday
    means = np.minimum(by_bin_share, _LARGEST_SHARE) * volume.means
    doubts = float(volume.doubts.mean())
    of_days, lasting = _spread(fit.share, fit.dispersion, fit.trials)
    return Usual(means, volume.means - means, of_days + lasting, volume.day_variance + doubts, lasting, volume.lasting_variance)


def by_bin(instants: Ints, midnight: int) -> Ints:
    """How many of the instants fall into each bin of the day: int64 [bins]."""
    place = (instants - midnight) // BIN_US
    return np.bincount(place[(place >= 0) & (place < BINS)], minlength=BINS)


def _by_day_and_hour(instants: Ints, first: int) -> Reals:
    place = (instants - first) // HOUR_US
    within = place[(place >= 0) & (place < USUAL_DAYS * 24)]
    return np.bincount(within, minlength=USUAL_DAYS * 24).astype(np.float64).reshape(USUAL_DAYS, 24)


def _grouped(values: Reals, groups: Ints) -> Reals:
    """Sums of the columns of each group: float64 [streams, groups]."""
    return np.stack([values[:, groups == group].sum(axis=1) for group in range(int(groups.max()) + 1)], axis=1)


def _factors(counts: Reals, expected: Reals, dispersion: Reals) -> Reals:
    """How many times its expectation each group has, drawn to 1 as far as chance and the spread of days could have made it.

    All float64 [streams, groups]. Source: the gamma prior by moments of Clayton & Kaldor, Biometrics 43 (1987).
    """
    chance = expected + dispersion * expected**2
    spread = ((counts - expected) ** 2 - chance).sum(axis=1) / np.maximum((expected**2).sum(axis=1), 1e-9)
    weight = 1.0 / np.maximum(spread, 1e-4)[:, None]
    return np.asarray((counts + weight) / (expected + weight))


def _spread(share: Reals, dispersion: Reals, trials: Reals) -> tuple[Reals, Reals]:
    """Relative variance of the odds of a complaint: of days by themselves, and what lasts, doubt about the share and its drift."""
    per_day = share * trials / USUAL_DAYS
    dispersion = dispersion * (1.0 + _MORE_SPREAD * per_day / (per_day + _SHOWS_ITS_OWN))
    doubt = (1.0 - share) / (share * (trials + 2.0 * PRIOR))
    return np.asarray(dispersion / (1.0 - share) ** 2), np.asarray(doubt + _DRIFT)
