"""What rows from a reader add to the tables that landing appends to.

Pure: the instant of landing is given, the tables are not asked; what they hold already, the store leaves out. Among the rows the first of
several equal ones stays (earliest landing, then lowest row number), so that batches of any size land the same rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl

from feedback_loop.contracts.days import day_of
from feedback_loop.contracts.records import FeedbackRecord, MeasuredRows, Record, RejectedRow, ReleaseRecord, Row, row_count
from feedback_loop.contracts.tables import TABLES, Table

FEEDBACK_RECORD = TABLES["bronze_feedback_record"]
QUARANTINE = TABLES["bronze_quarantine"]
RELEASE = TABLES["bronze_release"]
STATEMENT = TABLES["bronze_context_statement"]
TELEMETRY, LOG = TABLES["context_telemetry"], TABLES["context_log"]

LANDED_TABLES = (FEEDBACK_RECORD, RELEASE, STATEMENT, TELEMETRY, LOG)
"""Where good rows land; figures of machines land in context at once, because a copy in bronze would say the same."""

_GIVEN_AT_LANDING = ("landed_at", "landed_date", "event_date")


@dataclass(frozen=True)
class LandingBatch:
    """The new rows of each table, by its name, each key once, and how many rows were offered."""

    frames: Mapping[str, pl.DataFrame]
    read_count: int

    @property
    def records(self) -> pl.DataFrame:
        """Rows of bronze_feedback_record."""
        return self.frames[FEEDBACK_RECORD.name]

    @property
    def releases(self) -> pl.DataFrame:
        """Rows of bronze_release."""
        return self.frames[RELEASE.name]

    @property
    def statements(self) -> pl.DataFrame:
        """Rows of bronze_context_statement."""
        return self.frames[STATEMENT.name]

    @property
    def quarantined(self) -> pl.DataFrame:
        """Rows of bronze_quarantine."""
        return self.frames[QUARANTINE.name]

    @property
    def repeated_count(self) -> int:
        """How many rows repeated another one that was offered."""
        return self.read_count - sum(frame.height for frame in self.frames.values())


def landing_batch(rows: Sequence[Row], landed_at: datetime) -> LandingBatch:
    """The frames of the tables that the rows become, all landed at the one instant."""
    return landing_batch_of([(landed_at, rows)])


def landing_batch_of(arrivals: Iterable[tuple[datetime, Sequence[Row]]]) -> LandingBatch:
    """The same for rows that landed at several instants, which must ascend."""
    said: dict[str, list[dict[str, object]]] = {table.name: [] for table in (*LANDED_TABLES, QUARANTINE)}
    measured: dict[str, list[tuple[MeasuredRows, datetime]]] = {TELEMETRY.name: [], LOG.name: []}
    read_count = 0
    for landed_at, rows in arrivals:
        landed_date, in_utc = day_of(landed_at), landed_at.astimezone(UTC)
        for row in rows:
            read_count += row_count(row)
            if isinstance(row, MeasuredRows):
                measured[row.table].append((row, in_utc))
            else:
                table, values = _placed(row)
                said[table.name].append(values | {"landed_at": in_utc, "landed_date": landed_date})
    frames = {name: _frame(rows, TABLES[name]) for name, rows in said.items() if name not in measured}
    return LandingBatch(frames | {name: _joined(parts, TABLES[name]) for name, parts in measured.items()}, read_count)


def _placed(row: Record | RejectedRow) -> tuple[Table, dict[str, object]]:
    match row:
        case FeedbackRecord():
            return FEEDBACK_RECORD, {**_said(row, FEEDBACK_RECORD), "event_date": day_of(row.occurred_at)}
        case ReleaseRecord():
            return RELEASE, _said(row, RELEASE)
        case RejectedRow():
            return QUARANTINE, _quarantine_row(row)
        case _:
            return STATEMENT, _said(row, STATEMENT)


def _said(record: Record, table: Table) -> dict[str, object]:
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


def _frame(rows: list[dict[str, object]], table: Table) -> pl.DataFrame:
    first = {tuple(row[key] for key in table.key): row for row in reversed(rows)}
    kept = list(reversed(first.values()))
    return pl.DataFrame({name: [row[name] for row in kept] for name in table.columns}, schema=pl.Schema(table.schema), strict=True)


def _joined(parts: list[tuple[MeasuredRows, datetime]], table: Table) -> pl.DataFrame:
    """The measured rows, each with the instant at which its part landed; stamped together, because there may be many small parts."""
    schema = pl.Schema(table.schema)
    if not parts:
        return pl.DataFrame(schema=schema)
    stamps = {"landed_at": [at for _, at in parts], "retried_quarantine_id": [rows.retried_quarantine_id for rows, _ in parts]}
    by_part = pl.DataFrame(stamps, schema={name: schema[name] for name in stamps})
    heights = pl.Series([rows.frame.height for rows, _ in parts])
    by_row = by_part.select(pl.all().repeat_by(heights).explode())
    whole = pl.concat([rows.frame for rows, _ in parts]).with_columns(by_row).select(table.columns)
    return whole.unique(table.key, keep="first", maintain_order=True)
