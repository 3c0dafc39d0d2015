"""What a fix was worth: each component by hand, and what is missing where there is no figure."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import polars as pl
import pytest

from feedback_loop.contracts.outcome_vocab import RoiComponent
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.outcomes.assumptions import RoiAssumptions
from feedback_loop.outcomes.assumptions_text import seed_assumptions
from feedback_loop.outcomes.roi import Ledger, returns
from feedback_loop_tests.outcomes.one_loop import DAY, EXECUTED, HOUR, ONSET, Row, table

MEASURED = EXECUTED + (EXECUTED - ONSET)  # as long after the fix as the symptom lasted
WINDOWS = pl.DataFrame({"action_id": ["x1"], "onset_at": [ONSET], "executed_at": [EXECUTED]})
COMPONENTS = [str(component) for component in RoiComponent]
BASE = seed_assumptions()


def effect(**changes: Any) -> pl.DataFrame:
    """A fix that took four fifths away of 50 complaints, while the control stayed as it was."""
    row = {"effect_id": "e1", "action_id": "x1", "product": "shop", "treated_before_count": 50, "treated_after_count": 10}
    row |= {"control_before_count": 100, "control_after_count": 100, "effect_ratio": 0.2, "effect_low": 0.1, "effect_high": 0.4}
    return table("outcomes_effect", row | {"effect_verdict": "fixed", "measured_at": MEASURED} | changes)


def ledger(*left_out: str) -> Ledger:
    """Orders halved while the symptom lasted, refunds and cancellations rose; handled cases take 30 minutes, customers pay 20 a month."""
    at, earlier = ONSET + HOUR, [ONSET + HOUR - n * DAY for n in range(1, 28)]
    rows: list[Row] = [{"business_event_kind": "order", "amount_usd": 100.0, "occurred_at": day} for day in earlier for _ in range(4)]
    rows += [{"business_event_kind": "order", "amount_usd": 100.0, "occurred_at": at}] * 2
    rows += [{"business_event_kind": "refund", "amount_usd": 10.0, "occurred_at": day} for day in [*earlier, *[at] * 6]]
    rows += [{"business_event_kind": "cancellation", "amount_usd": None, "occurred_at": day} for day in [*earlier, *[at] * 3]]
    rows += [{"business_event_kind": "case_handled", "handling_minutes": 30.0, "amount_usd": None, "occurred_at": at}] * 2
    numbered = [{"handling_minutes": None, "statement_id": f"s{n}", "business_event_id": f"b{n}"} | row for n, row in enumerate(rows)]
    events = [row | {"product": "shop"} for row in numbered if row["business_event_kind"] not in left_out]
    customers = [
        {"statement_id": f"c{n}", "known_customer_id": f"k{n}", "product": "shop", "monthly_revenue_usd": usd}
        for n, usd in enumerate((10.0, 30.0, None))
    ]
    frame = table("context_customer", *customers)
    found = table("context_business_event", *events)
    return Ledger(found, frame.clear() if "customers" in left_out else frame)


def components(
    found_effect: pl.DataFrame | None = None, known: Ledger | None = None, assumed: RoiAssumptions = BASE
) -> dict[str, dict[str, Any]]:
    found = returns(effect() if found_effect is None else found_effect, WINDOWS, known or ledger(), assumed)
    assert violations(found, TABLES["outcomes_roi"]) == []
    return {row["roi_component"]: row for row in found.to_dicts()}


def test_every_component_has_its_row_over_the_time_since_the_fix() -> None:
    found = components()
    assert list(found) == COMPONENTS
    assert {(r["period_started_at"], r["period_ended_at"]) for r in found.values()} == {(EXECUTED, MEASURED)}


def test_saved_agent_hours_are_the_avoided_complaints_times_their_handling() -> None:
    row = components()["agent_hours"]
    assert (row["roi_quantity"], row["roi_unit"]) == (pytest.approx(50 * 0.8 * 0.5), "hours")
    assert row["amount_usd"] == pytest.approx(600)
    assert (row["amount_low_usd"], row["amount_high_usd"]) == (pytest.approx(50 * 0.6 * 0.5 * 30), pytest.approx(50 * 0.9 * 0.5 * 30))


def test_a_calmer_control_means_that_fewer_complaints_were_avoided() -> None:
    assert components(effect(control_after_count=50))["agent_hours"]["roi_quantity"] == pytest.approx(10)


def test_refunds_that_did_not_come_are_the_surplus_before_the_fix() -> None:
    assert components()["refunds"]["amount_usd"] == pytest.approx(50 * 0.8)


def test_recovered_revenue_is_what_the_orders_had_fallen_by() -> None:
    row = components()["recovered_revenue"]
    assert row["amount_usd"] == pytest.approx(200 * 0.8)
    assert (row["amount_low_usd"], row["amount_high_usd"]) == (pytest.approx(200 * 0.6), pytest.approx(200 * 0.9))


def test_retention_counts_cancellations_and_churn_risk_complaints() -> None:
    found = components()
    assert found["retention"]["roi_quantity"] == pytest.approx(2 * 0.8)
    assert found["retention"]["amount_usd"] == pytest.approx(2 * 0.8 * 20 * 12)
    assert found["churn_risk"]["roi_quantity"] == pytest.approx(50 * 0.8 * 0.05)
    assert found["churn_risk"]["amount_usd"] == pytest.approx(50 * 0.8 * 0.05 * 20 * 12)


def test_twice_the_time_after_the_fix_is_worth_twice_the_surplus() -> None:
    longer = effect(measured_at=EXECUTED + 2 * (EXECUTED - ONSET))
    assert components(longer)["refunds"]["amount_usd"] == pytest.approx(2 * 50 * 0.8)


def test_a_shorter_incident_has_hours_and_no_price() -> None:
    measured = replace(BASE, usual_incident_hours=BASE.usual_incident_hours.model_copy(update={"value": 48.0}))
    row = components(assumed=measured)["incident_duration"]
    assert (row["roi_quantity"], row["amount_usd"], row["missing_inputs"]) == (39, None, [])


@pytest.mark.parametrize(
    ("left_out", "component", "named"),
    [
        ("order", "recovered_revenue", ["order_events"]),
        ("refund", "refunds", ["refund_events"]),
        ("cancellation", "retention", ["cancellation_events"]),
        ("case_handled", "agent_hours", ["handling_minutes"]),
        ("customers", "churn_risk", ["monthly_revenue_usd"]),
        ("customers", "retention", ["monthly_revenue_usd"]),
    ],
)
def test_a_missing_input_is_named_and_gives_no_figure(left_out: str, component: str, named: list[str]) -> None:
    found = components(known=ledger(left_out))
    row = found[component]
    assert row["missing_inputs"] == named
    assert [row[c] for c in ("roi_quantity", "amount_usd", "amount_low_usd", "amount_high_usd")] == [None] * 4
    others = {c for c in COMPONENTS if c != component and not found[c]["missing_inputs"]}
    assert others >= {"refunds", "recovered_revenue"} - {component}


def test_an_assumption_that_nobody_stands_for_is_a_missing_input() -> None:
    unpriced = replace(BASE, agent_hour_usd=BASE.agent_hour_usd.model_copy(update={"value": None}))
    assert components(assumed=unpriced)["agent_hours"]["missing_inputs"] == ["agent_hour_usd"]
    assert components()["incident_duration"]["missing_inputs"] == ["usual_incident_hours"]


@pytest.mark.parametrize(
    "change", [{"effect_verdict": "insufficient_evidence"}, {"effect_ratio": None, "effect_low": None, "effect_high": None}]
)
def test_a_fix_whose_effect_is_not_known_is_worth_nothing_that_is_known(change: dict[str, Any]) -> None:
    found = components(effect(**change))
    assert all(row["amount_usd"] is None for row in found.values())
    assert found["refunds"]["missing_inputs"] == ["effect_ratio"]


def test_a_fix_that_made_no_difference_is_worth_nothing() -> None:
    found = components(effect(effect_verdict="not_fixed", effect_ratio=1.0, effect_low=0.8, effect_high=1.25))
    assert found["refunds"]["amount_usd"] == pytest.approx(0)
    assert found["refunds"]["amount_low_usd"] < 0 < found["refunds"]["amount_high_usd"]


def test_without_a_control_no_complaint_counts_as_avoided() -> None:
    assert components(effect(control_before_count=0))["agent_hours"]["missing_inputs"] == ["control_before_count"]


def test_a_customer_counts_as_stated_last() -> None:
    known = ledger()
    later = known.customers.head(1).with_columns(
        monthly_revenue_usd=pl.lit(50.0), landed_at=pl.col("landed_at") + DAY, statement_id=pl.lit("z")
    )
    changed = Ledger(known.events, pl.concat([later, known.customers]))
    assert components(known=changed)["churn_risk"]["amount_usd"] == pytest.approx(50 * 0.8 * 0.05 * 40 * 12)


def test_nothing_judged_gives_no_rows() -> None:
    assert returns(effect().clear(), WINDOWS, ledger()).is_empty()


def test_the_order_of_the_rows_does_not_matter() -> None:
    known = ledger()
    assert components(known=Ledger(known.events.reverse(), known.customers.reverse())) == components(known=known)


def test_the_pace_of_a_few_hours_is_not_carried_on_for_weeks() -> None:
    found = components(effect(measured_at=EXECUTED + 7.1 * (EXECUTED - ONSET)))
    missing = {name: row["missing_inputs"] for name, row in found.items()}
    assert "a_longer_symptom_before_the_fix" not in missing.pop("incident_duration")
    assert all("a_longer_symptom_before_the_fix" in names for names in missing.values())
    assert components(effect(measured_at=EXECUTED + 6.9 * (EXECUTED - ONSET)))["agent_hours"]["missing_inputs"] == []
