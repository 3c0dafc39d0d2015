"""The claim asks the rules of now: a guard, a pilot, a phase or a stop that came after the approval counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.contracts.autonomy_vocab import AutonomyWord, MaturityPhase
from feedback_loop.contracts.loop_vocab import ActionKind, ProposalStatus, RefusalReason
from feedback_loop.remediation.autonomy import AUTONOMY, EVERYTHING, Autonomy, Pilot, autonomy_row
from feedback_loop.remediation.circuit import WaitReason
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.remediation.policy import parse_policy
from feedback_loop.remediation.rules import Pace, Rules
from feedback_loop.workflows.claim_check import is_stopped
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import LET_GO, alert_row, cause_row
from feedback_loop_tests.workflows.outbox_world import FakeCaseSystem, World, grounds

FRESH = replace(LET_GO, pace=Pace())
OWN_GUARD = '@id("freeze") forbid (principal, action == Action::"execute", resource);'


@pytest.fixture
def world(tmp_path: Path) -> World:
    return World(tmp_path)


@pytest.mark.parametrize(
    ("rules", "reason"),
    [
        (replace(FRESH, pilot=Pilot(products=frozenset({"Other"}))), RefusalReason.OUTSIDE_PILOT),
        (replace(FRESH, autonomy=Autonomy({"crash": MaturityPhase.VISIBILITY})), RefusalReason.VISIBILITY_ONLY),
        (replace(FRESH, policy=parse_policy(None, OWN_GUARD)), RefusalReason.COMPANY_GUARD),
        (replace(FRESH, playbooks=LET_GO.playbooks[:1]), RefusalReason.NO_PLAYBOOK),
    ],
)
def test_what_was_tightened_after_the_approval_stops_the_action(world: World, rules: Rules, reason: RefusalReason) -> None:
    proposal_id = world.approved()
    world.grounds, system = grounds(rules=rules), FakeCaseSystem()
    assert list(world.execute(system).refused.values()) == [reason]
    assert system.written == {}
    found = world.state.proposal(proposal_id)
    assert found is not None
    assert (found.proposal_status, found.refusal_reason) == (ProposalStatus.REFUSED, reason)


def test_what_is_within_the_rules_goes_and_counts_towards_the_pace(world: World) -> None:
    world.approved()
    world.grounds = grounds(rules=replace(FRESH, pace=Pace()))
    assert len(world.execute(FakeCaseSystem()).done) == 1
    assert world.grounds.rules.pace.within("release-rollback", START.replace(hour=0)) == 1


def test_what_is_more_than_its_playbook_may_do_in_its_window_waits_with_its_approvals(world: World) -> None:
    world.approved()
    bounded = next(p for p in seed_playbooks() if p.playbook_id == "release-rollback")
    assert bounded.blast_radius is not None
    most, window = bounded.blast_radius.actions, timedelta(hours=bounded.blast_radius.window_hours)
    began = world.clock.now() - window + timedelta(minutes=10)
    pace = Pace([("release-rollback", str(n), began) for n in range(most)])
    world.grounds = grounds(rules=replace(LET_GO, playbooks=seed_playbooks(), pace=pace))
    system = FakeCaseSystem()
    (waiting,) = world.execute(system).waiting.values()
    assert (waiting.reason, waiting.until) == (WaitReason.TOO_MANY_OF_ITS_PLAYBOOK, began + window)
    world.clock.advance(timedelta(minutes=10))
    assert len(world.execute(system).done) == 1


def test_an_approval_counts_only_with_a_role_that_the_playbook_of_now_names_too(world: World) -> None:
    world.approved()
    narrower = tuple(p.model_copy(update={"approver_roles": ("release_manager",)}) for p in LET_GO.playbooks)
    world.grounds = grounds(rules=replace(FRESH, playbooks=narrower))
    assert list(world.execute(FakeCaseSystem()).refused.values()) == [RefusalReason.APPROVER_LACKS_ROLE]


def test_a_document_that_governs_the_playbook_of_now_has_to_be_valid(world: World) -> None:
    world.approved()
    governed = tuple(p.model_copy(update={"documents": (*p.documents, "runbook-of-tomorrow")}) for p in LET_GO.playbooks)
    world.grounds = grounds(rules=replace(FRESH, playbooks=governed))
    assert list(world.execute(FakeCaseSystem()).refused.values()) == [RefusalReason.STALE_DOCUMENT]


def test_a_class_that_was_taken_back_does_not_go_alone(world: World) -> None:
    causes = [cause_row(cause_kind="content", cause_service="help", cause_id="article-7")]
    samples = ("fragment_1", "fragment_2", "fragment_3")
    alerts = [alert_row(sample_fragment_ids=list(samples))]
    world.grounds = grounds(alerts, causes, certified=samples)
    world.propose()
    taken_back = replace(FRESH, autonomy=Autonomy({EVERYTHING: MaturityPhase.ASSISTED}))
    world.grounds = grounds(alerts, causes, certified=samples, rules=taken_back)
    assert list(world.execute(FakeCaseSystem()).refused.values()) == [RefusalReason.GATE_SHUT]


def test_a_stop_is_known_for_its_class_and_for_everything(world: World) -> None:
    (proposal_id,) = world.propose()
    proposal = world.state.proposal(proposal_id)
    assert proposal is not None
    for scope, is_it in ((EVERYTHING, True), ("crash", True), ("billing", False)):
        stopped = grounds(rules=replace(FRESH, autonomy=Autonomy({}, frozenset({scope}))))
        assert is_stopped(proposal, stopped, world.state) is is_it


def test_what_is_stopped_waits_with_its_approvals_and_goes_when_it_is_resumed(world: World) -> None:
    world.approved()
    going, system = world.grounds, FakeCaseSystem()
    world.grounds = grounds(rules=replace(FRESH, autonomy=Autonomy({}, frozenset({EVERYTHING}))))
    report = world.execute(system)
    assert [waiting.reason for waiting in report.waiting.values()] == [WaitReason.STOPPED]
    assert system.written == {}
    world.grounds = going
    assert len(world.execute(system).done) == 1


def test_a_stop_that_is_said_while_a_pass_runs_is_heard(world: World) -> None:
    world.approved()
    word = autonomy_row(EVERYTHING, AutonomyWord.STOP, "now", "ada", START + timedelta(days=1))
    world.state.record(AUTONOMY, [word], "ada", START)
    report = world.execute(FakeCaseSystem())
    assert [waiting.reason for waiting in report.waiting.values()] == [WaitReason.STOPPED]
    assert [waiting.reason for waiting in world.execute(None).waiting.values()] == [WaitReason.STOPPED]


def test_another_action_than_the_playbook_of_now_names_is_not_sent(world: World) -> None:
    world.approved()
    changed = tuple(p.model_copy(update={"action_kind": ActionKind.OPEN_INCIDENT}) for p in LET_GO.playbooks)
    world.grounds = grounds(rules=replace(FRESH, playbooks=changed))
    assert list(world.execute(FakeCaseSystem()).refused.values()) == [RefusalReason.NO_PLAYBOOK]


def test_a_threshold_that_rose_since_counts(world: World) -> None:
    world.approved()
    world.grounds = grounds(rules=replace(FRESH, thresholds={"release-rollback": 0.95}))
    assert list(world.execute(FakeCaseSystem()).refused.values()) == [RefusalReason.LOW_CONFIDENCE]
