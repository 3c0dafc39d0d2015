"""What a ticket says: the words of its requester, with the public answers beside them, and nothing that others or Zendesk wrote."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from feedback_loop.contracts.vocab import Channel, QuarantineReason, Severity
from feedback_loop_tests.sources.damaged_pages import changed, read_again, without
from feedback_loop_tests.sources.rows import read, record, rejected
from feedback_loop_tests.sources.zendesk_pages import AGENT, COMMENTS, CUSTOMER, MAIL, TICKET, WEB, comment


def rows_of(ticket: dict[str, Any], *comments: dict[str, Any]) -> list[Any]:
    row = ticket | ({"comments": list(comments)} if comments else {})
    return read("zendesk", json.dumps({"tickets": [row]}).encode(), "page")


def shown(ticket: dict[str, Any], *comments: dict[str, Any]) -> list[tuple[str, str | None, str | None, str | None]]:
    return [(one.source_record_id, one.text, one.context_text, one.in_reply_to) for one in map(record, rows_of(ticket, *comments))]


def test_a_ticket_is_its_description() -> None:
    (first,) = map(record, rows_of(TICKET))
    assert (first.source, first.source_record_id, first.thread_id, first.channel) == ("zendesk", "ticket:47", "47", Channel.EMAIL)
    assert (first.text, first.context_text, first.in_reply_to) == ("The export fails since Monday.", None, None)
    assert (first.severity, first.rating) == (Severity.HIGH, None)
    assert (first.customer_id, first.customer_name, first.customer_email) == (str(CUSTOMER), "Mara Muster", "mara@example.com")
    assert first.occurred_at == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert json.loads(first.raw_payload)["tags"] == ["enterprise", "export"]


def test_the_messages_of_the_requester_are_records_with_the_public_answers_beside_them() -> None:
    assert shown(TICKET, *COMMENTS) == [
        ("ticket:47", "The export fails since Monday.", "Which browser?", None),
        ("comment:1003", "Firefox 140.", "Fixed now.", "comment:1001"),
    ]


def test_comments_may_come_in_any_order() -> None:
    assert shown(TICKET, *reversed(COMMENTS)) == shown(TICKET, *COMMENTS)


def test_a_private_comment_is_nobodys_word_whoever_wrote_it() -> None:
    private = (comment(1, AGENT, "He is lying", public=False), comment(2, CUSTOMER, "secret", public=False))
    assert shown(TICKET, COMMENTS[0], *private) == [("ticket:47", "The export fails since Monday.", None, None)]


def test_somebody_else_in_copy_is_no_customer() -> None:
    assert shown(TICKET, COMMENTS[0], comment(1, 777, "Same for me")) == [("ticket:47", TICKET["description"], "Same for me", None)]


def test_what_an_agent_wrote_for_the_customer_is_no_customers_word() -> None:
    for_customer = TICKET | {"submitter_id": AGENT}
    assert rejected(rows_of(for_customer)[0]).reason is QuarantineReason.NOT_FEEDBACK
    first = comment(0, AGENT, TICKET["description"])
    assert shown(for_customer, first, comment(1, CUSTOMER, "Yes, that")) == [
        ("comment:1001", "Yes, that", TICKET["description"], "ticket:47")
    ]
    record_of_reply = record(rows_of(for_customer, first, comment(1, CUSTOMER, "Yes, that"))[0])
    assert (record_of_reply.customer_name, record_of_reply.customer_email) == (None, None)


def test_an_agents_private_description_is_nobodys_word() -> None:
    first = comment(0, AGENT, TICKET["description"], public=False)
    told = shown(TICKET | {"submitter_id": AGENT}, first, comment(1, CUSTOMER, "Hello?"))
    assert told == [("comment:1001", "Hello?", None, None)]


def test_a_note_of_a_merger_is_neither_said_nor_context() -> None:
    merged = {"channel": "web", "source": {"from": {"ticket_id": 48}, "to": {}, "rel": "merge"}}
    for author in (AGENT, CUSTOMER):
        assert shown(TICKET, COMMENTS[0], comment(1, author, "Request #48 was closed and merged: it fails", via=merged))[0][2] is None


def test_a_merged_ticket_keeps_what_its_customer_said() -> None:
    assert shown(TICKET | {"status": "closed", "tags": ["closed_by_merge"]}) == shown(TICKET)


def test_a_deleted_ticket_says_nothing() -> None:
    refused = rejected(rows_of(TICKET | {"status": "deleted", "description": "SCRUBBED"}, *COMMENTS)[0])
    assert refused.reason is QuarantineReason.NOT_FEEDBACK
    assert "deleted" in refused.detail


def test_a_follow_up_answers_the_closed_ticket() -> None:
    via = {"channel": "web", "source": {"from": {"ticket_id": 12, "subject": "Old"}, "to": {}, "rel": "follow_up"}}
    assert shown(TICKET | {"via": via})[0][3] == "ticket:12"


@pytest.mark.parametrize(
    ("name", "channel"),
    [("email", Channel.EMAIL), ("web", Channel.TICKET), ("api", Channel.TICKET), ("mobile_sdk", Channel.TICKET), ("chat", Channel.CHAT),
     ("native_messaging", Channel.CHAT), ("twitter", Channel.SOCIAL), ("facebook", Channel.SOCIAL), ("unheard_of", Channel.TICKET)],
)  # fmt: skip
def test_the_channel_follows_via(name: str, channel: Channel) -> None:
    assert record(rows_of(TICKET | {"via": {"channel": name}})[0]).channel is channel
    assert record(rows_of(without(TICKET, ("via",)))[0]).channel is Channel.TICKET


def test_a_comment_has_the_channel_that_it_came_through() -> None:
    first, second = map(record, rows_of(TICKET | {"via": WEB}, *COMMENTS))
    assert (first.channel, second.channel) == (Channel.TICKET, Channel.EMAIL)


def test_a_transcript_of_both_sides_is_no_customers_word() -> None:
    transcript = "(09:00:01 AM) Mara: it fails\n(09:00:30 AM) Support: we see"
    for channel in ("chat", "chat_transcript", "native_messaging"):
        spoken = TICKET | {"via": {"channel": channel}, "description": transcript}
        assert rejected(rows_of(spoken)[0]).reason is QuarantineReason.NOT_FEEDBACK
    assert shown(TICKET | {"description": transcript})[0][1] == transcript


def test_the_description_of_a_call_is_no_customers_word() -> None:
    assert rejected(rows_of(TICKET | {"via": {"channel": "voice"}})[0]).reason is QuarantineReason.NOT_FEEDBACK
    call = comment(1, CUSTOMER, "Call from +1 555 0100", type="VoiceComment")
    assert [row[0] for row in shown(TICKET, COMMENTS[0], call)] == ["ticket:47"]


def test_a_comment_of_html_alone_is_read_as_a_person_sees_it() -> None:
    marked = comment(1, CUSTOMER, "", html_body="<p>Still <b>broken</b></p>")
    assert shown(TICKET, COMMENTS[0], marked)[1][1] == "Still broken"


def test_the_whole_is_kept_once_and_each_later_message_keeps_its_own() -> None:
    first, second = map(record, rows_of(TICKET, *COMMENTS))
    assert first.raw_payload == json.dumps(TICKET | {"comments": COMMENTS})
    assert second.raw_payload == json.dumps(COMMENTS[3])


def test_what_agents_do_makes_no_new_version_while_a_priority_does() -> None:
    before = record(rows_of(TICKET)[0])
    for name, value in {"updated_at": "2027-01-01T00:00:00Z", "status": "solved", "tags": [], "assignee_id": 1, "subject": "Other"}.items():
        assert record(rows_of(TICKET | {name: value})[0]).record_version_id == before.record_version_id
    urgent = record(rows_of(TICKET | {"priority": "urgent"})[0])
    assert (urgent.record_id, urgent.severity) == (before.record_id, Severity.URGENT)
    assert urgent.record_version_id != before.record_version_id


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        (("id",), QuarantineReason.MISSING_ID),
        (("requester_id",), QuarantineReason.MISSING_REQUIRED_VALUE),
        (("submitter_id",), QuarantineReason.MISSING_REQUIRED_VALUE),
        (("created_at",), QuarantineReason.MISSING_REQUIRED_VALUE),
        (("description",), QuarantineReason.MISSING_REQUIRED_VALUE),
        (("comments", 3, "id"), QuarantineReason.MISSING_ID),
        (("comments", 3, "author_id"), QuarantineReason.MISSING_REQUIRED_VALUE),
        (("comments", 3, "public"), QuarantineReason.MISSING_REQUIRED_VALUE),
        (("comments", 3, "created_at"), QuarantineReason.MISSING_REQUIRED_VALUE),
        (("comments", 0, "public"), QuarantineReason.MISSING_REQUIRED_VALUE),
    ],
)
def test_a_ticket_without_what_it_needs_is_kept_and_read_again_once_mended(path: tuple[Any, ...], reason: QuarantineReason) -> None:
    good = TICKET | {"comments": COMMENTS}
    refused = rejected(rows_of(without(good, path))[0])
    assert refused.reason is reason
    assert rejected(rows_of(changed(good, path, {"x": "Monday"}))[0]).reason is QuarantineReason.MALFORMED_ROW
    assert "Monday" not in refused.detail
    mended = read_again(refused, json.dumps(good).encode())
    assert [one.record_version_id for one in mended] == [record(row).record_version_id for row in rows_of(good)]


def test_a_priority_that_is_none_is_refused_and_an_empty_one_is_none() -> None:
    assert rejected(rows_of(TICKET | {"priority": "lava"})[0]).reason is QuarantineReason.UNKNOWN_VALUE
    assert record(rows_of(TICKET | {"priority": None})[0]).severity is None


def test_a_mail_names_its_sender_only_where_the_requester_sent_it() -> None:
    assert record(rows_of(TICKET | {"via": MAIL | {"channel": "web"}})[0]).customer_email is None
