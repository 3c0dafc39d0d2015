"""Looking into an SQLite file changes nothing: neither the file nor what lies beside it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from feedback_loop.adapters.sqlite_reading import looked_at, read_only_uri


def made(file: Path) -> sqlite3.Connection:
    """A database in WAL mode, still open, so that its log lies beside it."""
    database = sqlite3.connect(file)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE said (word TEXT)")
    database.execute("INSERT INTO said VALUES ('refund')")
    database.commit()
    return database


@pytest.mark.parametrize("name", ["state.sqlite", "state 100% #1?.sqlite"])
def test_a_file_without_a_log_is_read_and_stays_alone(tmp_path: Path, name: str) -> None:
    file = tmp_path / name
    made(file).close()
    before = file.read_bytes()
    with looked_at(file) as database:
        assert database.execute("SELECT word FROM said").fetchall() == [("refund",)]
    assert ([one.name for one in tmp_path.iterdir()], file.read_bytes()) == ([name], before)


def test_what_stands_in_the_log_alone_is_read_too(tmp_path: Path) -> None:
    file = tmp_path / "state.sqlite"
    with closing(made(file)), looked_at(file) as database:
        assert "immutable" not in read_only_uri(file)
        assert database.execute("SELECT count(*) FROM said").fetchone() == (1,)


def test_nothing_can_be_written(tmp_path: Path) -> None:
    file = tmp_path / "state.sqlite"
    made(file).close()
    with looked_at(file) as database, pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.execute("DELETE FROM said")
