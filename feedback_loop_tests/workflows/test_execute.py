"""Carrying out: exactly once or in doubt, whatever dies in between, and nothing that is stale, unapproved or unaudited."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feedback_loop.contracts.loop_vocab import ActionStatus, ProposalStatus, RefusalReason
from feedback_loop.errors import AuditChainBroken
from feedback_loop.remediation.circuit import WaitReason
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.remediation.rules import Pace
from feedback_loop.workflows.execute import LEASE
from feedback_loop.workflows.grounds import Grounds
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import alert_row, all_documents, cause_row, document_row
from feedback_loop_tests.workflows.outbox_world import PEOPLE, Died, FakeCaseSystem, World, grounds

NEW_VERSION = document_row("rollback-release", statement_id="s2", document_version="v2", landed_at=START)


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def stands(world: World, proposal_id: str) -> ProposalStatus:
    found = world.state.proposal(proposal_id)
    assert found is not None
    return found.proposal_status


def test_an_approved_action_is_carried_out_once_with_a_receipt(world: World) -> None:
    proposal_id, system = world.approved(), FakeCaseSystem()
    report = world.execute(system)
    (action,) = world.state.actions(ActionStatus.DONE)
    assert report.done == [action.action_id]
    assert (action.receipt_id, action.is_dry_run) == (f"receipt_{action.idempotency_key}", False)
    assert [(r.target, r.action_kind) for r in system.written.values()] == [("release-6.4.0", "roll_back_release")]
    assert stands(world, proposal_id) is ProposalStatus.DONE
    assert world.execute(system).done == []
    assert system.calls == ["perform"]


def test_what_is_not_approved_is_not_carried_out(world: World) -> None:
    (proposal_id,) = world.propose()
    world.say(proposal_id, "ada")
    system = FakeCaseSystem()
    world.execute(system)
    assert system.calls == []


def test_what_needs_nobody_is_carried_out_by_itself(world: World) -> None:
    world.grounds = grounds(causes=[])
    world.propose()
    assert len(world.execute(FakeCaseSystem()).done) == 1


SAMPLES = ("fragment_1", "fragment_2", "fragment_3")


def content_case(certified: tuple[str, ...]) -> Grounds:
    """A misleading article behind three complaints, of which so many are certified."""
    causes = [cause_row(cause_kind="content", cause_service="help", cause_id="article-7")]
    return grounds([alert_row(sample_fragment_ids=list(SAMPLES))], causes, certified=certified)


def test_what_went_the_automatic_way_is_not_carried_out_when_its_gate_was_shut_and_people_are_asked(world: World) -> None:
    world.grounds = content_case(SAMPLES)
    (alone,) = world.propose()
    assert stands(world, alone) is ProposalStatus.APPROVED
    world.grounds = content_case(SAMPLES[:2])
    assert list(world.execute(FakeCaseSystem()).refused.values()) == [RefusalReason.GATE_SHUT]
    assert stands(world, alone) is ProposalStatus.REFUSED
    (asked,) = world.propose()
    assert stands(world, asked) is ProposalStatus.AWAITING_APPROVAL


def test_what_went_the_automatic_way_is_carried_out_while_its_gate_is_open(world: World) -> None:
    world.grounds = content_case(SAMPLES)
    world.propose()
    assert len(world.execute(FakeCaseSystem()).done) == 1


def test_without_a_connector_nothing_is_sent_and_the_approval_still_counts(world: World) -> None:
    world.approved()
    report = world.execute(None)
    assert [request.target for request in report.would_send] == ["release-6.4.0"]
    assert world.state.records()[-1].event == "dry_run"
    assert len(world.execute(FakeCaseSystem()).done) == 1


def test_a_refusal_of_the_connector_is_final(world: World) -> None:
    proposal_id, system = world.approved(), FakeCaseSystem("refuse")
    assert len(world.execute(system).failed) == 1
    assert stands(world, proposal_id) is ProposalStatus.FAILED
    assert world.execute(system).done == []


@pytest.mark.parametrize("step", ["unreachable", "doubt_before", "doubt_after"])
def test_what_is_in_doubt_is_asked_for_before_it_is_sent_again(world: World, step: str) -> None:
    proposal_id, system = world.approved(), FakeCaseSystem(step)
    assert len(world.execute(system).in_doubt) == 1
    assert stands(world, proposal_id) is ProposalStatus.IN_DOUBT
    assert len(world.execute(system).done) == 1
    assert system.calls[:2] == ["perform", "receipt_for"]
    assert system.calls[2:] == ([] if step == "doubt_after" else ["perform"])
    assert len(system.written) == 1
    assert stands(world, proposal_id) is ProposalStatus.DONE


def test_what_the_system_can_not_say_stays_in_doubt(world: World) -> None:
    world.approved()
    system = FakeCaseSystem("doubt_after", "doubt_before")
    world.execute(system)
    assert len(world.execute(system).in_doubt) == 1
    assert system.calls == ["perform", "receipt_for"]


def test_what_is_in_doubt_elsewhere_is_not_asked_for_here(world: World) -> None:
    world.approved()
    world.execute(FakeCaseSystem("doubt_after"))
    other = FakeCaseSystem()
    other.connector = "another desk"
    world.execute(other)
    assert other.calls == []


@pytest.mark.parametrize("step", ["die_before", "die_after"])
def test_a_process_that_dies_while_it_sends_is_taken_over(world: World, step: str) -> None:
    world.approved()
    system = FakeCaseSystem(step)
    with pytest.raises(Died):
        world.execute(system)
    assert world.execute(system).done == [], "a young claim may still be at work"
    world.clock.advance(LEASE)
    assert len(world.execute(system).done) == 1
    assert len(system.written) == 1


def dies_at(world: World, method: str, call: int, monkeypatch: pytest.MonkeyPatch, *, after: bool) -> None:
    """The process dies before or after the n-th call of the method of the store."""
    inner: Callable[..., Any] = getattr(world.state, method)
    calls = iter(range(1000))

    def dying(*arguments: Any) -> Any:
        is_last = next(calls) == call
        if is_last and not after:
            raise Died
        answer = inner(*arguments)
        if is_last:
            raise Died
        return answer

    monkeypatch.setattr(world.state, method, dying)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("method", ["claim", "finish"])
def test_a_process_that_dies_between_two_transactions_ends_in_exactly_once(
    world: World, monkeypatch: pytest.MonkeyPatch, method: str, after: bool
) -> None:
    proposal_id, system = world.approved(), FakeCaseSystem()
    with monkeypatch.context() as patched:
        dies_at(world, method, 0, patched, after=after)
        with pytest.raises(Died):
            world.execute(system)
    world.clock.advance(LEASE)
    world.execute(system)
    assert len(system.written) == 1
    assert system.calls.count("perform") == 1
    assert stands(world, proposal_id) is ProposalStatus.DONE


@pytest.mark.parametrize("call", [0, 1, 2])
def test_a_process_that_dies_again_while_it_recovers_ends_in_exactly_once(world: World, monkeypatch: pytest.MonkeyPatch, call: int) -> None:
    world.approved()
    system = FakeCaseSystem("doubt_before")
    world.execute(system)
    with monkeypatch.context() as patched:
        dies_at(world, ("claim", "finish", "finish")[call], 0, patched, after=call == 2)
        with pytest.raises(Died):
            world.execute(system)
    for _ in range(2):
        world.clock.advance(LEASE)
        world.execute(system)
    assert len(system.written) == 1
    assert len(world.state.actions(ActionStatus.DONE)) == 1


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (grounds(causes=[cause_row(cause_id="other")]), RefusalReason.STALE_EVIDENCE),
        (grounds(causes=[cause_row(hypothesis_verdict="refuted")]), RefusalReason.STALE_EVIDENCE),
        (grounds(causes=[cause_row(cause_scope="{}")]), RefusalReason.STALE_EVIDENCE),
        (grounds(alerts=[]), RefusalReason.STALE_EVIDENCE),
        (grounds(causes=[cause_row(hypothesis_score=0.5)]), RefusalReason.LOW_CONFIDENCE),
        (grounds(documents=[]), RefusalReason.STALE_DOCUMENT),
        (grounds(documents=[*all_documents(), NEW_VERSION]), RefusalReason.STALE_EVIDENCE),
    ],
)  # fmt: skip
def test_what_went_stale_is_refused_at_the_claim(world: World, changed: Any, reason: RefusalReason) -> None:
    proposal_id, system = world.approved(), FakeCaseSystem()
    world.grounds = changed
    assert list(world.execute(system).refused.values()) == [reason]
    assert (system.calls, stands(world, proposal_id)) == ([], ProposalStatus.REFUSED)


def test_counts_that_grew_since_are_no_change_of_the_evidence(world: World) -> None:
    world.approved()
    world.grounds = grounds([alert_row(observed_count=60)], [cause_row(hypothesis_score=0.95)])
    assert len(world.execute(FakeCaseSystem()).done) == 1


def test_an_approver_who_lost_the_role_counts_no_more(world: World) -> None:
    world.approved()
    world.people = {**PEOPLE, "bo": ()}
    assert list(world.execute(FakeCaseSystem()).refused.values()) == [RefusalReason.APPROVER_LACKS_ROLE]


def test_an_approval_runs_out(world: World) -> None:
    proposal_id = world.approved()
    world.clock.advance(timedelta(hours=24))
    system = FakeCaseSystem()
    world.execute(system)
    assert (system.calls, stands(world, proposal_id)) == ([], ProposalStatus.EXPIRED)


def spoil(world: World, statement: str) -> None:
    with sqlite3.connect(world.folder / "state" / "state.sqlite") as database:
        database.execute("DROP TRIGGER audit_record_forbids_update")
        database.execute("DROP TRIGGER audit_record_forbids_delete")
        database.execute(statement)


@pytest.mark.parametrize(("column", "value"), [("action_target", "{}"), ("action_arguments", "{}"), ("idempotency_key", "another")])
def test_what_was_changed_in_the_outbox_behind_the_stores_back_is_not_sent(world: World, column: str, value: str) -> None:
    world.approved()
    spoil(world, f"UPDATE outbox SET {column} = '{value}'")
    system = FakeCaseSystem()
    assert list(world.execute(system).refused.values()) == [RefusalReason.ARGUMENTS_CHANGED]
    assert system.calls == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_record SET actor = 'nobody' WHERE sequence = 2",
        "DELETE FROM audit_record WHERE sequence = 2",
        "DELETE FROM audit_record WHERE sequence = (SELECT MAX(sequence) FROM audit_record)",
    ],
    ids=["edited", "deleted", "cut off"],
)
def test_a_broken_audit_chain_stops_everything(world: World, statement: str) -> None:
    world.approved()
    spoil(world, statement)
    system = FakeCaseSystem()
    with pytest.raises(AuditChainBroken, match="Nothing is carried out"):
        world.execute(system)
    assert system.calls == []
    assert len(world.state.actions(ActionStatus.QUEUED)) == 1


def test_an_end_that_was_cut_off_stays_known_after_others_followed(world: World) -> None:
    world.approved()
    spoil(world, "DELETE FROM audit_record WHERE sequence > 4")
    with sqlite3.connect(world.folder / "state" / "state.sqlite") as database:
        database.execute("DELETE FROM audit_content WHERE sequence > 4")
    for number in range(5):
        world.state.note("noted", str(number), "ada", {}, START)
    with pytest.raises(AuditChainBroken, match="replaced"):
        world.execute(FakeCaseSystem())


def test_nothing_is_carried_out_where_no_anchor_is_left(world: World) -> None:
    world.approved()
    (world.folder / "anchor.jsonl").unlink()
    with pytest.raises(AuditChainBroken, match="no anchor"):
        world.execute(FakeCaseSystem())


def test_a_dry_run_says_that_what_is_over_its_pace_waits_and_not_that_it_is_refused(world: World) -> None:
    world.approved()
    full = Pace([("release-rollback", f"other_{number}", world.clock.now()) for number in range(100)])
    world.grounds = replace(world.grounds, rules=replace(world.grounds.rules, playbooks=seed_playbooks(), pace=full))
    report = world.execute(None)
    assert (report.refused, report.would_send) == ({}, [])
    assert [one.reason for one in report.waiting.values()] == [WaitReason.TOO_MANY_OF_ITS_PLAYBOOK]
