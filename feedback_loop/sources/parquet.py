"""The rows of a Parquet file, each by its column names, with itself as canonical JSON.

A Parquet row has no bytes of its own: what quarantine keeps is its canonical JSON, which the JSON lines reader reads again. Text is taken
as bytes and decoded row by row, and instants as integers, so that one bad value refuses its row and not the file. What a file may unpack to
is bounded by `parquet_limits`; the rule that is easy to break: a value that many rows share is held once, however many they are.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from feedback_loop.contracts.records import RejectedRow
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.errors import InputColumnsMissing, UnreadableFile
from feedback_loop.sources.csv_table import Build, Made
from feedback_loop.sources.parquet_limits import Unpacked, open_bounded, refuse_long_values, rows_at_once
from feedback_loop.sources.reading import MAX_ROW_BYTES, Reading, RowRefused

BATCH_ROWS = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNITS = {"s": timedelta(seconds=1), "ms": timedelta(milliseconds=1), "us": timedelta(microseconds=1), "ns": None}


def read_parquet(stream: BinaryIO, reading: Reading, required: tuple[str, ...], build: Build[Made]) -> Iterator[Made | RejectedRow]:
    """One record or rejected row for each row of the file, in order."""
    told, unpacked = reading.over_rows(form="jsonl"), Unpacked(stream, reading)
    for number, values in enumerate(_rows(stream, reading, required), 1):
        payload = _payload(values)
        unpacked.add(len(payload))
        try:
            yield build(values, _whole(payload), number, told)
        except RowRefused as refusal:
            yield told.rejected(refusal.problem, _bytes(payload, values), number)


def read_batches(stream: BinaryIO, reading: Reading, required: tuple[str, ...], batch_rows: int) -> Iterator[pa.RecordBatch]:
    """The rows of the file, many at once and as they are typed there; raises InputColumnsMissing and UnreadableFile."""
    with refusing_damage(reading):
        file = open_bounded(stream, reading)
        names = list(file.schema_arrow.names)
        missing = [name for name in required if name not in names]
        if missing:
            raise InputColumnsMissing(reading.path, missing, list(required))
        if len(set(names)) < len(names):
            raise UnreadableFile(reading.path, "a column name occurs twice; rename one of the columns")
        for batch in file.iter_batches(batch_size=rows_at_once(file, batch_rows)):
            refuse_long_values(batch, reading)
            yield batch


@contextmanager
def refusing_damage(reading: Reading) -> Iterator[None]:
    """Raises UnreadableFile for whatever damaged bytes make of the file's own schema and values."""
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, LookupError) as error:
        raise UnreadableFile(reading.path, f"no readable Parquet ({type(error).__name__}); write the file again") from error


def _rows(stream: BinaryIO, reading: Reading, required: tuple[str, ...]) -> Iterator[dict[str, object]]:
    with refusing_damage(reading):
        for batch in read_batches(stream, reading, required, BATCH_ROWS):
            yield from plain_rows(batch)


def plain_rows(batch: pa.RecordBatch) -> Iterator[dict[str, object]]:
    """Each row by its column names, with values as JSON can hold them."""
    columns = [_column(batch.column(n)) for n in range(batch.num_columns)]
    return (dict(zip(batch.schema.names, row, strict=True)) for row in zip(*columns, strict=True))


def row_bytes(values: dict[str, object]) -> bytes:
    """The row as canonical JSON, whatever its values hold."""
    return _bytes(_payload(values), values)


def _payload(values: dict[str, object]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _column(column: Any) -> list[object]:
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _shared(column)
    if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        return _instants(column)
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        column = column.cast(pa.large_binary())
    try:
        return [_plain(value) for value in column.to_pylist()]
    except (ValueError, OverflowError, ArithmeticError):
        return [_lenient(value) for value in column]


def _shared(column: Any) -> list[object]:
    """The values of a column that numbers its distinct ones; each is made once, and only where a row has it."""
    used = pc.unique(column.indices).drop_null()
    made = dict(zip(used.to_pylist(), _column(column.dictionary.take(used)), strict=True))
    return [None if number is None else made[number] for number in column.indices.to_pylist()]


def _lenient(value: Any) -> object:
    try:
        return _plain(value.as_py())
    except (ValueError, OverflowError, ArithmeticError):
        return "\udcff"  # not encodable: the row is refused as broken, the others of its batch are not


def _instants(column: Any) -> list[object]:
    """ISO 8601 in UTC; computed from the integers, because Arrow's casts wrap around silently where an instant is too far away."""
    is_day = pa.types.is_date32(column.type)
    unit = timedelta(days=1) if is_day else _UNITS[getattr(column.type, "unit", "ms")]
    counts = column.cast(pa.int32() if is_day else pa.int64()).to_pylist()
    return [None if n is None else _instant(n, unit) for n in counts]


def _instant(count: int, unit: timedelta | None) -> str:
    try:
        return (_EPOCH + (timedelta(microseconds=count // 1000) if unit is None else count * unit)).isoformat()
    except OverflowError:
        return f"{count} units after 1970"


def _plain(value: object) -> object:
    """The value as JSON can hold it."""
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes):
        return value.decode("utf-8", "surrogateescape")
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return str(value)


def _whole(payload: str) -> str:
    try:
        size = len(payload.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise RowRefused(QuarantineReason.BROKEN_ENCODING, "a column is not UTF-8") from error
    if size > MAX_ROW_BYTES:
        raise RowRefused(QuarantineReason.ROW_TOO_LARGE, f"longer than {MAX_ROW_BYTES} bytes")
    return payload


def _bytes(payload: str, values: dict[str, object]) -> bytes:
    try:
        return payload.encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()
