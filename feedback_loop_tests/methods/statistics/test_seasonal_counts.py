"""A day's count beside its season: calibrated on made-up seasons, and not fooled by weekdays, drift or one outbreak."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.statistics.seasonal_counts import Reals, SeasonFit, fit_season

WEEK = np.asarray([1.0, 1.1, 1.2, 1.1, 1.0, 0.4, 0.3])


def season(mean: float, dispersion: float, days: int, seed: int, drift: float = 0.0) -> Reals:
    chance = np.random.default_rng(seed)
    means = mean * WEEK[np.arange(days) % 7] * (1.0 + drift * np.arange(days) / days)
    return chance.negative_binomial(1.0 / dispersion, 1.0 / (1.0 + dispersion * means)).astype(np.float64)


@pytest.mark.parametrize(("mean", "dispersion"), [(5.0, 0.05), (40.0, 0.05), (40.0, 0.3), (400.0, 0.02)])
def test_few_days_of_a_steady_season_are_odd(mean: float, dispersion: float) -> None:
    counts = [season(mean, dispersion, 140, seed) for seed in range(25)]
    chances = np.asarray([fit_season(c[:day]).two_sided_p(c[day]) for c in counts for day in range(70, 140, 3)])
    assert (chances < 0.001).mean() <= 0.008
    assert (chances < 0.05).mean() <= 0.10


def test_a_weekday_is_expected_like_its_weekday() -> None:
    counts = np.tile(np.round(WEEK * 100), 8)
    assert fit_season(counts).expected == pytest.approx(100, rel=0.15)
    assert fit_season(counts[:-2]).expected == pytest.approx(40, rel=0.25)


@pytest.mark.parametrize("first", range(7))
def test_weekends_on_which_nothing_ever_comes_neither_hide_the_workdays_nor_lower_them(first: int) -> None:
    week = np.roll([40.0, 40.0, 40.0, 40.0, 40.0, 0.0, 0.0], -first)
    fit = fit_season(np.tile(week, 8))
    assert fit.expected == pytest.approx(max(week[0], 0.5))
    assert fit.low_p(0.0) < 0.001 or first >= 5


def test_the_level_follows_a_drift() -> None:
    rising = np.round(np.linspace(20, 80, 56))
    assert fit_season(rising).expected > 55


def test_one_outbreak_hardly_moves_what_is_expected_and_does_not_hide_the_next() -> None:
    quiet = season(20.0, 0.05, 56, 3)
    outbreak = quiet.copy()
    outbreak[-4] = 400.0
    before, after = fit_season(quiet), fit_season(outbreak)
    assert after.expected < 1.35 * before.expected
    assert after.high_p(200.0) < 0.001


def test_a_silent_day_of_a_busy_season_is_odd_and_of_a_sparse_one_is_not() -> None:
    assert fit_season(season(60.0, 0.05, 56, 1)).two_sided_p(0.0) < 0.001
    assert fit_season(season(2.0, 0.05, 56, 1)).two_sided_p(0.0) > 0.01


def test_a_history_of_nothing_expects_next_to_nothing() -> None:
    fit = fit_season(np.zeros(30))
    assert fit.expected == 0.5
    assert fit.two_sided_p(0.0) == 1.0


@given(st.floats(0.5, 500), st.floats(0.01, 1.0), st.integers(0, 1000))
def test_both_tails_hold_the_count_itself(expected: float, dispersion: float, count: int) -> None:
    fit = SeasonFit(expected, dispersion)
    assert fit.low_p(count) + fit.high_p(count) >= 1.0 - 1e-9
    assert fit.low_p(count) <= fit.low_p(count + 1) + 1e-12
    assert 0.0 <= fit.two_sided_p(count) <= 1.0


@given(st.floats(0.5, 500), st.floats(0.01, 1.0))
def test_the_limits_are_the_last_counts_that_are_not_odd(expected: float, dispersion: float) -> None:
    fit = SeasonFit(expected, dispersion)
    low, high = fit.limits(0.001)
    assert low <= high
    assert 2.0 * fit.high_p(high + 1.0) <= 0.001 * (1 + 1e-6)
    assert low == 0.0 or 2.0 * fit.low_p(low - 1.0) <= 0.001 * (1 + 1e-6)


@given(st.lists(st.integers(0, 10_000), min_size=14, max_size=120))
def test_any_history_gives_a_fit_that_is_finite(counts: list[int]) -> None:
    fit = fit_season(np.asarray(counts, dtype=np.float64))
    assert np.isfinite(fit.expected)
    assert fit.dispersion >= 0.01
