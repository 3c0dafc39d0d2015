"""Short ways to have a reader read bytes, and to write the files that it reads."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from feedback_loop.contracts.records import FeedbackRecord, RejectedRow, ReleaseRecord
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.registry import source_named

PLAY_HEADER = ("reviewId", "content", "score", "thumbsUpCount", "reviewCreatedVersion", "at", "replyContent", "repliedAt")
GOOD_PLAY = ("r1", "Cards never arrive", "1", "3", "1.0.2", "2021-10-08 09:00:00", "", "")


def read(source: str, data: bytes, form: str = "csv", product: str = "Acme") -> list[Row]:
    reading = Reading(source=source, file_name=f"export.{form}", form=form, product=product)
    return list(source_named(source).read(io.BytesIO(data), reading))


def record(row: Row) -> FeedbackRecord:
    assert isinstance(row, FeedbackRecord), row
    return row


def release(row: Row) -> ReleaseRecord:
    assert isinstance(row, ReleaseRecord), row
    return row


def rejected(row: Row) -> RejectedRow:
    assert isinstance(row, RejectedRow), row
    return row


def csv_bytes(*rows: Sequence[str], line_end: str = "\r\n") -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator=line_end).writerows(rows)
    return out.getvalue().encode()


def play_file(*rows: Sequence[str]) -> bytes:
    return csv_bytes(PLAY_HEADER, *rows)


def play_row(**changed: str) -> tuple[str, ...]:
    values = dict(zip(PLAY_HEADER, GOOD_PLAY, strict=True)) | changed
    return tuple(values.values())
