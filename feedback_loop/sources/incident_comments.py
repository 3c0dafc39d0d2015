"""What customers say after an incident, below its report: CSV, one comment a row.

Columns: comment_id, incident_id, product, commented_at, text are required; customer_id, customer_name, customer_email, language, locale,
region, segment, tier, in_reply_to may be missing. The thread of a comment is its incident, by the id of whoever told the incident. A
comment of the company's own people is no feedback: leave such rows out of the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.csv_table import read_csv
from feedback_loop.sources.reading import Reading, Row, RowRefused
from feedback_loop.sources.values import Values

SOURCE = "incident_comments"
REQUIRED = ("comment_id", "incident_id", "product", "commented_at", "text")


def read_incident_comments(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A record or a rejected row for each comment of the file."""
    return read_csv(stream, reading, REQUIRED, _comment)


def _comment(values: Values, payload: str, number: int, reading: Reading) -> FeedbackRecord:
    text = read.words(values, "text")
    if text is None:
        raise RowRefused(QuarantineReason.MISSING_REQUIRED_VALUE, "text is empty")
    return FeedbackRecord(
        source=SOURCE,
        source_record_id=read.required_word(values, "comment_id", QuarantineReason.MISSING_ID),
        channel=Channel.SOCIAL,
        product=read.required_word(values, "product"),
        occurred_at=read.instant(values, "commented_at"),
        text=text,
        customer_id=read.word(values, "customer_id"),
        customer_name=read.word(values, "customer_name"),
        customer_email=read.word(values, "customer_email"),
        declared_language=read.language(values, "language"),
        locale=read.word(values, "locale"),
        region=read.word(values, "region"),
        segment=read.word(values, "segment"),
        tier=read.word(values, "tier"),
        thread_id=read.required_word(values, "incident_id", QuarantineReason.MISSING_ID),
        in_reply_to=read.word(values, "in_reply_to"),
        raw_payload=payload,
        source_file=reading.file_name,
        source_row_number=number,
    )
