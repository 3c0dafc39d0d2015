"""Bounds are the exact ones: those of closed forms, of published tables, and of the binomial distribution that they turn round."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binom

from feedback_loop.methods.statistics.share_bounds import fewest_of, fewest_trials, lower_bound, share_interval, upper_bound


def test_bound_without_errors_has_its_closed_form() -> None:
    assert upper_bound(0, 114, 0.1) == pytest.approx(1 - 0.1 ** (1 / 114))
    assert upper_bound(0, 114, 0.1) < 0.02 < upper_bound(0, 113, 0.1)
    assert upper_bound(3, 3, 0.1) == 1
    assert upper_bound(0, 0, 0.1) == 1


@given(st.integers(0, 20), st.integers(21, 500), st.floats(0.01, 0.5))
@settings(max_examples=50)
def test_bound_grows_with_errors_and_shrinks_with_trials(errors: int, trials: int, delta: float) -> None:
    bound = upper_bound(errors, trials, delta)
    assert errors / trials < bound <= upper_bound(errors + 1, trials, delta)
    assert upper_bound(errors, trials + 1, delta) < bound


@given(st.integers(1, 80), st.integers(0, 80), st.sampled_from([0.01, 0.1]))
def test_the_bound_is_the_share_at_which_so_many_hits_are_just_unlikely_enough(trials: int, hits: int, delta: float) -> None:
    hits = min(hits, trials)
    low = lower_bound(hits, trials, delta)
    assert low <= hits / trials
    if hits:
        assert binom.sf(hits - 1, trials, low) == pytest.approx(delta, rel=1e-6)


def test_the_interval_is_exact() -> None:
    assert share_interval(0, 0) == (0.0, 1.0)
    assert share_interval(0, 10) == pytest.approx((0.0, 0.3085), abs=1e-4)
    assert share_interval(8, 10) == pytest.approx((0.4439, 0.9748), abs=1e-4)
    assert share_interval(10, 10) == pytest.approx((0.6915, 1.0), abs=1e-4)


@pytest.mark.parametrize(("errors", "tolerated", "count"), [(0, 0.05, 45), (1, 0.05, 77), (0, 0.02, 114), (0, 0.95, 1)])
def test_the_fewest_trials_are_just_enough(errors: int, tolerated: float, count: int) -> None:
    assert fewest_trials(errors, tolerated, 0.1) == count
    assert upper_bound(errors, count, 0.1) <= tolerated
    assert count == errors + 1 or upper_bound(errors, count - 1, 0.1) > tolerated


def test_no_more_trials_are_asked_for_than_there_are() -> None:
    assert fewest_of(60, 0, 0.05, 0.1) == 45
    assert fewest_of(30, 0, 0.05, 0.1) == 30
    assert fewest_of(0, 2, 0.05, 0.1) == 0


@given(st.integers(0, 80), st.integers(0, 80))
def test_an_upper_bound_of_hits_is_a_lower_one_of_misses(hits: int, missed: int) -> None:
    assert upper_bound(hits, hits + missed, 0.1) == pytest.approx(1 - lower_bound(missed, hits + missed, 0.1))
