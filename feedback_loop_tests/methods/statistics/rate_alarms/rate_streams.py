"""Streams of instants drawn from a pinned seed: a daily season, weekends, growth, and one rise where asked for."""

from __future__ import annotations

import numpy as np

from feedback_loop.methods.statistics.rate_alarms.stream import DAY_US, Ints, Stream

START = 1_736_121_600_000_000
"""2025-01-06, a Monday."""


def drawn(
    seed: int, per_day: float, days: int, rise: tuple[float, float, float] = (0.0, 0.0, 1.0), spread: float = 0.0, growth: float = 0.0
) -> Ints:
    """Instants in order; the rise is its first day, its length in days and its ratio, the spread the variance of a gamma factor per bin."""
    rng = np.random.default_rng(seed)
    day = np.arange(days * 96) / 96
    season = (1 + 0.6 * np.sin(2 * np.pi * (day - 0.3))) * np.where(day % 7 >= 5, 0.6, 1.0)
    first, length, ratio = rise
    rate = per_day / 96 * season * np.exp(growth * day) * np.where((day >= first) & (day < first + length), ratio, 1.0)
    if spread:
        rate = rate * rng.gamma(1 / spread, spread, len(rate))
    counts = rng.poisson(rate)
    begin = np.repeat(np.arange(len(counts)) * (DAY_US // 96), counts)
    return np.sort(START + begin + rng.integers(0, DAY_US // 96, len(begin)))


def stream_of(instants: Ints, days: int, bin_minutes: int = 15) -> Stream:
    """The stream of so many days."""
    return Stream.of(instants, START, START + days * DAY_US, bin_minutes)
