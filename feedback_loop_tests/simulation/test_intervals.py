"""Tests of the intervals: Wilson's against published figures, the bootstrap's by what must hold of any."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.simulation.intervals import change_estimate, mean_estimate, share_estimate


@pytest.mark.parametrize(
    ("hits", "count", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_a_share_has_wilsons_interval(hits: int, count: int, low: float, high: float) -> None:
    """The four examples of Newcombe 1998, Statistics in Medicine 17, table I, method 3."""
    found = share_estimate([True] * hits + [False] * (count - hits))
    assert found is not None
    assert (found.value, found.count) == (hits / count, count)
    assert [found.low, found.high] == pytest.approx([low, high], abs=0.0001)


@given(st.lists(st.booleans(), min_size=1, max_size=40))
def test_a_share_lies_within_its_interval(answers: list[bool]) -> None:
    found = share_estimate(answers)
    assert found is not None
    assert 0.0 <= found.low <= found.value <= found.high <= 1.0
    assert found.high - found.low > 0


@given(st.lists(st.floats(-1000, 1000), min_size=1, max_size=30))
def test_a_mean_lies_within_its_values_and_comes_the_same_again(values: list[float]) -> None:
    found = mean_estimate(values, "x")
    assert found is not None
    assert min(values) - 1e-6 <= found.low <= found.high <= max(values) + 1e-6
    assert mean_estimate(values, "x") == found


def test_a_bootstrap_is_as_wide_as_the_spread_of_runs_says() -> None:
    found = mean_estimate([float(value) for value in range(100)], "width")
    assert found is not None
    assert (found.high - found.low) / 2 == pytest.approx(1.96 * 28.87 / 10, rel=0.08)


def test_nothing_was_asked_gives_nothing() -> None:
    assert share_estimate([]) is None
    assert mean_estimate([]) is None
    assert change_estimate([], []) is None
    assert change_estimate([0.0], [0.3]) is None


def test_a_third_less_in_every_run_is_a_sure_third_less() -> None:
    found = change_estimate([0.3, 0.6, 0.45], [0.2, 0.4, 0.3], "sure")
    assert found is not None
    assert [found.value, found.low, found.high] == pytest.approx([-1 / 3] * 3)
