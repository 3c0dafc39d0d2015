"""A share beside its own past: unlikely only where it rose, with the threshold at which it becomes so."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.days import DayRange
from feedback_loop.workflows.quality_shares import MIN_HISTORY_DAYS, SharePast, share_pasts

START = date(2026, 1, 1)


def past(hits: list[int], records: int = 50, gap: int = 0) -> list[SharePast]:
    """The last day beside the days before; with a gap of so many days between."""
    days = [START + timedelta(days=n) for n in range(len(hits) - 1)] + [START + timedelta(days=len(hits) - 1 + gap)]
    rows = pl.DataFrame({"event_date": days, "hit_count": hits, "record_count": records})
    return list(share_pasts(rows, DayRange(days[-1], days[-1])))


def test_a_share_that_rose_far_is_unlikely_and_one_that_fell_is_not() -> None:
    [risen], [fallen], [same] = past([5] * 30 + [30]), past([5] * 30 + [0]), past([5] * 30 + [5])
    assert risen.p_value < 1e-4
    assert fallen.p_value == 1.0
    assert same.p_value > 0.2
    assert risen.share == 0.6
    assert risen.usual == pytest.approx(0.1, abs=0.01)


def test_the_threshold_is_the_first_share_that_is_unlikely_enough() -> None:
    [risen] = past([5] * 30 + [30])
    threshold = risen.threshold(0.001, 1.0)
    [at] = past([5] * 30 + [round(threshold * 50)])
    [below] = past([5] * 30 + [round(threshold * 50) - 1])
    assert at.p_value < 0.001 <= below.p_value


def test_without_history_enough_there_is_no_past() -> None:
    [young], [stale] = past([5] * (MIN_HISTORY_DAYS - 1) + [30]), past([5] * 30 + [30], gap=60)
    assert young.fit is None
    assert stale.fit is None
    assert (young.p_value, young.usual, young.threshold(0.001, 0.05)) == (1.0, 0.0, 0.05)
    assert young.reaches(0.05)
    assert not young.reaches(0.7)


def test_a_day_of_few_records_is_not_looked_at() -> None:
    assert past([1] * 30 + [9], records=9) == []


def test_a_share_that_always_varies_is_odd_only_further_out() -> None:
    [steady], [restless] = past([10] * 30 + [20]), past([2, 18] * 15 + [20])
    assert steady.p_value < restless.p_value


@given(st.lists(st.integers(0, 50), min_size=15, max_size=70))
def test_a_chance_lies_between_0_and_1_and_falls_as_the_share_rises(hits: list[int]) -> None:
    chances = [past([*hits[:-1], last])[0].p_value for last in (0, hits[-1], 50)]
    assert all(0.0 <= chance <= 1.0 for chance in chances)
    assert chances[0] >= chances[1] - 1e-9 >= chances[2] - 2e-9
