"""Pages of Zendesk: which rows each kind of page has, and what of them is refused."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.errors import UnreadableFile
from feedback_loop.sources.zendesk import KNOWN_FIELDS
from feedback_loop_tests.sources.damaged_pages import changed, damaged, read_again, read_or_refused, without
from feedback_loop_tests.sources.rows import read, record, rejected
from feedback_loop_tests.sources.zendesk_pages import (
    AGENT,
    AUDITS,
    AUDITS_PAGE,
    COMMENTS,
    COMMENTS_PAGE,
    CUSTOMER,
    RATING,
    RATINGS_PAGE,
    TICKET,
    TICKETS_PAGE,
    audit,
    comment,
    event,
)


def rows_of(page: Any, form: str = "page") -> list[Any]:
    return read("zendesk", json.dumps(page).encode(), form)


def ids(page: Any) -> list[str]:
    return [record(row).source_record_id for row in rows_of(page)]


def test_each_kind_of_page_is_told_by_its_list() -> None:
    assert ids(TICKETS_PAGE) == ["ticket:47"]
    assert ids(COMMENTS_PAGE) == ids(AUDITS_PAGE) == ["ticket:47", "comment:1003"]
    assert ids(RATINGS_PAGE) == ["satisfaction_rating:35121"]


def test_a_ticket_that_brings_its_comments_is_the_same_as_a_page_of_them() -> None:
    (together, apart) = ([record(row) for row in rows_of(page)] for page in ({"tickets": [TICKET | {"comments": COMMENTS}]}, COMMENTS_PAGE))
    assert [one.record_version_id for one in together] == [one.record_version_id for one in apart]


def test_comments_without_their_ticket_are_refused_as_a_whole() -> None:
    with pytest.raises(UnreadableFile, match="put the ticket beside them"):
        rows_of({"comments": COMMENTS})


def test_audits_of_several_tickets_are_a_row_each() -> None:
    other = [one | {"ticket_id": 48, "id": one["id"] + 50} for one in AUDITS]
    assert ids({"audits": [AUDITS[0], *other, *AUDITS[1:]]}) == ["ticket:47", "comment:1003", "ticket:48", "comment:1003"]


def test_an_audit_of_no_ticket_is_refused_alone() -> None:
    lost = without(AUDITS[3], ("ticket_id",))
    *_, refused = rows_of({"audits": [*AUDITS[:3], lost]})
    assert rejected(refused).reason is QuarantineReason.MISSING_REQUIRED_VALUE
    assert rejected(refused).raw_bytes == b'{"audits":[' + json.dumps(lost).encode() + b"]}"


def test_a_rating_is_a_survey_without_stars() -> None:
    rating = record(rows_of(RATINGS_PAGE)[0])
    assert (rating.channel, rating.thread_id, rating.customer_id) == (Channel.SURVEY, "47", str(CUSTOMER))
    assert (rating.text, rating.rating) == ("It took three days", None)
    assert rating.context_text == "score: bad\nreason: The issue took too long to resolve"
    assert rating.occurred_at == datetime(2026, 3, 4, 9, tzinfo=UTC)


def test_a_rating_without_words_is_still_one() -> None:
    rating = record(rows_of({"satisfaction_ratings": [RATING | {"score": "good", "comment": None, "reason": None}]})[0])
    assert (rating.text, rating.context_text) == (None, "score: good")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"score": "offered"}, QuarantineReason.NOT_FEEDBACK),
        ({"score": "unoffered"}, QuarantineReason.NOT_FEEDBACK),
        ({"score": "superb"}, QuarantineReason.UNKNOWN_VALUE),
        ({"score": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"id": None}, QuarantineReason.MISSING_ID),
        ({"ticket_id": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"requester_id": []}, QuarantineReason.MALFORMED_ROW),
        ({"created_at": 1772524800}, QuarantineReason.UNREADABLE_DATE),
    ],
)
def test_what_is_no_rating_is_kept_and_read_again_once_mended(changes: dict[str, object], reason: QuarantineReason) -> None:
    refused = rejected(rows_of({"satisfaction_ratings": [RATING | changes]})[0])
    assert refused.reason is reason
    (mended,) = read_again(refused, json.dumps(RATING).encode())
    assert record(mended).record_version_id == record(rows_of(RATINGS_PAGE)[0]).record_version_id


def test_tickets_one_a_line_are_the_same_rows() -> None:
    (alone,) = read("zendesk", json.dumps(TICKET).encode() + b"\n", "jsonl")
    assert record(alone).record_version_id == record(rows_of(TICKETS_PAGE)[0]).record_version_id


@pytest.mark.parametrize("page", [TICKETS_PAGE, COMMENTS_PAGE, AUDITS_PAGE, RATINGS_PAGE], ids=lambda page: next(iter(page)))
def test_the_fields_of_every_payload_are_known(page: dict[str, Any]) -> None:
    assert {name for row in rows_of(page) for name in json.loads(record(row).raw_payload)} <= KNOWN_FIELDS


def test_a_long_ticket_costs_little_time_and_room() -> None:
    started = time.perf_counter()
    many = [comment(0, CUSTOMER, "The export fails since Monday."), *(comment(1, CUSTOMER, "x") | {"id": 2000 + n} for n in range(1500))]
    rows = rows_of(COMMENTS_PAGE | {"comments": many})
    assert len(rows) == 1501
    assert sum(len(record(row).raw_payload) for row in rows) < 3 * 1024 * 1024
    events = [event("Comment", author_id=AGENT, body="x", public=True) | {"id": n} for n in range(5000)]
    rows_of({"audits": [*AUDITS, audit(5, *events)]})
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize(
    "page", [TICKETS_PAGE, COMMENTS_PAGE, AUDITS_PAGE, RATINGS_PAGE, AUDITS_PAGE | {"ticket": TICKET}], ids=lambda page: next(iter(page))
)
def test_damaged_pages_are_read_or_refused(page: dict[str, Any]) -> None:
    for raw in damaged(page, 250):
        read_or_refused("zendesk", raw)


def test_an_unknown_field_is_kept() -> None:
    assert '"mood": "sad"' in record(rows_of({"tickets": [changed(TICKET, ("mood",), "sad")]})[0]).raw_payload
