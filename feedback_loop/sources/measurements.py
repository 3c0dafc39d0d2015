"""Rows of machines' figures, many at once: a file as frames of one table, and the rows that can't be, in quarantine.

Here: how columns are checked together and what becomes of the rows that fail. Which columns a table has is told by `telemetry` and `logs`;
what a typed column is, by `columns`. Good rows become `MeasuredRows`; a bad one is kept as JSON, which the JSON lines reader reads again.
The rule that is easy to break: within a file the measured rows come before the bad ones beside them, so nothing may count on their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import polars as pl
import pyarrow as pa

from feedback_loop.contracts.records import MeasuredRows, RejectedRow
from feedback_loop.contracts.tables import TABLES
from feedback_loop.sources.columns import NO_TEXT, Check, Column, minute, word
from feedback_loop.sources.parquet import plain_rows, read_batches, refusing_damage, row_bytes
from feedback_loop.sources.parquet_limits import Unpacked, longest_shared
from feedback_loop.sources.reading import Problem, Reading, Row
from feedback_loop.sources.row_forms import read_rows
from feedback_loop.sources.values import MAX_WORD_CHARS, Values

FRAME_ROWS = 500_000
"""Rows of Parquet that become one frame."""

FRAME_BYTES = 256 * 1024 * 1024
"""What a frame of rows that share long values may hold."""

_CUT_CHARS = MAX_WORD_CHARS + 1

TEXT_ROWS = 50_000
"""Rows of CSV or JSON lines that become one frame; each is an object for a moment."""

_NUMBER, _PROBLEM = "_number", "_problem"
_ADDED_AT_LANDING = ("landed_at", "retried_quarantine_id")


@dataclass(frozen=True)
class Measurement:
    """What a source measures: its table, the columns that its files need, and how columns of a frame become those of the table."""

    table: str
    required: tuple[str, ...]
    columns: Callable[[pl.DataFrame], dict[str, Column]]
    checks: tuple[Check, ...] = ()


@dataclass(frozen=True)
class _Chunk:
    """Some rows: their columns as they were read, beside the number of each, and how to get the bytes of those at some places."""

    frame: pl.DataFrame
    bytes_of: Callable[[list[int]], Iterable[bytes]]


def read_measured(stream: BinaryIO, reading: Reading, measured: Measurement) -> Iterator[Row]:
    """The rows of the file as frames of the table, and the rejected ones."""
    if reading.form == "parquet":
        yield from _parquet_rows(stream, reading, measured)
        return
    pending: list[_TextRow] = []
    for row in read_rows(stream, reading, measured.required, _TextRow):
        if isinstance(row, RejectedRow):
            yield row
            continue
        pending.append(row)
        if len(pending) == TEXT_ROWS:
            yield from _outcome(_text_chunk(pending), reading.over_rows(form="jsonl"), measured)
            pending = []
    if pending:
        yield from _outcome(_text_chunk(pending), reading.over_rows(form="jsonl"), measured)


def _parquet_rows(stream: BinaryIO, reading: Reading, measured: Measurement) -> Iterator[Row]:
    told, unpacked = reading.over_rows(form="jsonl"), Unpacked(stream, reading)
    with refusing_damage(reading):
        for chunk in _parquet_chunks(stream, reading, measured.required):
            unpacked.add(int(chunk.frame.estimated_size()))
            for row in _outcome(chunk, told, measured):
                unpacked.add(len(row.raw_bytes) if isinstance(row, RejectedRow) else 0)
                yield row


def where_and_when(frame: pl.DataFrame) -> dict[str, Column]:
    """The columns that every measurement has: product, service, version, region and minute."""
    return {
        "product": word(frame, "product", is_required=True),
        "measured_service": word(frame, "service", is_required=True),
        "measured_version": word(frame, "version", is_required=False),
        "measured_region": word(frame, "region", is_required=False),
        "minute_at": minute(frame, "minute"),
    }


def _outcome(chunk: _Chunk, told: Reading, measured: Measurement) -> Iterator[Row]:
    columns = measured.columns(chunk.frame)
    checks = [check for column in columns.values() for check in column.checks]
    values = {name: column.value for name, column in columns.items()}
    typed = chunk.frame.lazy().select(_NUMBER, **values, **{_PROBLEM: _first_broken(checks)})
    own = _first_broken(measured.checks) + len(checks)
    judged = typed.with_columns(pl.coalesce(_PROBLEM, own).alias(_PROBLEM), event_date=pl.col("minute_at").dt.date()).collect()
    has_bad = judged[_PROBLEM].null_count() < judged.height
    good = judged.filter(pl.col(_PROBLEM).is_null()) if has_bad else judged
    if good.height:
        wanted = [name for name in TABLES[measured.table].columns if name not in _ADDED_AT_LANDING]
        yield MeasuredRows(table=measured.table, frame=good.select(wanted))
    if has_bad:
        yield from _rejected(chunk, judged, [check.problem for check in (*checks, *measured.checks)], told)


def _first_broken(checks: tuple[Check, ...] | list[Check]) -> pl.Expr:
    """The number of the first check that is true; null where none is."""
    nothing = pl.lit(None, pl.Int64)
    return pl.coalesce(*(pl.when(check.is_broken).then(pl.lit(n, pl.Int64)) for n, check in enumerate(checks)), nothing)


def _rejected(chunk: _Chunk, judged: pl.DataFrame, problems: list[Problem], told: Reading) -> Iterator[RejectedRow]:
    places = judged[_PROBLEM].is_not_null().arg_true()
    verdicts = judged.select(_NUMBER, _PROBLEM)[places].iter_rows()
    for raw, (number, verdict) in zip(chunk.bytes_of(places.to_list()), verdicts, strict=True):
        yield told.rejected(problems[verdict], raw, number)


@dataclass(frozen=True, slots=True)
class _TextRow:
    """A row of CSV or JSON lines, between being read and being checked with many others."""

    values: Values
    payload: str
    number: int
    told: Reading


def _text_chunk(rows: list[_TextRow]) -> _Chunk:
    names = dict.fromkeys(name for row in rows for name in row.values if _cell(name) == name)
    texts = {name: pl.Series([_cell(row.values.get(name)) for row in rows], dtype=pl.String) for name in names}
    frame = pl.DataFrame(texts | {_NUMBER: pl.Series([row.number for row in rows])})
    return _Chunk(frame, lambda places: [_payload(rows[place]) for place in places])


def _cell(value: object) -> str | None:
    """The value as a cell; half a surrogate pair, which JSON can hold, is no text that a frame can."""
    if value is None or isinstance(value, str):
        return value if value is None or value.isascii() or not any("\ud800" <= c <= "\udfff" for c in value) else NO_TEXT
    return NO_TEXT


def _payload(row: _TextRow) -> bytes:
    return row.payload.encode("utf-8", "surrogatepass")


def _parquet_chunks(stream: BinaryIO, reading: Reading, required: tuple[str, ...]) -> Iterator[_Chunk]:
    first = 1
    for batch in read_batches(stream, reading, required, FRAME_ROWS):
        step = max(1, FRAME_BYTES // max(1, sum(min(_CUT_CHARS, longest_shared(column)) for column in batch.columns)))
        for start in range(0, batch.num_rows, step):
            part = batch.slice(start, step)
            columns = {name: _readable(part.column(n)) for n, name in enumerate(batch.schema.names)}
            numbers = pl.int_range(first, first + part.num_rows, eager=True)
            yield _Chunk(pl.DataFrame(columns | {_NUMBER: numbers}), _bytes_in(part))
            first += part.num_rows


def _bytes_in(batch: pa.RecordBatch) -> Callable[[list[int]], Iterable[bytes]]:
    return lambda places: map(row_bytes, plain_rows(batch.take(pa.array(places, pa.int64())))) if places else ()


def _readable(column: pa.Array) -> pl.Series:
    """The column as Polars takes it, bytes as the text that they are; Polars itself would not notice what is not UTF-8."""
    if pa.types.is_dictionary(column.type):
        return _readable_shared(column)
    if not _is_text(column.type):
        return pl.Series(pl.from_arrow(column))
    as_bytes = column.cast(pa.large_binary())
    try:
        return pl.Series(pl.from_arrow(as_bytes.cast(pa.large_string())))
    except pa.ArrowInvalid:
        return pl.Series([None if value is None else _decoded(value) for value in as_bytes.to_pylist()], dtype=pl.String)


def _readable_shared(column: pa.DictionaryArray) -> pl.Series:
    """The same, of a column that numbers its distinct values; one too long to be any word is cut, and refused for its length."""
    distinct = _readable(column.dictionary)
    if distinct.dtype == pl.String:
        distinct = distinct.str.slice(0, _CUT_CHARS)
    # Arrow looks whether each number has a value; a damaged file may hold others.
    return pl.Series(pl.from_arrow(distinct.to_arrow().take(column.indices)))


def _is_text(dtype: pa.DataType) -> bool:
    return _is_any(dtype, "string") or _is_any(dtype, "binary")


def _is_any(dtype: pa.DataType, kind: str) -> bool:
    return str(dtype) in (kind, f"large_{kind}", f"{kind}_view")


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return NO_TEXT
