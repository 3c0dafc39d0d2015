"""Facts: added once, told to the chain by hash, messages that only go on, and moves of cases kept as they were given."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.case_moves import CaseMove
from feedback_loop.contracts.loop_vocab import MessageStatus, MoveStatus
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop_tests.fakes import START

MESSAGE, LABEL = TABLES["remediation_message"], TABLES["state_label"]
LATER = START + timedelta(hours=1)


def message(name: str, **changes: Any) -> dict[str, Any]:
    row = {
        "message_draft_id": name, "proposal_id": "p", "proposed_issue_id": None, "message_kind": "explanation", "message_status": "drafted",
        "recipient_customer_id": "c", "language": "en", "message_text": "We have mended it.", "drafted_at": START, "sent_at": None,
        "confirmed_at": None, "event_date": START.date(), "wording_hash": "h",
        **dict.fromkeys(("suppressed_reason", "receipt_id", "confirmation_kind")),
    }  # fmt: skip
    return row | changes


def statuses(state: SqlStateStore) -> list[str]:
    return state.snapshot(MESSAGE).sort("message_draft_id")["message_status"].to_list()


def test_a_fact_is_added_once_and_its_words_stay_out_of_the_chain(state: SqlStateStore) -> None:
    assert state.record(MESSAGE, [message("m1"), message("m2")], "loop", START) == 2
    assert state.record(MESSAGE, [message("m1", message_text="other"), message("m3")], "loop", START) == 1
    assert state.record(MESSAGE, [], "loop", START) == 0
    assert state.snapshot(MESSAGE)["message_text"].unique().to_list() == ["We have mended it."]
    assert "mended" not in str(state.contents())
    assert [record.event for record in state.records()] == ["message_draft_recorded"] * 2


def test_many_facts_are_added_at_once(state: SqlStateStore) -> None:
    assert state.record(MESSAGE, [message(f"m{n}") for n in range(1200)], "loop", START) == 1200
    assert state.move_messages([f"m{n}" for n in range(1200)], MessageStatus.SENT, "loop", LATER) == 1200


def test_a_message_goes_on_and_never_back(state: SqlStateStore) -> None:
    state.record(MESSAGE, [message("m1"), message("m2", message_status="suppressed")], "loop", START)
    assert state.move_messages(["m1", "m2"], MessageStatus.SENT, "loop", LATER) == 1
    assert state.move_messages(["m1"], MessageStatus.APPROVED, "loop", LATER) == 0
    assert state.move_messages(["m1"], MessageStatus.SUPPRESSED, "loop", LATER) == 0
    assert state.move_messages(["m1"], MessageStatus.CONFIRMED, "loop", LATER) == 1
    assert statuses(state) == ["confirmed", "suppressed"]
    assert violations(state.snapshot(MESSAGE), MESSAGE) == []


@pytest.mark.parametrize(("minutes", "expected"), [(0, "drafted"), (60, "sent"), (120, "confirmed")])
def test_a_message_is_seen_as_it_was_then(state: SqlStateStore, minutes: int, expected: str) -> None:
    state.record(MESSAGE, [message("m1")], "loop", START)
    state.move_messages(["m1"], MessageStatus.SENT, "loop", LATER)
    state.move_messages(["m1"], MessageStatus.CONFIRMED, "loop", LATER + timedelta(hours=1))
    then = state.snapshot(MESSAGE, START + timedelta(minutes=minutes))
    assert then["message_status"].to_list() == [expected]


def test_a_label_comes_back_with_its_day(state: SqlStateStore) -> None:
    row = {"label_id": "l", "fragment_id": "f", "labelled_class": "crash", "labelled_by": "ada", "labelled_at": START}
    row |= {"label_kind": "correction", "label_why": None}
    state.record(LABEL, [row | {"taxonomy_version": "t"}], "ada", START)
    assert state.snapshot(LABEL).rows(named=True) == [row | {"taxonomy_version": "t", "event_date": START.date()}]
    assert state.snapshot(LABEL, START - timedelta(seconds=1)).is_empty()


def test_moves_are_kept_as_they_were_given_last(state: SqlStateStore) -> None:
    moves = [CaseMove(f"case_{n}", "billing", "ada", 3, "auth") for n in (2, 1)]
    state.record_moves("batch_1", moves)
    state.record_moves("batch_1", [replace(moves[0], status=MoveStatus.MOVED, after_version=4)])
    state.record_moves("batch_1", [])
    assert state.moves_of("batch_1") == [moves[1], replace(moves[0], status=MoveStatus.MOVED, after_version=4)]
    assert state.moves_of("batch_2") == []
