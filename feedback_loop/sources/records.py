"""Records that are in the canonical schema already, of any channel: CSV, JSON lines or Parquet, told apart by the file's suffix.

Columns: source_record_id, channel, product, occurred_at are required; text, source, customer_id, customer_name,
customer_email, customer_address, sku, product_area, language, locale,
segment, tier, region, product_version, device, os, browser, severity, rating, thread_id,
in_reply_to may be missing. Others are kept in the payload.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason, Severity
from feedback_loop.sources import values as read
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.row_forms import read_rows
from feedback_loop.sources.values import Values

DEFAULT_SOURCE = "records"
REQUIRED = ("source_record_id", "channel", "product", "occurred_at")


def read_records(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A record or a rejected row for each row of the file."""
    return read_rows(stream, reading, REQUIRED, _record)


def _record(values: Values, payload: str, number: int, reading: Reading) -> FeedbackRecord:
    return FeedbackRecord(
        source=read.word(values, "source") or DEFAULT_SOURCE,
        source_record_id=read.required_word(values, "source_record_id", QuarantineReason.MISSING_ID),
        channel=read.required_choice(values, "channel", Channel),
        product=read.required_word(values, "product"),
        occurred_at=read.instant(values, "occurred_at"),
        text=read.words(values, "text"),
        customer_id=read.word(values, "customer_id"),
        customer_name=read.word(values, "customer_name"),
        customer_email=read.word(values, "customer_email"),
        customer_address=read.words(values, "customer_address"),
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
        browser=read.word(values, "browser"),
        severity=read.choice(values, "severity", Severity),
        rating=read.rating(values, "rating"),
        thread_id=read.word(values, "thread_id"),
        in_reply_to=read.word(values, "in_reply_to"),
        raw_payload=payload,
        source_file=reading.file_name,
        source_row_number=number,
    )
