"""Conversations of Intercom: who said what to whom, what is nobody's word, and what of a page is refused."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources.intercom import KNOWN_FIELDS
from feedback_loop_tests.sources.damaged_pages import changed, damaged, read_again, read_or_refused, without
from feedback_loop_tests.sources.rows import read, record, rejected
from feedback_loop_tests.sources.shared_specs import INTERCOM, WHY_ABSENT, problems_of

START = 1772524800
CONTACT = {"type": "user", "id": "6762f0", "name": "Mara Muster", "email": "mara@example.com"}
ADMIN = {"type": "admin", "id": "991", "name": "Support", "email": "support@example.org"}
LISTED: dict[str, Any] = {
    "type": "conversation", "id": "471", "title": "Invoice", "created_at": START, "updated_at": START + 900,
    "waiting_since": None, "snoozed_until": None, "open": True, "state": "open", "read": True, "priority": "not_priority",
    "admin_assignee_id": 991, "team_assignee_id": None,
    "tags": {"type": "tag.list", "tags": [{"type": "tag", "id": "7", "name": "billing"}]},
    "conversation_rating": {
        "rating": 2, "remark": "Took too long", "created_at": START + 700, "updated_at": START + 800,
        "contact": {"type": "contact", "id": "6762f0", "external_id": "cust-9"}, "teammate": {"type": "admin", "id": "991"},
    },
    "source": {
        "type": "conversation", "id": "403", "delivered_as": "customer_initiated", "subject": "", "author": CONTACT, "attachments": [],
        "redacted": False, "body": "<p>I was charged <b>twice</b>.</p><p>Please help &amp; refund.</p>", "url": "https://example.com/pay",
    },
    "contacts": {"type": "contact.list", "contacts": [{"type": "contact", "id": "6762f0", "external_id": "cust-9"}]},
    "teammates": {"type": "admin.list", "teammates": [{"type": "admin", "id": "991"}]},
    "custom_attributes": {},
    "first_contact_reply": {"created_at": START, "type": "conversation", "url": None},
    "statistics": {"type": "conversation_statistics", "time_to_assignment": 5, "count_reopens": 0},
    "linked_objects": {"type": "list", "total_count": 0, "has_more": False, "data": []}, "ai_agent_participated": False, "ai_agent": None,
}  # fmt: skip
PAGE: dict[str, Any] = {
    "type": "conversation.list", "conversations": [LISTED], "total_count": 1,
    "pages": {"type": "pages", "page": 1, "per_page": 20, "total_pages": 1},
}  # fmt: skip


def told(number: int, author: dict[str, Any], body: str | None, part_type: str = "comment", **more: object) -> dict[str, Any]:
    return {"type": "conversation_part", "id": str(number), "part_type": part_type, "body": body, "created_at": START + 60 * number,
            "updated_at": START + 60 * number, "author": author, "attachments": [], "redacted": False} | more  # fmt: skip


PARTS = [
    told(1, ADMIN, "<p>Which invoice?</p>"),
    told(2, ADMIN, "<p>He always pays late</p>", "note"),
    told(3, ADMIN, None, "assignment"),
    told(4, CONTACT, "<p>The one of March.</p>"),
    told(5, {"type": "bot", "id": "1", "name": "Bot", "email": ""}, "<p>Rate us</p>"),
    told(6, ADMIN, "<p>Refunded.</p>", "close"),
]


def whole(*parts: dict[str, Any], **changes: object) -> dict[str, Any]:
    listed = {"type": "conversation_part.list", "conversation_parts": list(parts or PARTS), "total_count": len(parts or PARTS)}
    return LISTED | {"conversation_parts": listed} | changes


def rows_of(*conversations: Any) -> list[Any]:
    return read("intercom", json.dumps(PAGE | {"conversations": conversations}).encode(), "page")


def shown(*conversations: Any) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(one.source_record_id, one.text, one.context_text, one.in_reply_to) for one in map(record, rows_of(*conversations))]


def test_a_conversation_of_the_search_is_its_first_message_and_its_rating() -> None:
    first, rating = map(record, rows_of(LISTED))
    assert (first.source, first.source_record_id, first.channel, first.thread_id) == ("intercom", "conversation:471", Channel.CHAT, "471")
    assert first.text == "I was charged twice.\n\nPlease help & refund."
    assert first.occurred_at == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert (first.customer_id, first.customer_name, first.customer_email) == ("cust-9", "Mara Muster", "mara@example.com")
    assert (rating.source_record_id, rating.channel, rating.thread_id) == ("rating:471", Channel.SURVEY, "471")
    assert (rating.rating, rating.text) == (2.0, "Took too long")
    assert rating.occurred_at == datetime(2026, 3, 3, 8, 13, 20, tzinfo=UTC)


def test_each_message_of_the_contact_is_a_record_with_the_answers_beside_it() -> None:
    assert shown(whole(conversation_rating=None)) == [
        ("conversation:471", "I was charged twice.\n\nPlease help & refund.", "Which invoice?", None),
        ("part:4", "The one of March.", "Rate us\nRefunded.", "part:1"),
    ]


def test_a_note_is_nobodys_word() -> None:
    for kind in ("note", "note_and_reopen"):
        everything = repr(shown(whole(told(1, ADMIN, "He always pays late", kind), told(2, CONTACT, "Hello?", kind))))
        assert "pays late" not in everything
        assert "Hello" not in everything


def test_a_word_between_colleagues_is_no_answer() -> None:
    assert shown(whole(told(1, ADMIN, "Take this one", "assignment")))[0][2] is None


def test_what_was_redacted_is_not_said() -> None:
    assert [row[0] for row in shown(whole(told(1, CONTACT, "gone", redacted=True)))] == ["conversation:471", "rating:471"]
    assert [row[0] for row in shown(changed(whole(), ("source", "redacted"), True))] == ["part:4", "rating:471"]


def test_a_conversation_that_the_company_began_is_what_the_contact_answered() -> None:
    begun = changed(whole(told(1, CONTACT, "No, it fails"), conversation_rating=None), ("source", "author"), ADMIN)
    assert shown(begun) == [("part:1", "No, it fails", "I was charged twice.\n\nPlease help & refund.", "conversation:471")]
    assert record(rows_of(begun)[0]).raw_payload == json.dumps(begun)


def test_a_message_that_nobody_answered_is_no_feedback() -> None:
    outbound = changed(LISTED | {"conversation_rating": None}, ("source", "author"), ADMIN)
    refused = rejected(rows_of(outbound)[0])
    assert (refused.reason, refused.raw_bytes) == (QuarantineReason.NOT_FEEDBACK, json.dumps(outbound).encode())


def test_parts_are_taken_in_the_order_of_time() -> None:
    assert shown(whole(*reversed(PARTS))) == shown(whole())


def test_the_whole_is_kept_once_and_each_later_message_keeps_its_own() -> None:
    first, second, _ = map(record, rows_of(whole()))
    assert first.raw_payload == json.dumps(whole())
    assert second.raw_payload == json.dumps(PARTS[3])


@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        ("email", Channel.EMAIL),
        ("twitter", Channel.SOCIAL),
        ("phone_call", Channel.CALL),
        ("whatsapp", Channel.CHAT),
        ("new", Channel.CHAT),
    ],
)
def test_the_channel_follows_the_source(kind: str, channel: Channel) -> None:
    assert record(rows_of(changed(LISTED, ("source", "type"), kind))[0]).channel is channel


def test_a_mail_without_a_body_is_its_subject() -> None:
    mail = LISTED | {"source": LISTED["source"] | {"type": "email", "subject": "Charged twice!", "body": "<div> </div>"}}
    assert shown(mail)[0][1] == "Charged twice!"


def test_a_body_of_plain_text_stays_as_it_came() -> None:
    for plain in ("First line\n\n  second line", "if x < y & z > 0"):
        assert shown(changed(LISTED, ("source", "body"), plain))[0][1] == plain


def test_counters_states_and_tags_make_no_new_version() -> None:
    before = [record(row).record_version_id for row in rows_of(LISTED)]
    changes = {"updated_at": START + 9999, "state": "closed", "read": False, "tags": {}, "statistics": None, "title": "x"}
    for name, value in changes.items():
        assert [record(row).record_version_id for row in rows_of(LISTED | {name: value})] == before


def test_of_several_contacts_nobody_is_named() -> None:
    group = {"type": "contact.list", "contacts": [{"id": "6762f0", "external_id": "cust-9"}, {"id": "2"}]}
    assert record(rows_of(LISTED | {"contacts": group})[0]).customer_id is None


def test_a_contact_without_an_own_id_goes_by_intercoms() -> None:
    unknown = changed(LISTED, ("contacts", "contacts", 0, "external_id"), None)
    assert record(rows_of(unknown)[0]).customer_id == "6762f0"


def test_a_rating_that_was_only_asked_for_is_none() -> None:
    for rating in (None, {"rating": None, "created_at": START}, {}):
        assert [row[0] for row in shown(LISTED | {"conversation_rating": rating})] == ["conversation:471"]


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (("id",), QuarantineReason.MISSING_ID),
        (("created_at",), QuarantineReason.MISSING_REQUIRED_VALUE),
        (("conversation_parts", "conversation_parts", 3, "id"), QuarantineReason.MISSING_ID),
        (("conversation_parts", "conversation_parts", 3, "created_at"), QuarantineReason.MISSING_REQUIRED_VALUE),
    ],
)
def test_a_conversation_without_what_it_needs_is_kept_and_read_again_once_mended(path: tuple[Any, ...], reason: QuarantineReason) -> None:
    kept, refused, last = (*rows_of(LISTED)[:1], *rows_of(without(whole(), path), LISTED)[:2])
    assert record(kept).text == record(last).text
    assert rejected(refused).reason is reason
    assert rejected(rows_of(changed(whole(), path, {"x": "charged"}))[0]).reason is QuarantineReason.MALFORMED_ROW
    mended = read_again(refused, json.dumps(whole()).encode())
    assert [one.record_version_id for one in mended] == [record(row).record_version_id for row in rows_of(whole())]


@pytest.mark.parametrize("path", [("source",), ("source", "author"), ("contacts",), ("conversation_rating",), ("conversation_parts",)])
def test_a_part_of_another_type_quarantines_the_conversation(path: tuple[Any, ...]) -> None:
    refused = rejected(rows_of(changed(whole(), path, "charged"))[0])
    assert refused.reason is QuarantineReason.MALFORMED_ROW
    assert "charged" not in refused.detail


def test_the_fields_of_every_payload_are_known() -> None:
    assert {name for row in rows_of(whole()) for name in json.loads(record(row).raw_payload)} <= KNOWN_FIELDS


def test_unknown_fields_are_kept() -> None:
    assert '"mood": "sad"' in record(rows_of(LISTED | {"mood": "sad"})[0]).raw_payload


def test_a_long_conversation_costs_little_time() -> None:
    started = time.perf_counter()
    rows = rows_of(whole(*(told(number, (CONTACT, ADMIN)[number % 2], "<p>x") for number in range(1, 3000)), conversation_rating=None))
    assert len(rows) == 1 + 1499
    assert sum(len(record(row).raw_payload) for row in rows) < 2 * 1024 * 1024
    assert time.perf_counter() - started < 10


def test_damaged_pages_are_read_or_refused() -> None:
    for raw in damaged(PAGE | {"conversations": [whole()]}, 400):
        read_or_refused("intercom", raw)


@pytest.mark.skipif(not INTERCOM.exists(), reason=WHY_ABSENT)
def test_the_page_is_one_that_intercom_describes() -> None:
    at = "/components/schemas/conversation_list"
    assert problems_of(PAGE, INTERCOM, at) == []
    assert problems_of(changed(PAGE, ("conversations", 0, "conversation_rating", "rating"), "two"), INTERCOM, at)
    assert problems_of(changed(PAGE, ("conversations", 0, "mood"), "sad"), INTERCOM, at)
