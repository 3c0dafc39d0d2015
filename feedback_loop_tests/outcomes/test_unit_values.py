"""Means of what customers pay and cases take: as stated last, of one product, and none where nothing is known."""

from __future__ import annotations

import polars as pl

from feedback_loop.outcomes.unit_values import mean_handling_minutes, mean_revenue_usd
from feedback_loop_tests.outcomes.one_loop import DAY, RAISED, Row, table


def customers(*stated: tuple[str, float | None]) -> pl.DataFrame:
    """Statements of what customers of the shop pay, each landed a day after the one before it."""
    rows = [
        {"statement_id": f"s{n}", "known_customer_id": name, "product": "shop", "monthly_revenue_usd": usd, "landed_at": RAISED + n * DAY}
        for n, (name, usd) in enumerate(stated)
    ]
    return table("context_customer", *rows)


def case(**changes: object) -> Row:
    """A case of the shop that took six minutes."""
    row = {"statement_id": "s1", "business_event_id": "b1", "business_event_kind": "case_handled", "product": "shop"}
    return row | {"handling_minutes": 6.0, "landed_at": RAISED} | changes


def minutes(*cases: Row, product: str = "shop") -> float | None:
    return mean_handling_minutes(table("context_business_event", *cases), product)


def test_a_customer_counts_once_with_what_was_stated_last() -> None:
    assert mean_revenue_usd(customers(("a", 10.0), ("b", 30.0), ("a", 20.0)), "shop") == 25.0


def test_a_customer_of_unknown_revenue_is_in_no_mean() -> None:
    assert mean_revenue_usd(customers(("a", 10.0), ("b", None)), "shop") == 10.0


def test_without_any_known_revenue_there_is_no_mean() -> None:
    assert mean_revenue_usd(customers(("a", None)), "shop") is None
    assert mean_revenue_usd(customers(("a", 10.0)), "bank") is None


def test_a_case_counts_once_with_what_was_stated_last() -> None:
    corrected = case(statement_id="s2", handling_minutes=10.0, landed_at=RAISED + DAY)
    assert minutes(case(), corrected) == 10.0
    assert minutes(case(), case(statement_id="s2", business_event_id="b2", handling_minutes=10.0)) == 8.0


def test_only_measured_cases_of_the_product_count() -> None:
    unmeasured = case(statement_id="s2", business_event_id="b2", handling_minutes=None)
    order = case(statement_id="s3", business_event_id="b3", business_event_kind="order", handling_minutes=60.0)
    assert minutes(case(), unmeasured, order) == 6.0
    assert minutes(case(), product="bank") is None
