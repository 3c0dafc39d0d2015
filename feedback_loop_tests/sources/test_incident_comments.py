"""Comments after an incident: each is a record, and the incident is its thread."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.errors import InputColumnsMissing
from feedback_loop_tests.sources.rows import csv_bytes, read, record, rejected
from feedback_loop_tests.sources.vendor_mutations import changed_bytes, mended, read_or_refuse

HEADER = ("comment_id", "incident_id", "product", "commented_at", "text", "customer_id", "language", "region", "in_reply_to", "likes")
GOOD = ("k1", "inc-7", "Shop", "2026-03-02T09:00:00Z", "Still can't pay\nwith my card", "c9", "en-GB", "EU", "k0", "3")


def comments(**changed: str) -> bytes:
    return csv_bytes(HEADER, tuple((dict(zip(HEADER, GOOD, strict=True)) | changed).values()))


def test_a_comment_is_what_a_customer_said_about_an_incident() -> None:
    found = record(read("incident_comments", comments())[0])
    assert (found.source, found.source_record_id, found.channel, found.thread_id) == ("incident_comments", "k1", Channel.SOCIAL, "inc-7")
    assert (found.text, found.customer_id, found.in_reply_to) == ("Still can't pay\nwith my card", "c9", "k0")
    assert (found.product, found.declared_language, found.region) == ("Shop", "en", "EU")


def test_a_column_that_nobody_reads_is_kept_and_makes_no_new_version() -> None:
    before, after = (record(read("incident_comments", comments(likes=likes))[0]) for likes in ("3", "4"))
    assert '"4"' in after.raw_payload
    assert before.record_version_id == after.record_version_id


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ("comment_id", QuarantineReason.MISSING_ID),
        ("incident_id", QuarantineReason.MISSING_ID),
        ("product", QuarantineReason.MISSING_REQUIRED_VALUE),
        ("commented_at", QuarantineReason.MISSING_REQUIRED_VALUE),
        ("text", QuarantineReason.MISSING_REQUIRED_VALUE),
    ],
)
def test_a_comment_without_what_it_needs_waits_until_it_is_mended(column: str, reason: QuarantineReason) -> None:
    refused = rejected(read("incident_comments", comments(**{column: " "}))[0])
    assert refused.reason is reason
    again = mended("incident_comments", csv_bytes(GOOD), refused.reader_options)
    assert record(again[0]).record_version_id == record(read("incident_comments", comments())[0]).record_version_id


def test_a_date_that_is_none_is_quarantined_and_a_file_without_a_column_is_refused() -> None:
    assert rejected(read("incident_comments", comments(commented_at="soon"))[0]).reason is QuarantineReason.UNREADABLE_DATE
    with pytest.raises(InputColumnsMissing):
        read("incident_comments", csv_bytes(HEADER[:4], GOOD[:4]))


def test_no_spoilt_file_crashes_it() -> None:
    for data in changed_bytes(comments(), 3, 200):
        read_or_refuse("incident_comments", data, "csv")
