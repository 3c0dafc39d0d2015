"""From a question in ServiceNow to an approval here: by the people file, by its roles, once, and never by a clock."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from feedback_loop.contracts.identity import KnownBy
from feedback_loop.contracts.loop_vocab import ApprovalVerdict, ProposalStatus
from feedback_loop.contracts.said_elsewhere import NotCounted
from feedback_loop.workflows.approve import decide
from feedback_loop.workflows.approve_elsewhere import TakenOver, ask_elsewhere, take_over
from feedback_loop.workflows.identity import Directory
from feedback_loop.workflows.identity_file import parse_identity
from feedback_loop_tests.adapters.servicenow.running import RunningServiceNow, running_servicenow
from feedback_loop_tests.workflows.outbox_world import World
from feedback_loop_tests.workflows.test_identity import MINUTE

RULES = "people: {ada: {servicenow: [ada.l]}, bo: {servicenow: [bo.x]}, cy: {servicenow: [cy.y]}}"


class Asked:
    """A proposal that waits, and the change in which people are asked about it."""

    def __init__(self, world: World, servicenow: RunningServiceNow) -> None:
        self.world, self.servicenow = world, servicenow
        (self.proposal_id,) = world.propose()
        ask_elsewhere(servicenow.client(), world.state)
        (self.change,) = servicenow.desk.tables["change_request"].values()

    def says(self, user: str, **more: str) -> str:
        return self.servicenow.desk.says(self.change, user, **more)["sys_id"]

    def taken_over(self) -> TakenOver:
        self.world.clock.advance(MINUTE)
        directory = Directory(parse_identity(RULES), self.world.people)
        return take_over(self.servicenow.client(), KnownBy.SERVICENOW, directory, self.world.state, self.world.clock)

    @property
    def status(self) -> ProposalStatus:
        found = self.world.state.proposal(self.proposal_id)
        assert found is not None
        return found.proposal_status


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    world = World(tmp_path)
    with running_servicenow(world.clock) as servicenow:
        yield Asked(world, servicenow)


def test_two_people_who_approve_there_have_approved_here_once(asked: Asked) -> None:
    rows = [asked.says("ada.l"), asked.says("bo.x")]
    assert asked.taken_over() == TakenOver(counted=rows)
    assert asked.status is ProposalStatus.APPROVED
    given = asked.world.state.approvals(asked.proposal_id)
    assert [(one.person, one.known_by, one.account) for one in given] == [
        ("ada", KnownBy.SERVICENOW, "servicenow:ada"), ("bo", KnownBy.SERVICENOW, "servicenow:bo"),
    ]  # fmt: skip
    assert asked.taken_over() == TakenOver()


def test_it_is_asked_once_and_what_is_heard_is_not_heard_again(asked: Asked) -> None:
    row = asked.says("ada.l")
    assert [asked.taken_over().counted, asked.taken_over().counted] == [[row], []]
    ask_elsewhere(asked.servicenow.client(), asked.world.state)
    assert len(asked.servicenow.desk.records) == 1


def test_what_the_clock_approved_when_due_approves_nothing(asked: Asked) -> None:
    asked.says("ada.l", sys_updated_by="system")
    asked.says("bo.x", due_date="2026-01-01 00:00:00")
    report = asked.taken_over()
    assert [one.reason for one in report.left_out] == [NotCounted.BY_THE_SYSTEM, NotCounted.WHEN_DUE]
    assert (asked.status, asked.world.state.approvals(asked.proposal_id)) == (ProposalStatus.AWAITING_APPROVAL, [])


def test_a_stranger_and_somebody_without_the_role_are_refused_and_noted_once(asked: Asked) -> None:
    stranger, intern = asked.says("eve"), asked.says("cy.y")
    assert set(asked.taken_over().refused) == {stranger, intern}
    assert set(asked.taken_over().refused) == {stranger}
    assert [one.event for one in asked.world.state.records()].count("decision_refused") == 1
    assert asked.status is ProposalStatus.AWAITING_APPROVAL


def test_who_rejects_there_has_rejected_here(asked: Asked) -> None:
    asked.says("ada.l", state="rejected")
    asked.taken_over()
    assert asked.status is ProposalStatus.REFUSED


def test_who_revokes_here_is_not_overruled_by_what_stands_there(asked: Asked) -> None:
    asked.says("ada.l")
    asked.taken_over()
    directory = Directory(parse_identity(RULES), asked.world.people)
    actor = directory.by_account(KnownBy.SERVICENOW, "ada.l", asked.world.clock.now())
    decide(asked.proposal_id, ApprovalVerdict.REVOKE, "ada", actor.people, asked.world.state, asked.world.clock, actor=actor)
    assert asked.taken_over() == TakenOver()
    asked.says("bo.x")
    asked.taken_over()
    assert asked.status is ProposalStatus.AWAITING_APPROVAL
