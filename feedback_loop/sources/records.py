"""Records that are in the canonical schema already, of any channel: CSV, JSON lines or Parquet, told apart by the file's suffix.

Columns: source_record_id, channel, product, occurred_at are required; text, source, customer_id, sku, product_area, language, locale,
segment, tier, region, product_version, device, os, severity, rating may be missing. Others are kept in the payload.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason, Severity
from feedback_loop.sources import values as read
from feedback_loop.sources.csv_table import read_csv
from feedback_loop.sources.json_lines import read_json_lines
from feedback_loop.sources.parquet import read_parquet
from feedback_loop.sources.reading import Reading, Row, RowRefused
from feedback_loop.sources.values import Values

DEFAULT_SOURCE = "records"
REQUIRED = ("source_record_id", "channel", "product", "occurred_at")


def read_records(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A record or a rejected row for each row of the file."""
    match reading.form:
        case "csv":
            return read_csv(stream, reading, REQUIRED, _record)
        case "parquet":
            return read_parquet(stream, reading, REQUIRED, _record)
        case _:
            return read_json_lines(stream, reading, _record)


def _record(values: Values, payload: str, number: int, reading: Reading) -> FeedbackRecord:
    return FeedbackRecord(
        source=read.word(values, "source") or DEFAULT_SOURCE,
        source_record_id=read.required_word(values, "source_record_id", QuarantineReason.MISSING_ID),
        channel=_channel(values),
        product=read.required_word(values, "product"),
        occurred_at=read.instant(values, "occurred_at"),
        text=read.words(values, "text"),
        customer_id=read.word(values, "customer_id"),
        sku=read.word(values, "sku"),
        product_area=read.word(values, "product_area"),
        declared_language=read.language(values, "language"),
        locale=read.word(values, "locale"),
        segment=read.word(values, "segment"),
        tier=read.word(values, "tier"),
        region=read.word(values, "region"),
        product_version=read.word(values, "product_version"),
        device=read.word(values, "device"),
        os=read.word(values, "os"),
        severity=read.choice(values, "severity", Severity),
        rating=read.rating(values, "rating"),
        raw_payload=payload,
        source_file=reading.file_name,
        source_row_number=number,
    )


def _channel(values: Values) -> Channel:
    found = read.choice(values, "channel", Channel)
    if found is None:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, "channel is empty")
    return found
