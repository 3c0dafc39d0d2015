"""The tables that Python owns, as Delta tables on disk or an object store (the `TableStore` port).

Every write conforms to the contract first, carries an explicit predicate, and happens under a lock per table, so that two processes on one
machine wait for each other instead of losing a commit. Only the span from the first changed day to the last is written. Rows of erased
people don't land again; a reader whose files an erasure removed meanwhile looks again.
What is easy to break: a min..max predicate deletes every day in between, so the rows of the whole span are always written together.
"""

from __future__ import annotations

import fcntl
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar
from urllib.parse import unquote, urlparse

import polars as pl
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError, TableNotFoundError

from feedback_loop.adapters.home_lock import hold
from feedback_loop.adapters.tombstones import Tombstones
from feedback_loop.config import Settings
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import Table
from feedback_loop.contracts.validate import conform, violations
from feedback_loop.errors import ContractBroken, RowsOutsideDays, TableDamaged

_LOOKS, _PAUSE_SECONDS = 20, 0.1
"""How often, and how far apart, a reader looks again for a snapshot that is being rewritten: removing files takes far less."""

Found = TypeVar("Found")


class DeltaTableStore:
    """Delta tables under one root, one folder per table; `locks` is the home's folder of locks."""

    def __init__(self, root: str | Path, locks: Path, storage_options: Mapping[str, str] | None = None) -> None:
        self._root, self._locks = str(root), locks
        self._options = dict(storage_options or {}) or None
        self._home = Settings(home=locks.parent)
        self._tombstones = Tombstones(self._home)

    def append(self, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows whose key the table did not hold yet, now appended; see the port."""
        _require_contract(table, frame)
        with self._locked(table):
            known = self.read(table, _days_of_keys(table, frame), columns=table.key)
            # Looked at under the lock: whoever was erased before it has a tombstone, whoever is erased after it loses these rows too.
            fresh = self._tombstones.left_in(table, frame).join(known, on=list(table.key), how="anti", maintain_order="left")
            if fresh.height:
                self._append(table, fresh)
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
        try:
            return _looked_again(lambda: self._rows(table, days, as_of, matching).select(columns or table.columns).collect())
        except (FileNotFoundError, pl.exceptions.ComputeError) as error:
            if "parquet" not in str(error).lower():
                raise
            raise TableDamaged(table.name) from error

    def _rows(self, table: Table, days: DayRange | None, as_of: datetime | None, matching: pl.DataFrame | None) -> pl.LazyFrame:
        rows = self._scan(table, self.files(table))
        if days is not None:
            rows = rows.filter(pl.col(_day_column(table)).is_between(days.first, days.last))
        if as_of is not None and "landed_at" in table.columns:
            rows = rows.filter(pl.col("landed_at") <= as_of)
        if matching is not None:
            rows = rows.join(matching.lazy(), on=matching.columns, how="semi")
        return rows

    def replace_days(self, table: Table, frame: pl.DataFrame, days: DayRange) -> int:
        """The number of days whose rows changed; see the port."""
        _require_contract(table, frame)
        _require_days(table, frame, days)
        with self._locked(table):
            changed = _changed_days(table, self.read(table, days), frame)
            if changed:
                self._replace_span(table, frame, DayRange(min(changed), max(changed)))
        return len(changed)

    def replace_all(self, table: Table, frame: pl.DataFrame) -> bool:
        """Whether the table changed; see the port."""
        _require_contract(table, frame)
        with self._locked(table):
            if self._open(table) is not None and _sorted(table, frame).equals(_sorted(table, self.read(table))):
                return False
            self._overwrite(table, frame, None)
        return True

    def version(self, table: Table) -> int:
        """The Delta version of the table, -1 where it does not exist yet."""
        delta = self._open(table)
        return -1 if delta is None else int(delta.version())

    def added_since(self, table: Table, version: int, columns: Sequence[str]) -> pl.DataFrame:
        """The rows of the data files that the table did not have at that version; see the port."""
        return _looked_again(lambda: self._added_since(table, version, columns))

    def _added_since(self, table: Table, version: int, columns: Sequence[str]) -> pl.DataFrame:
        before = set(self._files_at(table, version))
        fresh = [file for file in self.files(table) if file not in before]
        return self._scan(table, fresh).select(columns).collect()

    def files(self, table: Table) -> list[str]:
        """The data files of the present snapshot, absolute."""
        delta = self._open(table)
        return [] if delta is None else [_as_path(uri) for uri in sorted(delta.file_uris())]

    def _scan(self, table: Table, files: list[str]) -> pl.LazyFrame:
        """The rows of the data files with the contract's types; by path, because a home's name may hold what an address would encode.

        A file that was written before a column existed has nulls there: a home outlives the contracts under which it was filled.
        """
        schema = pl.Schema(table.schema)
        if not files:
            return pl.LazyFrame(schema=schema)
        partition = {table.partition: schema[table.partition]} if table.partition else None
        held = {name: dtype for name, dtype in schema.items() if name != table.partition}
        rows = pl.scan_parquet(
            files,
            schema=held,
            missing_columns="insert",
            extra_columns="ignore",
            hive_partitioning=True,
            hive_schema=partition,
            glob=False,
            storage_options=self._options,
        )
        return rows.select(pl.col(name).cast(dtype) for name, dtype in schema.items())

    def _files_at(self, table: Table, version: int) -> list[str]:
        """The data files of an earlier version; none before the first or where it is gone, so that everything counts as added."""
        if version < 0:
            return []
        try:
            earlier = DeltaTable(self._uri(table), version=version, storage_options=self._options)
        except DeltaError:
            return []
        return [_as_path(uri) for uri in earlier.file_uris()]

    def _replace_span(self, table: Table, frame: pl.DataFrame, span: DayRange) -> None:
        column = _day_column(table)
        predicate = f"{column} >= '{span.first}' AND {column} <= '{span.last}'"
        rows = frame.filter(pl.col(column).is_between(span.first, span.last))
        existing = self._open(table)
        if rows.height:
            self._overwrite(table, rows, predicate if existing is not None else None)
        elif existing is not None:
            existing.delete(predicate)

    def _append(self, table: Table, frame: pl.DataFrame) -> None:
        rows, partition = conform(_sorted(table, frame), table), _partition(table)
        write_deltalake(self._uri(table), rows, mode="append", schema_mode="merge", partition_by=partition, storage_options=self._options)

    def _overwrite(self, table: Table, frame: pl.DataFrame, predicate: str | None) -> None:
        rows, partition, uri = conform(_sorted(table, frame), table), _partition(table), self._uri(table)
        write_deltalake(
            uri, rows, mode="overwrite", schema_mode="merge", predicate=predicate, partition_by=partition, storage_options=self._options
        )

    def _open(self, table: Table) -> DeltaTable | None:
        if self._locks.is_dir():
            hold(self._home)
        try:
            return DeltaTable(self._uri(table), storage_options=self._options)
        except TableNotFoundError:
            if Path(self._uri(table), "_delta_log", "_last_checkpoint").exists():
                # The log was cut while it was read; taking the table for one that does not exist would lose all its rows.
                return _looked_again(lambda: DeltaTable(self._uri(table), storage_options=self._options))
            return None

    def _uri(self, table: Table) -> str:
        return f"{self._root}/{table.name}"

    @contextmanager
    def _locked(self, table: Table) -> Iterator[None]:
        self._locks.mkdir(parents=True, exist_ok=True)
        hold(self._home)
        with (self._locks / f"{table.name}.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def _looked_again(look: Callable[[], Found]) -> Found:
    """What the look finds; it is repeated while files of the snapshot vanish, and raises as it is where they stay away."""
    for _ in range(_LOOKS - 1):
        try:
            return look()
        except (FileNotFoundError, TableNotFoundError):
            time.sleep(_PAUSE_SECONDS)
        except (DeltaError, pl.exceptions.ComputeError) as error:
            if not any(sign in str(error).lower() for sign in ("no such file", "not found")):
                raise
            time.sleep(_PAUSE_SECONDS)
    return look()


def _day_column(table: Table) -> str:
    """The column that days select by: the event's day where the table has one, otherwise the partition column."""
    return "event_date" if "event_date" in table.columns else str(table.partition)


def _days_of_keys(table: Table, frame: pl.DataFrame) -> DayRange | None:
    """The days on which rows of the frame's keys can lie; None where they may lie on any."""
    if not table.has_day_in_key or frame.is_empty():
        return None
    days = frame[_day_column(table)]
    return DayRange(days.min(), days.max())  # type: ignore[arg-type]


def _empty(table: Table) -> pl.DataFrame:
    return pl.DataFrame(schema=pl.Schema(table.schema))


def _partition(table: Table) -> list[str] | None:
    return [table.partition] if table.partition else None


def _sorted(table: Table, frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(table.columns).sort(table.key)


def _changed_days(table: Table, before: pl.DataFrame, after: pl.DataFrame) -> list[date]:
    column = _day_column(table)
    old = _sorted(table, before).partition_by(column, as_dict=True)
    new = _sorted(table, after).partition_by(column, as_dict=True)
    nothing = _empty(table)
    return sorted(day for (day,) in old.keys() | new.keys() if not new.get((day,), nothing).equals(old.get((day,), nothing)))


def _require_contract(table: Table, frame: pl.DataFrame) -> None:
    broken = violations(frame, table)
    if broken:
        raise ContractBroken(table.name, [str(v) for v in broken])


def _require_days(table: Table, frame: pl.DataFrame, days: DayRange) -> None:
    column = pl.col(_day_column(table))
    strays = frame.filter(~column.is_between(days.first, days.last)).select(column.unique()).to_series()
    if strays.len():
        raise RowsOutsideDays(table.name, str(days), [str(day) for day in strays.sort()])


def _as_path(uri: str) -> str:
    """A local file's plain path; the addresses of an object store stay as they are."""
    parsed = urlparse(uri)
    return unquote(parsed.path) if parsed.scheme in ("", "file") else uri
