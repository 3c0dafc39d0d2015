"""Made-up records, releases and rejected rows, each with one thing changed where a test wants it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from feedback_loop.contracts.records import FeedbackRecord, RejectedRow, ReleaseRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason

LANDED = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


def feedback(**changed: Any) -> FeedbackRecord:
    values: dict[str, Any] = {
        "source": "google_play",
        "source_record_id": "r1",
        "channel": Channel.APP_REVIEW,
        "product": "Acme",
        "occurred_at": datetime(2026, 1, 2, 23, 59, tzinfo=UTC),
        "text": "Cards never arrive",
        "rating": 1.0,
        "raw_payload": "{}",
        "source_file": "a.csv",
        "source_row_number": 1,
    }
    return FeedbackRecord(**(values | changed))


def statement(**changed: Any) -> ReleaseRecord:
    values: dict[str, Any] = {
        "product": "Acme",
        "release_version": "1.0",
        "released_at": datetime(2026, 1, 1, tzinfo=UTC),
        "raw_payload": "{}",
        "source_file": "releases.csv",
        "source_row_number": 1,
    }
    return ReleaseRecord(**(values | changed))


def refused(**changed: Any) -> RejectedRow:
    values: dict[str, Any] = {
        "source": "google_play",
        "source_file": "a.csv",
        "source_row_number": 2,
        "reason": QuarantineReason.MISSING_ID,
        "detail": "reviewId is empty",
        "raw_bytes": b",x,1\n",
        "reader_options": "{}",
    }
    return RejectedRow(**(values | changed))
