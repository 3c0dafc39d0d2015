"""Rows of the state where there may be none: a home in which nothing was ever decided has no state, and so no rows."""

from __future__ import annotations

from datetime import datetime

import polars as pl

from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import StateStore


def snapshot_of(state: StateStore | None, name: str, at: datetime | None = None) -> pl.DataFrame:
    """The rows of the remediation_* or state_* table as they are, or as they were at the instant; none without a state."""
    table = TABLES[name]
    return pl.DataFrame(schema=pl.Schema(table.schema)) if state is None else state.snapshot(table, at)
