"""The watch: rises are noticed once and soon, quiet streams keep within the budget, and no alarm knows what comes after it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.methods.statistics.rate_alarms.stream import DAY_US, HOUR_US, Ints, Stream
from feedback_loop.methods.statistics.rate_alarms.watch import raised_alarms
from feedback_loop_tests.methods.statistics.rate_alarms.rate_streams import START, drawn, stream_of

LEARNT = 14
SEEDS = st.integers(0, 10_000)


def alarms(instants: Ints, days: int, bin_minutes: int = 15, learnt: float = LEARNT) -> list[int]:
    return raised_alarms(stream_of(instants, days, bin_minutes), START + int(learnt * DAY_US), 30.0)


@pytest.mark.parametrize(("bin_minutes", "hours"), [(5, 1), (15, 1), (60, 3)])
def test_a_rise_is_noticed_within_a_few_bins_and_once(bin_minutes: int, hours: int) -> None:
    raised = alarms(drawn(1, 200.0, 18, rise=(16.25, 0.5, 4.0)), 18, bin_minutes)
    assert len(raised) == 1
    assert START + 16.25 * DAY_US < raised[0] <= START + 16.25 * DAY_US + hours * HOUR_US


def test_a_second_rise_after_the_first_has_ended_is_another_alarm() -> None:
    first, second = drawn(1, 200.0, 20, rise=(16.0, 0.5, 4.0)), drawn(1, 200.0, 20, rise=(18.5, 0.5, 4.0))
    both = np.sort(np.r_[first[first < START + 17 * DAY_US], second[second >= START + 17 * DAY_US]])
    assert [(instant - START) // (DAY_US // 2) for instant in alarms(both, 20)] == [32, 37]


def test_a_burst_of_one_minute_raises_nothing() -> None:
    quiet = drawn(2, 30.0, 18)
    burst = START + 16 * DAY_US + 10 * HOUR_US + np.arange(12) * 5_000_000
    assert alarms(np.sort(np.r_[quiet, burst]), 18) == alarms(quiet, 18) == []


@pytest.mark.parametrize("days", [2, 15, 40])
def test_an_empty_stream_raises_nothing(days: int) -> None:
    assert alarms(np.zeros(0, dtype=np.int64), days, learnt=1.0) == []


@settings(max_examples=8, deadline=None)
@given(SEEDS, st.floats(14.5, 19.0))
def test_a_stream_cut_short_has_the_same_alarms_up_to_the_cut(seed: int, cut: float) -> None:
    instants = drawn(seed, 60.0, 19, rise=(16.0, 0.7, 4.0), spread=0.2)
    end = START + int(cut * DAY_US)
    short = Stream.of(instants[instants < end], START, end, 15)
    assert raised_alarms(short, START + LEARNT * DAY_US, 30.0) == [a for a in alarms(instants, 19) if a <= end]


@settings(max_examples=5, deadline=None)
@given(SEEDS, st.integers(-200, 200))
def test_the_same_stream_in_another_week_has_the_same_alarms(seed: int, weeks: int) -> None:
    instants, shift = drawn(seed, 60.0, 18, rise=(16.0, 0.7, 4.0)), weeks * 7 * DAY_US
    moved = Stream.of(instants + shift, START + shift, START + shift + 18 * DAY_US, 15)
    raised = raised_alarms(moved, START + shift + LEARNT * DAY_US, 30.0)
    assert [instant - shift for instant in raised] == alarms(instants, 18)


@settings(max_examples=5, deadline=None)
@given(SEEDS)
def test_the_order_of_the_instants_does_not_matter(seed: int) -> None:
    instants = drawn(seed, 60.0, 18, rise=(16.0, 0.7, 4.0))
    assert alarms(np.random.default_rng(seed).permutation(instants), 18) == alarms(instants, 18)


@pytest.mark.parametrize(("per_day", "spread", "growth"), [(8.0, 0.0, 0.0), (60.0, 0.0, 0.01), (300.0, 0.2, 0.0)])
def test_quiet_streams_keep_within_the_budget(per_day: float, spread: float, growth: float) -> None:
    raised = [alarms(drawn(seed, per_day, 58, spread=spread, growth=growth), 58, learnt=28.0) for seed in range(5)]
    # 150 days of one false alarm in thirty: five are due, and ten or more would come with a chance of 3 %.
    assert sum(len(r) for r in raised) < 10


def test_a_rate_that_stays_risen_becomes_the_usual_one() -> None:
    raised = alarms(drawn(3, 100.0, 40, rise=(16.0, 30.0, 3.0)), 40)
    assert 1 <= len(raised) <= 4
    assert all(instant < START + 30 * DAY_US for instant in raised)


def test_a_history_shorter_than_a_day_is_watched_too() -> None:
    raised = alarms(drawn(4, 200.0, 6, rise=(4.0, 0.5, 6.0)), 6, learnt=0.5)
    assert any(START + 4 * DAY_US < instant < START + 4 * DAY_US + 4 * HOUR_US for instant in raised)
