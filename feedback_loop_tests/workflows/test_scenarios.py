"""The scenarios that the platform was asked for, each from what lands or is known to what becomes of it in the team's tool."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.contracts.loop_vocab import ActionKind, ApprovalVerdict, ProposalStatus, RefusalReason
from feedback_loop.contracts.records import Row as Landed
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import AuditChainBroken, DecisionRefused
from feedback_loop.remediation.reversal import Wanted
from feedback_loop.workflows.grounds import Grounds
from feedback_loop.workflows.undo import ask_to_undo
from feedback_loop_tests.defs.made_up_feedback import SAYINGS, day, record, release
from feedback_loop_tests.remediation.made_up_case import LET_GO, alert_row, cause_row, document_row, unknown_row
from feedback_loop_tests.workflows.made_up_history import Landing, analysed, change, context_of, document, instant, landed
from feedback_loop_tests.workflows.outbox_world import FakeCaseSystem, World, grounds
from feedback_loop_tests.workflows.test_execute import spoil

TODAY, HOUR = 24, timedelta(hours=1)
PEOPLE = {"ada": ("release_manager",), "bo": ("incident_commander",), "cy": ("support_lead",)}
CHECKOUT = "Checkout fails: the page stays empty when I press pay."


def six_hours_of_tickets() -> list[Landing]:
    """A hundred tickets between ten and four, 18 of them about the checkout on one browser version; before them ordinary weeks of it."""
    usual = [*SAYINGS["praise"], *SAYINGS["billing"]]
    tickets: list[Landed] = []
    for number in range(TODAY):
        tickets += [
            record(f"usual-{number}-{n}", number, usual[n % len(usual)].format(n=n), browser="Safari 18" if n % 5 == 0 else "Firefox 130")
            for n in range(20)
        ]
    for n in range(100):
        is_broken = n < 18
        said = CHECKOUT if is_broken else usual[n % len(usual)].format(n=n)
        browser = "Safari 18" if is_broken or n % 20 == 0 else "Firefox 130"
        at = instant(TODAY, 10) + n * timedelta(minutes=3.5)
        tickets.append(record(f"today-{n}", TODAY, said, browser=browser, occurred_at=at))
    return [(ticket.occurred_at, [ticket]) for ticket in tickets]  # type: ignore[union-attr]


def grounds_of(store: MemoryTableStore, now: datetime) -> Grounds:
    analysis = analysed()
    analysis.take(store.read(TABLES["bronze_feedback_record"]))
    found = analysis.findings(day(TODAY), now, context_of(store))
    documents = store.read(TABLES["context_document"])
    none = grounds()
    return Grounds(found.alerts, found.cohorts, found.hypotheses, none.issues, documents, rules=none.rules)


def runbooks() -> list[Landing]:
    names = ("rollback-release", "runbook-open-incident", "runbook-review")
    return [(instant(-1), [document(name) for name in names])]


def proposals_by_kind(world: World) -> dict[ActionKind, str]:
    made = [proposal for proposal, _ in world.state.decided()]
    return {proposal.action_kind: proposal.proposal_id for proposal in made}


def status_of(world: World, proposal_id: str) -> ProposalStatus:
    found = world.state.proposal(proposal_id)
    assert found is not None
    return found.proposal_status


def test_a_share_of_six_hours_tickets_becomes_an_incident_and_a_rollback_that_two_approve_and_that_is_taken_back(tmp_path: Path) -> None:
    now = instant(TODAY, 16)
    bad = change("chg-checkout", TODAY, hour=9.5, scope={"browser": ["Safari 18"]}, change_description="checkout page rewritten")
    store = landed(*six_hours_of_tickets(), *runbooks(), (instant(TODAY, 9.5), [bad]), (instant(TODAY, 9), [release("3.0", TODAY)]))
    world = World(tmp_path, grounds=grounds_of(store, now), people=PEOPLE)
    world.clock.advance(now - world.clock.now())
    world.propose()
    made = proposals_by_kind(world)

    incident = world.state.proposal(made[ActionKind.OPEN_INCIDENT])
    assert incident is not None
    assert "Safari 18" in incident.action_arguments, "the segment is annotated"
    system = FakeCaseSystem()
    world.execute(system)
    assert [request.action_kind for request in system.written.values()] == [ActionKind.OPEN_INCIDENT]

    rollback = made[ActionKind.ROLL_BACK_RELEASE]
    world.say(rollback, "ada")
    world.execute(system)
    assert status_of(world, rollback) is ProposalStatus.AWAITING_APPROVAL, "one approver is not enough"
    with pytest.raises(DecisionRefused, match="same_approver_twice"):
        world.say(rollback, "ada")
    world.say(rollback, "bo")
    world.execute(system)
    assert status_of(world, rollback) is ProposalStatus.DONE

    asked = ask_to_undo(Wanted(rollback), "7.2.1 mends it", "cy", PEOPLE, world.state, world.grounds.rules, world.clock.now())
    (reversal,) = asked.reversals
    for person in ("ada", "bo"):
        world.say(reversal.proposal_id, person)
    world.execute(system)
    assert status_of(world, rollback) is ProposalStatus.ROLLED_BACK
    assert len(system.written) == 3


def world_of(folder: Path, case: Grounds) -> World:
    return World(folder, grounds=case, people={**PEOPLE, "dee": ("entitlements_owner",)})


def test_an_entitlement_case_is_routed_to_its_queue_with_its_context(tmp_path: Path) -> None:
    cause = cause_row(cause_kind="config", cause_service="entitlements", cause_id="chg-plan")
    world = world_of(tmp_path, grounds(causes=[cause]))
    (proposal_id,) = world.propose()
    world.say(proposal_id, "dee")
    system = FakeCaseSystem()
    world.execute(system)
    (sent,) = system.written.values()
    assert (sent.action_kind, sent.arguments["queue"]) == (ActionKind.ROUTE_WITH_CONTEXT, "entitlements")
    assert {"change_id", "product", "scope", "sample_fragment_ids"} <= set(sent.arguments)


@pytest.mark.parametrize(("indicators", "goes_alone"), [(("f1", "f2", "f3"), True), (("f1", "f2"), False)])
def test_a_delay_of_mails_is_routed_by_itself_on_three_strong_indicators_and_not_on_two(
    tmp_path: Path, indicators: tuple[str, ...], goes_alone: bool
) -> None:
    alert = alert_row(alerted_class="latency", sample_fragment_ids=["f1", "f2", "f3"])
    cause = cause_row(cause_kind="job", cause_service="mail", cause_id="mail-batch")
    world = world_of(tmp_path, grounds([alert], [cause], certified=indicators))
    world.propose()
    system = FakeCaseSystem()
    world.execute(system)
    assert [request.arguments["queue"] for request in system.written.values()] == (["mail-delivery"] if goes_alone else [])
    (proposal,) = [proposal for proposal, _ in world.state.decided()]
    assert proposal.approvals_required_count == (0 if goes_alone else 1)


def test_low_confidence_is_refused_and_handed_to_people(tmp_path: Path) -> None:
    world = world_of(tmp_path, grounds(causes=[cause_row(hypothesis_score=0.31)]))
    world.propose()
    assert refusals(world) == {"release-rollback": RefusalReason.LOW_CONFIDENCE}
    assert ActionKind.QUEUE_FOR_REVIEW in proposals_by_kind(world)


def test_an_expired_runbook_is_refused_and_handed_to_people(tmp_path: Path) -> None:
    expired = document_row("rollback-release", valid_until_at=World(tmp_path).clock.now() - HOUR)
    others = [document_row(name) for name in ("runbook-review", "runbook-open-incident")]
    world = world_of(tmp_path, grounds(documents=[expired, *others]))
    world.propose()
    assert refusals(world) == {"release-rollback": RefusalReason.STALE_DOCUMENT}
    assert ActionKind.QUEUE_FOR_REVIEW in proposals_by_kind(world)


def test_a_cause_without_a_playbook_goes_to_people_and_nothing_is_done_about_it(tmp_path: Path) -> None:
    world = world_of(tmp_path, grounds(causes=[unknown_row()]))
    world.propose()
    system = FakeCaseSystem()
    world.execute(system)
    assert {request.action_kind for request in system.written.values()} <= {ActionKind.QUEUE_FOR_REVIEW}


def test_an_action_whose_playbook_is_gone_is_refused_at_the_claim(tmp_path: Path) -> None:
    world = world_of(tmp_path, grounds())
    proposal_id = world.approved()
    without = replace(LET_GO, playbooks=tuple(p for p in LET_GO.playbooks if p.playbook_id != "release-rollback"))
    world.grounds = replace(world.grounds, rules=without)
    report = world.execute(FakeCaseSystem())
    assert list(report.refused.values()) == [RefusalReason.NO_PLAYBOOK]
    assert status_of(world, proposal_id) is ProposalStatus.REFUSED


def test_what_became_stale_between_approval_and_sending_stops_by_itself(tmp_path: Path) -> None:
    world = world_of(tmp_path, grounds())
    world.approved()
    world.grounds = replace(world.grounds, hypotheses=grounds(causes=[cause_row(cause_id="deploy-9.9.9")]).hypotheses)
    system = FakeCaseSystem()
    report = world.execute(system)
    assert (list(report.refused.values()), system.written) == ([RefusalReason.STALE_EVIDENCE], {})


def test_nobody_who_is_not_known_decides(tmp_path: Path) -> None:
    world = world_of(tmp_path, grounds())
    (proposal_id,) = world.propose()
    with pytest.raises(Exception, match="nobody called 'mallory'"):
        world.say(proposal_id, "mallory", ApprovalVerdict.APPROVE)
    assert status_of(world, proposal_id) is ProposalStatus.AWAITING_APPROVAL


def test_a_broken_chain_stops_everything(tmp_path: Path) -> None:
    world = world_of(tmp_path, grounds())
    world.approved()
    spoil(world, "UPDATE audit_record SET actor = 'nobody' WHERE sequence = 2")
    system = FakeCaseSystem()
    with pytest.raises(AuditChainBroken):
        world.execute(system)
    assert system.written == {}


def refusals(world: World) -> dict[str, RefusalReason]:
    found = {proposal.playbook_id: proposal.refusal_reason for proposal, _ in world.state.decided()}
    return {name: reason for name, reason in found.items() if reason is not None}
