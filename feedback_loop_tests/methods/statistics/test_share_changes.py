"""A change is told with an interval that holds, pairs count only where they differ, and reweighting undoes a shift of the mix."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.statistics.share_changes import adjusted, change_between, change_of_same, reweighted_shares


def test_the_interval_between_groups_is_newcombes() -> None:
    found = change_between(48, 80, 56, 70)  # his example a: .8 - .6
    assert (found.points, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=1e-4)
    assert 0.005 < found.p_value < 0.02


def test_pairs_that_agree_change_nothing() -> None:
    assert change_of_same(0, 0, 100).points == 0.0
    assert change_of_same(0, 0, 100).p_value == 1.0
    assert change_of_same(10, 0, 100).p_value == pytest.approx(2 / 2**10)
    assert change_of_same(10, 0, 100).low > 0


def test_the_interval_of_pairs_holds_the_truth_as_often_as_it_says() -> None:
    generator, held = np.random.default_rng(7), 0
    for _ in range(400):
        came, went, _same = generator.multinomial(120, [0.15, 0.05, 0.8])
        found = change_of_same(int(came), int(went), 120)
        held += found.low <= 0.1 <= found.high
    assert 0.92 <= held / 400 <= 0.99


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_a_change_and_its_reverse_are_mirrored(gained: int, lost: int, same: int) -> None:
    count = gained + lost + same + 1
    there, back = change_of_same(gained, lost, count), change_of_same(lost, gained, count)
    assert there.points == -back.points
    assert (there.low, there.high) == pytest.approx((-back.high, -back.low))
    assert there.p_value == pytest.approx(back.p_value)


def test_a_share_that_only_the_mix_moved_is_as_before_when_reweighted() -> None:
    within = np.asarray([[0.1, 0.9], [0.8, 0.2]])
    after = within * np.asarray([[100], [900]])
    found = reweighted_shares(after, np.asarray([900.0, 100.0]))
    assert found is not None
    assert found[0].share == pytest.approx(0.1 * 0.9 + 0.8 * 0.1)
    assert found[0].low < found[0].share < found[0].high
    assert sum(one.share for one in found) == pytest.approx(1.0)
    assert found == reweighted_shares(after, np.asarray([900.0, 100.0]))


def test_a_mix_that_hardly_occurs_later_is_not_reweighted_to() -> None:
    assert reweighted_shares(np.asarray([[10.0, 0.0], [0.0, 0.0]]), np.asarray([50.0, 50.0])) is None
    assert reweighted_shares(np.asarray([[10.0, 0.0]]), np.asarray([0.0])) is None
    covered = reweighted_shares(np.asarray([[10.0, 0.0], [0.0, 0.0]]), np.asarray([90.0, 10.0]))
    assert covered is not None
    assert covered[0].covered_share == pytest.approx(0.9)


def test_holms_example() -> None:
    assert adjusted([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert adjusted([0.9, 0.8]) == [1.0, 1.0]
    assert adjusted([]) == []
