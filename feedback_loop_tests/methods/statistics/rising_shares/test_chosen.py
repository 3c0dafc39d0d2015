"""Streams stand out within a budget that all share: more evidence is asked of one among many, and less of each where many rose."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from feedback_loop.methods.statistics.rising_shares.chosen import standing_out


def named(e_values: list[float], stream_count: int, chance: float) -> list[bool]:
    found: list[bool] = standing_out(np.log(np.array(e_values))[:, None], stream_count, chance)[:, 0].tolist()
    return found


def test_one_stream_needs_the_whole_of_one_over_its_chance() -> None:
    assert named([99.0], 1, 0.01) == [False]
    assert named([100.0], 1, 0.01) == [True]


def test_streams_that_cannot_stand_out_count_too() -> None:
    assert named([500.0], 10, 0.01) == [False]
    assert named([1000.0], 10, 0.01) == [True]


def test_where_two_rose_each_needs_half() -> None:
    assert named([500.0, 500.0, 1.0], 10, 0.01) == [True, True, False]


def test_nothing_is_nothing() -> None:
    assert standing_out(np.zeros((0, 4)), 3, 0.1).shape == (0, 4)


@given(arrays(np.float64, (6, 3), elements=st.floats(-5.0, 12.0)), st.floats(0.001, 0.5))
def test_nothing_stands_out_while_the_mean_is_below_one_over_the_chance(logs: np.ndarray, chance: float) -> None:
    calm = np.exp(logs).mean(axis=0) < 1.0 / chance * (1.0 - 1e-9)
    assert not standing_out(logs, len(logs), chance)[:, calm].any()
