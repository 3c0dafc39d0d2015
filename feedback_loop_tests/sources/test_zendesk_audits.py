"""Audits tell the same ticket as its comments do, as long as they tell who asked."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feedback_loop.contracts.vocab import QuarantineReason, Severity
from feedback_loop_tests.sources.damaged_pages import changed, read_again, without
from feedback_loop_tests.sources.rows import read, record, rejected
from feedback_loop_tests.sources.zendesk_pages import AGENT, AUDITS, AUDITS_PAGE, COMMENTS_PAGE, CUSTOMER, TICKET, audit, event, said


def rows_of(*audits: dict[str, Any], **beside: Any) -> list[Any]:
    return read("zendesk", json.dumps({"audits": list(audits)} | beside).encode(), "page")


def test_audits_and_comments_tell_the_same_versions() -> None:
    of_comments = [record(row) for row in read("zendesk", json.dumps(COMMENTS_PAGE).encode(), "page")]
    of_audits = [record(row) for row in rows_of(*AUDITS)]
    assert [one.record_version_id for one in of_audits] == [one.record_version_id for one in of_comments]
    assert of_audits[0].raw_payload == '{"audits":[' + ",".join(json.dumps(one) for one in AUDITS) + "]}"
    assert of_audits[1].raw_payload == json.dumps(said(3))


def test_audits_may_come_latest_first() -> None:
    told = [[record(row).record_version_id for row in rows_of(*order)] for order in (AUDITS, AUDITS[::-1])]
    assert told[0] == told[1]


def test_what_the_events_set_last_holds() -> None:
    assert record(rows_of(AUDITS[0])[0]).severity is Severity.NORMAL
    assert record(rows_of(*AUDITS)[0]).severity is Severity.HIGH
    moved = audit(6, event("Change", field_name="requester_id", value="777", previous_value=str(CUSTOMER)), author=AGENT)
    assert rejected(rows_of(*AUDITS, moved)[0]).reason is QuarantineReason.NOT_FEEDBACK


def test_a_deletion_is_read_from_the_events_too() -> None:
    gone = audit(6, event("Change", field_name="status", value="deleted", previous_value="open"), author=AGENT)
    assert "deleted" in rejected(rows_of(*AUDITS, gone)[0]).detail


def test_a_message_of_the_system_to_the_customer_is_no_comment() -> None:
    assert "We got it" not in repr([(record(row).text, record(row).context_text) for row in rows_of(*AUDITS)])


def test_later_audits_alone_name_no_customer() -> None:
    refused = rejected(rows_of(*AUDITS[1:])[0])
    assert refused.reason is QuarantineReason.MISSING_REQUIRED_VALUE
    assert "first audit" in refused.detail
    mended = read_again(refused, json.dumps(AUDITS_PAGE).encode())
    assert [one.source_record_id for one in mended] == ["ticket:47", "comment:1003"]


def test_later_audits_with_their_ticket_beside_them_do() -> None:
    assert [record(row).source_record_id for row in rows_of(*AUDITS[1:], ticket=TICKET)] == ["ticket:47", "comment:1003"]


def test_a_ticket_beside_the_audits_of_another_is_refused() -> None:
    assert rejected(rows_of(*AUDITS, ticket=TICKET | {"id": 48})[0]).reason is QuarantineReason.MALFORMED_ROW


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ((0, "id"), QuarantineReason.MISSING_ID),
        ((0, "created_at"), QuarantineReason.MISSING_REQUIRED_VALUE),
        ((3, "events", 0, "id"), QuarantineReason.MISSING_ID),
        ((3, "events", 0, "public"), QuarantineReason.MISSING_REQUIRED_VALUE),
    ],
)
def test_audits_without_what_they_need_are_kept_and_read_again_once_mended(path: tuple[Any, ...], reason: QuarantineReason) -> None:
    refused = rejected(rows_of(*without(AUDITS, path))[0])
    assert refused.reason is reason
    assert rejected(rows_of(*changed(AUDITS, path, {"x": 1}))[0]).reason is QuarantineReason.MALFORMED_ROW
    assert len(read_again(refused, json.dumps(AUDITS_PAGE).encode())) == 2


def test_an_author_whom_the_event_does_not_name_is_that_of_the_audit() -> None:
    assert len(rows_of(*without(AUDITS, (3, "events", 0, "author_id")))) == 2
