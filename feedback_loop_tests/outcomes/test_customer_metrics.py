"""How customers fared, week by week: each figure on a handful of complaints whose answer can be counted by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl

from feedback_loop.contracts.outcome_vocab import OutcomeMetric
from feedback_loop.outcomes.assumptions import RoiAssumptions
from feedback_loop.outcomes.assumptions_text import seed_assumptions
from feedback_loop.outcomes.customer_metrics import Customers, customer_figures
from feedback_loop_tests.outcomes.one_loop import DAY, HOUR, RAISED, Row, alert, message, proposal, table


def complaint(number: int, customer: str | None, days: float, best_class: str = "billing", **changes: Any) -> Row:
    """One complaint of the shop's customer, so many days after the alert."""
    at = RAISED + days * DAY
    row = {"record_id": f"r{number}", "fragment_id": f"f{number}", "product": "shop", "customer_id": customer, "best_class": best_class}
    return row | {"occurred_at": at, "event_date": at.date(), "duplicate_of": None, "rating": None} | changes


def event(kind: str, days: float, customer: str = "c1", **changes: Any) -> Row:
    """One business event of the shop."""
    at = RAISED + days * DAY
    row = {"statement_id": f"{kind}{days}{customer}", "business_event_id": f"{kind}{days}{customer}", "business_event_kind": kind}
    return row | {"product": "shop", "customer_id": customer, "occurred_at": at, "landed_at": at, "event_date": at.date()} | changes


def figures(
    complaints: list[Row], events: list[Row] | None = None, told: list[Row] | None = None, assumptions: RoiAssumptions | None = None
) -> dict[OutcomeMetric, list[tuple[float, float]]]:
    """Numerator and denominator of each week by figure; a quiet message ends the records long after."""
    spoken = [*complaints, complaint(999, None, 60, "praise")]

    def frame(name: str, *columns: str) -> pl.DataFrame:
        return table(name, *({c: row[c] for c in (*columns, "event_date")} for row in spoken))

    customers = Customers(
        frame("silver_message", "record_id", "product", "occurred_at", "rating"),
        frame("silver_fragment", "fragment_id", "record_id", "duplicate_of", "product", "customer_id", "occurred_at"),
        frame("analysis_classification", "fragment_id", "best_class"),
        table("context_business_event", *(events or [])),
        table("remediation_message", *(told or [])),
        table("remediation_proposal", proposal()),
        table("analysis_alert", alert()),
    )
    found = customer_figures(customers, assumptions or seed_assumptions())
    return {one.metric: one.rows.sort("event_date").select("numerator", "denominator").rows() for one in found}


def test_two_stars_or_fewer_are_negative_and_no_rating_is_none() -> None:
    said = [complaint(n, None, 0, rating=stars) for n, stars in enumerate((1.0, 2.0, 3.0, 5.0, None))]
    assert figures(said)[OutcomeMetric.NEGATIVE_REVIEWS] == [(2.0, 4.0)]


def test_who_complains_of_the_same_again_within_a_week_had_to_repeat_it() -> None:
    said = [complaint(0, "c1", 0), complaint(1, "c1", 2), complaint(2, "c2", 0), complaint(3, "c2", 0.5, "crash")]
    assert figures(said)[OutcomeMetric.REPEAT_CONTACT] == [(1.0, 4.0)]


def test_a_repetition_an_unknown_customer_and_praise_are_no_contacts() -> None:
    said = [
        complaint(0, "c1", 0), complaint(1, "c1", 1, duplicate_of="f0"), complaint(2, None, 0), complaint(3, None, 1),
        complaint(4, "c1", 1, "praise"),
    ]  # fmt: skip
    assert figures(said)[OutcomeMetric.REPEAT_CONTACT] == [(0.0, 1.0)]


def test_whom_the_records_did_not_follow_for_a_week_is_not_counted() -> None:
    assert figures([complaint(0, "c1", 0), complaint(1, "c2", 55)])[OutcomeMetric.REPEAT_CONTACT] == [(0.0, 1.0)]


def test_who_was_told_and_did_not_write_of_it_again_was_spared_a_contact() -> None:
    told = [message(message_draft_id=f"m{n}", recipient_customer_id=f"c{n}", sent_at=RAISED) for n in range(4)]
    wrote = [complaint(0, "c0", 1), complaint(1, "c1", 1, "crash"), complaint(2, "c2", -1), complaint(3, "c3", 8)]
    assert figures(wrote, told=told)[OutcomeMetric.DEFLECTED] == [(3.0, 4.0)]


def test_a_message_that_was_not_sent_deflects_nobody() -> None:
    told = [message(recipient_customer_id="c0", sent_at=None, confirmed_at=None, message_status="drafted")]
    assert figures([], told=told)[OutcomeMetric.DEFLECTED] == []


def test_who_confirms_is_never_among_those_who_are_assumed_to_be_content() -> None:
    fixed = {"message_kind": "fixed", "sent_at": RAISED}
    confirmed = [RAISED + DAY, None, None, RAISED + 20 * DAY]
    told = [message(message_draft_id=f"m{n}", recipient_customer_id=f"c{n}", confirmed_at=at, **fixed) for n, at in enumerate(confirmed)]
    told.append(message(message_draft_id="m9", recipient_customer_id="c9", message_kind="explanation", sent_at=RAISED, confirmed_at=None))
    found = figures([complaint(0, "c1", 3), complaint(1, "c2", 30)], told=told)
    assert (found[OutcomeMetric.CONFIRMED], found[OutcomeMetric.ASSUMED]) == ([(1.0, 4.0)], [(1.0, 4.0)])


def test_refunds_are_told_per_order_and_each_event_as_it_was_stated_last() -> None:
    sold = [event("order", 0, f"c{n}") for n in range(4)]
    back = event("refund", 0, "c1")
    again = back | {"statement_id": "later", "landed_at": back["landed_at"] + HOUR}
    assert figures([], [*sold, back, again])[OutcomeMetric.REFUNDED] == [(1.0, 4.0)]


def test_a_week_without_orders_has_no_refund_rate() -> None:
    assert figures([], [event("refund", 0)])[OutcomeMetric.REFUNDED] == []


def test_a_case_costs_the_time_of_its_agent() -> None:
    cases = [event("case_handled", 0, "c1", handling_minutes=30.0), event("case_handled", 1, "c2", handling_minutes=90.0)]
    assert figures([], cases)[OutcomeMetric.CASE_COST_USD] == [(60.0, 2.0)]


def test_without_a_price_of_an_hour_no_case_has_a_cost() -> None:
    unpriced = replace(seed_assumptions(), agent_hour_usd=seed_assumptions().agent_hour_usd.model_copy(update={"value": None}))
    assert figures([], [event("case_handled", 0, handling_minutes=30.0)], assumptions=unpriced)[OutcomeMetric.CASE_COST_USD] == []


def test_who_complained_twice_in_a_week_is_at_risk_and_stays_or_cancels() -> None:
    said = [complaint(n, f"c{n // 2}", 0.1 * (n % 2)) for n in range(6)]
    left = [event("cancellation", 10, "c0"), event("cancellation", 45, "c1"), event("cancellation", 10, "c9")]
    assert figures(said, left)[OutcomeMetric.RETAINED_AT_RISK] == [(2.0, 3.0)]


def test_where_nobody_tells_of_cancellations_nobody_knows_who_stayed() -> None:
    assert figures([complaint(n, "c1", 0.1 * n) for n in range(2)])[OutcomeMetric.RETAINED_AT_RISK] == []


def test_who_had_left_before_is_not_at_risk_any_more() -> None:
    said = [complaint(n, "c0", 0.1 * n) for n in range(2)]
    assert figures(said, [event("cancellation", -20, "c0")])[OutcomeMetric.RETAINED_AT_RISK] == []
