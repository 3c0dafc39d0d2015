"""Looking into an SQLite file of which no byte is changed, for whoever may only read: searches, counts, rehearsals.

The rule that is easy to break: reading, too, makes files beside a database in WAL mode; a file without a log is therefore taken as it lies.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

_WAIT_SECONDS = 60.0


def read_only_uri(file: Path) -> str:
    """The address by which SQLite opens the file and changes nothing, with parameters already."""
    place = file.resolve()
    has_log = place.with_name(place.name + "-wal").exists()
    return f"{place.as_uri()}?{'mode=ro' if has_log else 'mode=ro&immutable=1'}"


@contextmanager
def looked_at(file: Path) -> Iterator[sqlite3.Connection]:
    """A connection that changes no byte."""
    with closing(sqlite3.connect(read_only_uri(file), uri=True, timeout=_WAIT_SECONDS)) as database:
        yield database
