"""Records as CloudEvents and back, to the byte of their hash; a line that is none is refused."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given

from feedback_loop.contracts.audit_trail import Anchor
from feedback_loop.errors import BadInput
from feedback_loop.remediation.anchors import signed
from feedback_loop.remediation.audit import verify
from feedback_loop.remediation.audit_events import (
    CLOSING,
    Closing,
    Kept,
    anchor_in,
    closing_event,
    closing_of,
    event_of,
    kept_of,
)
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.signatures import KEY, OTHER
from feedback_loop_tests.remediation.test_audit import TRAILS, Trail, entry, sealed

CLOSED = Closing(1, 2, "0" * 64, "ab", 2, 0, "2026-01-05T09:30:00.000000Z", dict(vars(signed(Anchor(2, "ab"), START, KEY))))


@given(TRAILS)
def test_a_record_comes_back_from_its_event_exactly_as_it_was_hashed(trail: Trail) -> None:
    records, contents = trail
    events = [json.loads(json.dumps(event_of(Kept(one, *contents[one.sequence])))) for one in records]
    back = [kept_of(event) for event in events]
    assert [one.record for one in back] == records
    assert verify([one.record for one in back], {one.record.sequence: (one.salt, one.content) for one in back}, None) == []  # type: ignore[misc]


def test_an_event_has_the_attributes_that_cloudevents_ask_for(trail: Trail) -> None:
    records, contents = trail
    event = event_of(Kept(records[0], *contents[1]))
    assert event["specversion"] == "1.0"
    assert all(isinstance(event[name], str) and event[name] for name in ("id", "source", "type", "subject", "time", "datacontenttype"))
    assert datetime.fromisoformat(event["time"]).utcoffset() is not None
    assert all(name.isalnum() and name.islower() for name in event)
    assert event["datacontenttype"] == "application/json"
    assert set(event["data"]) >= {"used", "generated", "agent", "sequence", "previous_hash", "record_hash", "commitment", "salt", "content"}


def test_erased_content_is_null_and_stays_so(trail: Trail) -> None:
    event = event_of(Kept(trail[0][0], None, None))
    assert (event["data"]["content"], event["data"]["salt"], event["data"]["is_erased"]) == (None, None, True)
    assert kept_of(event).content is None


@pytest.fixture
def trail() -> Trail:
    return sealed([entry(1), entry(2)])


@pytest.mark.parametrize(
    "change",
    [
        {"time": "yesterday"}, {"time": 7}, {"subject": None}, {"type": 3}, {"data": None}, {"data": {}},
        {"data.sequence": "1"}, {"data.sequence": True}, {"data.record_hash": 5}, {"data.content": [1]}, {"data.salt": None},
        {"data.agent": {}},
    ],
    ids=str,
)  # fmt: skip
def test_a_line_that_is_no_record_is_refused(trail: Trail, change: dict[str, Any]) -> None:
    event = event_of(Kept(trail[0][0], *trail[1][1]))
    for name, value in change.items():
        *parts, last = name.split(".")
        (event["data"] if parts else event)[last] = value
    with pytest.raises(BadInput, match="no event of an audit export"):
        kept_of(event)


def test_a_closing_comes_back_and_is_signed_by_one_key() -> None:
    closing = CLOSED.signed(KEY)
    event = json.loads(json.dumps(closing_event(closing)))
    assert event["type"] == CLOSING
    assert closing_of(event) == closing
    assert closing.is_signed_by(KEY)
    assert not closing.is_signed_by(OTHER)
    assert not CLOSED.is_signed_by(KEY)
    assert not Closing(**{**vars(closing), "record_count": 3}).is_signed_by(KEY)
    assert not Closing(**{**vars(closing), "record_count": 2**60}).is_signed_by(KEY)


@pytest.mark.parametrize("change", [{"record_count": "2"}, {"anchor": 3}, {"key_id": 3}, {"exported_at": None}, {"more": 1}], ids=str)
def test_a_line_that_is_no_closing_is_refused(change: dict[str, Any]) -> None:
    event = closing_event(CLOSED.signed(KEY))
    event["data"] |= change
    with pytest.raises(BadInput, match="no closing line"):
        closing_of(event)


def test_the_anchor_of_a_closing_is_read_or_is_none() -> None:
    assert anchor_in(CLOSED) == signed(Anchor(2, "ab"), START, KEY)
    for said in (None, {}, {"sequence": 2}, {**(CLOSED.anchor or {}), "sequence": "2"}, {**(CLOSED.anchor or {}), "key_id": []}):
        assert anchor_in(Closing(**{**vars(CLOSED), "anchor": said})) is None
