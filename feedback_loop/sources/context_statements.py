"""What the sources of context have in common: how a row becomes a statement, and how the scope of a change or an incident is read.

A statement is canonical JSON of typed values, and a value that is not said is left out of it: a column that is added one day then changes
no id of what was said before. A scope names whom something reached; one that can't be understood refuses its row, because a change that
seems to concern everybody, or nobody, would mislead whoever looks for causes.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, BinaryIO

from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.loop_vocab import ContextKind
from feedback_loop.contracts.records import ContextStatement
from feedback_loop.contracts.table_types import SCOPE_DIMENSIONS
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.reading import Reading, Row, RowRefused
from feedback_loop.sources.row_forms import read_rows
from feedback_loop.sources.values import Values

Said = Callable[[Values], Mapping[str, object]]
"""The typed values of a row by the names of the columns of its table; raises RowRefused."""


def read_statements(stream: BinaryIO, reading: Reading, kind: ContextKind, required: tuple[str, ...], said: Said) -> Iterator[Row]:
    """A statement or a rejected row for each row of the file, in order."""

    def build(values: Values, payload: str, number: int, told: Reading) -> ContextStatement:
        return statement(kind, said(values), payload, number, told)

    return read_rows(stream, reading, required, build)


def statement(kind: ContextKind, said: Mapping[str, object], payload: str, number: int, reading: Reading) -> ContextStatement:
    """The statement that says these values; those that are None are not said."""
    return ContextStatement(
        context_kind=kind,
        source=reading.source,
        statement=canonical_json({name: value for name, value in said.items() if value is not None}).decode(),
        raw_payload=payload,
        source_file=reading.file_name,
        source_row_number=number,
    )


def period(values: Values, first: str, last: str) -> tuple[datetime, datetime | None]:
    """Two instants in their order; the second may be absent."""
    begins, ends = read.instant(values, first), read.optional_instant(values, last)
    if ends is not None and ends < begins:
        raise RowRefused(QuarantineReason.VALUE_OUT_OF_RANGE, f"{last} is before {first}")
    return begins, ends


def scope(values: Values, column: str = "scope") -> dict[str, list[str]]:
    """The values of each dimension that the scope names, ascending; a cell of CSV or text of Parquet holds it as JSON."""
    found = values.get(column)
    if isinstance(found, str):
        found = _parsed(found, column)
    if found is None:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, f"{column} is empty; write {{}} for everybody")
    if not isinstance(found, Mapping):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{column} is no object of dimensions")
    named = {name: told for name, told in found.items() if told is not None}  # how Parquet writes that a dimension is not named
    if not set(named) <= set(SCOPE_DIMENSIONS):
        raise RowRefused(QuarantineReason.UNKNOWN_VALUE, f"{column} names a dimension that is none of {', '.join(SCOPE_DIMENSIONS)}")
    return {name: _texts(told, f"{column}.{name}") for name, told in named.items()}


def _parsed(text: str, column: str) -> Any:
    if not text.strip():
        return None
    try:
        return json.loads(text, parse_float=str, parse_int=str)
    except (ValueError, RecursionError) as error:
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{column} is no JSON") from error


def _texts(told: object, column: str) -> list[str]:
    if not isinstance(told, list) or not told:
        raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{column} is no list of at least one text")
    return sorted({read.required_word({column: item}, column) for item in told})
