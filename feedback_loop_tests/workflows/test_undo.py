"""Asking that an action be taken back, approving that, and what becomes of the action."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.erasure.state import ErasableState
from feedback_loop.adapters.state_store.anchor_file import AnchorFile
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.erasure import ERASED, Erased
from feedback_loop.contracts.loop_vocab import ActionKind, ActionStatus, LeftReason, ProposalStatus, RefusalReason
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.errors import BadInput, DecisionRefused
from feedback_loop.remediation.autonomy import EVERYTHING, Autonomy, Pilot
from feedback_loop.remediation.playbooks import Playbook
from feedback_loop.remediation.proposals import arguments_hash
from feedback_loop.remediation.reversal import Wanted
from feedback_loop.workflows.undo import Asked, ask_to_undo, plan_undo
from feedback_loop_tests.workflows.outbox_world import FakeCaseSystem, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.fixture
def system() -> FakeCaseSystem:
    return FakeCaseSystem()


def carried_out(world: World, system: FakeCaseSystem) -> str:
    proposal_id = world.approved()
    world.execute(system)
    return proposal_id


def asked_by(world: World, person: str = "cy", **wanted: object) -> Asked:
    people = {**world.people, person: world.people.get(person, ("intern",))}
    return ask_to_undo(Wanted(**wanted), "wrong cause", person, people, world.state, world.grounds.rules, world.clock.now())  # type: ignore[arg-type]


def status_of(world: World, proposal_id: str) -> ProposalStatus:
    found = world.state.proposal(proposal_id)
    assert found is not None
    return found.proposal_status


def reversal_in(asked: Asked) -> Proposal:
    (made,) = asked.reversals
    return made


def approve(world: World, made: Proposal, *people: str) -> None:
    for person in people:
        world.say(made.proposal_id, person)


def test_a_reversal_is_approved_like_the_action_sent_once_and_then_the_action_counts_as_rolled_back(
    world: World, system: FakeCaseSystem
) -> None:
    undone = carried_out(world, system)
    made = reversal_in(asked_by(world, proposal_id=undone))
    assert (made.proposal_status, made.approvals_required_count) == (ProposalStatus.AWAITING_APPROVAL, 2)
    approve(world, made, "ada", "bo")
    report = world.execute(system)
    assert len(report.done) == 1
    assert status_of(world, undone) is ProposalStatus.ROLLED_BACK
    assert status_of(world, made.proposal_id) is ProposalStatus.DONE
    assert [a.proposal_id for a in world.state.actions(ActionStatus.ROLLED_BACK)] == [undone]
    first, reverse = system.written.values()
    assert (reverse.action_kind, reverse.arguments["undone_key"]) == (ActionKind.REVERSE_ACTION, first.idempotency_key)
    assert reverse.target == f"receipt_{first.idempotency_key}"
    assert reverse.arguments["steps"]


def test_who_asked_never_approves_the_reversal(world: World, system: FakeCaseSystem) -> None:
    made = reversal_in(asked_by(world, "ada", proposal_id=carried_out(world, system)))
    with pytest.raises(DecisionRefused, match="approver_is_requester"):
        world.say(made.proposal_id, "ada")
    approve(world, made, "bo")
    assert status_of(world, made.proposal_id) is ProposalStatus.AWAITING_APPROVAL


def test_an_unapproved_reversal_sends_nothing(world: World, system: FakeCaseSystem) -> None:
    asked_by(world, proposal_id=carried_out(world, system))
    world.execute(system)
    assert len(system.written) == 1


def test_asking_twice_makes_no_second_reversal(world: World, system: FakeCaseSystem) -> None:
    undone = carried_out(world, system)
    asked_by(world, proposal_id=undone)
    again = asked_by(world, proposal_id=undone)
    assert (again.reversals, [reason for _, reason in again.left]) == ((), [LeftReason.REVERSAL_STANDS])


def test_what_was_rolled_back_is_not_rolled_back_again_and_a_reversal_is_none_to_take_back(world: World, system: FakeCaseSystem) -> None:
    undone = carried_out(world, system)
    made = reversal_in(asked_by(world, proposal_id=undone))
    approve(world, made, "ada", "bo")
    world.execute(system)
    assert [reason for _, reason in asked_by(world, proposal_id=undone).left] == [LeftReason.REVERSED_BEFORE]
    assert [reason for _, reason in asked_by(world, proposal_id=made.proposal_id).left] == [LeftReason.IS_A_REVERSAL]


def test_what_was_not_carried_out_is_left(world: World) -> None:
    (waiting,) = world.propose()
    assert [reason for _, reason in asked_by(world, proposal_id=waiting).left] == [LeftReason.NOT_CARRIED_OUT]


def test_what_is_in_doubt_is_left(world: World) -> None:
    doubtful = carried_out(world, FakeCaseSystem("doubt_after"))
    assert [reason for _, reason in asked_by(world, proposal_id=doubtful).left] == [LeftReason.IN_DOUBT]


def with_playbooks(world: World, *playbooks: Playbook) -> None:
    world.grounds = replace(world.grounds, rules=replace(world.grounds.rules, playbooks=playbooks))


def test_an_action_whose_playbook_is_gone_or_says_that_it_is_irreversible_is_left(world: World, system: FakeCaseSystem) -> None:
    undone = carried_out(world, system)
    known = world.grounds.rules.playbooks
    irreversible = [p.model_copy(update={"rollback": p.rollback.model_copy(update={"is_reversible": False})}) for p in known]
    with_playbooks(world, *irreversible)
    assert [reason for _, reason in plan_undo(Wanted(undone), world.state, world.grounds.rules).left] == [LeftReason.IRREVERSIBLE]
    with_playbooks(world)
    assert [reason for _, reason in plan_undo(Wanted(undone), world.state, world.grounds.rules).left] == [LeftReason.NO_PLAYBOOK]


@pytest.mark.parametrize("part", ["issue", "version", "since"])
def test_actions_are_found_by_their_issue_their_playbooks_version_and_when_they_were_done(
    world: World, system: FakeCaseSystem, part: str
) -> None:
    undone = world.state.proposal(carried_out(world, system))
    assert undone is not None
    hour = timedelta(hours=1)
    fitting, other = {
        "issue": ({"issue_id": undone.proposed_issue_id}, {"issue_id": "issue_of_nobody"}),
        "version": ({"playbook_version": undone.playbook_version[:8]}, {"playbook_version": "0" * 64}),
        "since": ({"since": world.clock.now() - hour}, {"since": world.clock.now() + hour}),
    }[part]
    found = plan_undo(Wanted(**fitting), world.state, world.grounds.rules)  # type: ignore[arg-type]
    assert [undoing.proposal.proposal_id for undoing in found.undoings] == [undone.proposal_id]
    with pytest.raises(BadInput, match="nothing that was carried out"):
        plan_undo(Wanted(**other), world.state, world.grounds.rules)  # type: ignore[arg-type]


def test_a_stop_a_phase_and_a_pilot_hold_no_reversal_up(world: World, system: FakeCaseSystem) -> None:
    undone = carried_out(world, system)
    stopped = Autonomy(stopped=frozenset({EVERYTHING}))
    outside = Pilot(products=frozenset({"another"}))
    world.grounds = replace(world.grounds, rules=replace(world.grounds.rules, autonomy=stopped, pilot=outside))
    made = reversal_in(asked_by(world, proposal_id=undone))
    assert made.refusal_reason is None
    approve(world, made, "ada", "bo")
    world.execute(system)
    assert status_of(world, undone) is ProposalStatus.ROLLED_BACK


def test_two_reversals_that_were_asked_for_at_once_undo_the_action_once(world: World, system: FakeCaseSystem) -> None:
    undone = carried_out(world, system)
    first = reversal_in(asked_by(world, proposal_id=undone))
    # As if a store had kept another one too: the second finds nothing that is still done.
    second = replace(first, proposal_id="reversal_other")
    world.state.record_proposals([second])
    for made in (first, second):
        approve(world, made, "ada", "bo")
    report = world.execute(system)
    assert (len(report.done), list(report.refused.values())) == (1, [RefusalReason.STALE_EVIDENCE])
    assert len(system.written) == 2


def test_a_tool_that_refuses_because_somebody_changed_it_since_leaves_the_action_done(world: World) -> None:
    system = FakeCaseSystem("fine", "refuse")
    undone = carried_out(world, system)
    approve(world, reversal_in(asked_by(world, proposal_id=undone)), "ada", "bo")
    report = world.execute(system)
    assert (len(report.failed), status_of(world, undone)) == (1, ProposalStatus.DONE)
    # And it may be asked for again, as another reversal.
    assert len(asked_by(world, proposal_id=undone).reversals) == 1


def test_a_reversal_in_doubt_is_asked_for_before_it_is_sent_again(world: World) -> None:
    system = FakeCaseSystem("fine", "doubt_after")
    undone = carried_out(world, system)
    approve(world, reversal_in(asked_by(world, proposal_id=undone)), "ada", "bo")
    assert len(world.execute(system).in_doubt) == 1
    world.execute(system)
    assert status_of(world, undone) is ProposalStatus.ROLLED_BACK
    assert system.calls.count("perform") == 2


def test_a_reason_has_to_be_given_by_a_person_who_is_known(world: World, system: FakeCaseSystem) -> None:
    undone = carried_out(world, system)
    now, rules = world.clock.now(), world.grounds.rules
    with pytest.raises(BadInput, match="say why"):
        ask_to_undo(Wanted(undone), "  ", "ada", world.people, world.state, rules, now)
    with pytest.raises(BadInput, match="nobody called 'mallory'"):
        ask_to_undo(Wanted(undone), "because", "mallory", world.people, world.state, rules, now)


def test_a_reversal_neither_counts_towards_the_pace_of_its_playbook_nor_keeps_the_loop_from_proposing(
    world: World, system: FakeCaseSystem
) -> None:
    undone = carried_out(world, system)
    made = reversal_in(asked_by(world, proposal_id=undone))
    approve(world, made, "ada", "bo")
    world.execute(system)
    since = world.clock.now() - timedelta(days=1)
    assert world.grounds.rules.pace.within(made.playbook_id, since) == 1


def test_the_class_of_the_complaints_stays_with_the_reversal(world: World, system: FakeCaseSystem) -> None:
    made = reversal_in(asked_by(world, proposal_id=carried_out(world, system)))
    assert ComplaintClass(made.evidence["alert"]["alerted_class"])
    assert made.proposed_hypothesis_id is None


def test_another_system_is_not_asked_to_take_back_what_it_never_did(world: World, system: FakeCaseSystem) -> None:
    undone, other = carried_out(world, system), FakeCaseSystem()
    other.connector = "another desk"
    approve(world, reversal_in(asked_by(world, proposal_id=undone)), "ada", "bo")
    assert list(world.execute(other).waiting)
    assert (other.written, status_of(world, undone)) == ({}, ProposalStatus.DONE)


def test_those_approve_a_reversal_whom_the_playbook_names_by_now(world: World, system: FakeCaseSystem) -> None:
    undone = carried_out(world, system)
    with_playbooks(world, *[p.model_copy(update={"approver_roles": ("head_of_releases",)}) for p in world.grounds.rules.playbooks])
    world.people = {"di": ("head_of_releases",), "ed": ("head_of_releases",)}
    approve(world, reversal_in(asked_by(world, proposal_id=undone)), "di", "ed")
    world.execute(system)
    assert status_of(world, undone) is ProposalStatus.ROLLED_BACK


def test_a_reversal_that_nobody_approved_in_time_does_not_stand_in_the_way_of_the_next(world: World, system: FakeCaseSystem) -> None:
    undone = carried_out(world, system)
    first = reversal_in(asked_by(world, proposal_id=undone))
    world.clock.advance(first.expires_at - first.proposed_at)
    assert reversal_in(asked_by(world, proposal_id=undone)).proposal_id != first.proposal_id
    assert status_of(world, first.proposal_id) is ProposalStatus.EXPIRED


def test_what_the_playbook_calls_irreversible_by_now_is_not_taken_back(world: World, system: FakeCaseSystem) -> None:
    undone = carried_out(world, system)
    approve(world, reversal_in(asked_by(world, proposal_id=undone)), "ada", "bo")
    known = world.grounds.rules.playbooks
    with_playbooks(world, *[p.model_copy(update={"rollback": p.rollback.model_copy(update={"is_reversible": False})}) for p in known])
    assert list(world.execute(system).refused.values()) == [RefusalReason.NO_ROLLBACK]
    assert status_of(world, undone) is ProposalStatus.DONE


def test_an_open_reversal_of_what_was_done_for_an_erased_customer_forgets_them_and_the_trail_stays_whole(
    world: World, tmp_path: Path, system: FakeCaseSystem
) -> None:
    (proposal_id,) = world.propose()
    known = world.state.proposal(proposal_id)
    assert known is not None
    arguments = {"customer_id": "customer_1"}
    hashed, evidence = (
        arguments_hash(known.action_kind, "customer_1", arguments),
        {"request": {"for": "customer_1", "why": "charged twice"}},
    )
    theirs = replace(known, proposal_id="proposal_theirs", action_target="customer_1", action_arguments=json.dumps(arguments))
    world.state.record_proposals([replace(theirs, arguments_hash=hashed, evidence={**known.evidence, **evidence})])
    approve(world, theirs, "ada", "bo")
    (queued,) = world.state.actions(ActionStatus.QUEUED)
    world.state.claim(queued.action_id, lambda *_: None, "desk", world.clock.now())
    world.state.finish(queued.action_id, ActionStatus.DONE, "receipt_1", world.clock.now())
    made = reversal_in(asked_by(world, proposal_id="proposal_theirs"))
    forgetting = ErasableState(f"sqlite:///{tmp_path / 'state' / 'state.sqlite'}", AnchorFile(tmp_path / "anchor.jsonl"), world.clock)
    forgetting.lose(Erased(customer_ids=frozenset({"customer_1"})), "operator", world.clock.now())
    left = world.state.proposal(made.proposal_id)
    assert left is not None
    assert "customer_1" not in str(left)
    assert left.evidence["request"]["why"] == ERASED
    approve(world, made, "ada", "bo")
    assert len(world.execute(system).done) == 1


def test_the_steps_of_a_playbook_that_does_something_else_by_now_are_not_sent(world: World, system: FakeCaseSystem) -> None:
    undone = carried_out(world, system)
    with_playbooks(world, *[p.model_copy(update={"action_kind": ActionKind.REFUND}) for p in world.grounds.rules.playbooks])
    assert [reason for _, reason in asked_by(world, proposal_id=undone).left] == [LeftReason.NO_PLAYBOOK]
