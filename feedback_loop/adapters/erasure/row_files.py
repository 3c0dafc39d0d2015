"""Files of rows written anew without the rows of the erased: CSV and JSON lines byte for byte, Parquet value for value.

Whose rows go is decided by `Theirs`, which the caller makes. Here: reading a file row by row and writing what stays. The rule that is
easy to break: a row that can't be read is judged by its bytes, and goes only where they name a customer as a word of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from pathlib import Path
from re import Pattern
from typing import Any, BinaryIO, NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from feedback_loop.adapters.erasure.search import Finder
from feedback_loop.methods.erasure.row_owners import OWNERS
from feedback_loop.methods.erasure.traces import LEAST_ID, token_pattern
from feedback_loop.sources.csv_rows import split_rows, take_row
from feedback_loop.sources.csv_table import MAX_COLUMNS
from feedback_loop.sources.lines import BOM, Lines, without_end
from feedback_loop.sources.parquet import BATCH_ROWS, plain_rows, row_bytes

ROW_FORMS = (".csv", ".jsonl", ".ndjson", ".parquet")
_BLOCK = 2_000
"""Rows that are looked at together."""

_ROW_IDS = ("source_record_id", "reviewId", "event_id", "message_id")


class RowCount(NamedTuple):
    """The rows of a file, and how many of them go."""

    rows: int
    removed: int


class _Piece(NamedTuple):
    """Some bytes of a file: a row or not (a header, a blank line), with its values where it can be read."""

    raw: bytes
    is_row: bool = False
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Theirs:
    """Whose rows go: by customer, by the ids of their records, or by a string that nobody else said."""

    customer_ids: frozenset[str]
    source_record_ids: frozenset[str]
    finder: Finder

    @cached_property
    def _tokens(self) -> Sequence[Pattern[bytes]]:
        return [token_pattern(one) for one in sorted(self.customer_ids)]

    def are_theirs(self, pieces: Sequence[_Piece]) -> list[bool]:
        """Which of the pieces are rows of theirs."""
        counts = self.finder.counts([piece.raw if piece.is_row else b"" for piece in pieces])
        return [piece.is_row and (count > 0 or self._names(piece)) for piece, count in zip(pieces, counts, strict=True)]

    def _names(self, piece: _Piece) -> bool:
        """Whether the row names one of the customers or records; one that can't be read does where an id is a word of its own."""
        if piece.values is None:
            return any(token.search(piece.raw) for token in self._tokens)
        values = piece.values
        owned = any(str(values[name]) in self.customer_ids for name in OWNERS if values.get(name) is not None)
        named = any(str(values[name]) in self.source_record_ids for name in _ROW_IDS if values.get(name) is not None)
        told = any(value in self.customer_ids for value in values.values() if isinstance(value, str) and len(value) >= LEAST_ID)
        return owned or named or told


def copied_without(source: Path, target: Path | None, theirs: Theirs) -> RowCount:
    """How many rows the file has and loses; what stays is written to the target, unless that is None."""
    form = source.suffix.lower()
    if form == ".parquet":
        return _copied_parquet(source, target, theirs)
    pieces = _csv_pieces if form == ".csv" else _json_pieces
    with source.open("rb") as stream:
        if target is None:
            return _counted(pieces(stream), theirs, None)
        with target.open("wb") as written:
            return _counted(pieces(stream), theirs, written)


def _counted(pieces: Iterator[_Piece], theirs: Theirs, written: BinaryIO | None) -> RowCount:
    rows = removed = 0
    while block := list(islice(pieces, _BLOCK)):
        for piece, is_theirs in zip(block, theirs.are_theirs(block), strict=True):
            rows, removed = rows + piece.is_row, removed + is_theirs
            if written is not None and not is_theirs:
                written.write(piece.raw)
    return RowCount(rows, removed)


def _csv_pieces(stream: BinaryIO) -> Iterator[_Piece]:
    lines = Lines(stream)
    if lines.peek().startswith(BOM):
        lines.drop_mark()
        yield _Piece(BOM)
    while lines.peek() and not without_end(lines.peek()):
        yield _Piece(lines.take())
    if not lines.peek():
        return
    header = take_row(lines, MAX_COLUMNS)
    yield _Piece(header.raw)
    for row in split_rows(lines, len(header.fields)):
        values = dict(zip(header.fields, row.fields, strict=True)) if row.fields else None
        yield _Piece(row.raw, not row.is_blank, values)


def _json_pieces(stream: BinaryIO) -> Iterator[_Piece]:
    lines = Lines(stream)
    while lines.peek():
        raw = lines.take()
        is_row = bool(raw.removeprefix(BOM).strip())
        yield _Piece(raw, is_row, _parsed(raw) if is_row else None)


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        values = json.loads(without_end(raw).removeprefix(BOM), parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        return None
    return values if isinstance(values, dict) else None


def _copied_parquet(source: Path, target: Path | None, theirs: Theirs) -> RowCount:
    rows = removed = 0
    file = pq.ParquetFile(source)
    writer = None if target is None else pq.ParquetWriter(target, file.schema_arrow)
    try:
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            goes = theirs.are_theirs([_Piece(row_bytes(values), True, values) for values in plain_rows(batch)])
            rows, removed = rows + len(goes), removed + sum(goes)
            if writer is not None:
                writer.write_batch(batch.filter(pa.array([not one for one in goes])))
    finally:
        if writer is not None:
            writer.close()
    return RowCount(rows, removed)
