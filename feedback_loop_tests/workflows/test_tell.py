"""Telling customers: with their consent, once each, approved by whoever may, whatever dies in between."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import MessageKind, MessageStatus, ProposalStatus
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import AuditChainBroken, BadInput, ConnectorUnreachable, Refused
from feedback_loop.workflows.tell import Told, affected_customers, draft_messages, facts_of, send_messages
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START, FakeTableStore
from feedback_loop_tests.remediation.made_up_case import rollback_proposal
from feedback_loop_tests.workflows.outbox_world import Died, FakeCaseSystem, World

MESSAGE, FRAGMENT, CLASS, CUSTOMER = (
    TABLES[name] for name in ("remediation_message", "silver_fragment", "analysis_classification", "context_customer")
)
FIX = rollback_proposal()
PEOPLE = {"lena": ("support_lead",), "ada": ("release_manager",)}
CONSENT = {"anna": "yes", "ben": "no", "carl": None, "dora": "yes"}
NOW = START + timedelta(hours=4)


def complaint(customer: str | None, **changes: Any) -> dict[str, Any]:
    """A crash in the alert's segment, an hour after the onset; its class is told beside it."""
    at = START - timedelta(hours=5)
    said = {"customer_id": customer, "product": "Printwren", "browser": "Safari 18", "occurred_at": at, "landed_at": at}
    return said | {"event_date": at.date(), "best_class": "crash"} | changes


def tables_of(*complaints: dict[str, Any]) -> FakeTableStore:
    store = FakeTableStore()
    named = [{"fragment_id": f"f{n}"} | said for n, said in enumerate(complaints)]
    store.append(FRAGMENT, frame_of(FRAGMENT, *({k: v for k, v in said.items() if k != "best_class"} for said in named)))
    store.append(CLASS, frame_of(CLASS, *({name: said[name] for name in ("fragment_id", "best_class", "event_date")} for said in named)))
    known = [
        {"statement_id": f"s_{name}", "known_customer_id": name, "product": "Printwren", "locale": "de-DE", "consent": consent}
        for name, consent in CONSENT.items()
    ]
    store.append(CUSTOMER, frame_of(CUSTOMER, *(row | {"landed_at": START - timedelta(days=9)} for row in known)))
    return store


ALL = [complaint(name) for name in (*CONSENT, "anna")]


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


@pytest.mark.parametrize(
    "changes",
    [
        {"customer_id": None},
        {"product": "Other"},
        {"browser": "Chrome 130"},
        {"browser": None},
        {"best_class": "billing"},
        {"occurred_at": START - timedelta(hours=7)},
        {"landed_at": NOW + timedelta(minutes=1)},
    ],
    ids=["nobody", "product", "browser", "unknown browser", "class", "before the onset", "not landed yet"],
)
def test_only_who_complained_of_it_is_written_to(changes: dict[str, Any]) -> None:
    tables = tables_of(complaint("anna"), complaint("ben") | changes)
    assert affected_customers(FIX, tables, NOW) == ["anna"]


def test_a_message_says_when_it_began_and_when_it_was_fixed() -> None:
    facts = facts_of(FIX, fixed_at=NOW)
    assert (facts.began_at, facts.fixed_at) == (START - timedelta(hours=6), NOW)
    assert (facts.complaint_class, facts.service, facts.browser, facts.product_version) == ("crash", "web", "Safari 18", None)


def test_without_a_cause_a_message_tells_no_cause() -> None:
    facts = facts_of(replace(FIX, proposed_hypothesis_id=None), None)
    assert (facts.began_at, facts.service, facts.fixed_at) == (None, None, None)
    tables = tables_of(*(complaint(name, occurred_at=START, event_date=START.date()) for name in ("dora", "anna")))
    assert affected_customers(replace(FIX, proposed_hypothesis_id=None), tables, NOW) == ["anna", "dora"]


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
