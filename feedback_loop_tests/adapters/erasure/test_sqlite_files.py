"""SQLite forgets what was deleted, in its pages and its log."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from feedback_loop.adapters.embedding_cache import CachingEmbedder, text_sha256
from feedback_loop.adapters.erasure.sqlite_files import compact, vector_count
from feedback_loop.adapters.tfidf_embedder import TfidfEmbedder

SECRET = "quibble walrus " * 20


def filled(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE t (v)")
    database.executemany("INSERT INTO t VALUES (?)", [(f"{SECRET}{n}",) for n in range(200)])
    return database


def all_bytes(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir())


def test_deleted_rows_are_in_no_page_and_no_log(tmp_path: Path) -> None:
    with closing(filled(tmp_path / "f.sqlite")) as database:
        database.execute("DELETE FROM t")
        assert b"quibble" in all_bytes(tmp_path), "deleting alone erases nothing"
        compact(tmp_path / "f.sqlite")
        assert b"quibble" not in all_bytes(tmp_path)
        assert database.execute("SELECT COUNT(*) FROM t").fetchone() == (0,)


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    compact(tmp_path / "none.sqlite")
    assert vector_count(tmp_path / "none.sqlite") == 0
    assert list(tmp_path.iterdir()) == []


def test_vectors_are_counted_by_their_texts(tmp_path: Path) -> None:
    file = tmp_path / "c.sqlite"
    CachingEmbedder(TfidfEmbedder(), file).embed(["one text", "another text"])
    assert vector_count(file) == 2
    assert vector_count(file, [text_sha256("one text"), "unknown"]) == 1
    file.write_bytes(b"no database")
    assert vector_count(file) == 0
