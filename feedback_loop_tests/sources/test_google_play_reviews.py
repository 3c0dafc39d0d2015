"""Pages of Google Play's reviews: read as the same records as its exports, and refused alone where a review is none."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.errors import UnreadableFile
from feedback_loop_tests.sources.damaged_pages import changed, damaged, read_again, read_or_refused, without
from feedback_loop_tests.sources.rows import play_file, play_row, read, record, rejected
from feedback_loop_tests.sources.shared_specs import PLAY, WHY_ABSENT, problems_of

USER = {
    "text": "Login broken\tIt says wrong code", "originalText": "Anmeldung kaputt\tFalscher Code",
    "lastModified": {"seconds": "1772524800", "nanos": 250999999}, "starRating": 1,
    "reviewerLanguage": "de_AT", "device": "lynx", "androidOsVersion": 34, "appVersionCode": 412, "appVersionName": "4.1.2",
    "thumbsUpCount": 3, "thumbsDownCount": 0, "deviceMetadata": {"productName": "Pixel 7a", "manufacturer": "Google", "ramMb": 8192},
}  # fmt: skip
REPLY = {"text": "We are on it", "lastModified": {"seconds": "1772528400"}}
REVIEW: dict[str, Any] = {"reviewId": "r1", "authorName": "Mara Muster", "comments": [{"userComment": USER}, {"developerComment": REPLY}]}
SHORT: dict[str, Any] = {"reviewId": "r2", "comments": [{"userComment": {"starRating": 5, "lastModified": {"seconds": "1772524801"}}}]}
PAGE: dict[str, Any] = {
    "reviews": [REVIEW, SHORT],
    "pageInfo": {"totalResults": 2, "resultPerPage": 2, "startIndex": 0},
    "tokenPagination": {"nextPageToken": "t2"},
}
OF_USER = ("comments", 0, "userComment")


def page(*reviews: Any) -> bytes:
    return json.dumps(PAGE | {"reviews": reviews}).encode()


def one(review: Any) -> Any:
    (row,) = read("google_play_reviews", page(review), "page")
    return row


def test_a_review_is_what_its_user_said_last() -> None:
    first, second = (record(row) for row in read("google_play_reviews", page(REVIEW, SHORT), "page"))
    assert (first.source, first.source_record_id, first.channel, first.product) == ("google_play", "r1", Channel.APP_REVIEW, "Acme")
    assert (first.text, first.context_text, first.rating) == ("Anmeldung kaputt\tFalscher Code", "We are on it", 1.0)
    assert (first.product_version, first.device, first.os) == ("4.1.2", "lynx", "Android API 34")
    assert (first.declared_language, first.locale) == ("de", "de_AT")
    assert first.occurred_at == datetime(2026, 3, 3, 8, 0, 0, 250999, tzinfo=UTC)
    assert json.loads(first.raw_payload) == REVIEW
    assert (second.text, second.context_text, second.rating, second.device, second.os) == (None, None, 5.0, None, None)


def test_the_author_is_named_nowhere_but_in_the_payload() -> None:
    review = record(one(REVIEW))
    assert (review.customer_id, review.customer_name) == (None, None)


def test_a_review_that_was_not_translated_is_its_text() -> None:
    assert record(one(without(REVIEW, (*OF_USER, "originalText")))).text == USER["text"]
    assert record(one(changed(REVIEW, (*OF_USER, "originalText"), ""))).text == USER["text"]


def test_the_same_review_of_an_export_is_the_same_record() -> None:
    (exported,) = read("google_play", play_file(play_row(reviewId="r1")))
    assert record(exported).record_id == record(one(REVIEW)).record_id


def test_thumbs_and_hardware_make_no_new_version_while_an_edit_and_a_reply_do() -> None:
    before = record(one(REVIEW))
    for name, value in (("thumbsUpCount", 99), ("thumbsDownCount", 4), ("deviceMetadata", {"ramMb": 1}), ("appVersionCode", 413)):
        assert record(one(changed(REVIEW, (*OF_USER, name), value))).record_version_id == before.record_version_id
    edited = record(one(changed(REVIEW, (*OF_USER, "originalText"), "Geht wieder")))
    answered = record(one(changed(REVIEW, ("comments", 1, "developerComment", "text"), "Solved")))
    assert len({before.record_version_id, edited.record_version_id, answered.record_version_id}) == 3
    assert {edited.record_id, answered.record_id} == {before.record_id}


def test_of_several_comments_of_the_user_the_last_counts() -> None:
    older = {"userComment": USER | {"lastModified": {"seconds": "1"}, "originalText": "older"}}
    assert record(one(REVIEW | {"comments": [*REVIEW["comments"], older]})).text == USER["originalText"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (("reviewId",), QuarantineReason.MISSING_ID),
        (("comments",), QuarantineReason.MISSING_REQUIRED_VALUE),
        (OF_USER, QuarantineReason.MISSING_REQUIRED_VALUE),
        ((*OF_USER, "starRating"), QuarantineReason.MISSING_REQUIRED_VALUE),
        ((*OF_USER, "lastModified"), QuarantineReason.MISSING_REQUIRED_VALUE),
        ((*OF_USER, "lastModified", "seconds"), QuarantineReason.MISSING_REQUIRED_VALUE),
    ],
)
def test_a_review_without_what_it_needs_is_kept_and_read_again_once_mended(path: tuple[Any, ...], reason: QuarantineReason) -> None:
    refused = rejected(one(without(REVIEW, path)))
    assert refused.reason is reason
    assert rejected(one(changed(REVIEW, path, ["x"]))).detail
    assert "kaputt" not in refused.detail
    (mended,) = read_again(refused, json.dumps(REVIEW).encode())
    assert record(mended).record_version_id == record(one(REVIEW)).record_version_id


@pytest.mark.parametrize(("name", "value"), [("starRating", 0), ("starRating", 6), ("starRating", 4.5), ("starRating", "many")])
def test_stars_that_are_none_are_refused(name: str, value: object) -> None:
    assert rejected(one(changed(REVIEW, (*OF_USER, name), value))).reason is QuarantineReason.VALUE_OUT_OF_RANGE


@pytest.mark.parametrize("nanos", [-1, 1_000_000_000_0, "x", 0.5, "²"])
def test_nanoseconds_that_are_none_are_refused(nanos: object) -> None:
    refused = rejected(one(changed(REVIEW, (*OF_USER, "lastModified", "nanos"), nanos)))
    assert refused.reason is QuarantineReason.UNREADABLE_DATE


def test_unknown_fields_are_kept() -> None:
    assert json.loads(record(one(REVIEW | {"sentiment": "sad"})).raw_payload)["sentiment"] == "sad"


@pytest.mark.parametrize("quiet", [b"{}", b'{"reviews": []}', b'{"tokenPagination": {}, "pageInfo": {}}'])
def test_a_week_without_reviews_is_an_empty_page(quiet: bytes) -> None:
    assert read("google_play_reviews", quiet, "page") == []


@pytest.mark.parametrize("other", [b'{"error": {"code": 404}}', b'{"pageInfo": {}, "items": []}', b'{"reviews": null}', b'{"reviews": {}}'])
def test_an_answer_that_is_no_page_is_refused(other: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read("google_play_reviews", other, "page")


def test_damaged_pages_are_read_or_refused() -> None:
    for raw in damaged(PAGE, 300):
        read_or_refused("google_play_reviews", raw)


@pytest.mark.skipif(not PLAY.exists(), reason=WHY_ABSENT)
def test_the_page_is_one_that_google_describes() -> None:
    assert problems_of(PAGE, PLAY, "/schemas/ReviewsListResponse") == []
    assert problems_of(changed(PAGE, ("reviews", 0, *OF_USER, "starRating"), "five"), PLAY, "/schemas/ReviewsListResponse")
    assert problems_of(changed(PAGE, ("reviews", 0, "stars"), 5), PLAY, "/schemas/ReviewsListResponse")
