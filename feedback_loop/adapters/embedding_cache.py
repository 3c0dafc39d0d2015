"""Vectors that were computed before, by hash of the text and version of the model, in one SQLite file.

It holds hashes and vectors, never text; both are still derived from what a customer wrote, so erasure calls `forget`. Not here: how
vectors are computed (`adapters.minilm`, `adapters.tfidf_embedder`). The rule that is easy to break: the cache may only ever save time; a
row that is damaged, or a file that is no database any more, is computed anew and never raises.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np

from feedback_loop.ports import Embedder, Vectors

# What a kill can lose: one transaction of this many texts, some seconds of work.
_CHUNK = 2_048
_WAIT_SECONDS = 60.0
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""The last where the tables are not those that we make; our statements never change."""
_SCHEMA = """
CREATE TABLE IF NOT EXISTS vector (
    model_version TEXT NOT NULL, text_sha256 TEXT NOT NULL, little_endian_float32 BLOB NOT NULL, crc32 INTEGER NOT NULL,
    PRIMARY KEY (model_version, text_sha256))
"""
_FIND = """
SELECT text_sha256, CAST(little_endian_float32 AS BLOB), crc32 FROM vector
WHERE model_version = ? AND text_sha256 IN (SELECT value FROM json_each(?))
"""
_KEEP = "INSERT OR REPLACE INTO vector VALUES (?, ?, ?, ?)"
_FORGET = "DELETE FROM vector WHERE text_sha256 IN (SELECT value FROM json_each(?))"


def text_sha256(text: str) -> str:
    """The key of a text: hexadecimal SHA-256 of its UTF-8 form."""
    return hashlib.sha256(text.encode("utf-8", errors="surrogatepass")).hexdigest()


def without_cache(embedder: Embedder) -> Embedder:
    """The embedder, which then remembers nothing: for questions, and for what keeps its vectors itself."""
    return embedder.inner if isinstance(embedder, CachingEmbedder) else embedder


class CachingEmbedder:
    """An embedder that asks another one only for what no process has computed before; `hits` and `misses` count distinct texts."""

    def __init__(self, inner: Embedder, path: Path) -> None:
        self._inner, self._path = inner, path
        self.hits = self.misses = 0

    @property
    def model_version(self) -> str:
        """The version of the embedder within."""
        return self._inner.model_version

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._inner.dimension

    @property
    def inner(self) -> Embedder:
        """The embedder within, for texts that are not to be remembered."""
        return self._inner

    def embed(self, texts: Sequence[str]) -> Vectors:
        """float32 [n, dimension], rows of unit length, bit for bit those of the embedder within, in the order of the texts."""
        distinct = list(dict.fromkeys(texts))
        chunks = [self._chunk(distinct[start : start + _CHUNK]) for start in range(0, len(distinct), _CHUNK)]
        vectors = np.concatenate(chunks) if chunks else np.empty((0, self.dimension), dtype=np.float32)
        place = {text: row for row, text in enumerate(distinct)}
        return vectors[np.fromiter((place[text] for text in texts), dtype=np.intp, count=len(texts))]

    def forget(self, texts_sha256: Iterable[str]) -> int:
        """The number of vectors removed, over all model versions, their bytes overwritten; a damaged file is removed whole and counts 0."""
        keys = json.dumps(list(texts_sha256))
        try:
            with self._database() as database:
                with database:
                    removed = database.execute(_FORGET, (keys,)).rowcount
                # Until the log is emptied it still holds the pages as they were before.
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.DatabaseError as error:
            self._discard(error)
            return 0
        return removed

    def _chunk(self, texts: Sequence[str]) -> Vectors:
        keys = [text_sha256(text) for text in texts]
        known = self._find(keys)
        missing = [row for row, key in enumerate(keys) if key not in known]
        self.hits, self.misses = self.hits + len(texts) - len(missing), self.misses + len(missing)
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, key in enumerate(keys):
            if key in known:
                vectors[row] = known[key]
        if missing:
            vectors[missing] = self._inner.embed([texts[row] for row in missing])
            self._keep({keys[row]: vectors[row] for row in missing})
        return vectors

    def _find(self, keys: Sequence[str]) -> dict[str, Vectors]:
        """The sound vectors among those stored under the keys."""
        try:
            with self._database() as database:
                rows = database.execute(_FIND, (self.model_version, json.dumps(keys))).fetchall()
        except sqlite3.DatabaseError as error:
            self._discard(error)
            return {}
        return {key: np.frombuffer(blob, dtype="<f4") for key, blob, checksum in rows if self._is_sound(blob, checksum)}

    def _is_sound(self, blob: object, checksum: object) -> bool:
        return isinstance(blob, bytes) and len(blob) == 4 * self.dimension and zlib.crc32(blob) == checksum

    def _keep(self, vectors: dict[str, Vectors]) -> None:
        blobs = {key: vector.astype("<f4").tobytes() for key, vector in vectors.items()}
        rows = [(self.model_version, key, blob, zlib.crc32(blob)) for key, blob in blobs.items()]
        try:
            with self._database() as database, database:
                database.executemany(_KEEP, rows)
        except sqlite3.DatabaseError as error:
            self._discard(error)

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """A connection of its own for each use, so that threads and forked processes never share one."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=_WAIT_SECONDS)) as database:
            database.execute("PRAGMA journal_mode=WAL")
            database.execute("PRAGMA synchronous=NORMAL")
            database.execute("PRAGMA secure_delete=ON")
            database.execute(_SCHEMA)
            yield database

    def _discard(self, error: sqlite3.DatabaseError) -> None:
        """Removes a file that SQLite can't read any more; a lock or a full disk is no damage and raises as it is."""
        if error.sqlite_errorcode & 0xFF not in _DAMAGE:
            raise error
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)
