"""Deciding: by people of now, about what they saw, and in time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.contracts.loop_vocab import ActionStatus, ApprovalVerdict, ProposalStatus
from feedback_loop.errors import BadInput, DecisionRefused, IllegalTransition
from feedback_loop.workflows.approve import decide
from feedback_loop_tests.workflows.outbox_world import PEOPLE, World


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


def status(world: World, proposal_id: str) -> ProposalStatus:
    found = world.state.proposal(proposal_id)
    assert found is not None
    return found.proposal_status


def test_two_people_approve(world: World) -> None:
    assert status(world, world.approved()) is ProposalStatus.APPROVED


def test_one_rejects_with_a_reason_that_is_kept(world: World) -> None:
    (proposal_id,) = world.propose()
    decide(proposal_id, ApprovalVerdict.REJECT, "ada", PEOPLE, world.state, world.clock, why="not our release")
    assert status(world, proposal_id) is ProposalStatus.REFUSED
    assert world.state.approvals(proposal_id)[0].why == "not our release"


def test_an_approval_can_be_taken_back_until_it_was_used(world: World) -> None:
    proposal_id = world.approved()
    world.clock.advance(timedelta(minutes=1))
    world.say(proposal_id, "ada", ApprovalVerdict.REVOKE)
    assert status(world, proposal_id) is ProposalStatus.AWAITING_APPROVAL
    assert world.state.actions(ActionStatus.QUEUED) == []
    world.clock.advance(timedelta(minutes=1))
    world.say(proposal_id, "ada")
    assert len(world.state.actions(ActionStatus.QUEUED)) == 1


def test_what_was_seen_is_what_is_approved(world: World) -> None:
    (proposal_id,) = world.propose()
    with pytest.raises(DecisionRefused, match="arguments_changed"):
        decide(proposal_id, ApprovalVerdict.APPROVE, "ada", PEOPLE, world.state, world.clock, seen_hash="what I saw")


def test_too_late_is_too_late(world: World) -> None:
    (proposal_id,) = world.propose()
    world.clock.advance(timedelta(hours=24))
    with pytest.raises((DecisionRefused, IllegalTransition)):
        world.say(proposal_id, "ada")
    assert status(world, proposal_id) is ProposalStatus.EXPIRED


def test_strangers_and_unknown_proposals_are_bad_input(world: World) -> None:
    (proposal_id,) = world.propose()
    with pytest.raises(BadInput, match="nobody called"):
        world.say(proposal_id, "zoe")
    with pytest.raises(BadInput, match="approvals list"):
        world.say("unknown", "ada")
    with pytest.raises(DecisionRefused, match="approver_lacks_role"):
        world.say(proposal_id, "cy")
