"""Landed records of a few sources over some weeks, from which the checks of data quality learn what is usual."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.quality_measures import Landed
from feedback_loop_tests.contracts.rows import frame_of

START, WEEKS = date(2026, 1, 5), 9
TODAY = START + timedelta(days=7 * WEEKS - 1)
NOW = datetime.combine(TODAY + timedelta(days=1), time(0), UTC)
ON = DayRange(TODAY, TODAY)
RECORDS, QUARANTINE = TABLES["bronze_feedback_record"], TABLES["bronze_quarantine"]

Row = dict[str, Any]


def day_rows(day: date, count: int = 40, source: str = "desk", **said: Any) -> Iterator[Row]:
    """Records of the day, each of its own customer and in words of its own, landed within the hour."""
    for n in range(count):
        at = datetime.combine(day, time(), UTC) + timedelta(minutes=20 * n)
        name = f"{source}-{day}-{n}"
        yield {
            "record_id": name, "record_version_id": name, "source": source, "product": "Lumen", "customer_id": f"c{n}",
            "text": f"words {n}", "occurred_at": at, "landed_at": at.replace(minute=59), "source_file": f"{day}.jsonl", "event_date": day,
            "landed_date": day, "retried_quarantine_id": None,
        } | said  # fmt: skip


def usual_rows(last: int = 7 * WEEKS - 2, **said: Any) -> list[Row]:
    """Forty records a day, from the first day to the day with this number."""
    return [row for n in range(last + 1) for row in day_rows(START + timedelta(days=n), **said)]


def landed(rows: list[Row], refused: list[Row] | None = None) -> Landed:
    """What the checks look at."""
    records = frame_of(RECORDS, *rows)
    quarantined = frame_of(QUARANTINE, *(refused or [])) if refused else pl.DataFrame(schema=pl.Schema(QUARANTINE.schema))
    return Landed(records, records.select("source", "landed_at"), quarantined)


def refused_rows(day: date, count: int, source: str = "records", reason: str = "malformed_row") -> list[Row]:
    """Rows that a reader refused on the day."""
    return [{"quarantine_id": f"q{day}{n}", "source": source, "quarantine_reason": reason, "landed_date": day} for n in range(count)]
