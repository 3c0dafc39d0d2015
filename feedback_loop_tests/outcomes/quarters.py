"""Two made-up quarters of a shop whose figures can be counted by hand: so many of each event in each week."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.outcomes.period_totals import Known
from feedback_loop_tests.outcomes.one_loop import Row, table

BEFORE = DayRange(date(2025, 9, 1), date(2025, 11, 30))
WITH_LOOP = DayRange(date(2026, 3, 2), date(2026, 5, 31))
QUIET: Mapping[str, int] = {"order": 10, "refund": 4, "cancellation": 2, "case_handled": 6, "complaint": 4}
USD = {"order": 50.0, "refund": 20.0, "cancellation": 120.0}


def week(first: date, number: int, counts: Mapping[str, int], minutes: float = 30.0) -> list[Row]:
    """The events and complaints of one week, an hour after each other."""
    start = datetime.combine(first + timedelta(weeks=number), time(9), UTC)
    rows: list[Row] = []
    for kind, count in counts.items():
        for n in range(count):
            at, name = start + timedelta(hours=n), f"{kind}-{start:%Y%m%d}-{n}"
            row = {"business_event_kind": kind, "business_event_id": name, "statement_id": name, "occurred_at": at, "landed_at": at}
            money = {"amount_usd": USD.get(kind), "handling_minutes": minutes if kind == "case_handled" else None}
            rows.append(row | money | {"product": "shop", "event_date": at.date()})
    return rows


def quarter(days: DayRange, counts: Mapping[str, int], minutes: float = 30.0) -> list[Row]:
    """Thirteen such weeks."""
    return [row for number in range(len(days) // 7) for row in week(days.first, number, counts, minutes)]


def known(*rows: list[Row], incidents: list[Row] | None = None) -> Known:
    """What is known of the shop from the rows."""
    every = [row for part in rows for row in part]
    events = [row for row in every if row["business_event_kind"] != "complaint"]
    spoken = [{"product": "shop", "occurred_at": row["occurred_at"]} for row in every if row["business_event_kind"] == "complaint"]
    complaints = pl.DataFrame(spoken, schema={"product": pl.String, "occurred_at": pl.Datetime("us", "UTC")})
    return Known.of("shop", table("context_business_event", *events), complaints, table("context_incident", *(incidents or [])))


def incident(day: date, hours: float, name: str) -> Row:
    """An incident of the company that lasted so many hours."""
    at = datetime.combine(day, time(10), UTC)
    row = {"incident_id": name, "statement_id": name, "product": "shop", "started_at": at, "ended_at": at + timedelta(hours=hours)}
    return row | {"event_date": at.date(), "landed_at": at}
