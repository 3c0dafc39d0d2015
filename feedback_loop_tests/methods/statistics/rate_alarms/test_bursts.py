"""Bursts: a stretch of a bin's length never counts for more than its limit, wherever the bins' edges are."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.statistics.rate_alarms.bursts import Counted, most_per_bin

BIN = 900


@given(st.lists(st.integers(0, 20 * BIN - 1), max_size=60).map(sorted), st.integers(1, 5))
def test_no_stretch_of_a_bins_length_holds_more_than_the_limit(instants: list[int], most: int) -> None:
    counted, kept = Counted(BIN), list[int]()
    for number in range(20):
        kept += counted.keep([i for i in instants if i // BIN == number], most)
    assert all(sum(i <= other < i + BIN for other in kept) <= most for i in kept)
    assert set(kept) <= set(instants)


@given(st.lists(st.integers(0, 20 * BIN - 1), max_size=60).map(sorted))
def test_nothing_is_left_out_where_the_limit_is_not_reached(instants: list[int]) -> None:
    counted = Counted(BIN)
    assert [i for n in range(20) for i in counted.keep([i for i in instants if i // BIN == n], 60)] == instants


def test_the_limit_is_lower_where_bursts_are_common_and_higher_where_counts_scatter() -> None:
    means = np.asarray([0.01, 1.0, 30.0])
    rare, common, wide = (most_per_bin(means, *given) for given in ((0.01, 1e-4), (0.01, 0.05), (0.5, 1e-4)))
    assert rare[0] >= 1
    assert (common <= rare).all()
    assert (rare <= wide).all()
    assert (rare > means).all()
