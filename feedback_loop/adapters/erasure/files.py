"""Files of a home that hold rows of sources or were made from them: inbox, landed files, demo and simulation, exports, reports.

A file of rows is written anew without the rows of the erased (`row_files`); one of which no row is left, and one of any other form that
holds a string of theirs, is removed whole: it was made from data that are still there, or can't be taken apart. Settings of the home are
left to people. The rule that is easy to break: the new file takes the place of the old one in one step, so that a kill leaves one of the
two.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from feedback_loop.adapters.erasure.row_files import ROW_FORMS, RowCount, Theirs, copied_without
from feedback_loop.adapters.erasure.search import holds_any, named_place
from feedback_loop.adapters.whole_files import DRAFT, written_whole
from feedback_loop.contracts.erasure import StoreCount

MANAGED = ("tables", "cache", "state", "build", "locks", "erasures", "secrets", "dagster", "audit")
"""Folders of a home whose content is known and erased in its own way."""

_REWRITTEN, _REMOVED = "rewritten without the rows", "removed: no row of others was in it"
_NOT_APART = "removed: its form can't be taken apart"


def loose_files(home: Path) -> Iterator[Path]:
    """The files that may hold rows: all but those of managed folders, the marts, settings and locks."""
    for file in sorted(home.rglob("*")):
        top = file.relative_to(home).parts[0]
        is_own = top in MANAGED or (file.parent == home and (file.suffix in (".yaml", ".lock") or ".duckdb" in file.name))
        if file.is_file() and not file.is_symlink() and not is_own:
            yield file


def scrub_file(file: Path, home: Path, theirs: Theirs, *, is_rehearsal: bool) -> StoreCount | None:
    """What the file loses; None where it holds nothing of theirs."""
    place = named_place(file, home, theirs.finder)
    counted = _rows_of(file, theirs)
    if counted is None:
        return _scrub_whole(file, place, theirs, is_rehearsal=is_rehearsal)
    if not counted.removed:
        return None
    is_emptied = counted.removed == counted.rows
    if not is_rehearsal:
        if is_emptied:
            file.unlink()
        else:
            _replace(file, theirs)
    return StoreCount(place, counted.rows, counted.removed, how=_REMOVED if is_emptied else _REWRITTEN)


def expired_file(file: Path, home: Path, theirs: Theirs, *, is_rehearsal: bool) -> StoreCount:
    """The file, removed because it was kept long enough."""
    if not is_rehearsal:
        file.unlink(missing_ok=True)
    return StoreCount(named_place(file, home, theirs.finder), 1, 1, how="removed: kept long enough")


def _scrub_whole(file: Path, place: str, theirs: Theirs, *, is_rehearsal: bool) -> StoreCount | None:
    if not holds_any(file, theirs.finder):
        return None
    if not is_rehearsal:
        file.unlink()
    return StoreCount(place, 1, 1, how=_NOT_APART)


def _rows_of(file: Path, theirs: Theirs) -> RowCount | None:
    """None for a file that is no readable file of rows."""
    if file.suffix.lower() not in ROW_FORMS or file.name.endswith(DRAFT):
        return None
    try:
        return copied_without(file, None, theirs)
    except (pa.ArrowException, OSError, ValueError):
        return None


def _replace(file: Path, theirs: Theirs) -> None:
    with written_whole(file) as draft:
        copied_without(file, draft, theirs)
        stat = file.stat()
        draft.chmod(stat.st_mode)
        os.utime(draft, ns=(stat.st_atime_ns, stat.st_mtime_ns))
