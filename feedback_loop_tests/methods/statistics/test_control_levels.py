"""What the control lets expect: levels that are followed, noise that is not, days that were not recorded."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.methods.statistics.control_levels import DRIFT, Expected, Three, expected

LENGTHS: Three = (np.ones(27), np.ones(5), np.ones(5))


def steady(history: float, before: float, after: float) -> Three:
    return np.full(27, history), np.full(5, before), np.full(5, after)


def rough(seed: int, shape: float, last: float = 1.0) -> Three:
    """Days of about a hundred that vary, the last five by this factor higher."""
    rng = np.random.default_rng(seed)
    history, before, after = (np.round(100 * rng.gamma(shape, 1 / shape, days)) for days in (27, 5, 5))
    return history, before, np.round(last * after)


def told(history: float, before: float, after: float) -> tuple[Expected, Expected]:
    return expected(steady(history, before, after), LENGTHS)


def per_day(found: Expected) -> list[float]:
    return [float(e.mean()) for e in found.exposures]


def test_a_level_that_clearly_moved_is_followed() -> None:
    for found in told(100, 100, 300):
        assert per_day(found)[2] / per_day(found)[1] == pytest.approx(3.0, rel=0.1)


def test_a_small_step_is_taken_for_noise_unless_the_treated_share_it() -> None:
    controls = rough(4, 8, last=1.2)
    apart, shared = expected(controls, LENGTHS)
    seen = np.log(controls[2].mean() / controls[1].mean())
    steps = [np.log(per_day(found)[2] / per_day(found)[1]) for found in (apart, shared)]
    assert abs(steps[0]) < 0.7 * abs(seen)
    assert steps[1] == pytest.approx(seen, abs=0.05)


def test_days_that_vary_make_the_level_less_sure() -> None:
    assert expected(rough(5, 4), LENGTHS)[0].errors[2] > told(100, 100, 100)[0].errors[2]


def test_no_control_however_large_makes_the_comparison_certain() -> None:
    for found in told(1e6, 1e6, 1e6):
        assert min(found.errors) >= DRIFT**2


def test_a_day_without_any_record_of_the_control_is_left_out() -> None:
    controls = steady(100, 100, 100)
    controls[0][3:6] = 0.0
    for found in expected(controls, LENGTHS):
        assert found.exposures[0] == pytest.approx(np.full(27, float(found.exposures[0][0])), rel=0.05)
        assert per_day(found)[0] == pytest.approx(per_day(found)[1], rel=0.05)


def test_days_without_a_complaint_where_there_are_few_count_as_they_are() -> None:
    controls = (np.resize([0.0, 2.0], 27), np.resize([0.0, 2.0], 5), np.resize([0.0, 2.0], 5))
    assert per_day(expected(controls, LENGTHS)[1])[0] == pytest.approx(1.0, rel=0.1)


def test_a_part_of_a_day_lets_expect_a_part() -> None:
    lengths = (LENGTHS[0], LENGTHS[1], np.array([1.0, 1, 1, 1, 0.25]))
    controls = (np.full(27, 80.0), np.full(5, 80.0), np.array([80.0, 80, 80, 80, 20]))
    for found in expected(controls, lengths):
        assert found.exposures[2][-1] / found.exposures[2][0] == pytest.approx(0.25, rel=0.01)


def test_periods_without_bins_or_counts_are_borne() -> None:
    nothing = (np.zeros(0), np.zeros(3), np.zeros(3))
    for found in expected(nothing, (np.ones(0), np.ones(3), np.ones(3))):
        assert np.isfinite(found.errors).all()
        assert all((e > 0).all() for e in found.exposures)


@settings(max_examples=40)
@given(st.lists(st.integers(1, 300), min_size=3, max_size=3), st.sampled_from((2, 5)))
def test_a_shock_to_one_period_never_moves_what_is_expected_of_it_the_other_way(levels: list[int], factor: int) -> None:
    history, before, after = (float(level) for level in levels)
    for calm, shocked in zip(told(history, before, after), told(history, before, after * factor), strict=True):
        assert per_day(shocked)[2] / per_day(shocked)[1] >= 0.999 * per_day(calm)[2] / per_day(calm)[1]
