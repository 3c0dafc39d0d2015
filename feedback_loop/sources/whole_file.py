"""Sources of which one file is one row: a document, a mail, a recorded call.

What a file says is its source's affair (`documents`, `mail`, `calls`). The rule that is easy to break: a file that is too long must not
fill the memory, so it is rejected in pieces, which together are the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources.lines import MAX_LINE_BYTES, refuse_other_formats
from feedback_loop.sources.reading import Problem, Reading, Row, RowRefused

BuildWhole = Callable[[bytes, Reading], Row]
"""Makes a record of the bytes of a file; raises RowRefused."""


def read_whole(stream: BinaryIO, reading: Reading, max_bytes: int, build: BuildWhole) -> Iterator[Row]:
    """The record of the file, or the file rejected; raises UnreadableFile where it is empty or plainly something else."""
    raw = stream.read(max_bytes + 1)
    if reading.columns is None:
        refuse_other_formats(raw, reading)
    told, number = reading.over_rows(), 1
    if len(raw) <= max_bytes:
        yield outcome(raw, number, told, build)
        return
    while raw:
        yield told.rejected(too_long(max_bytes), raw, number)
        raw, number = stream.read(MAX_LINE_BYTES), number + 1


def outcome(raw: bytes, number: int, told: Reading, build: BuildWhole) -> Row:
    """The record of the bytes, or the bytes rejected under the number."""
    try:
        return build(raw, told)
    except RowRefused as refusal:
        return told.rejected(refusal.problem, raw, number)


def too_long(max_bytes: int) -> Problem:
    """What is wrong with a row of more bytes."""
    return Problem(QuarantineReason.ROW_TOO_LARGE, f"longer than {max_bytes} bytes")
