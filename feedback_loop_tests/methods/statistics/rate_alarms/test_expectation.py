"""What is expected of a day: season, level and growth together, without alerts, gaps and bursts."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.methods.statistics.rate_alarms.expectation import Expectation, Foretold
from feedback_loop.methods.statistics.rate_alarms.stream import DAY_US, HOUR_US, Ints
from feedback_loop_tests.methods.statistics.rate_alarms.rate_streams import START, drawn, stream_of


def foretold(instants: Ints, days: int = 28, left_out: tuple[int, int] | None = None) -> Foretold:
    expectation = Expectation(stream_of(instants, days + 1))
    if left_out:
        expectation.leave_out(*left_out)
    return [expectation.foretell(day, 0.01) for day in range(7, days + 1)][-1]


def test_the_season_of_the_day_and_of_the_week_is_expected() -> None:
    monday, saturday = foretold(drawn(1, 300.0, 29)), foretold(drawn(1, 300.0, 34), 33)
    hours = monday.means.reshape(24, 4).sum(axis=1)
    true = 300.0 / 24 * (1 + 0.6 * np.sin(2 * np.pi * ((np.arange(24) + 0.5) / 24 - 0.3)))
    assert np.abs(np.log(hours / true)).mean() < 0.12
    assert saturday.means.sum() == pytest.approx(180.0, rel=0.12)


def test_growth_is_expected_to_go_on() -> None:
    assert foretold(drawn(2, 300.0, 43, growth=0.02), 42).means.sum() == pytest.approx(300.0 * np.exp(0.02 * 42.5), rel=0.1)


def test_an_alert_that_is_left_out_raises_no_expectation() -> None:
    rise = drawn(3, 100.0, 29, rise=(26.0, 2.0, 5.0))
    usual = foretold(drawn(3, 100.0, 29)).means.sum()
    assert foretold(rise, left_out=(26 * 96, 28 * 96 - 1)).means.sum() == pytest.approx(usual, rel=0.2)
    assert foretold(rise).means.sum() > 1.1 * usual


def test_what_was_left_out_can_be_taken_in_again() -> None:
    instants = drawn(3, 100.0, 29)
    expectation = Expectation(stream_of(instants, 29))
    expectation.leave_out(96, 2 * 96)
    expectation.take_in(96, 2 * 96)
    assert expectation.foretell(28, 0.01).means.tolist() == Expectation(stream_of(instants, 29)).foretell(28, 0.01).means.tolist()


def test_a_gap_in_the_records_lowers_no_expectation() -> None:
    whole = drawn(4, 200.0, 29)
    day = (whole - START) // DAY_US
    gap = whole[(day != 20) & (day != 25)]
    assert foretold(gap).means.sum() == pytest.approx(foretold(whole).means.sum(), rel=0.05)


def test_one_burst_hardly_raises_the_expectation() -> None:
    quiet = drawn(5, 20.0, 29)
    burst = np.sort(np.r_[quiet, np.full(60, START + 27 * DAY_US + 9 * HOUR_US)])
    assert foretold(burst).means.sum() < 1.25 * foretold(quiet).means.sum()


def test_what_is_expected_with_caution_is_more_where_less_is_known() -> None:
    rare, busy = (foretold(drawn(6, per_day, 29)) for per_day in (2.0, 500.0))
    assert (rare.cautious / rare.means).mean() > (busy.cautious / busy.means).mean() > 1.0
