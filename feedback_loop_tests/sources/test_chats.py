"""Chats: turns in any order become one record a conversation, and nothing is lost whatever comes when."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import Any

import pytest

from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.vocab import Channel, QuarantineReason
from feedback_loop.sources import chats
from feedback_loop.sources.chats import read_chats
from feedback_loop.sources.reading import reading_again
from feedback_loop_tests.sources.mutations import survives
from feedback_loop_tests.sources.rows import json_lines, read, record, refusals, rejected

Turn = dict[str, Any]


def turn(number: int, text: str, role: str | None = "customer", chat: str = "c1", **changed: Any) -> Turn:
    told = {"conversation_id": chat, "turn_id": f"t{number}", "at": f"2026-03-01T10:{number:02}:00Z", "role": role, "text": text}
    return {name: value for name, value in (told | changed).items() if value is not None}


def told(*turns: Turn) -> list[FeedbackRecord]:
    return [row for row in read("chats", json_lines(*turns), "jsonl") if isinstance(row, FeedbackRecord)]


CHAT = (turn(1, "Hello"), turn(2, "How can I help?", "agent"), turn(3, "Payment fails"))


def test_a_conversation_becomes_one_record_of_the_customers_turns() -> None:
    (found,) = told(*CHAT)
    assert (found.source, found.source_record_id, found.channel, found.thread_id) == ("chats", "c1/t1", Channel.CHAT, "c1")
    assert (found.text, found.context_text) == ("Hello\nPayment fails", "How can I help?")
    assert found.occurred_at == datetime(2026, 3, 1, 10, 1, tzinfo=UTC)
    assert found.raw_payload.encode() + b"\n" == json_lines(*CHAT)


def test_turns_may_be_interleaved_and_out_of_order() -> None:
    other = turn(1, "Other", chat="c2")
    two, one = told(CHAT[2], other, CHAT[1], CHAT[0])
    assert (one.text, two.text) == ("Hello\nPayment fails", "Other")
    assert one.record_version_id == told(*CHAT)[0].record_version_id


def test_a_later_file_that_goes_on_is_a_newer_version() -> None:
    (before,), (after,) = told(*CHAT), told(*CHAT, turn(4, "Still"))
    assert before.record_id == after.record_id
    assert before.record_version_id != after.record_version_id


def test_a_later_file_with_other_turns_alone_is_another_record_of_the_thread() -> None:
    (before,), (after,) = told(*CHAT), told(turn(4, "Still"))
    assert before.record_id != after.record_id
    assert before.thread_id == after.thread_id


def test_an_edit_of_a_turn_replaces_it_and_a_repeated_line_counts_once() -> None:
    (found,) = told(*CHAT, CHAT[0], turn(3, "Payment fails always"))
    assert found.text == "Hello\nPayment fails always"


def test_missing_context_is_normal() -> None:
    (found,) = told(turn(7, "Still broken", turn_id=None))
    assert found.source_record_id.startswith("c1/")
    assert found.text == "Still broken"


def test_a_role_is_known_by_another_turn_of_its_author_and_never_guessed() -> None:
    (found,) = told(
        turn(1, "Hello", author="ann"), turn(2, "It fails", None, author="ann"), turn(3, "Whose?", None, author="x"), turn(4, "And?", None)
    )
    assert (found.text, found.context_text) == ("Hello\nIt fails", "Whose?\nAnd?")


def test_an_author_may_be_a_role() -> None:
    assert told(turn(1, "Hello", None, author="Customer"))[0].text == "Hello"


def test_internal_notes_are_neither_text_nor_context() -> None:
    (found,) = told(*CHAT, turn(4, "VIP, be nice", "agent", is_internal=True))
    assert found.context_text == "How can I help?"
    assert "VIP" in found.raw_payload


def test_what_the_turns_tell_of_the_customer_is_taken_from_any_of_them() -> None:
    (found,) = told(CHAT[0], turn(2, "Hi", "bot", customer_id="c7", language="de-DE", product_version="1.2"))
    assert (found.customer_id, found.declared_language, found.product_version) == ("c7", "de", "1.2")


def test_a_conversation_without_a_customer_is_no_feedback_and_waits_whole() -> None:
    lines = json_lines(turn(1, "Anybody there?", "bot"), turn(2, "Bye", None))
    row = rejected(read("chats", lines, "jsonl")[0])
    assert (row.reason, row.raw_bytes) == (QuarantineReason.NOT_FEEDBACK, lines)
    (still,) = read_chats(io.BytesIO(row.raw_bytes), reading_again("chats", "f", row.reader_options))
    assert rejected(still).quarantine_id == row.quarantine_id


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"conversation_id": None}, QuarantineReason.MISSING_ID),
        ({"conversation_id": {}}, QuarantineReason.MALFORMED_ROW),
        ({"at": None}, QuarantineReason.MISSING_REQUIRED_VALUE),
        ({"at": "noon"}, QuarantineReason.UNREADABLE_DATE),
        ({"at": 1e300}, QuarantineReason.UNREADABLE_DATE),
        ({"text": ["x"]}, QuarantineReason.MALFORMED_ROW),
        ({"text": "\ud800"}, QuarantineReason.BROKEN_ENCODING),
        ({"role": True}, QuarantineReason.MALFORMED_ROW),
        ({"turn_id": []}, QuarantineReason.MALFORMED_ROW),
        ({"is_internal": "maybe"}, QuarantineReason.MALFORMED_ROW),
    ],
)
def test_a_line_that_is_no_turn_is_refused_alone_and_read_when_mended(changed: Turn, reason: QuarantineReason) -> None:
    rows = read("chats", json_lines(CHAT[0], turn(9, "Secret") | changed, CHAT[2]), "jsonl")
    (row,) = refusals(rows)
    assert (row.reason, row.source_row_number) == (reason, 2)
    assert "Secret" not in row.detail
    assert [found.text for found in rows if isinstance(found, FeedbackRecord)] == ["Hello\nPayment fails"]
    (mended,) = read_chats(io.BytesIO(json_lines(turn(9, "Secret"))), reading_again("chats", "f", row.reader_options))
    assert record(mended).text == "Secret"


def test_unknown_fields_are_kept_in_the_payload() -> None:
    assert '"mood": 5' in told(turn(1, "Hello", mood=5))[0].raw_payload


def test_when_too_much_is_open_the_chat_that_was_silent_longest_is_closed_and_what_comes_later_is_another_record(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chats, "MAX_OPEN_BYTES", 250)
    turns = [turn(1, "a1"), turn(1, "b1", chat="c2"), turn(2, "b2", chat="c2"), turn(3, "a3")]
    found = told(*turns)
    assert [(one.thread_id, one.text) for one in found] == [("c1", "a1"), ("c2", "b1\nb2"), ("c1", "a3")]
    assert len({one.record_id for one in found}) == 3


def test_an_endless_conversation_is_cut_where_it_is_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chats, "MAX_ROW_BYTES", 250)
    found = told(*(turn(number, f"n{number}") for number in range(10)))
    assert len(found) > 1
    assert "\n".join(one.text or "" for one in found) == "\n".join(f"n{number}" for number in range(10))


def test_mutated_chats_are_read_or_refused() -> None:
    assert survives("chats", json_lines(*CHAT, turn(1, "Other", chat="c2")), "jsonl")
