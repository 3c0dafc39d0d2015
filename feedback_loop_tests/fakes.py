"""Hand-written stand-ins for the ports, in memory and without a clock of their own.

`FakeTableStore` keeps the promises that `ports.TableStore` makes, contract checks included, so that what passes on it passes on Delta.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import polars as pl

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.contracts.tables import Table

START = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


class FakeClock:
    """Stands still until told to go on."""

    def __init__(self, start: datetime = START) -> None:
        self.instant = start

    def now(self) -> datetime:
        return self.instant

    def advance(self, by: timedelta) -> None:
        self.instant += by


class FakeTableStore(MemoryTableStore):
    """The store in memory that back-tests use; `appends` remembers how many rows each append was given."""

    def __init__(self) -> None:
        super().__init__()
        self.appends: list[tuple[str, int]] = []

    def append(self, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
        fresh = super().append(table, frame)
        self.appends.append((table.name, frame.height))
        return fresh

    def files(self, table: Table) -> list[str]:
        return [f"/memory/{table.name}/{self.version(table)}.parquet"] if self.version(table) >= 0 else []
