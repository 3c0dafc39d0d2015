"""Lines of App Store reviews, made up and public ones: each is a review by what it says, or is refused alone."""

from __future__ import annotations

import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources.app_store_text import COLUMNS, SEPARATOR
from feedback_loop_tests.sources.damaged_pages import read_again, read_or_refused
from feedback_loop_tests.sources.rows import read, record, rejected

GOOD = ("1.0", "the map stay blank .", "blank map .", "Apr 01, 2017", "12.11", "SG")
SHARED = Path(os.environ.get("FEEDBACK_LOOP_SHARED_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"))
PUBLIC = SHARED / "app_store_reviews" / "youtube_2017.txt"


def line(**fields: str) -> bytes:
    return SEPARATOR.join((dict(zip(COLUMNS, GOOD, strict=True)) | fields).values()).encode() + b"\r\n"


def rows_of(*lines: bytes):  # type: ignore[no-untyped-def]
    return read("app_store_text", b"".join(lines), "text")


def one(**fields: str):  # type: ignore[no-untyped-def]
    (row,) = rows_of(line(**fields))
    return row


def test_a_line_is_a_review() -> None:
    review = record(one())
    assert (review.source, review.channel, review.product) == ("app_store_text", Channel.APP_REVIEW, "Acme")
    assert review.text == "blank map .\nthe map stay blank ."
    assert (review.rating, review.product_version, review.region) == (1.0, "12.11", "SG")
    assert review.occurred_at == datetime(2017, 4, 1, tzinfo=UTC)
    assert json.loads(review.raw_payload) == dict(zip(COLUMNS, GOOD, strict=True))


def test_a_line_is_named_by_what_it_says_wherever_it_stands() -> None:
    first, second = map(record, rows_of(line(), line(text="other")))
    again = record(rows_of(line(text="other"), b"\n", line().rstrip())[1])
    assert again.source_record_id == first.source_record_id != second.source_record_id
    assert again.source_row_number == 2


@pytest.mark.parametrize("name", COLUMNS)
def test_every_field_is_part_of_the_name(name: str) -> None:
    other = {"rating": "2.0", "date": "Apr 02, 2017"}.get(name, "other")
    assert record(one(**{name: other})).source_record_id != record(one()).source_record_id


def test_a_version_that_is_unknown_is_none() -> None:
    assert record(one(version="Unknown")).product_version is None


def test_a_byte_order_mark_is_no_part_of_the_first_rating() -> None:
    assert record(rows_of(b"\xef\xbb\xbf" + line())[0]).source_record_id == record(one()).source_record_id


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"1.0******no more fields\n", QuarantineReason.WRONG_COLUMN_COUNT),
        (line(text="a ****** b"), QuarantineReason.WRONG_COLUMN_COUNT),
        (line(rating=""), QuarantineReason.MISSING_REQUIRED_VALUE),
        (line(rating="0.0"), QuarantineReason.VALUE_OUT_OF_RANGE),
        (line(rating="4.5"), QuarantineReason.VALUE_OUT_OF_RANGE),
        (line(date=""), QuarantineReason.MISSING_REQUIRED_VALUE),
        (line(date="2017-04-01"), QuarantineReason.UNREADABLE_DATE),
        (line(date="Apx 01, 2017"), QuarantineReason.UNREADABLE_DATE),
        (line(date="Feb 30, 2017"), QuarantineReason.UNREADABLE_DATE),
        (line(date="Apr 01, 1917"), QuarantineReason.VALUE_OUT_OF_RANGE),
        (line(version="1\x001"), QuarantineReason.MALFORMED_ROW),
        (line().replace(b"blank", b"\xff"), QuarantineReason.BROKEN_ENCODING),
        (line(text="x" * 1024 * 1024), QuarantineReason.ROW_TOO_LARGE),
    ],
)
def test_a_line_that_is_no_review_is_kept_byte_for_byte_and_no_other(raw: bytes, reason: QuarantineReason) -> None:
    before, row, after = rows_of(line(text="before"), raw, line(text="after"))
    assert record(before).text
    assert record(after).text
    refused = rejected(row)
    assert (refused.reason, refused.raw_bytes) == (reason, raw)
    assert "blank" not in refused.detail
    assert read_again(refused) == [refused]
    assert record(read_again(refused, line())[0]).record_version_id == record(one()).record_version_id


@given(data=st.binary(max_size=200), cut=st.integers(0, 40), byte=st.integers(0, 255))
@settings(max_examples=150, deadline=None)
def test_damaged_lines_are_read_or_refused(data: bytes, cut: int, byte: int) -> None:
    read_or_refused("app_store_text", line()[:cut] + bytes([byte]) + line()[cut:] + data, "text")


def test_many_fields_in_a_line_cost_little_time() -> None:
    started = time.perf_counter()
    (row,) = rows_of(SEPARATOR.encode() * 170_000)
    assert rejected(row).reason is QuarantineReason.WRONG_COLUMN_COUNT
    assert time.perf_counter() - started < 5


@pytest.mark.skipif(not PUBLIC.exists(), reason=f"the public reviews are not at {PUBLIC}; set FEEDBACK_LOOP_SHARED_DATA to their folder")
def test_every_public_review_is_read_and_is_one_of_its_own() -> None:
    reviews = [record(row) for row in read("app_store_text", PUBLIC.read_bytes(), "text", "YouTube")]
    assert len(reviews) == len({review.record_id for review in reviews}) == 5000
    assert all(review.text and review.rating and review.region in ("CA", "AU", "SG") for review in reviews)
    assert {review.occurred_at.year for review in reviews} == {2016, 2017}
    assert sum(review.product_version is None for review in reviews) == 1665
