"""Delta tables that can forget: rows leave the data files, the log and every earlier version.

A Delta commit keeps the least and greatest value of each column, which are words of customers, and old versions keep whole rows. So a
table loses rows in two steps: a commit without them, then a checkpoint after which everything older is removed. The rules that are easy
to break: the number of the version never goes back, because cursors remember it; and the commit of the last version stays, without which
nothing can be written on top; and files without a log are no earlier versions, but may be all that is left of a table. For tables on a
local disk.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import polars as pl

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.contracts.erasure import Erased, StoreCount
from feedback_loop.contracts.tables import Table
from feedback_loop.errors import TableLogMissing
from feedback_loop.methods.erasure.scrubbing import needed_columns, without


class ErasableTables(DeltaTableStore):
    """The tables of a home, for whoever holds the home alone."""

    def scrub(self, table: Table, erased: Erased, *, is_rehearsal: bool) -> StoreCount:
        """What the table loses; a rehearsal leaves it as it is. Raises TableLogMissing."""
        self.require_log(table)
        if self._open(table) is None:
            return StoreCount(table.name, 0)
        with self._held(table, is_rehearsal):
            narrow = self.read(table, columns=needed_columns(table))
            left, removed, changed = without(narrow, table, erased)
            if (removed or changed) and not is_rehearsal:
                self._rewrite(table, _touched(table, narrow, left), erased)
        return StoreCount(table.name, narrow.height, removed, changed)

    def forget_past(self, table: Table) -> int:
        """The number of files removed: earlier versions, what killed writes left, the log before the present version.

        Raises TableLogMissing, because without a log nobody can tell these files from the table's own.
        """
        self.require_log(table)
        delta = self._open(table)
        if delta is None:
            return 0
        with self._locked(table):
            delta.create_checkpoint()
            version, log = f"{delta.version():020d}", self._folder(table) / "_delta_log"
            kept = {log / f"{version}.json", log / f"{version}.checkpoint.parquet", log / "_last_checkpoint"}
            kept |= {Path(file) for file in self.files(table)}
            # The log goes last: a reader that has an old snapshot looks for its files, and then for the present snapshot.
            stale = [file for file in self._folder(table).rglob("*") if file.is_file() and file not in kept]
            return _removed(sorted(stale, key=lambda file: (file.parent == log, file.name)))

    def require_log(self, table: Table) -> None:
        """Raises TableLogMissing where the table has files and no log."""
        folder = self._folder(table)
        if self._open(table) is None and any(file.is_file() for file in folder.rglob("*")):
            raise TableLogMissing(folder)

    def read_with_past(self, table: Table, columns: Sequence[str]) -> pl.DataFrame:
        """The rows of every data file on the disk, those of earlier versions among them; files that a kill cut off are passed over."""
        files = [str(file) for file in sorted(self._folder(table).rglob("*.parquet")) if file.parent.name != "_delta_log"]
        frames = [frame for file in files if (frame := self._readable(table, file, columns)) is not None]
        return pl.concat(frames) if frames else pl.DataFrame(schema={name: pl.Schema(table.schema)[name] for name in columns})

    def _readable(self, table: Table, file: str, columns: Sequence[str]) -> pl.DataFrame | None:
        try:
            return self._scan(table, [file]).select(columns).collect()
        except (pl.exceptions.PolarsError, OSError):
            return None

    def _rewrite(self, table: Table, parts: pl.Series, erased: Erased) -> None:
        """Writes the touched partitions anew, and no other."""
        listed = ", ".join(f"'{part}'" for part in parts)
        rows = self._scan(table, self.files(table)).filter(pl.col(str(table.partition)).is_in(parts.implode())).collect()
        left, _, _ = without(rows, table, erased)
        predicate = f"{table.partition} IN ({listed})"
        delta = self._open(table)
        if left.height:
            self._overwrite(table, left, predicate)
        elif delta is not None:
            delta.delete(predicate)

    def _held(self, table: Table, is_rehearsal: bool) -> AbstractContextManager[None]:
        return nullcontext() if is_rehearsal else self._locked(table)

    def _folder(self, table: Table) -> Path:
        return Path(self._uri(table))


def _touched(table: Table, before: pl.DataFrame, after: pl.DataFrame) -> pl.Series:
    """The partitions of which a row went or changed."""
    column = str(table.partition)
    old, new = (frame.sort(table.key).partition_by(column, as_dict=True) for frame in (before, after))
    parts = [part for (part,), rows in old.items() if (part,) not in new or not new[(part,)].equals(rows)]
    return pl.Series(sorted(parts), dtype=before.schema[column])


def _removed(files: Sequence[Path]) -> int:
    for file in files:
        file.unlink(missing_ok=True)
    return len(files)
