"""Confirmations are written down at the instant at which the customer said it, or when a person records it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.contracts.loop_vocab import MessageKind
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput
from feedback_loop.workflows.confirm import hear, record_confirmation
from feedback_loop.workflows.tell import draft_messages, send_messages
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START, FakeTableStore
from feedback_loop_tests.workflows.complainants import ALL, tables_of
from feedback_loop_tests.workflows.outbox_world import FakeCaseSystem, World
from feedback_loop_tests.workflows.test_tell import FIX, MESSAGE, NOW, PEOPLE

SAID, RECORD = TABLES["silver_message"], TABLES["bronze_feedback_record"]
LATER = NOW + timedelta(hours=5)


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path)
    made.state.record_proposals([FIX])
    draft_messages(FIX, tables_of(*ALL), made.state, MessageKind.FIXED, NOW)
    send_messages(FIX.proposal_id, "lena", PEOPLE, tables_of(*ALL), made.state, FakeCaseSystem(), NOW)
    return made


def answered(world: World, text: str) -> FakeTableStore:
    """Anna answers within the thread of the message."""
    tables = tables_of(*ALL)
    receipt = world.state.snapshot(MESSAGE).filter(recipient_customer_id="anna")["receipt_id"].item()
    row = {"record_id": "answer", "customer_id": "anna", "product": "Printwren", "occurred_at": LATER, "landed_at": LATER}
    tables.append(SAID, frame_of(SAID, row | {"masked_message": text, "rating": None, "event_date": LATER.date()}))
    tables.append(RECORD, frame_of(RECORD, row | {"thread_id": receipt, "landed_date": LATER.date(), "event_date": LATER.date()}))
    return tables


def standing(world: World) -> dict[str, tuple[str, str | None]]:
    rows = world.state.snapshot(MESSAGE).iter_rows(named=True)
    return {row["recipient_customer_id"]: (row["message_status"], row["confirmation_kind"]) for row in rows}


def test_an_answer_that_landed_confirms_its_message_once(world: World) -> None:
    tables = answered(world, "It works again, thank you.")
    assert hear(tables, world.state, LATER - timedelta(minutes=1)) == []
    assert [one.record_id for one in hear(tables, world.state, LATER)] == ["answer"]
    assert hear(tables, world.state, LATER) == []
    assert (standing(world)["anna"], standing(world)["dora"]) == (("confirmed", "reply"), ("sent", None))
    assert world.state.snapshot(MESSAGE)["confirmed_at"].drop_nulls().to_list() == [LATER]


def test_an_answer_that_says_something_else_confirms_nothing(world: World) -> None:
    assert hear(answered(world, "Which version?"), world.state, LATER) == []


def test_a_person_records_what_they_were_told(world: World) -> None:
    ids = dict(world.state.snapshot(MESSAGE).select("recipient_customer_id", "message_draft_id").iter_rows())
    record_confirmation(ids["dora"], "lena", world.state, LATER)
    assert standing(world)["dora"] == ("confirmed", "recorded")
    for unfit in (ids["dora"], ids["ben"], "message_unknown"):
        with pytest.raises(BadInput, match="waits for an answer"):
            record_confirmation(unfit, "lena", world.state, START)
