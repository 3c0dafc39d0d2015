"""Answers that a language model gave before, in one SQLite file: by model, prompt version and hash of all that it was told.

An answer may quote a customer, so each is kept with the hashes of the texts it was about, and erasure calls `forget`. Another home's file,
or a copy, is a recording that can be replayed without any model. The rule that is easy to break: the cache may only ever save money; a row
that is damaged, or does not fit the form that is asked for now, is as if it were not there.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from pydantic import BaseModel, ValidationError

from feedback_loop.adapters.sqlite_reading import looked_at
from feedback_loop.contracts.questions import Question

_WAIT_SECONDS = 60.0
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""The last where the tables are not those that we make; our statements never change."""
_SCHEMA = (
    """CREATE TABLE IF NOT EXISTS answer (
        model_version TEXT NOT NULL, prompt_version TEXT NOT NULL, request_sha256 TEXT NOT NULL, answer TEXT NOT NULL,
        PRIMARY KEY (model_version, prompt_version, request_sha256))""",
    """CREATE TABLE IF NOT EXISTS answer_text (
        text_sha256 TEXT NOT NULL, request_sha256 TEXT NOT NULL, PRIMARY KEY (text_sha256, request_sha256))""",
)
_FIND = "SELECT CAST(answer AS BLOB) FROM answer WHERE model_version = ? AND prompt_version = ? AND request_sha256 = ?"
_KEEP = "INSERT OR REPLACE INTO answer VALUES (?, ?, ?, ?)"
_KEEP_TEXT = "INSERT OR IGNORE INTO answer_text VALUES (?, ?)"
_ABOUT = "SELECT request_sha256 FROM answer_text WHERE text_sha256 IN (SELECT value FROM json_each(?))"
_COUNT = "SELECT COUNT(*) FROM answer"
_FORGET = f"DELETE FROM answer WHERE request_sha256 IN ({_ABOUT})"  # noqa: S608 - of constants alone
_FORGET_TEXT = "DELETE FROM answer_text WHERE request_sha256 NOT IN (SELECT request_sha256 FROM answer)"


class AnswerCache:
    """The answers in the file; a recording is only read."""

    def __init__(self, path: Path, *, is_recording: bool = False) -> None:
        self._path, self._is_recording = path, is_recording

    def find(self, model_version: str, question: Question) -> BaseModel | None:
        """The answer that the model gave to the very same question; None where it gave none that fits its form."""
        key = (model_version, question.prompt_version, question.request_hash)
        try:
            with self._reading() as database:
                row = database.execute(_FIND, key).fetchone()
        except sqlite3.DatabaseError as error:
            self._discard(error)
            return None
        try:
            return question.answer_type.model_validate_json(row[0]) if row else None
        except ValidationError:
            return None

    def keep(self, model_version: str, question: Question, answer: BaseModel) -> None:
        """Remembers the answer; nothing where the file is a recording."""
        if self._is_recording:
            return
        request = question.request_hash
        try:
            with self._database() as database, database:
                database.execute(_KEEP, (model_version, question.prompt_version, request, answer.model_dump_json()))
                database.executemany(_KEEP_TEXT, [(text, request) for text in question.text_hashes])
        except sqlite3.DatabaseError as error:
            self._discard(error)

    def forget(self, text_hashes: Iterable[str]) -> int:
        """The number of answers about any of the texts, now removed, their bytes overwritten; a damaged file goes whole and counts 0."""
        if not self._path.exists():
            return 0
        try:
            with self._database() as database:
                with database:
                    removed = database.execute(_FORGET, (json.dumps(sorted(text_hashes)),)).rowcount
                    database.execute(_FORGET_TEXT)
                # Until the log is emptied it still holds the pages as they were before.
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.DatabaseError as error:
            self._discard(error)
            return 0
        return removed

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        opened = looked_at(self._path) if self._is_recording else self._database()
        with opened as database:
            yield database

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own for each use, so that threads and forked processes never share one."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=_WAIT_SECONDS)) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            database.execute("PRAGMA secure_delete=ON")
            for statement in _SCHEMA:
                database.execute(statement)
            yield database

    def _discard(self, error: sqlite3.DatabaseError) -> None:
        """Removes a file that SQLite can't read any more; a recording stays, a lock or a full disk is no damage and raises as it is."""
        if self._is_recording:
            return
        if error.sqlite_errorcode & 0xFF not in _DAMAGE:
            raise error
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)


def answer_count(file: Path, text_hashes: Sequence[str] | None = None) -> int:
    """How many answers are remembered, or those about any of the texts; 0 where there is no readable file. Asking changes nothing."""
    if not file.exists():
        return 0
    wanted = "" if text_hashes is None else f" WHERE request_sha256 IN ({_ABOUT})"
    try:
        with looked_at(file) as database:
            [count] = database.execute(_COUNT + wanted, [] if text_hashes is None else [json.dumps(sorted(text_hashes))]).fetchone()
    except sqlite3.DatabaseError:
        return 0
    return int(count)


def is_readable(file: Path) -> bool:
    """Whether the file holds answers, or room for them, that can be read."""
    try:
        with looked_at(file) as database:
            database.execute(_COUNT).fetchone()
    except sqlite3.DatabaseError:
        return False
    return True
