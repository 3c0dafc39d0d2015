from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.gold.impact import issue_impacts
from feedback_loop_tests.complaint_stream import day
from feedback_loop_tests.contracts.rows import frame_of

TODAY = day(40)
DAYS = DayRange(TODAY, TODAY)
ISSUE = {"issue_id": "i", "product": "app", "event_date": TODAY, "trend": "rising", "issue_class": "crash", "window_fragment_count": 3}


def customer(name: str, on: int = 30, **said: Any) -> dict[str, Any]:
    return {"statement_id": f"{name}-{on}", "known_customer_id": name, "product": "app", "event_date": day(on), **said}


def refund(name: str, usd: float, on: int = 35, **said: Any) -> dict[str, Any]:
    row = {"statement_id": f"r-{name}-{on}", "business_event_kind": "refund", "product": "app", "customer_id": name, "amount_usd": usd}
    return row | {"event_date": day(on)} | said


def impact(
    who: list[str | None], customers: list[dict[str, Any]] | None = None, events: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """The row of an issue that these customers complain of."""
    ids = [f"f{n}" for n in range(len(who))]
    fragments = pl.DataFrame({"fragment_id": ids, "customer_id": who}, schema={"fragment_id": pl.String, "customer_id": pl.String})
    state = {"issue_id": "i", "product": "app", "event_date": TODAY, "member_fragment_ids": ids, "parent_issue_id": None}
    cluster = {"cluster_id": "c", "product": "app", "event_date": TODAY, "member_fragment_ids": ids}
    found = issue_impacts(
        frame_of(TABLES["gold_issue"], ISSUE), frame_of(TABLES["gold_issue_state"], state),
        frame_of(TABLES["analysis_cluster"], cluster), fragments,
        frame_of(TABLES["context_customer"], *(customers or [])), frame_of(TABLES["context_business_event"], *(events or [])), DAYS,
    )  # fmt: skip
    assert violations(found, TABLES["gold_issue_impact"]) == []
    [row] = found.to_dicts()
    return row


def test_each_customer_counts_once_however_often_they_complain() -> None:
    row = impact(["c1", "c1", "c2", None], [customer("c1", monthly_revenue_usd=100.0), customer("c2", monthly_revenue_usd=50.0)])
    assert (row["touched_customer_count"], row["touched_arr_usd"]) == (2, 12 * 150.0)


def test_accounts_and_tiers_are_those_that_statements_name() -> None:
    said = [customer("c1", account_id="x", tier="gold"), customer("c2", account_id="x", tier="free"), customer("c3", tier="gold")]
    row = impact(["c1", "c2", "c3"], said)
    assert (row["touched_account_count"], row["touched_tiers"]) == (1, ["gold", "free"])


def test_without_statements_money_is_null_with_a_reason() -> None:
    row = impact(["c1"])
    assert (row["touched_arr_usd"], row["arr_missing_reason"]) == (None, "no_known_revenue")
    assert (row["cost_of_delay_usd"], row["cost_of_delay_reason"], row["cost_of_delay_formula"]) == (None, "no_known_revenue", None)
    assert row["touched_account_count"] is None


def test_without_known_customers_the_reason_says_so() -> None:
    row = impact([None, None])
    assert (row["touched_customer_count"], row["arr_missing_reason"]) == (0, "no_known_customer")


def test_the_latest_statement_by_the_end_of_the_day_counts_and_none_of_later() -> None:
    said = [customer("c1", on, monthly_revenue_usd=usd) for on, usd in ((10, 1.0), (20, 2.0), (41, 9.0))]
    assert impact(["c1"], said)["touched_arr_usd"] == 24.0


def test_a_statement_about_another_product_is_none() -> None:
    assert impact(["c1"], [customer("c1", monthly_revenue_usd=1.0) | {"product": "other"}])["touched_arr_usd"] is None


def test_cost_of_delay_is_a_day_of_revenue_and_a_day_of_refunds_and_says_how() -> None:
    row = impact(["c1", "c2"], [customer("c1", monthly_revenue_usd=365.0)], [refund("c1", 28.0), refund("c2", 28.0), refund("c9", 999.0)])
    assert row["cost_of_delay_usd"] == pytest.approx(12.0 + 2.0)
    assert row["cost_of_delay_formula"] == "yearly revenue 4,380 of 1 customers / 365 + refunds 56 of 2 customers in 28 days / 28"


def test_refunds_alone_are_a_cost_and_old_ones_and_those_to_come_are_not() -> None:
    assert impact(["c1"], [], [refund("c1", 28.0)])["cost_of_delay_usd"] == 1.0
    assert impact(["c1"], [], [refund("c1", 28.0, 12), refund("c1", 28.0, 41)])["cost_of_delay_usd"] is None


def test_days_outside_of_the_range_are_left_out() -> None:
    earlier = frame_of(TABLES["gold_issue"], ISSUE | {"event_date": TODAY - timedelta(days=1)})
    names = ("gold_issue_state", "analysis_cluster", "silver_fragment", "context_customer", "context_business_event")
    states, clusters, said, customers, events = (frame_of(TABLES[name]) for name in names)
    assert issue_impacts(earlier, states, clusters, said, customers, events, DAYS).is_empty()


def test_customers_of_what_is_left_of_a_class_are_those_of_the_window_too() -> None:
    rest = {"cluster_id": "c", "product": "app", "event_date": TODAY, "best_class": "crash", "is_catch_all": True}
    rest |= {"member_fragment_ids": ["f0", "f1", "f2"], "centroid": [1.0]}
    name = stable_id("issue", "app", "crash", "catch_all")
    issue = ISSUE | {"issue_id": name, "is_catch_all": True, "day_fragment_ids": ["f2"]}
    fragments = pl.DataFrame({"fragment_id": ["f0", "f1", "f2"], "customer_id": ["c1", "c2", "c1"]})
    state = {"issue_id": "other", "product": "app", "event_date": TODAY, "member_fragment_ids": ["f1"], "parent_issue_id": None}
    found = issue_impacts(
        frame_of(TABLES["gold_issue"], issue), frame_of(TABLES["gold_issue_state"], state), frame_of(TABLES["analysis_cluster"], rest),
        fragments, frame_of(TABLES["context_customer"]), frame_of(TABLES["context_business_event"]), DAYS,
    )  # fmt: skip
    assert found["touched_customer_count"].to_list() == [1]
