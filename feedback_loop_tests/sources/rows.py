"""Short ways to have a reader read bytes, and to write the files that it reads."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from feedback_loop.contracts.records import ContextStatement, FeedbackRecord, MeasuredRows, RejectedRow, ReleaseRecord
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


def said(row: Row) -> dict[str, Any]:
    """What a statement says."""
    assert isinstance(row, ContextStatement), row
    values: dict[str, Any] = json.loads(row.statement)
    return values


def measured(rows: Sequence[Row]) -> pl.DataFrame:
    """The measured rows among the rows, as one frame."""
    return pl.concat(row.frame for row in rows if isinstance(row, MeasuredRows))


def refusals(rows: Sequence[Row]) -> list[RejectedRow]:
    """The rejected rows among the rows."""
    return [row for row in rows if isinstance(row, RejectedRow)]


def json_lines(*rows: Mapping[str, object]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def csv_bytes(*rows: Sequence[str], line_end: str = "\r\n") -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator=line_end).writerows(rows)
    return out.getvalue().encode()


def play_file(*rows: Sequence[str]) -> bytes:
    return csv_bytes(PLAY_HEADER, *rows)


def play_row(**changed: str) -> tuple[str, ...]:
    values = dict(zip(PLAY_HEADER, GOOD_PLAY, strict=True)) | changed
    return tuple(values.values())
