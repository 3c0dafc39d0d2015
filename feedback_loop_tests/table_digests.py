"""Digests of whole tables, so that "the same tables" is one comparison and can be printed."""

from __future__ import annotations

import hashlib

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import Table, python_tables
from feedback_loop.ports import TableStore

WHEN_AND_WHERE_FROM = frozenset({"landed_at", "landed_date", "source_file", "source_row_number"})
"""What may differ between two homes that got the same rows in another order or at another time."""


def digest(frame: pl.DataFrame, table: Table, leave_out: frozenset[str] = frozenset()) -> str:
    """A digest of the rows, whatever their order."""
    rows = frame.select(table.columns).sort(table.key).drop([c for c in table.columns if c in leave_out])
    readable = rows.with_columns(pl.col(pl.Binary).bin.encode("hex"))
    return hashlib.sha256(readable.write_json().encode()).hexdigest()[:16]


def digests(store: TableStore, days: DayRange | None = None, leave_out: frozenset[str] = frozenset()) -> dict[str, str]:
    """The digest of each Python table, over the days or whole."""
    return {t.name: digest(store.read(t, days), t, leave_out) for t in python_tables()}
