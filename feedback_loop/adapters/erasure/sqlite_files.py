"""SQLite files that can forget: the database written anew without its free pages, its log emptied.

Here: what holds for any SQLite file of a home. Which rows go is said elsewhere. The rule that is easy to break: a deleted row stays in
free pages and in the log until both are gone, so that deleting alone erases nothing.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from feedback_loop.adapters.sqlite_reading import looked_at
from feedback_loop.errors import Refused

_WAIT_SECONDS = 60.0
_TRIES = 5


def compact(file: Path) -> None:
    """Afterwards neither the file nor its log holds anything but the present rows; raises Refused where somebody keeps reading it."""
    if not file.exists():
        return
    with closing(sqlite3.connect(file, timeout=_WAIT_SECONDS, isolation_level=None)) as database:
        database.execute("PRAGMA secure_delete=ON")
        database.execute("VACUUM")
        for _ in range(_TRIES):
            busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            if not busy:
                return
    raise Refused(f"{file.name} is being read, so that its log can't be emptied. Run the same command again when nobody reads it.")


def vector_count(file: Path, hashes: Sequence[str] | None = None) -> int:
    """How many cached vectors there are, or those of these texts; 0 where there is no readable cache."""
    if not file.exists():
        return 0
    wanted = "" if hashes is None else "WHERE text_sha256 IN (SELECT value FROM json_each(?))"
    try:
        with looked_at(file) as database:
            [count] = database.execute(f"SELECT COUNT(*) FROM vector {wanted}", [] if hashes is None else [json.dumps(hashes)]).fetchone()  # noqa: S608
    except sqlite3.DatabaseError:
        return 0
    return int(count)
