"""Releases of one product: CSV `version,released_at[,notes]`, one release a row.

Statements are landed as they are made; which of several statements about a version holds is decided in `bronze/releases.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from feedback_loop.contracts.records import ReleaseRecord
from feedback_loop.sources import values as read
from feedback_loop.sources.csv_table import read_csv
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.values import Values

REQUIRED = ("version", "released_at")


def read_releases(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A release or a rejected row for each row of the file."""
    return read_csv(stream, reading, REQUIRED, _release)


def _release(values: Values, payload: str, number: int, reading: Reading) -> ReleaseRecord:
    return ReleaseRecord(
        product=reading.product,
        release_version=read.required_word(values, "version"),
        released_at=read.instant(values, "released_at"),
        release_notes=read.words(values, "notes"),
        raw_payload=payload,
        source_file=reading.file_name,
        source_row_number=number,
    )
