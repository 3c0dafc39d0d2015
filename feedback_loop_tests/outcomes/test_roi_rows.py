"""Rows of the comparison: one per figure and product, and two per assumption that was tried off."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl

from feedback_loop.contracts.outcome_vocab import ComparedFigure
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.outcomes.assumptions import Compared, Cost, Days
from feedback_loop.outcomes.assumptions_text import seed_assumptions
from feedback_loop.outcomes.roi_rows import Books, comparison, comparison_rows
from feedback_loop_tests.outcomes.one_loop import Row, table
from feedback_loop_tests.outcomes.quarters import BEFORE, QUIET, WITH_LOOP, quarter, week

NAMED = Compared(
    before=Days.model_validate({"from": BEFORE.first, "to": BEFORE.last}),
    with_loop=Days.model_validate({"from": WITH_LOOP.first, "to": WITH_LOOP.last}),
)
ASSUMED = replace(seed_assumptions(), compared=NAMED, costs=(Cost(name="host", usd_per_month=10.0, owner="ops", source="bill"),))


def books(*rows: Row, calls: list[Row] | None = None) -> Books:
    """The books of a shop, and of a bank that had one quiet week."""
    events = [row for row in [*quarter(BEFORE, QUIET), *quarter(WITH_LOOP, QUIET), *rows] if row["business_event_kind"] != "complaint"]
    return Books(
        table("context_business_event", *events),
        table("context_customer"),
        table("context_incident"),
        table("silver_fragment"),
        table("analysis_classification"),
        table("state_model_call", *(calls or [])),
    )


def of_the_bank() -> list[Row]:
    return [row | {"product": "bank", "business_event_id": f"bank-{row['business_event_id']}"} for row in week(BEFORE.first, 0, QUIET)]


def test_each_product_has_each_figure_once_and_the_rows_keep_their_contract() -> None:
    found = comparison_rows(books(*of_the_bank()), ASSUMED)
    assert violations(found, TABLES["outcomes_roi_comparison"]) == []
    told = found.filter(pl.col("assumption_varied").is_null())
    assert told.group_by("product").len().sort("product").rows() == [("bank", len(ComparedFigure)), ("shop", len(ComparedFigure))]


def test_each_value_that_is_tried_has_a_total_and_a_multiple() -> None:
    found = comparison_rows(books(), ASSUMED).filter(assumption_varied="agent_hour_usd")
    assert sorted(found.select("assumption_value", "compared_figure").rows()) == [
        (15.0, "multiple"), (15.0, "total"), (45.0, "multiple"), (45.0, "total"),
    ]  # fmt: skip


def test_where_no_days_are_named_nothing_is_compared() -> None:
    assert comparison_rows(books(), replace(ASSUMED, compared=None)).is_empty()


def test_feedback_that_ended_before_the_loop_leaves_its_complaints_unknown() -> None:
    heard = {"record_id": "r", "product": "shop", "occurred_at": week(BEFORE.first, 0, {"order": 1})[0]["occurred_at"]}
    silent = replace(books(), fragments=table("silver_fragment", heard | {"fragment_id": "f"}))
    told = comparison(silent, "shop", BEFORE, WITH_LOOP, ASSUMED)
    (missing,) = (line.missing for line in told.lines if line.figure is ComparedFigure.COMPLAINTS)
    assert missing == ("complaints_before", "feedback_before", "feedback_with_the_loop")


def test_products_share_what_the_models_cost_in_the_days_of_the_loop() -> None:
    at = week(WITH_LOOP.first, 0, {"order": 1})[0]["occurred_at"]
    calls = [{"call_id": f"c{n}", "asked_at": at - n * timedelta(days=90), "cost_usd": 8.0, "event_date": at.date()} for n in range(2)]
    told = comparison(books(*of_the_bank(), calls=calls), "shop", BEFORE, WITH_LOOP, replace(ASSUMED, costs=()))
    (cost,) = (line.measured for line in told.lines if line.figure is ComparedFigure.COST)
    assert cost == 4.0
