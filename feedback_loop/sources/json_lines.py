"""The rows of a JSON lines file: one object a line, the line itself being the payload.

Numbers are kept as they are written (a version 2.10 stays 2.10). Refused, because two programs would read them differently: a name that
occurs twice in an object, NaN and Infinity, half a surrogate pair.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

from feedback_loop.contracts.records import RejectedRow
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources.csv_table import Build, Made
from feedback_loop.sources.lines import BOM, Lines, text_lines, without_end
from feedback_loop.sources.reading import MAX_ROW_BYTES, Reading, RowRefused


def read_json_lines(stream: BinaryIO, reading: Reading, build: Build[Made]) -> Iterator[Made | RejectedRow]:
    """One record or rejected row for each line that is not blank, in order."""
    lines = text_lines(stream, reading)
    told = reading.over_rows()
    for number, (raw, is_rest) in enumerate(line_rows(lines), 1):
        try:
            if is_rest:
                raise too_long()
            payload, values = parsed_object(raw)
            yield build(values, payload, number, told)
        except RowRefused as refusal:
            yield told.rejected(refusal.problem, raw, number)


def line_rows(lines: Lines) -> Iterator[tuple[bytes, bool]]:
    """Each line that is not blank, and whether it is the rest of one that was too long to be read at once."""
    is_rest = False
    while line := lines.peek():
        if is_rest or line.removeprefix(BOM).strip():
            yield line, is_rest
        is_rest = not lines.take().endswith(b"\n")


def parsed_object(raw: bytes, max_bytes: int | None = None) -> tuple[str, dict[str, object]]:
    """The text of a row and its values, numbers as they are written; raises RowRefused where the row is no object."""
    if len(raw) > (MAX_ROW_BYTES if max_bytes is None else max_bytes):
        raise too_long(max_bytes)
    try:
        payload = without_end(raw).removeprefix(BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        raise RowRefused(QuarantineReason.BROKEN_ENCODING, f"the row is not UTF-8 ({error.reason})") from error
    try:
        values = json.loads(payload, parse_float=str, parse_int=str, parse_constant=_no_constant, object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise RowRefused(QuarantineReason.MALFORMED_ROW, "the line is no JSON") from error
    if not isinstance(values, dict):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, "the line is no JSON object")
    return payload, values


def too_long(max_bytes: int | None = None) -> RowRefused:
    """What is wrong with a row of more bytes than it may have."""
    return RowRefused(QuarantineReason.ROW_TOO_LARGE, f"longer than {MAX_ROW_BYTES if max_bytes is None else max_bytes} bytes")


def _no_constant(_: str) -> NoReturn:
    raise RowRefused(QuarantineReason.MALFORMED_ROW, "NaN and Infinity are no JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise RowRefused(QuarantineReason.MALFORMED_ROW, "a name occurs twice in one object")
    return found
