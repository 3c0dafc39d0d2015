"""What a batch of rows from a reader adds to the bronze tables.

Pure: the instant of landing is given, the tables are not asked; what they hold already, the store leaves out. Within a batch the first of
several equal rows stays (lowest row number), so that batches of any size land the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from feedback_loop.contracts.days import day_of
from feedback_loop.contracts.records import FeedbackRecord, RejectedRow, ReleaseRecord
from feedback_loop.contracts.tables import TABLES, Table

FEEDBACK_RECORD = TABLES["bronze_feedback_record"]
QUARANTINE = TABLES["bronze_quarantine"]
RELEASE = TABLES["bronze_release"]

_GIVEN_AT_LANDING = ("landed_at", "landed_date", "event_date")


@dataclass(frozen=True)
class LandingBatch:
    """The new rows of each bronze table, each key once, and how many rows repeated another of the batch."""

    records: pl.DataFrame
    releases: pl.DataFrame
    quarantined: pl.DataFrame
    repeated_count: int


def landing_batch(rows: Sequence[FeedbackRecord | ReleaseRecord | RejectedRow], landed_at: datetime) -> LandingBatch:
    """The frames of the bronze tables that the rows become, all landed at the one instant."""
    records = [{**_said(r, FEEDBACK_RECORD), "event_date": day_of(r.occurred_at)} for r in rows if isinstance(r, FeedbackRecord)]
    releases = [_said(r, RELEASE) for r in rows if isinstance(r, ReleaseRecord)]
    rejected = [_quarantine_row(r) for r in rows if isinstance(r, RejectedRow)]
    frames = (
        _frame(records, FEEDBACK_RECORD, landed_at),
        _frame(releases, RELEASE, landed_at),
        _frame(rejected, QUARANTINE, landed_at),
    )
    return LandingBatch(*frames, repeated_count=len(rows) - sum(frame.height for frame in frames))


def _said(record: FeedbackRecord | ReleaseRecord, table: Table) -> dict[str, object]:
    """The columns that the record itself determines; read one by one, because `dataclasses.asdict` copies each value deeply."""
    return {name: getattr(record, name) for name in table.columns if name not in _GIVEN_AT_LANDING}


def _quarantine_row(row: RejectedRow) -> dict[str, object]:
    return {
        "quarantine_id": row.quarantine_id,
        "source": row.source,
        "source_file": row.source_file,
        "source_row_number": row.source_row_number,
        "quarantine_reason": row.reason,
        "quarantine_detail": row.detail,
        "raw_bytes": row.raw_bytes,
        "reader_options": row.reader_options,
    }


def _frame(rows: list[dict[str, object]], table: Table, landed_at: datetime) -> pl.DataFrame:
    first = {tuple(row[key] for key in table.key): row for row in reversed(rows)}
    landed_date, landed_at = day_of(landed_at), landed_at.astimezone(UTC)
    kept = list(reversed(first.values()))
    columns = {name: [row[name] for row in kept] for name in table.columns if name not in ("landed_at", "landed_date")}
    schema = pl.Schema(table.schema)
    landed = pl.DataFrame(columns, schema={name: schema[name] for name in columns}, strict=True)
    stamps = {"landed_at": pl.lit(landed_at, schema["landed_at"]), "landed_date": pl.lit(landed_date, schema["landed_date"])}
    return landed.with_columns(**stamps).select(table.columns)
