"""What the customers of a made-up shop said around a fix, as frames of messages, fragments and classifications."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from feedback_loop.outcomes.effect import Feedback
from feedback_loop_tests.outcomes.one_loop import DAY, EXECUTED, GRACE, ONSET, Row, table

SAFARI, FIREFOX = "Safari 18", "Firefox 140"


def said(start: datetime, end: datetime, count: int, best_class: str, browser: str | None, **values: Any) -> list[Row]:
    """So many records from start to end, evenly spread."""
    step = (end - start) / max(count, 1)
    same = {"best_class": best_class, "browser": browser, "product": "shop", "rating": None}
    return [same | {"occurred_at": start + (n + 0.5) * step} | values for n in range(count)]


def feedback_of(rows: Iterable[Row]) -> Feedback:
    """The records as tables: one fragment each."""
    full = [row | {"record_id": f"r{n}", "fragment_id": f"f{n}", "event_date": row["occurred_at"].date()} for n, row in enumerate(rows)]
    full = [{"duplicate_of": None, "region": None, "severity": None, "customer_id": None} | row for row in full]

    def frame(name: str, *columns: str) -> pl.DataFrame:
        return table(name, *({c: row[c] for c in columns} for row in full))

    shared = ("record_id", "customer_id", "product", "browser", "region", "occurred_at", "event_date")
    return Feedback(
        frame("silver_message", *shared),
        frame("silver_fragment", *shared, "fragment_id", "duplicate_of"),
        frame("analysis_classification", "fragment_id", "best_class", "event_date"),
    )


def around_the_fix(before: int, after: int, shock: float = 1.0, days_after: int = 5) -> list[Row]:
    """Billing complaints of Safari from the symptom to the fix, and per day after it; Firefox goes on as ever, unless a shock hits all."""
    reached, end = EXECUTED + GRACE, EXECUTED + GRACE + days_after * DAY
    start = ONSET - 27 * DAY
    return [
        *said(start, ONSET, 27 * 3, "billing", SAFARI),
        *said(ONSET, EXECUTED, before, "billing", SAFARI),
        *said(reached, end, round(after * days_after * shock), "billing", SAFARI),
        *said(start, EXECUTED, 27 * 40, "crash", FIREFOX),
        *said(reached, end, round(40 * days_after * shock), "crash", FIREFOX),
    ]


def last_instant(rows: Iterable[Row]) -> datetime:
    """When the last of the records was spoken."""
    instants: list[datetime] = [row["occurred_at"] for row in rows]
    return max(instants)


MINUTE = timedelta(minutes=1)
