"""The season: found where it is, flat where there is nothing to see."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.methods.statistics.rate_alarms.season import Reals, Season, fit_season

HOURS = np.arange(168)
OFFICE = np.where((HOURS % 24 >= 8) & (HOURS % 24 < 18), 2.0, 0.3) * np.where(HOURS >= 120, 0.4, 1.0)


def fitted(counts: Reals, exposures: Reals, rounds: int = 10) -> Season:
    season = Season.flat()
    for _ in range(rounds):
        season = fit_season(counts, exposures, season)
    return season


def test_a_strong_season_is_found_hour_by_hour() -> None:
    season = fitted(400.0 * OFFICE, np.full(168, 400.0))
    assert np.exp(season.log_factors) == pytest.approx(OFFICE / OFFICE.mean(), rel=0.1)


def test_a_few_counts_are_drawn_towards_flat_and_leave_doubt() -> None:
    few = np.random.default_rng(1).poisson(np.full(168, 0.3)).astype(float)
    season = fitted(few, np.full(168, 0.3))
    assert np.abs(season.log_factors).max() < 1.0
    assert season.doubts.min() > fitted(1000.0 * OFFICE, np.full(168, 1000.0)).doubts.max()


def test_factors_have_a_mean_of_one_whatever_was_counted() -> None:
    for counts in (np.zeros(168), 50.0 * OFFICE, np.eye(168)[3] * 500.0):
        assert np.exp(fitted(counts, np.ones(168)).log_factors).mean() == pytest.approx(1.0)


def test_between_the_middles_of_hours_the_factor_lies_between_theirs_also_over_the_end_of_the_week() -> None:
    season = fitted(400.0 * OFFICE, np.full(168, 400.0))
    points = np.asarray([0.0, 7.5, 8.0, 8.5, 167.9])
    last, first, seven, eight = np.exp(season.log_factors[[167, 0, 7, 8]])
    assert season.at(points)[1:4] == pytest.approx([seven, np.sqrt(seven * eight), eight])
    assert sorted([last, first])[0] - 1e-9 <= season.at(points)[[0, 4]].min() <= sorted([last, first])[1] + 1e-9
    assert season.doubt_at(points).shape == (5,)
