"""Hand-written stand-ins for the ports, in memory and without a clock of their own.

`FakeTableStore` keeps the promises that `ports.TableStore` makes, contract checks included, so that what passes on it passes on Delta.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import Table
from feedback_loop.contracts.validate import violations
from feedback_loop.errors import ContractBroken, RowsOutsideDays

START = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


class FakeClock:
    """Stands still until told to go on."""

    def __init__(self, start: datetime = START) -> None:
        self.instant = start

    def now(self) -> datetime:
        return self.instant

    def advance(self, by: timedelta) -> None:
        self.instant += by


class FakeTableStore:
    """Tables in memory; `appends` remembers how many rows each append was given."""

    def __init__(self) -> None:
        self._frames: dict[str, pl.DataFrame] = {}
        self._versions: dict[str, int] = {}
        self._states: dict[tuple[str, int], pl.DataFrame] = {}
        self.appends: list[tuple[str, int]] = []

    def append(self, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
        _check(frame, table)
        self.appends.append((table.name, frame.height))
        held = self._held(table)
        new = frame.join(held, on=list(table.key), how="anti", nulls_equal=True, maintain_order="left")
        if new.height:
            self._write(table, pl.concat([held, new]))
        return new

    def read(
        self, table: Table, days: DayRange | None = None, *, as_of: datetime | None = None, columns: Sequence[str] | None = None
    ) -> pl.DataFrame:
        frame = self._held(table)
        if days is not None:
            frame = frame.filter(pl.col(_day_column(table)).is_between(days.first, days.last))
        if as_of is not None:
            frame = frame.filter(pl.col("landed_at") <= as_of)
        return frame if columns is None else frame.select(columns)

    def replace_days(self, table: Table, frame: pl.DataFrame, days: DayRange) -> int:
        _check(frame, table)
        if table.partition is None:
            raise ValueError(f"{table.name} has no days")
        day = pl.col(table.partition)
        outside = frame.filter(~day.is_between(days.first, days.last))
        if outside.height:
            raise RowsOutsideDays(table.name, str(days), sorted(str(d) for d in outside[table.partition].unique()))
        held = self._held(table)
        changed = sum(not _same(held.filter(day == d), frame.filter(day == d), table) for d in days)
        if changed:
            self._write(table, pl.concat([held.filter(~day.is_between(days.first, days.last)), frame.select(table.columns)]))
        return changed

    def replace_all(self, table: Table, frame: pl.DataFrame) -> bool:
        _check(frame, table)
        if _same(self._held(table), frame, table):
            return False
        self._write(table, frame.select(table.columns))
        return True

    def version(self, table: Table) -> int:
        return self._versions.get(table.name, -1)

    def added_since(self, table: Table, version: int, columns: Sequence[str]) -> pl.DataFrame:
        held, before = self._held(table), self._states.get((table.name, version))
        fresh = held if before is None else held.join(before, on=list(table.key), how="anti", nulls_equal=True, maintain_order="left")
        return fresh.select(columns)

    def files(self, table: Table) -> list[str]:
        return [f"/memory/{table.name}/{self.version(table)}.parquet"] if table.name in self._frames else []

    def _held(self, table: Table) -> pl.DataFrame:
        return self._frames.get(table.name, pl.DataFrame(schema=pl.Schema(table.schema)))

    def _write(self, table: Table, frame: pl.DataFrame) -> None:
        self._frames[table.name] = frame
        self._versions[table.name] = self.version(table) + 1
        self._states[table.name, self.version(table)] = frame


def _day_column(table: Table) -> str:
    return "event_date" if "event_date" in table.columns else str(table.partition)


def _check(frame: pl.DataFrame, table: Table) -> None:
    broken = violations(frame, table)
    if broken:
        raise ContractBroken(table.name, [str(v) for v in broken])


def _same(one: pl.DataFrame, other: pl.DataFrame, table: Table) -> bool:
    return one.sort(table.key).equals(other.select(table.columns).sort(table.key))
