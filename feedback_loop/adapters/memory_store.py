"""A `TableStore` in memory: for simulations and back-tests, which keep no state and must leave a home as it is.

It keeps every promise of the port, contract checks included. It holds no files, so nothing that reads files can use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import Table
from feedback_loop.contracts.validate import violations
from feedback_loop.errors import ContractBroken, RowsOutsideDays


class MemoryTableStore:
    """Tables as frames, by name; versions count their changes from 0."""

    def __init__(self) -> None:
        self._states: dict[str, list[pl.DataFrame]] = {}

    def append(self, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows whose key the table did not hold yet, now appended; see the port."""
        _require_contract(table, frame)
        held = self.read(table)
        fresh = frame.select(table.columns).join(held, on=list(table.key), how="anti", maintain_order="left")
        if fresh.height:
            self._write(table, pl.concat([held, fresh]))
        return fresh

    def read(
        self,
        table: Table,
        days: DayRange | None = None,
        *,
        as_of: datetime | None = None,
        columns: Sequence[str] | None = None,
        matching: pl.DataFrame | None = None,
    ) -> pl.DataFrame:
        """The rows of the days, or all; see the port."""
        states = self._states.get(table.name)
        rows = states[-1] if states else pl.DataFrame(schema=pl.Schema(table.schema))
        if days is not None:
            rows = rows.filter(pl.col(_day_column(table)).is_between(days.first, days.last))
        if as_of is not None and "landed_at" in table.columns:
            rows = rows.filter(pl.col("landed_at") <= as_of)
        if matching is not None:
            rows = rows.join(matching, on=matching.columns, how="semi", maintain_order="left")
        return rows if columns is None else rows.select(columns)

    def replace_days(self, table: Table, frame: pl.DataFrame, days: DayRange) -> int:
        """The number of days whose rows changed; see the port."""
        _require_contract(table, frame)
        day = pl.col(_day_column(table))
        strays = frame.filter(~day.is_between(days.first, days.last))
        if strays.height:
            raise RowsOutsideDays(table.name, str(days), sorted(str(d) for d in strays[_day_column(table)].unique()))
        held = self.read(table)
        changed = sum(not _same(held.filter(day == d), frame.filter(day == d), table) for d in days)
        if changed:
            self._write(table, pl.concat([held.filter(~day.is_between(days.first, days.last)), frame.select(table.columns)]))
        return changed

    def replace_all(self, table: Table, frame: pl.DataFrame) -> bool:
        """Whether the table changed; see the port."""
        _require_contract(table, frame)
        if table.name in self._states and _same(self.read(table), frame, table):
            return False
        self._write(table, frame.select(table.columns))
        return True

    def version(self, table: Table) -> int:
        """How often the table changed, less one; -1 where it does not exist yet."""
        return len(self._states.get(table.name, [])) - 1

    def added_since(self, table: Table, version: int, columns: Sequence[str]) -> pl.DataFrame:
        """The rows that the table did not have at that version; see the port."""
        held = self.read(table)
        if 0 <= version <= self.version(table):
            held = held.join(self._states[table.name][version], on=list(table.key), how="anti", maintain_order="left")
        return held.select(columns)

    def files(self, table: Table) -> list[str]:
        """No files."""
        return []

    def _write(self, table: Table, frame: pl.DataFrame) -> None:
        self._states.setdefault(table.name, []).append(frame)


def _day_column(table: Table) -> str:
    return "event_date" if "event_date" in table.columns else str(table.partition)


def _require_contract(table: Table, frame: pl.DataFrame) -> None:
    broken = violations(frame, table)
    if broken:
        raise ContractBroken(table.name, [str(v) for v in broken])


def _same(one: pl.DataFrame, other: pl.DataFrame, table: Table) -> bool:
    return one.sort(table.key).equals(other.select(table.columns).sort(table.key))
