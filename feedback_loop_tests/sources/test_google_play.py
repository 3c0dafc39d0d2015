import json
from datetime import UTC, datetime

import pytest

from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop_tests.sources.rows import GOOD_PLAY, PLAY_HEADER, csv_bytes, play_file, play_row, read, record, rejected


def one(**changed: str):  # type: ignore[no-untyped-def]
    (row,) = read("google_play", play_file(play_row(**changed)))
    return row


def test_review_becomes_a_record_of_the_product() -> None:
    review = record(one())
    assert (review.source, review.source_record_id, review.channel, review.product) == ("google_play", "r1", Channel.APP_REVIEW, "Acme")
    assert (review.text, review.rating, review.product_version) == ("Cards never arrive", 1.0, "1.0.2")
    assert review.occurred_at == datetime(2021, 10, 8, 9, tzinfo=UTC)
    assert (review.source_file, review.source_row_number) == ("export.csv", 1)


def test_payload_is_the_whole_row() -> None:
    assert json.loads(record(one()).raw_payload) == dict(zip(PLAY_HEADER, GOOD_PLAY, strict=True))


def test_extra_columns_are_kept_in_the_payload_alone() -> None:
    data = csv_bytes((*PLAY_HEADER, "userName"), (*GOOD_PLAY, "Ann"))
    review = record(read("google_play", data)[0])
    assert json.loads(review.raw_payload)["userName"] == "Ann"
    assert review.customer_id is None


def test_reply_of_the_developer_is_context_and_never_customer_text() -> None:
    review = record(one(replyContent="Sorry, we are on it", repliedAt="2021-10-09 08:00:00"))
    assert review.context_text == "Sorry, we are on it"
    assert review.text == "Cards never arrive"


def test_likes_and_reply_time_make_no_new_version_while_a_reply_does() -> None:
    before = record(one())
    assert record(one(thumbsUpCount="99", repliedAt="2022-01-01 00:00:00")).record_version_id == before.record_version_id
    assert record(one(replyContent="Sorry")).record_version_id != before.record_version_id
    assert record(one(content="Cards arrive now")).record_version_id != before.record_version_id
    assert record(one(content="Cards arrive now")).record_id == before.record_id


@pytest.mark.parametrize("content", ["", "   ", "\n"])
def test_review_without_words_is_a_rating(content: str) -> None:
    assert record(one(content=content)).text is None


def test_text_is_landed_as_it_came() -> None:
    assert record(one(content='  two\r\nlines, "quoted" \0 ')).text == '  two\r\nlines, "quoted" \0 '


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"reviewId": ""}, QuarantineReason.MISSING_ID),
        ({"reviewId": "  "}, QuarantineReason.MISSING_ID),
        ({"at": ""}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"at": "yesterday"}, QuarantineReason.UNREADABLE_DATE),
        ({"at": "2021-02-30 10:00:00"}, QuarantineReason.UNREADABLE_DATE),
        ({"at": "0001-01-01 00:00:00"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"score": ""}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"score": "0"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"score": "6"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"score": "4.5"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"score": "-1"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"score": "nan"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"score": "five"}, QuarantineReason.VALUE_OUT_OF_RANGE),
        ({"reviewCreatedVersion": "1\x001"}, QuarantineReason.MALFORMED_ROW),
    ],
)
def test_row_that_can_not_be_landed_is_rejected_with_its_reason_and_bytes(changed: dict[str, str], reason: QuarantineReason) -> None:
    row = rejected(one(**changed))
    assert row.reason is reason
    assert row.raw_bytes == csv_bytes(play_row(**changed))
    assert "Cards" not in row.detail


def test_whole_scores_may_be_written_with_a_point() -> None:
    assert record(one(score="4.0")).rating == 4.0
