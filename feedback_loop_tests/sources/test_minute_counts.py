"""What a reader counts by itself becomes rows of the measured tables, each key once, in their order."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import polars as pl

from feedback_loop.contracts.tables import TABLES
from feedback_loop.sources.minute_counts import ErrorMinute, Load, Where, error_rows, first_of_minute, load_rows

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WEB = Where("web", "2.10", "eu")


def test_the_first_instant_of_a_minute() -> None:
    assert first_of_minute(NOON + timedelta(seconds=59.9)) == NOON


def test_loads_have_the_columns_of_their_table_in_ascending_order() -> None:
    (rows,) = load_rows({(WEB, NOON): Load(10, 1, None), (Where("api", "", ""), NOON): Load(2, 0, 1.5)}, "P")
    added = {"landed_at", "retried_quarantine_id"}
    assert rows.frame.schema == pl.Schema({n: t for n, t in pl.Schema(TABLES["context_telemetry"].schema).items() if n not in added})
    columns = ["product", "measured_service", "request_count", "error_count", "latency_p95_ms"]
    assert rows.frame.select(columns).rows() == [("P", "api", 2, 0, 1.5), ("P", "web", 10, 1, None)]


def test_errors_have_the_columns_of_their_table() -> None:
    (rows,) = error_rows(Counter([ErrorMinute(WEB, NOON, "E1")] * 3), "P")
    assert rows.table == "context_log"
    assert rows.frame.select("error_text", "line_count", "event_date").rows() == [("E1", 3, NOON.date())]


def test_nothing_counted_is_no_frame() -> None:
    assert list(error_rows({}, "P")) == list(load_rows({}, "P")) == []
