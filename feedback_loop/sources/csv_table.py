"""The rows of a CSV file with a header, as records of whatever source: each row by its column names, with itself as JSON.

`csv_rows` knows where a row begins and ends; the sources know what the columns mean. Column names must be unique, because the payload is
a JSON object and would lose all but one of them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, TypeVar

from feedback_loop.contracts.records import RejectedRow
from feedback_loop.errors import InputColumnsMissing, UnreadableFile
from feedback_loop.sources.csv_rows import CsvRow, split_rows, take_row
from feedback_loop.sources.lines import EMPTY, Lines, text_lines, without_end
from feedback_loop.sources.reading import Reading, RowRefused

MAX_COLUMNS = 512
MAX_HEADER_BYTES = 64 * 1024

Made = TypeVar("Made")
Build = Callable[[Mapping[str, object], str, int, Reading], Made]
"""Makes a record of a row's values, its payload and its number; raises RowRefused."""


def read_csv(stream: BinaryIO, reading: Reading, required: tuple[str, ...], build: Build[Made]) -> Iterator[Made | RejectedRow]:
    """One record or rejected row for each row after the header, in order."""
    lines = text_lines(stream, reading)
    columns = reading.columns if reading.columns is not None else take_header(lines, reading, required)
    told = reading.over_rows(columns)
    rows = (row for row in split_rows(lines, len(columns)) if not row.is_blank)
    for number, row in enumerate(rows, 1):
        yield _outcome(row, columns, number, told, build)


def take_header(lines: Lines, reading: Reading, required: tuple[str, ...]) -> tuple[str, ...]:
    """The column names, taken off the lines; raises InputColumnsMissing and UnreadableFile."""
    lines.drop_mark()
    while lines.peek() and not without_end(lines.peek()):
        lines.take()
    if not lines.peek():
        raise UnreadableFile(reading.path, EMPTY)
    row = take_row(lines, MAX_COLUMNS)
    if row.problem or len(row.raw) > MAX_HEADER_BYTES or len(row.fields) > MAX_COLUMNS or "\0" in "".join(row.fields):
        raise UnreadableFile(reading.path, f"its first line is no CSV header. The header must name {', '.join(required)}")
    columns = _names(row.fields)
    missing = [name for name in required if name not in columns]
    if missing:
        raise InputColumnsMissing(reading.path, missing, list(required))
    if len(set(columns)) < len(columns):
        raise UnreadableFile(reading.path, "a column name occurs twice in the header; rename one of the columns")
    return columns


def _names(fields: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.strip() or f"column {number}" for number, name in enumerate(fields, 1))


def _outcome(row: CsvRow, columns: tuple[str, ...], number: int, told: Reading, build: Build[Made]) -> Made | RejectedRow:
    if row.problem:
        return told.rejected(row.problem, row.raw, number)
    values = dict(zip(columns, row.fields, strict=True))
    try:
        return build(values, json.dumps(values, ensure_ascii=False), number, told)
    except RowRefused as refusal:
        return told.rejected(refusal.problem, row.raw, number)
