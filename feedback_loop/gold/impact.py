"""Whom an issue touches and what waiting costs: customers, accounts, tiers, revenue, and the cost of a day without a fix.

Here: the figures. How they make a priority is in `priority`. The rule that is easy to break: a figure comes from a statement about
that day or one before, or it is null with a reason; no customer is given an average, and no churn is assumed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.issue_vocab import UnpricedReason
from feedback_loop.contracts.loop_vocab import BusinessEventKind
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.contracts.vocab import Trend
from feedback_loop.gold.membership import held_fragments
from feedback_loop.gold.priority import PRIORITY_VERSION, Grounds, judged

DAYS_PER_YEAR, MONTHS_PER_YEAR = 365, 12

IMPACT_VERSION = f"stated-revenue-1-{PRIORITY_VERSION}"

Row = Mapping[str, Any]


def issue_impacts(
    issues: pl.DataFrame,
    states: pl.DataFrame,
    clusters: pl.DataFrame,
    fragments: pl.DataFrame,
    customers: pl.DataFrame,
    events: pl.DataFrame,
    days: DayRange,
) -> pl.DataFrame:
    """The rows of `gold_issue_impact` for the days.

    Issues, states and clusters cover the days, fragments the days and the `WINDOW_DAYS - 1` before. Read of the rest:
    known_customer_id, account_id, product, tier, monthly_revenue_usd, event_date, landed_at · business_event_kind, product, customer_id,
    amount_usd, event_date.
    """
    said = dict(zip(fragments["fragment_id"], fragments["customer_id"], strict=True))
    members = {(held.event_date, held.issue_id): held.members for held in held_fragments(states, clusters)}
    refunds = events.filter(business_event_kind=str(BusinessEventKind.REFUND))
    rows = []
    for (day,), found in sorted(
        issues.filter(pl.col("event_date").is_between(days.first, days.last)).partition_by("event_date", as_dict=True).items()
    ):
        known = _Known.at(customers, refunds, day)
        for issue in found.sort("issue_id").iter_rows(named=True):
            touched = sorted({c for f in members.get((day, issue["issue_id"]), ()) if (c := said.get(f)) is not None})
            rows.append(_impact(issue, touched, known))
    return pl.DataFrame(rows, schema=pl.Schema(TABLES["gold_issue_impact"].schema), orient="row").sort("event_date", "issue_id")


@dataclass(frozen=True)
class _Known:
    """The latest statement about each customer of each product by the end of a day, and what was refunded within the window."""

    customers: Mapping[tuple[str, str], Row]
    refunds: Mapping[tuple[str, str], float]

    @classmethod
    def at(cls, customers: pl.DataFrame, refunds: pl.DataFrame, day: date) -> _Known:
        latest = customers.filter(pl.col("event_date") <= day).sort("event_date", "landed_at", "statement_id")
        window = (pl.col("event_date") <= day) & ((pl.lit(day) - pl.col("event_date")).dt.total_days() < WINDOW_DAYS)
        paid = refunds.filter(window).drop_nulls(["customer_id", "amount_usd"])
        return cls(
            {(row["product"], row["known_customer_id"]): row for row in latest.iter_rows(named=True)},
            {(p, c): usd for p, c, usd in paid.group_by("product", "customer_id").agg(pl.col("amount_usd").sum()).iter_rows()},
        )


def _impact(issue: Row, touched: Sequence[str], known: _Known) -> Row:
    stated = [row for c in touched if (row := known.customers.get((issue["product"], c))) is not None]
    revenue = [row["monthly_revenue_usd"] for row in stated if row["monthly_revenue_usd"] is not None]
    accounts = {row["account_id"] for row in stated} - {None}
    tiers = Counter(row["tier"] for row in stated if row["tier"] is not None)
    reason = None if revenue else UnpricedReason.NO_KNOWN_REVENUE if touched else UnpricedReason.NO_KNOWN_CUSTOMER
    arr = MONTHS_PER_YEAR * sum(revenue) if revenue else None
    delay = _delay(arr, len(revenue), [known.refunds[key] for c in touched if (key := (issue["product"], c)) in known.refunds])
    grounds = Grounds(
        customer_count=len(touched), fragment_count=issue["window_fragment_count"], arr_usd=arr, trend=Trend(issue["trend"]),
        issue_class=issue["issue_class"], alert_count=len(issue["alert_ids"]), occurrence_count=issue["occurrence_count"],
        is_catch_all=issue["is_catch_all"],
    )  # fmt: skip
    verdict = judged(grounds)
    return {
        "issue_id": issue["issue_id"],
        "product": issue["product"],
        "touched_customer_count": len(touched),
        "touched_account_count": len(accounts) or None,
        "touched_tiers": sorted(tiers, key=lambda tier: (-tiers[tier], tier)),
        "touched_arr_usd": arr,
        "arr_missing_reason": None if reason is None else str(reason),
        "cost_of_delay_usd": delay[0],
        "cost_of_delay_reason": None if delay[0] is not None or reason is None else str(reason),
        "cost_of_delay_formula": delay[1],
        "priority": str(verdict.priority),
        "priority_score": verdict.score,
        "priority_reasons": list(verdict.reasons),
        "impact_version": IMPACT_VERSION,
        "event_date": issue["event_date"],
    }


def _delay(arr: float | None, priced: int, refunds: Sequence[float]) -> tuple[float | None, str | None]:
    """What a day puts at stake, and how it was reckoned: a day's revenue of the customers touched, and a day's share of their refunds."""
    if arr is None and not refunds:
        return None, None
    parts = [] if arr is None else [f"yearly revenue {arr:,.0f} of {priced} customers / {DAYS_PER_YEAR}"]
    parts += [f"refunds {sum(refunds):,.0f} of {len(refunds)} customers in {WINDOW_DAYS} days / {WINDOW_DAYS}"] if refunds else []
    return (arr or 0.0) / DAYS_PER_YEAR + sum(refunds) / WINDOW_DAYS, " + ".join(parts)
