"""Made-up instants of a stream with a season by hour and days that differ."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from feedback_loop.methods.statistics.rate_alarms.stream import DAY_US, HOUR_US

Ints = npt.NDArray[np.int64]

MONDAY = 4 * DAY_US
"""Midnight of the first Monday after the epoch."""

BY_HOUR = np.array([0.2] * 6 + [1.0] * 12 + [0.6] * 6) / 16.8


def instants(rng: np.random.Generator, days: int, per_day: float, spread: float = 0.05, weekend: float = 1.0) -> Ints:
    """Instants in microseconds of so many days from `MONDAY` on."""
    found = []
    for day in range(days):
        mean = per_day * rng.gamma(1.0 / spread, spread) * (weekend if day % 7 >= 5 else 1.0)
        hours = np.repeat(np.arange(24), rng.poisson(mean * BY_HOUR))
        found.append(MONDAY + day * DAY_US + hours * HOUR_US + rng.integers(0, HOUR_US, len(hours)))
    return np.sort(np.concatenate(found)).astype(np.int64)


def midnight(day: int) -> int:
    """The first microsecond of a day, counted from `MONDAY`."""
    return MONDAY + day * DAY_US
