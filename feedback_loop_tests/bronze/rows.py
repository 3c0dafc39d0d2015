"""Made-up records, releases, statements, measured and rejected rows, each with one thing changed where a test wants it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import polars as pl

from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.loop_vocab import ContextKind
from feedback_loop.contracts.records import ContextStatement, FeedbackRecord, MeasuredRows, RejectedRow, ReleaseRecord
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import Channel, QuarantineReason

LANDED = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


def feedback(**changed: Any) -> FeedbackRecord:
    values: dict[str, Any] = {
        "source": "google_play",
        "source_record_id": "r1",
        "channel": Channel.APP_REVIEW,
        "product": "Acme",
        "occurred_at": datetime(2026, 1, 2, 23, 59, tzinfo=UTC),
        "text": "Cards never arrive",
        "rating": 1.0,
        "raw_payload": "{}",
        "source_file": "a.csv",
        "source_row_number": 1,
    }
    return FeedbackRecord(**(values | changed))


def statement(**changed: Any) -> ReleaseRecord:
    values: dict[str, Any] = {
        "product": "Acme",
        "release_version": "1.0",
        "released_at": datetime(2026, 1, 1, tzinfo=UTC),
        "raw_payload": "{}",
        "source_file": "releases.csv",
        "source_row_number": 1,
    }
    return ReleaseRecord(**(values | changed))


def refused(**changed: Any) -> RejectedRow:
    values: dict[str, Any] = {
        "source": "google_play",
        "source_file": "a.csv",
        "source_row_number": 2,
        "reason": QuarantineReason.MISSING_ID,
        "detail": "reviewId is empty",
        "raw_bytes": b",x,1\n",
        "reader_options": "{}",
    }
    return RejectedRow(**(values | changed))


def context_statement(said: dict[str, Any] | None = None, **changed: Any) -> ContextStatement:
    """A statement about a change, or whatever else `said` and `context_kind` say."""
    values: dict[str, Any] = {
        "context_kind": ContextKind.CHANGE,
        "source": "changes",
        "statement": canonical_json(said or {"change_id": "c1"}).decode(),
        "raw_payload": "{}",
        "source_file": "changes.jsonl",
        "source_row_number": 1,
    }
    return ContextStatement(**(values | changed))


def measured(*minutes: datetime, table: str = "context_telemetry", **changed: Any) -> MeasuredRows:
    """Rows of telemetry (or of logs), one for each minute."""
    values: dict[str, Any] = {
        "product": "Acme", "measured_service": "web", "measured_version": "1.0", "measured_region": "", "request_count": 9,
        "error_count": 1, "latency_p95_ms": 12.5, "error_text": "PaymentTimeout", "line_count": 2,
    } | changed  # fmt: skip
    schema = {name: dtype for name, dtype in pl.Schema(TABLES[table].schema).items() if name not in ("landed_at", "retried_quarantine_id")}
    rows = [values | {"minute_at": minute, "event_date": minute.date()} for minute in minutes]
    return MeasuredRows(table=table, frame=pl.DataFrame([{name: row[name] for name in schema} for row in rows], schema=schema))
