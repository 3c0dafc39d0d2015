"""Bronze rows to test with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa

from feedback_loop.contracts.tables import TABLES
from feedback_loop.silver.messages import INPUT_SCHEMA

SCHEMA: pa.Schema = TABLES["bronze_feedback_record"].schema
NOON = datetime(2024, 5, 10, 12, tzinfo=UTC)


def record(
    text: str | None, number: int = 0, *, days: int = 0, channel: str = "app_review", customer: str | None = None, **changes: Any
) -> dict[str, Any]:
    """One landed row that says the text; later days and other numbers make other records."""
    at = NOON + timedelta(days=days, minutes=number)
    row: dict[str, Any] = dict.fromkeys(SCHEMA.names)
    row |= {
        "record_id": f"record_{number}",
        "record_version_id": f"version_{number}_{days}",
        "source_record_id": str(number),
        "source": "test",
    }
    row |= {
        "channel": channel,
        "product": "wallet",
        "customer_id": customer,
        "occurred_at": at,
        "landed_at": at,
        "text": text,
        "raw_payload": "{}",
    }
    row |= {"source_file": "f.csv", "source_row_number": number + 1, "event_date": at.date(), "landed_date": at.date()}
    return row | changes


def batch(*rows: dict[str, Any]) -> pa.RecordBatch:
    """The rows as bronze holds them."""
    return pa.RecordBatch.from_pylist(list(rows), schema=SCHEMA)


def spoken(records: pa.RecordBatch) -> pa.RecordBatch:
    """The same rows as `messages` reads them, which decides itself what it removes."""
    field = INPUT_SCHEMA.field("removed_spans")
    return records.append_column(field, pa.nulls(records.num_rows, field.type))
