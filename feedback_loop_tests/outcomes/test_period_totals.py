"""What is added up of each week, and how weeks are drawn."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from feedback_loop.contracts.days import DayRange
from feedback_loop.outcomes.period_totals import FIELDS, Reals, is_spanned, totals
from feedback_loop_tests.outcomes.quarters import BEFORE, QUIET, incident, known, quarter, week


def column(weeks: Reals, name: str) -> list[float]:
    found: list[float] = weeks[:, FIELDS.index(name)].tolist()
    return found


def test_each_week_has_its_own_totals() -> None:
    found = totals(known(quarter(BEFORE, QUIET)), BEFORE).weeks
    assert found.shape == (13, len(FIELDS))
    assert (column(found, "orders"), column(found, "order_usd")) == ([10.0] * 13, [500.0] * 13)
    assert (column(found, "handled_minutes"), column(found, "complaints")) == ([180.0] * 13, [4.0] * 13)


def test_a_week_that_is_only_touched_is_as_long_as_it_is() -> None:
    days = DayRange(BEFORE.first, BEFORE.first + timedelta(days=9))
    found = totals(known(quarter(BEFORE, QUIET)), days).weeks
    assert column(found, "days") == [7.0, 3.0]
    assert column(found, "cases")[0] == 6.0


def test_what_was_stated_twice_counts_as_it_was_stated_last() -> None:
    rows = week(BEFORE.first, 0, {"refund": 1})
    later = rows[0] | {"statement_id": "later", "amount_usd": 5.0, "landed_at": rows[0]["landed_at"] + timedelta(hours=1)}
    assert column(totals(known(rows, [later]), BEFORE).weeks, "refund_usd")[0] == 5.0


def test_incidents_last_from_their_beginning_to_their_end() -> None:
    found = totals(known(incidents=[incident(BEFORE.first, 3.0, "i1"), incident(BEFORE.first, 5.0, "i2")]), BEFORE).weeks
    assert column(found, "incidents")[0] == 2.0
    assert column(found, "incident_hours")[0] == pytest.approx(8.0)


def test_weeks_are_drawn_whole_and_the_first_sum_is_of_what_was() -> None:
    found = totals(known(week(BEFORE.first, 0, QUIET)), BEFORE)
    sums = found.drawn(500, np.random.default_rng(1))
    orders = sums[:, FIELDS.index("orders")]
    assert orders[0] == 10.0
    assert set(orders % 10.0) == {0.0}
    assert orders[1:].mean() == pytest.approx(10.0, rel=0.2)
    assert (sums[:, FIELDS.index("days")] == 91.0).all()


def test_what_is_known_spans_days_if_it_reaches_into_their_first_and_their_last_week() -> None:
    week_in, week_left = BEFORE.first + timedelta(days=6), BEFORE.last - timedelta(days=6)
    assert is_spanned(BEFORE, DayRange(week_in, week_left))
    assert not is_spanned(BEFORE, DayRange(week_in + timedelta(days=1), week_left))
    assert not is_spanned(BEFORE, DayRange(week_in, week_left - timedelta(days=1)))
    one_day = DayRange(BEFORE.first, BEFORE.first)
    assert is_spanned(one_day, one_day)
    assert not is_spanned(one_day, DayRange(week_in, week_in))


def test_events_reach_as_far_back_as_the_first_of_them() -> None:
    found = known(week(BEFORE.first, 0, QUIET))
    assert found.reaches(BEFORE.first)
    assert not found.reaches(BEFORE.first - timedelta(days=1))
