"""Surpluses of business events over the same hours of earlier days."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.loop_vocab import BusinessEventKind
from feedback_loop.outcomes.event_excess import Estimate, excess, latest_events
from feedback_loop_tests.outcomes.one_loop import DAY, EXECUTED, HOUR, ONSET, Row, table

REFUND = BusinessEventKind.REFUND


def events(*rows: Row) -> pl.DataFrame:
    full = [{"statement_id": f"s{n}", "business_event_id": f"e{n}", "business_event_kind": "refund"} | row for n, row in enumerate(rows)]
    return table("context_business_event", *full)


def per_day(counts: list[int], amount: float = 10.0) -> list[Row]:
    """So many refunds in the hours of the symptom, on the day of it and on those before it, the latest day last."""
    days = enumerate(reversed(counts))
    return [{"occurred_at": ONSET + HOUR - n * DAY, "amount_usd": amount} for n, count in days for _ in range(count)]


def test_a_surplus_is_what_the_same_hours_of_earlier_days_had_not() -> None:
    found = excess(events(*per_day([2, 2, 2, 2, 9])), REFUND, ONSET, EXECUTED, in_money=False)
    assert found == Estimate(7, 7, 7)
    in_money = excess(events(*per_day([2, 2, 2, 2, 9])), REFUND, ONSET, EXECUTED, in_money=True)
    assert in_money == Estimate(70, 70, 70)


def test_days_that_vary_leave_doubt() -> None:
    found = excess(events(*per_day([1, 0, 4, 1, 3, 9])), REFUND, ONSET, EXECUTED, in_money=False)
    assert found is not None
    assert found.value == 7
    assert found.low < 5
    assert found.high > 9
    # Four whole windows with 0, 4, 1 and 3: deviation 1.826, and Student's t of three degrees of freedom is 3.182, not 1.96.
    assert found.high - found.value == pytest.approx(3.182 * 1.826 * 1.25**0.5, rel=1e-3)


def test_events_at_other_hours_or_of_other_kinds_do_not_count() -> None:
    rows = [*per_day([2, 2, 2, 2, 2]), {"occurred_at": EXECUTED}, {"occurred_at": ONSET, "business_event_kind": "order"}]
    assert excess(events(*rows), REFUND, ONSET, EXECUTED, in_money=False) == Estimate(0, 0, 0)


def test_a_kind_that_is_rare_reaches_back_as_far_as_the_others() -> None:
    orders = [{"occurred_at": ONSET - n * DAY, "business_event_kind": "order"} for n in range(10)]
    assert excess(events(*per_day([4]), *orders), REFUND, ONSET, EXECUTED, in_money=False) == Estimate(4, 4, 4)


@pytest.mark.parametrize("counts", [[], [5], [1, 1, 5]])
def test_without_enough_earlier_days_nothing_is_known(counts: list[int]) -> None:
    assert excess(events(*per_day(counts)), REFUND, ONSET, EXECUTED, in_money=False) is None


def test_a_symptom_that_lasts_no_time_has_no_surplus() -> None:
    assert excess(events(*per_day([2, 2, 2, 2, 9])), REFUND, ONSET, ONSET, in_money=False) is None


def test_a_symptom_of_several_days_is_compared_with_as_many_days() -> None:
    rows = [{"occurred_at": ONSET + n * DAY + HOUR} for n in range(-20, 3)]
    assert excess(events(*rows), REFUND, ONSET, ONSET + 3 * DAY, in_money=False) == Estimate(0, 0, 0)


def test_an_event_that_was_stated_twice_counts_as_stated_last() -> None:
    twice = events({"amount_usd": 5.0, "landed_at": ONSET + DAY}, {"business_event_id": "e0", "amount_usd": 3.0, "landed_at": ONSET})
    assert latest_events(twice)["amount_usd"].to_list() == [5.0]
    assert latest_events(twice.reverse())["amount_usd"].to_list() == [5.0]


figures = st.floats(-100, 100)
estimates = st.tuples(figures, figures, figures).map(lambda values: Estimate(*sorted(values)))


@given(estimates, estimates)
def test_the_interval_of_a_product_holds_the_product(first: Estimate, second: Estimate) -> None:
    found = first.times(second)
    assert found.low <= found.value <= found.high


@given(estimates, st.floats(-5, 5))
def test_a_known_factor_keeps_the_ends_in_order(estimate: Estimate, factor: float) -> None:
    found = estimate.scaled(factor)
    assert found.low <= found.value <= found.high
