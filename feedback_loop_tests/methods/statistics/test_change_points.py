import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.methods.statistics.change_points import rate_step


def test_a_clear_step_is_found_to_the_bin() -> None:
    found = rate_step(np.array([0.0] * 20 + [6.0] * 10), np.full(30, 0.3))
    assert found is not None
    assert found.first_bin == 20
    assert found.log_likelihood_ratio == pytest.approx(60 * np.log(20) - 57)


def test_no_step_where_nothing_lies_above_the_expected() -> None:
    assert rate_step(np.zeros(5), np.full(5, 1.0)) is None
    assert rate_step(np.full(5, 1.0), np.full(5, 1.0)) is None


def test_a_busy_evening_is_no_step() -> None:
    rhythm = np.tile([0.1] * 18 + [3.0] * 6, 3)
    counts = rhythm.copy()
    counts[60:] = 4.0
    found = rate_step(counts, rhythm)
    assert found is not None
    assert found.first_bin == 60


def test_empty_bins_before_the_first_complaint_belong_to_the_time_before() -> None:
    found = rate_step(np.array([0.0, 0.0, 0.0, 5.0]), np.array([0.0, 0.0, 0.0, 0.1]))
    assert found is not None
    assert found.first_bin == 3


@pytest.mark.parametrize(("factor", "within", "least"), [(5.0, 3, 0.8), (10.0, 2, 0.9)])
def test_simulated_steps_are_found_within_hours(factor: float, within: int, least: float) -> None:
    """A level of a complaint every two hours, a step at a random hour of eight days with at least a day left."""
    chance = np.random.default_rng(4)
    errors = []
    for _ in range(200):
        true = int(chance.integers(72, 168))
        rate = np.full(192, 0.5)
        rate[true:] *= factor
        found = rate_step(chance.poisson(rate).astype(np.float64), np.full(192, 0.5))
        errors.append(abs(found.first_bin - true) if found else 192)
    assert np.mean(np.array(errors) <= within) >= least


@given(st.lists(st.integers(0, 9), min_size=1, max_size=40), st.floats(0.1, 3.0))
@settings(max_examples=60)
def test_the_step_is_the_best_of_all(counts: list[int], level: float) -> None:
    observed, expected = np.array(counts, dtype=np.float64), np.full(len(counts), level)
    found = rate_step(observed, expected)
    ratios = []
    for first in range(len(counts)):
        k, e = observed[first:].sum(), expected[first:].sum()
        ratios.append(k * np.log(k / e) - (k - e) if k > e else 0.0)
    if found is None:
        assert max(ratios) == 0.0
    else:
        assert found.log_likelihood_ratio == pytest.approx(max(ratios))
        assert ratios[found.first_bin] == pytest.approx(max(ratios))
