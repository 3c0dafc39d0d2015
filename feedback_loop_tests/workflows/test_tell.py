"""Telling customers: with their consent, once each, approved by whoever may, whatever dies in between."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import MessageKind, MessageStatus, ProposalStatus
from feedback_loop.contracts.message_vocab import HeldReason
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import AuditChainBroken, BadInput, ConnectorUnreachable, Refused
from feedback_loop.remediation.contact import Contact, Suppression, seed_contact_rules
from feedback_loop.workflows.tell import Manner, Told, approve_messages, draft_messages, explanation_hash, send_approved, send_messages
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START, FakeTableStore
from feedback_loop_tests.remediation.made_up_case import rollback_proposal
from feedback_loop_tests.workflows.complainants import ALL, complaint, tables_of
from feedback_loop_tests.workflows.outbox_world import Died, FakeCaseSystem, World

MESSAGE, CUSTOMER = TABLES["remediation_message"], TABLES["context_customer"]
FIX = rollback_proposal()
PEOPLE = {"lena": ("support_lead",), "ada": ("release_manager",)}
NOW = START + timedelta(hours=4)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def drafted(world: World) -> int:
    world.state.record_proposals([FIX])
    return draft_messages(FIX, tables_of(*ALL), world.state, MessageKind.EXPLANATION, NOW)


def send(world: World, system: FakeCaseSystem, person: str = "lena", tables: FakeTableStore | None = None) -> Told:
    return send_messages(FIX.proposal_id, person, PEOPLE, tables or tables_of(*ALL), world.state, system, NOW)


def statuses(world: World) -> dict[str, str]:
    return dict(world.state.snapshot(MESSAGE).select("recipient_customer_id", "message_status").iter_rows())


def test_each_customer_gets_one_message_in_their_language_and_none_without_consent(world: World) -> None:
    assert drafted(world) == 4
    assert statuses(world) == {"anna": "drafted", "ben": "suppressed", "carl": "suppressed", "dora": "drafted"}
    system = FakeCaseSystem()
    assert send(world, system) == Told(sent_count=2, suppressed_count=2)
    assert sorted(request.target for request in system.written.values()) == ["anna", "dora"]
    assert {request.arguments["language"] for request in system.written.values()} == {"de"}
    assert statuses(world) == {"anna": "sent", "ben": "suppressed", "carl": "suppressed", "dora": "sent"}


def test_drafting_and_sending_again_writes_to_nobody(world: World) -> None:
    drafted(world)
    system = FakeCaseSystem()
    send(world, system)
    assert drafted(world) == 0
    assert send(world, system).sent_count == 0
    assert len(system.calls) == len(system.written) == 2


def test_of_what_was_taken_back_nobody_is_told(world: World) -> None:
    undone = replace(FIX, proposal_id="proposal_undone", proposal_status=ProposalStatus.ROLLED_BACK)
    world.state.record_proposals([undone])
    draft_messages(undone, tables_of(*ALL), world.state, MessageKind.EXPLANATION, NOW)
    system = FakeCaseSystem()
    with pytest.raises(Refused, match="was taken back"):
        send_messages(undone.proposal_id, "lena", PEOPLE, tables_of(*ALL), world.state, system, NOW)
    assert system.written == {}


def test_a_fix_is_told_of_apart_from_the_explanation(world: World) -> None:
    drafted(world)
    assert draft_messages(FIX, tables_of(*ALL), world.state, MessageKind.FIXED, NOW) == 4
    assert send(world, FakeCaseSystem()).sent_count == 4


@pytest.mark.parametrize("step", ["die_before", "die_after"])
@pytest.mark.parametrize("position", [0, 1])
def test_a_process_that_dies_while_it_sends_ends_in_one_message_each(world: World, step: str, position: int) -> None:
    drafted(world)
    system = FakeCaseSystem(*["fine"] * position, step)
    with pytest.raises(Died):
        send(world, system)
    assert send(world, system).sent_count == 2
    assert sorted(request.target for request in system.written.values()) == ["anna", "dora"]
    assert set(system.written) == set(world.state.snapshot(MESSAGE).filter(message_status="sent")["message_draft_id"])


def test_a_process_that_dies_before_it_writes_down_what_it_sent_sends_nothing_twice(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    drafted(world)
    move, system = world.state.move_messages, FakeCaseSystem()

    def dying(ids: list[str], status: MessageStatus, *rest: Any) -> int:
        if status is MessageStatus.SENT:
            raise Died
        return move(ids, status, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(world.state, "move_messages", dying)
        with pytest.raises(Died):
            send(world, system)
    assert statuses(world)["anna"] == "approved"
    receipts = dict(system.written)
    assert send(world, system).sent_count == 2
    assert system.written == receipts


class DeskThatRefuses(FakeCaseSystem):
    """Refuses to write to one customer."""

    def __init__(self, refuses: str) -> None:
        super().__init__()
        self.refuses = refuses

    def perform(self, request: ActionRequest) -> Receipt:
        self.script = ["refuse"] if request.target == self.refuses else []
        return super().perform(request)


def test_a_customer_that_the_case_system_refuses_does_not_keep_the_others_from_their_message(world: World) -> None:
    drafted(world)
    assert send(world, DeskThatRefuses("anna")) == Told(sent_count=1, suppressed_count=2, refused_count=1)
    assert (statuses(world)["anna"], statuses(world)["dora"]) == ("approved", "sent")
    assert send(world, FakeCaseSystem()).sent_count == 1


def test_a_case_system_that_can_not_be_asked_stops_the_sending(world: World) -> None:
    drafted(world)
    with pytest.raises(ConnectorUnreachable):
        send(world, FakeCaseSystem("unreachable"))
    assert statuses(world)["dora"] == "approved"


@pytest.mark.parametrize(("person", "error"), [("ada", Refused), ("mallory", BadInput)], ids=["without the role", "a stranger"])
def test_only_who_leads_support_may_send(world: World, person: str, error: type[Exception]) -> None:
    drafted(world)
    system = FakeCaseSystem()
    with pytest.raises(error, match=person):
        send(world, system, person)
    assert (system.calls, statuses(world)["anna"]) == ([], "drafted")


def test_on_a_broken_audit_chain_nothing_is_sent(world: World, tmp_path: Path) -> None:
    drafted(world)
    with sqlite3.connect(tmp_path / "state" / "state.sqlite") as database:
        triggers = database.execute("select name from sqlite_master where type = 'trigger'").fetchall()
        for (name,) in triggers:
            database.execute(f"drop trigger {name}")
        database.execute("update audit_record set actor = 'mallory'")
    system = FakeCaseSystem()
    with pytest.raises(AuditChainBroken):
        send(world, system)
    assert system.calls == []


def test_sending_what_was_never_drafted_is_bad_input(world: World) -> None:
    with pytest.raises(BadInput, match=FIX.proposal_id):
        send(world, FakeCaseSystem())


def test_the_instant_of_the_fix_is_told_once_it_was_executed(world: World) -> None:
    proposal_id = world.approved()
    world.clock.advance(timedelta(hours=16))
    world.execute(FakeCaseSystem())
    done = world.state.proposal(proposal_id)
    assert done is not None
    draft_messages(done, tables_of(*ALL), world.state, MessageKind.FIXED, NOW)
    (text,) = world.state.snapshot(MESSAGE).filter(pl.col("recipient_customer_id") == "anna")["message_text"]
    assert all(f"{day}. Januar 2026" in text for day in (5, 6))


def test_who_withdrew_consent_after_the_draft_is_not_written_to(world: World) -> None:
    drafted(world)
    tables, system = tables_of(*ALL), FakeCaseSystem()
    taken_back = {"statement_id": "later", "known_customer_id": "anna", "product": "Printwren", "consent": "no", "landed_at": START}
    tables.append(CUSTOMER, frame_of(CUSTOMER, taken_back))
    told = send(world, system, tables=tables)
    assert (told.sent_count, told.suppressed_count) == (1, 3)
    assert statuses(world)["anna"] == "suppressed"


def approve(world: World, at: datetime = NOW, seen: str | None = None) -> int:
    return approve_messages(FIX.proposal_id, "lena", PEOPLE, tables_of(*ALL), world.state, at, seen=seen)


def test_what_is_held_by_quiet_hours_goes_in_the_morning_without_another_approval(world: World) -> None:
    drafted(world)
    system, night, morning = FakeCaseSystem(), START.replace(hour=22), START.replace(hour=8) + timedelta(days=1)
    approve(world, night)
    assert send_approved(tables_of(*ALL), world.state, system, night) == Told(0, 2, held={HeldReason.QUIET_HOURS: 2})
    assert system.calls == []
    assert send_approved(tables_of(*ALL), world.state, system, morning) == Told(2, 2)


def test_nothing_is_sent_that_nobody_approved(world: World) -> None:
    drafted(world)
    system = FakeCaseSystem()
    assert send_approved(tables_of(*ALL), world.state, system, NOW).sent_count == 0
    assert system.calls == []


def test_one_approval_is_for_the_whole_cohort_also_for_who_joins_it_later(world: World) -> None:
    world.state.record_proposals([FIX])
    draft_messages(FIX, tables_of(complaint("anna")), world.state, MessageKind.EXPLANATION, NOW)
    approve(world)
    assert draft_messages(FIX, tables_of(*ALL), world.state, MessageKind.EXPLANATION, NOW) == 3
    assert statuses(world)["dora"] == "approved"


def test_a_change_of_facts_takes_the_approval_back_until_somebody_approves_anew(world: World) -> None:
    proposal_id = world.approved()
    proposal = world.state.proposal(proposal_id)
    assert proposal is not None
    draft_messages(proposal, tables_of(*ALL), world.state, MessageKind.FIXED, NOW)
    approve_messages(proposal_id, "lena", PEOPLE, tables_of(*ALL), world.state, NOW)
    world.clock.advance(timedelta(hours=16))
    world.execute(FakeCaseSystem())
    system, later = FakeCaseSystem(), NOW + timedelta(days=1)
    assert send_approved(tables_of(*ALL), world.state, system, later).sent_count == 0
    assert statuses(world)["anna"] == "drafted"
    approve_messages(proposal_id, "lena", PEOPLE, tables_of(*ALL), world.state, later)
    assert send_approved(tables_of(*ALL), world.state, system, later).sent_count == 2
    assert all("6. Januar 2026" in str(request.arguments["text"]) for request in system.written.values())


def test_an_approval_of_words_that_changed_since_they_were_seen_is_refused(world: World) -> None:
    drafted(world)
    seen = explanation_hash(world.state.snapshot(MESSAGE).filter(message_status="drafted"))
    with pytest.raises(Refused, match="changed since you saw them"):
        approve(world, seen="another")
    assert approve(world, seen=seen) == 2


def test_who_asked_not_to_be_written_to_is_not_even_after_the_approval(world: World) -> None:
    drafted(world)
    approve(world)
    manner, system = Manner(Contact(seed_contact_rules(), (Suppression(customer="anna"),))), FakeCaseSystem()
    assert send_approved(tables_of(*ALL), world.state, system, NOW, manner).sent_count == 1
    row = world.state.snapshot(MESSAGE).filter(recipient_customer_id="anna").row(0, named=True)
    assert (row["message_status"], row["suppressed_reason"]) == ("suppressed", "asked_not_to")


def test_a_message_keeps_its_receipt(world: World) -> None:
    drafted(world)
    system = FakeCaseSystem()
    send(world, system)
    assert world.state.snapshot(MESSAGE).filter(message_status="sent")["receipt_id"].null_count() == 0
