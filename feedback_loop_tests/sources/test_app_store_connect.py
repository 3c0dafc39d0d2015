"""Pages of App Store reviews: a review with its response can be understood without its page."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.errors import UnreadableFile
from feedback_loop_tests.sources.damaged_pages import changed, damaged, read_again, read_or_refused, without
from feedback_loop_tests.sources.rows import read, record, rejected

REVIEW: dict[str, Any] = {
    "type": "customerReviews", "id": "00000096-aa",
    "attributes": {
        "rating": 2, "title": "Sync stopped", "body": "Since the update nothing syncs.", "reviewerNickname": "made-up reader",
        "createdDate": "2026-03-02T23:10:05-07:00", "territory": "USA",
    },
    "relationships": {"response": {"data": {"type": "customerReviewResponses", "id": "resp-1"}, "links": {"self": "https://example.com/r"}}},
    "links": {"self": "https://example.com/reviews/1"},
}  # fmt: skip
RESPONSE: dict[str, Any] = {
    "type": "customerReviewResponses", "id": "resp-1",
    "attributes": {"responseBody": "Please sign in again.", "lastModifiedDate": "2026-03-03T01:00:00-07:00", "state": "PUBLISHED"},
}  # fmt: skip
SILENT = {"type": "customerReviews", "id": "r2", "attributes": {"rating": 5, "createdDate": "2026-03-03T00:00:00Z", "territory": "AUT"}}
PAGE: dict[str, Any] = {
    "data": [REVIEW, SILENT], "included": [RESPONSE], "links": {"self": "https://example.com"},
    "meta": {"paging": {"total": 2, "limit": 100}},
}  # fmt: skip


def rows_of(page: Any) -> list[Any]:
    return read("app_store_connect", json.dumps(page).encode(), "page")


def one(review: Any) -> Any:
    (row,) = rows_of({"data": [review]})
    return row


def test_a_review_is_its_title_and_its_body_with_the_response_beside_it() -> None:
    first, second = map(record, rows_of(PAGE))
    assert (first.source, first.source_record_id, first.channel) == ("app_store_connect", "00000096-aa", Channel.APP_REVIEW)
    assert first.text == "Sync stopped\nSince the update nothing syncs."
    assert first.context_text == "Please sign in again."
    assert (first.rating, first.region, first.product_version) == (2.0, "USA", None)
    assert first.occurred_at == datetime(2026, 3, 3, 6, 10, 5, tzinfo=UTC)
    assert (first.customer_id, first.customer_name) == (None, None)
    assert (second.text, second.context_text, second.rating) == (None, None, 5.0)


def test_a_review_and_its_response_are_kept_as_they_were_written() -> None:
    answered, silent = map(record, rows_of(PAGE))
    assert answered.raw_payload == f'{{"data":{json.dumps(REVIEW)},"included":[{json.dumps(RESPONSE)}]}}'
    assert silent.raw_payload == json.dumps(SILENT)


def test_a_review_of_one_line_is_the_same_with_and_without_its_page() -> None:
    (alone,) = read("app_store_connect", json.dumps({"data": REVIEW, "included": [RESPONSE]}).encode() + b"\n", "jsonl")
    assert record(alone).record_version_id == record(rows_of(PAGE)[0]).record_version_id


def test_a_response_makes_a_new_version_of_the_same_review() -> None:
    before, after = record(one(REVIEW)), record(rows_of(PAGE)[0])
    assert before.record_id == after.record_id
    assert before.record_version_id != after.record_version_id


def test_a_response_that_is_not_included_is_no_context() -> None:
    assert record(rows_of(PAGE | {"included": [RESPONSE | {"id": "other"}]})[0]).context_text is None
    assert record(rows_of(PAGE | {"included": [RESPONSE | {"type": "apps"}]})[0]).context_text is None


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (("id",), QuarantineReason.MISSING_ID),
        (("attributes",), QuarantineReason.MISSING_REQUIRED_VALUE),
        (("attributes", "rating"), QuarantineReason.MISSING_REQUIRED_VALUE),
        (("attributes", "createdDate"), QuarantineReason.MISSING_REQUIRED_VALUE),
    ],
)
def test_a_review_without_what_it_needs_is_kept_and_read_again_once_mended(path: tuple[Any, ...], reason: QuarantineReason) -> None:
    refused = rejected(rows_of(PAGE | {"data": [without(REVIEW, path)]})[0])
    assert refused.reason is reason
    assert rejected(one(changed(REVIEW, path, {"x": "Sync"}))).detail
    assert rejected(one(changed(REVIEW, path, ["Sync"]))).reason is QuarantineReason.MALFORMED_ROW
    mended = refused.raw_bytes.replace(json.dumps(without(REVIEW, path)).encode(), json.dumps(REVIEW).encode())
    (again,) = read_again(refused, mended)
    assert record(again).record_version_id == record(rows_of(PAGE)[0]).record_version_id


@pytest.mark.parametrize("rating", [0, 6, 2.5, "two"])
def test_stars_that_are_none_are_refused(rating: object) -> None:
    assert rejected(one(changed(REVIEW, ("attributes", "rating"), rating))).reason is QuarantineReason.VALUE_OUT_OF_RANGE


@pytest.mark.parametrize("included", [None, {}, "x", [1], [{"id": 1}], [{"type": "x"}]])
def test_a_page_that_includes_something_else_is_refused_as_a_whole(included: object) -> None:
    with pytest.raises(UnreadableFile, match="what it includes"):
        rows_of(PAGE | {"included": included})


def test_a_bare_list_of_reviews_and_an_empty_page_are_read() -> None:
    assert len(rows_of([REVIEW, SILENT])) == 2
    assert rows_of({"data": []}) == []


def test_unknown_fields_are_kept() -> None:
    assert '"mood": "sad"' in record(one(changed(REVIEW, ("attributes", "mood"), "sad"))).raw_payload


def test_damaged_pages_are_read_or_refused() -> None:
    for raw in damaged(PAGE, 300):
        read_or_refused("app_store_connect", raw)
