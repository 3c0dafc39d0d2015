"""Tests of the curves of a scenario."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.simulation.parts import level_on

CURVE = [(0.0, 0.5), (1.0, 1.0), (3.0, 0.0)]


@pytest.mark.parametrize(("place", "level"), [(-5, 0.5), (0, 0.5), (0.5, 0.75), (1, 1.0), (2, 0.5), (3, 0.0), (99, 0.0)])
def test_a_curve_goes_straight_between_its_points_and_is_level_outside(place: float, level: float) -> None:
    assert level_on(CURVE, place) == pytest.approx(level)


@given(st.floats(-1e6, 1e6))
def test_a_curve_without_points_changes_nothing_and_others_stay_within_their_levels(place: float) -> None:
    assert level_on([], place) == 1.0
    assert 0.0 <= level_on(CURVE, place) <= 1.0


def test_a_step_takes_the_level_of_its_earlier_point_at_the_step() -> None:
    step = [(0.0, 1.0), (2.0, 1.0), (2.0, 0.2), (3.0, 0.2)]
    assert [level_on(step, place) for place in (1.9, 2.0, 2.1)] == [1.0, 1.0, 0.2]
