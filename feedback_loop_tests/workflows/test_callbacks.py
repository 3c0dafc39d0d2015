"""What a callback leads to goes through the doors of the command line, once, and with the hash that the person saw."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.callback_vocab import CallbackOutcome, CallbackVendor
from feedback_loop.contracts.loop_vocab import ApprovalVerdict
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.errors import CallbackReplayed, StateUnavailable
from feedback_loop.remediation.audit import verify
from feedback_loop.remediation.callbacks.heard import Decision, Heard
from feedback_loop.workflows.callbacks import Answer
from feedback_loop_tests.fakes import START
from feedback_loop_tests.forked import ready_made
from feedback_loop_tests.workflows.callback_world import CallbackWorld

YES, NO = ApprovalVerdict.APPROVE, ApprovalVerdict.REJECT


@pytest.fixture
def world(tmp_path: Path, state_url: str) -> CallbackWorld:
    return CallbackWorld(tmp_path, state_url)


def press(world: CallbackWorld, proposal_id: str, user: str, verdict: ApprovalVerdict = YES, **changes: str) -> Answer:
    """Somebody pressed a button, of which each press has an id of its own."""
    proposal = world.state.proposal(proposal_id)
    seen = changes.get("seen", "0" * 64 if proposal is None else proposal.arguments_hash)
    said = Decision(user, verdict, proposal_id, seen)
    return world.hear(Heard(CallbackVendor.SLACK, changes.get("event_id", f"{user} {verdict} {seen}"), START, said))


def test_a_press_is_the_word_of_the_person_who_is_known_by_slack(world: CallbackWorld) -> None:
    (proposal_id,) = world.propose()
    assert press(world, proposal_id, "U0ADA").outcome is CallbackOutcome.DONE
    proposal = world.state.proposal(proposal_id)
    assert proposal is not None
    (given,) = world.state.approvals(proposal_id)
    assert (given.person, given.known_by, given.arguments_hash) == ("ada", "slack", proposal.arguments_hash)
    assert world.callbacks() == [("approved", "done", proposal_id)]
    assert violations(world.state.snapshot(TABLES["state_callback"]), TABLES["state_callback"]) == []


def test_who_saw_other_arguments_approves_nothing(world: CallbackWorld) -> None:
    (proposal_id,) = world.propose()
    answer = press(world, proposal_id, "U0ADA", seen="f" * 64)
    assert (answer.outcome, "arguments_changed" in answer.words) == (CallbackOutcome.REFUSED, True)
    assert world.state.approvals(proposal_id) == []


REFUSED_ONES = {
    "U0NOBODY": "ActorRefused",
    "U0EVE": "ActorRefused",
    "U0CY": "DecisionRefused",
    "ada": "ActorRefused",
    "7001": "ActorRefused",
}


@pytest.mark.parametrize(("user", "why"), REFUSED_ONES.items())
@pytest.mark.parametrize("verdict", [YES, NO])
def test_who_may_not_is_refused_and_the_trail_keeps_it(world: CallbackWorld, user: str, why: str, verdict: ApprovalVerdict) -> None:
    (proposal_id,) = world.propose()
    assert press(world, proposal_id, user, verdict).outcome is CallbackOutcome.REFUSED
    assert world.state.approvals(proposal_id) == []
    ((record, content),) = world.state.told("callback_refused")
    assert (record.subject_id, record.actor, content["why"], content["account"]) == (proposal_id, "connector:slack", why, user)
    assert len(world.state.told("decision_refused")) == (why == "DecisionRefused")


def test_nobody_approves_twice_by_pressing_twice(world: CallbackWorld) -> None:
    (proposal_id,) = world.propose()
    outcomes = [press(world, proposal_id, "U0ADA", event_id=name).outcome for name in ("1", "2")]
    assert outcomes == [CallbackOutcome.DONE, CallbackOutcome.REFUSED]
    assert len(world.state.approvals(proposal_id)) == 1


def test_a_proposal_that_nobody_knows_leaves_no_trace(world: CallbackWorld) -> None:
    before = world.state.records()
    assert press(world, "proposal_" + "0" * 20, "U0ADA").outcome is CallbackOutcome.IGNORED
    assert world.state.records() == before


def test_what_is_told_again_changes_nothing_at_all(world: CallbackWorld) -> None:
    (proposal_id,) = world.propose()
    press(world, proposal_id, "U0ADA", event_id="e")
    before = world.state.records()
    with pytest.raises(CallbackReplayed):
        press(world, proposal_id, "U0BO", event_id="e")
    assert (world.state.records(), len(world.state.approvals(proposal_id))) == (before, 1)


class DyingStore(SqlStateStore):
    """Fails when it is to be kept that a callback was heard, as a full disk would."""

    def record(self, table: object, *args: object, **more: object) -> int:
        raise StateUnavailable("here", "its disk is full")


def test_what_fails_before_it_is_kept_never_happened_and_may_be_told_again(world: CallbackWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    (proposal_id,) = world.propose()
    with monkeypatch.context() as patched:
        patched.setattr(SqlStateStore, "record", DyingStore.record)
        with pytest.raises(StateUnavailable):
            press(world, proposal_id, "U0ADA", event_id="e")
    assert world.state.approvals(proposal_id) == []
    assert press(world, proposal_id, "U0ADA", event_id="e").outcome is CallbackOutcome.DONE
    assert verify(world.state.records(), world.state.contents(), world.state.anchor()) == []


def press_at_once(folder: Path, url: str, proposal_id: str, user: str) -> str:
    """What another process makes of the same event."""
    try:
        return str(press(CallbackWorld(folder, url), proposal_id, user, event_id="once").outcome)
    except CallbackReplayed:
        return "replayed"


def test_of_many_processes_that_hear_one_event_at_once_one_carries_it_out(world: CallbackWorld, tmp_path: Path, state_url: str) -> None:
    (proposal_id,) = world.propose()
    with ready_made().Pool(4) as processes:
        heard = processes.starmap(press_at_once, [(tmp_path, state_url, proposal_id, "U0ADA")] * 12)
    assert sorted(heard) == ["done", *["replayed"] * 11]
    assert len(world.state.approvals(proposal_id)) == 1


def test_of_many_threads_too(world: CallbackWorld) -> None:
    (proposal_id,) = world.propose()

    def hear(_: int) -> str:
        try:
            return str(press(world, proposal_id, "U0ADA", event_id="once").outcome)
        except CallbackReplayed:
            return "replayed"

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(hear, range(12))) == ["done", *["replayed"] * 11]


def test_a_press_after_the_proposal_expired_is_refused(world: CallbackWorld) -> None:
    (proposal_id,) = world.propose()
    world.clock.advance(timedelta(days=60))
    assert press(world, proposal_id, "U0ADA").outcome is CallbackOutcome.REFUSED
