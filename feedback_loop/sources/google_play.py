"""Reviews of one app as Google Play exports and scrapers give them: CSV with one review a row.

The developer's reply is context, never customer text; likes and the time of the reply stay in the payload, so that they make no new
version of a review, while a new or changed reply does. Names of reviewers, where a file has them, are read by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources import values as read
from feedback_loop.sources.csv_table import read_csv
from feedback_loop.sources.reading import Reading, Row
from feedback_loop.sources.values import Values

SOURCE = "google_play"
REQUIRED = ("reviewId", "content", "score", "at")


def read_google_play(stream: BinaryIO, reading: Reading) -> Iterator[Row]:
    """A record or a rejected row for each review of the file."""
    return read_csv(stream, reading, REQUIRED, _review)


def _review(values: Values, payload: str, number: int, reading: Reading) -> FeedbackRecord:
    return FeedbackRecord(
        source=SOURCE,
        source_record_id=read.required_word(values, "reviewId", QuarantineReason.MISSING_ID),
        channel=Channel.APP_REVIEW,
        product=reading.product,
        occurred_at=read.instant(values, "at"),
        text=read.words(values, "content"),
        context_text=read.words(values, "replyContent"),
        product_version=read.word(values, "reviewCreatedVersion"),
        rating=read.stars(values, "score"),
        raw_payload=payload,
        source_file=reading.file_name,
        source_row_number=number,
    )
