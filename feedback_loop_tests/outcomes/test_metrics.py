"""The table of figures: one row per product, figure and week, and one that names what is missing where there is none."""

from __future__ import annotations

from typing import Any

import polars as pl

from feedback_loop.contracts.outcome_vocab import OutcomeMetric
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.outcomes.customer_metrics import Customers
from feedback_loop.outcomes.loop_metrics import Handled
from feedback_loop.outcomes.metrics import MEANINGS, metrics
from feedback_loop_tests.outcomes.one_loop import DAY, RAISED, Row, table

_CUSTOMERS = (
    "silver_message", "silver_fragment", "analysis_classification", "context_business_event", "remediation_message", "remediation_proposal",
    "analysis_alert",
)  # fmt: skip
_HANDLED = (
    "outcomes_lifecycle_event", "outcomes_sla_stage", "remediation_proposal", "outcomes_effect", "state_label", "silver_fragment",
    "analysis_classification",
)  # fmt: skip


def told(**rows: list[Row]) -> pl.DataFrame:
    """The figures of a shop of which no more is known than the rows."""
    frames: dict[str, Any] = {name: table(name, *rows.get(name, [])) for name in {*_CUSTOMERS, *_HANDLED}}
    found = metrics(Customers(*(frames[name] for name in _CUSTOMERS)), Handled(*(frames[name] for name in _HANDLED)))
    assert violations(found, TABLES["outcomes_metric"]) == []
    return found


def spoken(product: str, stars: float | None, days: float) -> Row:
    at = RAISED + days * DAY
    return {"record_id": f"{product}{days}", "product": product, "rating": stars, "occurred_at": at, "event_date": at.date()}


def test_every_figure_has_a_meaning() -> None:
    assert list(MEANINGS) == list(OutcomeMetric)


def test_each_product_has_each_figure_and_what_is_missing_is_named() -> None:
    found = told(silver_message=[spoken("shop", 1.0, 0), spoken("shop", 5.0, 7), spoken("bank", None, 0)])
    assert found.group_by("product").agg(pl.col("metric_name").n_unique())["metric_name"].to_list() == [len(OutcomeMetric)] * 2
    negative = found.filter(metric_name="negative_reviews").sort("product", "event_date")
    assert negative.select("product", "metric_value", "missing_inputs").rows() == [
        ("bank", None, ["ratings"]), ("shop", 1.0, []), ("shop", 0.0, []),
    ]  # fmt: skip


def test_the_cost_of_a_case_needs_cases_and_the_price_of_an_hour() -> None:
    (cost,) = told(silver_message=[spoken("shop", 5.0, 0)]).filter(metric_name="case_cost_usd").to_dicts()
    assert (cost["metric_value"], cost["missing_inputs"]) == (None, ["case_handled_events", "agent_hour_usd"])


def test_what_is_missing_is_told_in_the_week_of_the_last_message() -> None:
    found = told(silver_message=[spoken("shop", None, 0), spoken("shop", None, 14)])
    assert set(found["event_date"]) == {(RAISED + 13 * DAY).date()}


def test_without_a_message_there_is_no_figure() -> None:
    assert told().is_empty()
