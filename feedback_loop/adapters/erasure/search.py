"""Searching every byte of a home for strings of erased people: files as they lie there, and what is compressed within them as it is read.

Raw bytes of every file, then the values of Parquet, DuckDB and SQLite files, which store texts compressed, in pieces or in pages. Strings
are looked for in all their spellings at once (Aho & Corasick, CACM 18, 1975, by polars). The rules that are easy to break: a trace names
the place and how often, never the string; and an id that is the beginning of another customer's id is no trace.
"""

from __future__ import annotations

import os
import sqlite3
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from feedback_loop.adapters.sqlite_reading import looked_at
from feedback_loop.contracts.erasure import ErasedStrings, Search, Trace
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.methods.erasure.traces import spellings

_CHUNK = 8 * 1024 * 1024
_SQLITE = b"SQLite format 3\0"
_DUCKDB = b"DUCK"
_ROWS = 10_000
UNREAD = "unread"
"""The kind of trace of a file whose values can't be read: nobody can say that nothing is left in it."""
_MOST_STRINGS = 100_000
"""Beyond this many an evenly spaced part is looked for; the certificate says how many were left out."""


def search(home: Path, strings: ErasedStrings) -> Search:
    """What is left of the strings in the files of the home."""
    step = max(1, -(-len(strings.texts) // _MOST_STRINGS))
    used = replace(strings, texts=strings.texts[::step])
    finder = Finder(used)
    files = [file for file in sorted(home.rglob("*")) if file.is_file() and not file.is_symlink()]
    found: Counter[tuple[Path, str]] = Counter()
    for place, count in _found(files, finder):
        found[place] += count
    traces = tuple(Trace(named_place(file, home, finder), what, count) for (file, what), count in sorted(found.items()))
    size = sum(map(_length, files))
    return Search(len(files), size, used.count, strings.count - used.count + strings.not_searched_count, traces)


class Finder:
    """Finds the strings in bytes."""

    def __init__(self, strings: ErasedStrings) -> None:
        spelt = {spelling.decode("latin-1") for text in strings.texts for spelling in spellings(text)}
        self._ids = {spelling.decode("latin-1"): one for one in strings.ids for spelling in spellings(one)}
        self._patterns = sorted({*spelt, *self._ids})
        self._longer = {one: [other for other in strings.other_ids if one in other and one != other] for one in strings.ids}
        self.longest = max(map(len, self._patterns), default=1)

    def count(self, data: bytes) -> int:
        """How many of the strings the bytes hold."""
        return self.counts([data])[0]

    def counts(self, many: Sequence[bytes], are_compressed: Sequence[bool] = ()) -> list[int]:
        """The same for each of many; making the automaton takes far longer than running it, so that one call for many is worth while.

        In compressed bytes an id that begins another's id proves nothing: compression keeps the beginning and refers back for the rest.
        """
        texts = pl.Series([data.decode("latin-1") for data in many], dtype=pl.String)
        if not self._patterns or not texts.len():
            return [0] * texts.len()
        holds = texts.str.contains_any(self._patterns)
        found = iter(texts.filter(holds).str.extract_many(self._patterns, overlapping=True).to_list())
        parts = zip(texts, holds, are_compressed or [False] * texts.len(), strict=True)
        return [self._traces(text, next(found), is_compressed) if is_held else 0 for text, is_held, is_compressed in parts]

    def _traces(self, text: str, hits: Sequence[str], is_compressed: bool) -> int:
        telling = {hit for hit in hits if not (is_compressed and self._longer.get(self._ids.get(hit, "")))}
        return sum(self._is_trace(text, hit) for hit in telling)

    def _is_trace(self, text: str, hit: str) -> bool:
        one = self._ids.get(hit)
        if one is None:
            return True
        longer = [other for other in self._longer[one] if hit == one]
        start = text.find(hit)
        while start >= 0:
            if not _is_within(text, start, hit, longer):
                return True
            start = text.find(hit, start + 1)
        return False


def _is_within(text: str, start: int, hit: str, longer: Sequence[str]) -> bool:
    """Whether the place is part of a longer id of somebody else, or of a longer number."""
    before, after = text[start - 1 : start], text[start + len(hit) : start + len(hit) + 1]
    if hit.isdigit() and (before.isdigit() or after.isdigit()):
        return True
    for other in longer:
        offset = other.find(hit)
        while offset >= 0:
            if start >= offset and text.startswith(other, start - offset):
                return True
            offset = other.find(hit, offset + 1)
    return False


def named_place(file: Path, home: Path, finder: Finder) -> str:
    """The file's path within the home; where the name itself holds one of the strings, its folder and a hash."""
    place = file.relative_to(home).as_posix()
    if not finder.count(os.fsencode(place)):
        return place
    return f"{file.parent.relative_to(home).as_posix()}/(file {content_hash(place)[:12]})"


def holds_any(file: Path, finder: Finder) -> bool:
    """Whether the file holds one of the strings, as it lies or in its values."""
    return any(True for _ in _found([file], finder))


def _found(files: Sequence[Path], finder: Finder) -> Iterator[tuple[tuple[Path, str], int]]:
    """File and part, and how many strings it holds, for each part that holds any; many parts are looked at together."""
    block: list[tuple[tuple[Path, str], bytes]] = []
    for place, data in (part for file in files for part in _parts_of(file, finder.longest)):
        block.append((place, data))
        if sum(len(data) for _, data in block) >= _CHUNK:
            yield from _counted(block, finder)
            block = []
    yield from _counted(block, finder)


def _counted(block: Sequence[tuple[tuple[Path, str], bytes]], finder: Finder) -> Iterator[tuple[tuple[Path, str], int]]:
    are_compressed = [what == "bytes" and file.suffix == ".parquet" for (file, what), _ in block]
    counts = finder.counts([data for _, data in block], are_compressed)
    found = (max(count, place[1] == UNREAD) for (place, _), count in zip(block, counts, strict=True))
    yield from ((place, count) for (place, _), count in zip(block, found, strict=True) if count)


def _parts_of(file: Path, longest: int) -> Iterator[tuple[tuple[Path, str], bytes]]:
    yield (file, "name"), os.fsencode(file.name)
    try:
        yield from (((file, "bytes"), chunk) for chunk in _chunks(file, longest))
        yield from (((file, "values"), value) for value in _values_of(file))
    except FileNotFoundError:
        return
    except (pa.ArrowException, OSError, ValueError, sqlite3.DatabaseError, duckdb.Error):
        yield (file, UNREAD), b""


def _length(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0


def _chunks(file: Path, overlap: int) -> Iterator[bytes]:
    """The bytes in pieces that overlap by the longest string; one that lies in the overlap may be counted twice."""
    with file.open("rb") as stream:
        rest = b""
        while piece := stream.read(_CHUNK):
            yield rest + piece
            rest = (rest + piece)[-(overlap - 1) :] if overlap > 1 else b""


def _values_of(file: Path) -> Iterator[bytes]:
    """What the file holds as values, many joined to one; nothing for a file that is read as it lies. Raises where it can't be read."""
    with file.open("rb") as stream:
        start = stream.read(16)
    if start.startswith(b"PAR1"):
        yield from _parquet_values(file)
    elif start == _SQLITE:
        yield from _sqlite_values(file)
    elif start[8:12] == _DUCKDB:
        yield from _duckdb_values(file)


def _parquet_values(file: Path) -> Iterator[bytes]:
    for batch in pq.ParquetFile(file).iter_batches(batch_size=_ROWS):
        yield _joined(batch.columns)


def _sqlite_values(file: Path) -> Iterator[bytes]:
    with looked_at(file) as database:
        database.text_factory = bytes
        tables = [name.decode() for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in tables:
            rows = database.execute(f'SELECT * FROM "{table}"')  # noqa: S608 (a name that the database itself gave)
            while some := rows.fetchmany(_ROWS):
                yield b"\n".join(_unpacked(value) for row in some for value in row if isinstance(value, bytes))


def _unpacked(value: bytes) -> bytes:
    """The value, and where it is compressed what is in it: so Dagster keeps its snapshots."""
    if value[:1] != b"\x78":
        return value
    try:
        return value + b"\n" + zlib.decompress(value)
    except zlib.error:
        return value


def _duckdb_values(file: Path) -> Iterator[bytes]:
    with duckdb.connect(":memory:") as connection:
        quoted = str(file).replace("'", "''")
        connection.execute(f"attach '{quoted}' as searched (read_only)")
        names = connection.execute("select schema_name, table_name from duckdb_tables() where database_name = 'searched'").fetchall()
        for schema, name in names:
            # Views are read by nobody here: they show files that are searched as they are.
            yield from (_joined(batch.columns) for batch in _batches(connection, f'searched."{schema}"."{name}"'))


def _batches(connection: duckdb.DuckDBPyConnection, table: str) -> Iterator[pa.RecordBatch]:
    reader: pa.RecordBatchReader = connection.sql(f"select * from {table}").to_arrow_reader(_ROWS)  # noqa: S608 (the file's own names)
    yield from reader


def _joined(columns: Iterable[pa.Array]) -> bytes:
    return b"\n".join(part for column in columns for part in _texts(column))


def _texts(column: pa.Array) -> Iterator[bytes]:
    """Every text and byte string in the column, however deep."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        yield from _texts(column.dictionary_decode())
    elif pa.types.is_struct(kind):
        for part in column.flatten():
            yield from _texts(part)
    elif pa.types.is_map(kind):
        yield from _texts(column.keys)
        yield from _texts(column.items)
    elif pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        yield from _texts(column.flatten())
    elif pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        yield from (value for value in column.cast(pa.large_binary()).to_pylist() if value)
