"""Files that are one row: each is a record, a rejected row, or pieces of one that is too long."""

from __future__ import annotations

import io

import pytest

from feedback_loop.contracts.records import RejectedRow, Row
from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.errors import UnreadableFile
from feedback_loop.sources.reading import Reading, RowRefused
from feedback_loop.sources.whole_file import read_whole

READING = Reading(source="mail", file_name="a.eml", form="eml", product="P")


def refused(raw: bytes, reading: Reading) -> Row:
    raise RowRefused(QuarantineReason.MALFORMED_ROW, f"{len(raw)} bytes")


def read(raw: bytes, max_bytes: int = 100) -> list[RejectedRow]:
    return [row for row in read_whole(io.BytesIO(raw), READING, max_bytes, refused) if isinstance(row, RejectedRow)]


def test_a_refused_file_is_kept_byte_for_byte() -> None:
    (row,) = read(b"some\r\nbytes\xff")
    assert (row.raw_bytes, row.detail, row.source_row_number) == (b"some\r\nbytes\xff", "12 bytes", 1)


def test_a_file_that_is_too_long_is_rejected_in_pieces_that_are_the_file() -> None:
    rows = read(b"x" * 250)
    assert b"".join(row.raw_bytes for row in rows) == b"x" * 250
    assert {row.reason for row in rows} == {QuarantineReason.ROW_TOO_LARGE}
    assert [row.source_row_number for row in rows] == [1, 2]


@pytest.mark.parametrize("raw", [b"", b"\x1f\x8b123", b"%PDF-1.7"])
def test_what_is_plainly_something_else_is_refused_as_a_whole(raw: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read(raw)
