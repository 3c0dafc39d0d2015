"""`rollback` of actions: look first, ask, let others approve, and what it says of what stays."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from feedback_loop.cli.places import SystemClock
from feedback_loop.contracts.decisions import OutboxAction, Proposal
from feedback_loop.contracts.loop_vocab import ActionStatus, ApprovalVerdict
from feedback_loop.workflows.approve import decide
from feedback_loop_tests.cli.conftest import Call
from feedback_loop_tests.cli.state_homes import state_of
from feedback_loop_tests.remediation.made_up_case import rollback_proposal

PEOPLE = {"ada": ("release_manager",), "bo": ("incident_commander",), "cy": ("support_lead",)}


def in_this_hour(proposal: Proposal) -> Proposal:
    now = SystemClock().now()
    return replace(proposal, proposed_at=now, expires_at=now.replace(year=now.year + 1))


def carried_out(home: Path, proposal: Proposal) -> OutboxAction:
    """The action of the proposal, approved by two people and confirmed by the case system."""
    state, clock = state_of(home), SystemClock()
    state.record_proposals([proposal])
    for person in ("ada", "bo"):
        decide(proposal.proposal_id, ApprovalVerdict.APPROVE, person, PEOPLE, state, clock)
    (queued,) = [a for a in state.actions(ActionStatus.QUEUED) if a.proposal_id == proposal.proposal_id]
    claimed = state.claim(queued.action_id, lambda *_: None, "desk", clock.now())
    assert isinstance(claimed, OutboxAction)
    state.finish(claimed.action_id, ActionStatus.DONE, f"receipt_{proposal.proposal_id}", clock.now())
    return claimed


@pytest.fixture
def undone(home: Path) -> Proposal:
    """A proposal whose action was carried out."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "people.yaml").write_text("".join(f"{name}: [{roles[0]}]\n" for name, roles in PEOPLE.items()), encoding="utf-8")
    proposal = replace(in_this_hour(rollback_proposal()), proposed_issue_id="issue_1")
    carried_out(home, proposal)
    return proposal


def test_a_dry_run_tells_the_steps_the_owner_and_who_approves_and_asks_for_nothing(call: Call, home: Path, undone: Proposal) -> None:
    outcome = call("rollback", "--proposal", undone.proposal_id, "--dry-run")
    assert outcome.code == 0
    assert "1 actions would be taken back, each after approval; 0 stay." in outcome.out
    assert f"receipt receipt_{undone.proposal_id} of desk" in outcome.out
    assert "1. Deploy the rolled-back version again" in outcome.out
    assert "Approved by: release_manager, incident_commander." in outcome.out
    assert "was changed since" not in outcome.out
    assert len(state_of(home).decided()) == 1


def test_a_reversal_waits_for_the_people_whom_its_risk_asks_for(call: Call, home: Path, undone: Proposal) -> None:
    outcome = call("rollback", "--issue", str(undone.proposed_issue_id), "--as", "cy", "--why", "wrong cause")
    assert outcome.code == 0, outcome.error
    assert f"takes back {undone.proposal_id} and waits for 2 people." in outcome.out
    (made,) = [proposal for proposal, _ in state_of(home).decided() if proposal.reverses]
    assert call("approvals", "approve", made.proposal_id, "--as", "ada").code == 0
    assert "wrong cause" in call("approvals", "show", made.proposal_id).out


def test_what_was_asked_for_before_stays_with_its_reason(call: Call, undone: Proposal) -> None:
    command = ("rollback", "--since", "2026-01-01", "--as", "cy", "--why", "wrong cause")
    call(*command)
    outcome = call(*command)
    assert (outcome.code, "reversal stands" in outcome.out) == (1, True)
    assert "Its reversal is proposed already" in outcome.out


def test_steps_of_a_playbook_that_was_changed_since_are_told_as_such(call: Call, home: Path, undone: Proposal) -> None:
    changed = replace(undone, proposal_id="proposal_changed", playbook_version="0" * 64)
    carried_out(home, changed)
    outcome = call("rollback", "--playbook-version", "0000", "--dry-run")
    assert "Its playbook was changed since" in outcome.out
    assert "1 actions would be taken back" in outcome.out


def test_an_action_whose_playbook_is_gone_is_asked_for_where_it_was_approved(call: Call, home: Path, undone: Proposal) -> None:
    carried_out(home, replace(undone, proposal_id="proposal_gone", playbook_id="own-rollback"))
    outcome = call("rollback", "--proposal", "proposal_gone", "--dry-run")
    assert "no playbook" in outcome.out
    assert "Its playbook is gone, and with it the steps; ask those who approved it." in outcome.out


def test_as_json_every_reversal_and_every_reason_is_named(call: Call, undone: Proposal) -> None:
    planned = json.loads(call("rollback", "--proposal", undone.proposal_id, "--dry-run", "--json").out)
    assert [one["proposal_id"] for one in planned["would_take_back"]] == [undone.proposal_id]
    asked = json.loads(call("rollback", "--proposal", undone.proposal_id, "--as", "cy", "--why", "wrong", "--json").out)
    assert [one["reverses"] for one in asked["reversals"]] == [undone.proposal_id]
    again = json.loads(call("rollback", "--proposal", undone.proposal_id, "--as", "cy", "--why", "wrong", "--json").out)
    assert again == {"reversals": [], "left": [{"proposal_id": undone.proposal_id, "reason": "reversal_stands"}]}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(("--as", "cy"), "say why"), (("--why", "wrong"), "--as"), (("--as", "mallory", "--why", "wrong"), "mallory")],
)
def test_nobody_asks_without_a_name_and_a_reason(call: Call, home: Path, undone: Proposal, arguments: tuple[str, ...], named: str) -> None:
    outcome = call("rollback", "--proposal", undone.proposal_id, *arguments)
    assert (outcome.code, named in outcome.error) == (2, True)
    assert len(state_of(home).decided()) == 1


@pytest.mark.parametrize("option", ["--proposal", "--issue", "--playbook-version"])
def test_an_empty_option_means_nothing_and_never_everything(call: Call, undone: Proposal, option: str) -> None:
    outcome = call("rollback", option, "", "--as", "cy", "--why", "wrong cause")
    assert (outcome.code, "empty" in outcome.err) == (2, True)
