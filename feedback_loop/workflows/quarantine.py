"""Looking after quarantined rows: how many and why, one of them with its bytes, and all of them tried again.

Nothing is deleted: a row counts as resolved when a landed row carries its id. `quarantined_row` is the only function here that returns
what a customer wrote; it is for an operator who may see it, and no log or metadata may.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from feedback_loop.bronze.landing import LANDED_TABLES, QUARANTINE
from feedback_loop.contracts.records import LandingReport, MeasuredRows, RejectedRow
from feedback_loop.errors import BadInput
from feedback_loop.ports import Clock, TableStore
from feedback_loop.sources.reading import Row, reading_again
from feedback_loop.sources.registry import source_named
from feedback_loop.workflows.ingest import land_rows

_LISTED = [c for c in QUARANTINE.columns if c not in ("raw_bytes", "reader_options")]
_BATCH_ROWS = 1000


@dataclass(frozen=True)
class QuarantinedRow:
    """One quarantined row with what it said, decoded as far as it can be."""

    columns: dict[str, Any]
    raw_text: str
    raw_bytes: bytes


def quarantined_rows(store: TableStore, *, with_resolved: bool = False) -> pl.DataFrame:
    """The quarantined rows without their bytes, with `is_resolved`, in the order of file and row."""
    rows = store.read(QUARANTINE, columns=_LISTED)
    listed = rows.with_columns(is_resolved=pl.col("quarantine_id").is_in(_resolved_ids(store).implode()))
    kept = listed if with_resolved else listed.filter(~pl.col("is_resolved"))
    return kept.sort("source", "source_file", "source_row_number", "quarantine_id")


def quarantine_summary(store: TableStore) -> pl.DataFrame:
    """Rows per source and reason: `row_count`, and `resolved_count` of them recovered."""
    rows = quarantined_rows(store, with_resolved=True)
    counted = rows.group_by("source", "quarantine_reason").agg(
        row_count=pl.len().cast(pl.Int64), resolved_count=pl.col("is_resolved").sum().cast(pl.Int64)
    )
    return counted.sort("row_count", "source", "quarantine_reason", descending=[True, False, False])


def quarantined_row(quarantine_id: str, store: TableStore) -> QuarantinedRow:
    """The row of that id with its bytes; raises BadInput where there is none."""
    found = store.read(QUARANTINE).filter(pl.col("quarantine_id") == quarantine_id)
    if found.is_empty():
        raise BadInput("no quarantined row has this id. See `quarantine list`.")
    row = found.row(0, named=True)
    raw: bytes = row.pop("raw_bytes")
    return QuarantinedRow(columns=row, raw_text=raw.decode("utf-8", "replace"), raw_bytes=raw)


def retry_quarantined(store: TableStore, clock: Clock) -> LandingReport:
    """What became of the unresolved rows, read again by today's readers.

    `landed` are those recovered now, `duplicates` those whose records bronze holds already from elsewhere, `quarantined` those that still
    can't be read. A row is recovered as a whole or not at all.
    """
    landed_at = clock.now()
    waiting = store.read(QUARANTINE).filter(~pl.col("quarantine_id").is_in(_resolved_ids(store).implode()))
    report = LandingReport(read=0, landed=0, duplicates=0, quarantined=0)
    for part in waiting.sort("landed_at", "quarantine_id").iter_slices(_BATCH_ROWS):
        for row in part.iter_rows(named=True):
            recovered = _read_again(row)
            outcome = land_rows(recovered, store, landed_at) if recovered else None
            report = report.plus(_one_row(outcome))
    return report


def _one_row(outcome: LandingReport | None) -> LandingReport:
    is_landed = outcome is not None and outcome.landed > 0
    return LandingReport(
        read=1, landed=int(is_landed), duplicates=int(outcome is not None and not is_landed), quarantined=int(outcome is None)
    )


def _read_again(row: dict[str, Any]) -> list[Row]:
    """The records of a quarantined row; empty where any part of it still can't be read."""
    source = source_named(row["source"])
    reading = reading_again(row["source"], row["source_file"], row["reader_options"])
    rows = list(source.read(io.BytesIO(row["raw_bytes"]), reading))
    if any(isinstance(r, RejectedRow) for r in rows):
        return []
    return [_recovered(r, row) for r in rows]


def _recovered(record: Row, row: dict[str, Any]) -> Row:
    if isinstance(record, RejectedRow):
        return record
    if isinstance(record, MeasuredRows):
        return replace(record, retried_quarantine_id=row["quarantine_id"])
    return replace(record, source_row_number=row["source_row_number"], retried_quarantine_id=row["quarantine_id"])


def _resolved_ids(store: TableStore) -> pl.Series:
    ids = [store.read(table, columns=["retried_quarantine_id"])["retried_quarantine_id"] for table in LANDED_TABLES]
    return pl.concat(ids).drop_nulls().unique()
