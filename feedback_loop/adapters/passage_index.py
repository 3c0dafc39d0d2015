"""The index of governed documents in one SQLite file: passages, their terms (FTS5, Porter's stems) and their vectors.

It is made of `context_document` and may be deleted at any time; a file that can't be read is made anew. Not here: how a text is spelt,
which passages a reader may see, and how they are ranked (`methods/retrieval`). The rule that is easy to break: nothing is ever asked by
MATCH. Terms are read from FTS5's own list of them, so that no text of a question is a query; and they are counted over what may be seen.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from feedback_loop.contracts.knowledge import IndexedPassages, Occurrences, Passage
from feedback_loop.errors import KnowledgeUnavailable
from feedback_loop.methods.retrieval.passages import FORM_VERSION
from feedback_loop.methods.retrieval.words import SPELLING_VERSION, asked_words, readable, spelt
from feedback_loop.ports import Embedder

_TOKENS = "tokenize = \"porter unicode61 remove_diacritics 2 categories 'L* N* Co M*'\""
"""Signs that belong to a letter, as in Hindi or Thai, are parts of words, which they are not by default."""

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS form (form_version TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS content (content_key TEXT PRIMARY KEY);
CREATE TABLE IF NOT EXISTS passage (
    number INTEGER PRIMARY KEY, passage_id TEXT NOT NULL, document_id TEXT NOT NULL, document_version TEXT NOT NULL, title TEXT NOT NULL,
    heading TEXT NOT NULL, text TEXT NOT NULL, term_count INTEGER NOT NULL, little_endian_float32 BLOB NOT NULL, content_key TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS passage_of_content ON passage (content_key);
CREATE VIRTUAL TABLE IF NOT EXISTS term USING fts5(words, {_TOKENS});
CREATE VIRTUAL TABLE IF NOT EXISTS term_place USING fts5vocab('term', 'instance');
"""
_PROBE = f"""
CREATE VIRTUAL TABLE probe USING fts5(words, {_TOKENS});
CREATE VIRTUAL TABLE probe_place USING fts5vocab('probe', 'instance');
"""
_HELD = "SELECT content_key FROM content"
_FOUND = "SELECT doc, count(*) FROM term_place WHERE term = ? GROUP BY doc ORDER BY doc"
_READ = """
SELECT number, passage_id, document_id, document_version, title, heading, text, term_count, little_endian_float32, content_key
FROM passage WHERE content_key IN (SELECT content_key FROM wanted) ORDER BY number
"""
_ADD = "INSERT INTO passage VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_DROP_TERMS = """
DELETE FROM term WHERE rowid IN (SELECT number FROM passage WHERE content_key NOT IN (SELECT content_key FROM wanted))
"""
_DROP_PASSAGES = "DELETE FROM passage WHERE content_key NOT IN (SELECT content_key FROM wanted)"
_DROP_CONTENTS = "DELETE FROM content WHERE content_key NOT IN (SELECT content_key FROM wanted)"
_BATCH = 256
"""Passages that are embedded and stored together; a killed run loses no more of them."""

_DAMAGED = "SQLITE_CORRUPT"
_DAMAGE = (_DAMAGED, "SQLITE_NOTADB", "SQLITE_ERROR")
"""The last where the tables are not those that we make; our statements never change."""

_WAIT_SECONDS = 60.0
_HELD_BY_ANOTHER = "another program holds it; try again when that is done"


class SqlitePassageIndex:
    """The port `PassageIndex` on a file, or in memory without one."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._memory = nullcontext(sqlite3.connect(":memory:"))

    def keep(self, content_keys: Collection[str], cut: Callable[[str], Sequence[Passage]], embedder: Embedder) -> tuple[int, int]:
        """How many contents came and went; afterwards it holds exactly these."""
        try:
            return self._keep(content_keys, cut, embedder)
        except KnowledgeUnavailable as error:
            if self._file is None or error.why not in _DAMAGE:
                raise
            self._file.unlink(missing_ok=True)
            return self._keep(content_keys, cut, embedder)

    def read(self, content_keys: Collection[str]) -> IndexedPassages:
        """The passages of those of the contents that it holds."""
        with self._opened() as database:
            _want(database, content_keys)
            rows = database.execute(_READ).fetchall()
        try:
            return _passages(rows)
        except (TypeError, ValueError) as error:
            raise self._unusable("rows of another form") from error

    def occurrences(self, text: str) -> list[Occurrences]:
        """Where each term of the text stands, over all passages."""
        with self._opened() as database:
            found = [(word, database.execute(_FOUND, (term,)).fetchall()) for term, word in terms_of(text).items()]
        return [Occurrences(word, *np.array(rows, dtype=np.int64).reshape(-1, 2).T) for word, rows in found]

    def _keep(self, content_keys: Collection[str], cut: Callable[[str], Sequence[Passage]], embedder: Embedder) -> tuple[int, int]:
        with self._opened() as database:
            if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise self._unusable(_DAMAGED)
            _forget_other_forms(database, f"{FORM_VERSION} {SPELLING_VERSION} {embedder.model_version}")
            held = {row[0] for row in database.execute(_HELD)}
            new = [key for key in dict.fromkeys(content_keys) if key not in held]
            if held - set(content_keys):
                _drop(database, content_keys)
            for batch in _batches(new, cut):
                _add(database, batch, embedder)
            return len(new), len(held - set(content_keys))

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own for each use; raises KnowledgeUnavailable where the file can't be read or written."""
        try:
            with self._memory if self._file is None else closing(_connected(self._file)) as database:
                _prepare(database)
                yield database
        except sqlite3.DatabaseError as error:
            # Errors of Python's own, such as of a text that is no UTF-8, have no name of SQLite's.
            name = getattr(error, "sqlite_errorname", type(error).__name__)
            raise self._unusable(_HELD_BY_ANOTHER if name == "SQLITE_BUSY" else name) from error

    def _unusable(self, why: str) -> KnowledgeUnavailable:
        return KnowledgeUnavailable(str(self._file or "the index in memory"), why)


def _passages(rows: Sequence[tuple[Any, ...]]) -> IndexedPassages:
    """The rows of `_READ`; TypeError or ValueError where a damaged file gave something else."""
    if not all(isinstance(part, str) for row in rows for part in row[1:7]):
        raise TypeError("a passage is no text")
    vectors = [np.frombuffer(row[8], dtype="<f4") for row in rows]
    return IndexedPassages(
        numbers=np.array([row[0] for row in rows], dtype=np.int64),
        passages=tuple(Passage(*row[1:7]) for row in rows),
        content_keys=tuple(row[9] for row in rows),
        lengths=np.array([row[7] for row in rows], dtype=np.int64),
        vectors=np.stack(vectors) if vectors else np.empty((0, 0), dtype=np.float32),
    )


def _connected(file: Path) -> sqlite3.Connection:
    file.parent.mkdir(parents=True, exist_ok=True)
    return sqlite3.connect(file, timeout=_WAIT_SECONDS)


def terms_of(text: str) -> dict[str, str]:
    """The terms of a question as the index spells them, each with the word that it comes from."""
    words = asked_words(text)
    with closing(sqlite3.connect(":memory:")) as probe:
        probe.executescript(_PROBE)
        probe.executemany("INSERT INTO probe (rowid, words) VALUES (?, ?)", enumerate(words))
        rows = probe.execute("SELECT term, min(doc) FROM probe_place GROUP BY term ORDER BY 2, 1").fetchall()
    return {term: readable(words[number]) for term, number in rows}


def _prepare(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA secure_delete=ON")
    database.executescript(_SCHEMA)
    database.execute("CREATE TEMP TABLE IF NOT EXISTS wanted (content_key TEXT PRIMARY KEY)")


def _want(database: sqlite3.Connection, content_keys: Collection[str]) -> None:
    with database:
        database.execute("DELETE FROM wanted")
        database.executemany("INSERT OR IGNORE INTO wanted VALUES (?)", ((key,) for key in content_keys))


def _forget_other_forms(database: sqlite3.Connection, form_version: str) -> None:
    """Empties an index whose passages were cut, spelt or embedded in another way."""
    if database.execute("SELECT form_version FROM form").fetchall() == [(form_version,)]:
        return
    _drop(database, ())
    with database:
        database.execute("DELETE FROM form")
        database.execute("INSERT INTO form VALUES (?)", (form_version,))


def _drop(database: sqlite3.Connection, content_keys: Collection[str]) -> None:
    """Removes all but these contents."""
    _want(database, content_keys)
    with database:
        for statement in (_DROP_TERMS, _DROP_PASSAGES, _DROP_CONTENTS):
            database.execute(statement)


def _batches(content_keys: Sequence[str], cut: Callable[[str], Sequence[Passage]]) -> Iterator[dict[str, Sequence[Passage]]]:
    """Whole contents with their passages, some hundred passages at a time."""
    batch: dict[str, Sequence[Passage]] = {}
    for key in content_keys:
        batch[key] = cut(key)
        if sum(map(len, batch.values())) >= _BATCH:
            yield batch
            batch = {}
    if batch:
        yield batch


def _add(database: sqlite3.Connection, batch: dict[str, Sequence[Passage]], embedder: Embedder) -> None:
    passages = [(key, passage) for key, of_content in batch.items() for passage in of_content]
    texts = [passage.indexed_text for _, passage in passages]
    words, vectors = [spelt(f"{one.document_id}\n{one.indexed_text}") for _, one in passages], embedder.embed(texts)
    database.execute("BEGIN IMMEDIATE")  # so that of two that index at once the second finds what the first did
    with database:
        taken = {row[0] for row in database.execute(_HELD)}
        first = database.execute("SELECT coalesce(max(number), 0) + 1 FROM passage").fetchone()[0]
        for number, ((key, one), said, vector) in enumerate(zip(passages, words, vectors, strict=True), first):
            if key not in taken:
                told = (one.passage_id, one.document_id, one.document_version, one.title, one.heading, one.text)
                database.execute(_ADD, (number, *told, len(said.split()), vector.astype("<f4").tobytes(), key))
                database.execute("INSERT INTO term (rowid, words) VALUES (?, ?)", (number, said))
        database.executemany("INSERT OR IGNORE INTO content VALUES (?)", ((key,) for key in batch))
