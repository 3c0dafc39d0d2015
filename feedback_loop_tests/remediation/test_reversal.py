"""Which actions are taken back, and what the proposal of a reversal says; asking, approving and sending it is `workflows/test_undo.py`."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import polars as pl
import pytest

from feedback_loop.contracts.audit_vocab import ReplayVerdict
from feedback_loop.contracts.decisions import OutboxAction, Proposal
from feedback_loop.contracts.loop_vocab import ActionKind, ActionStatus, LeftReason, ProposalStatus, RiskLevel
from feedback_loop.remediation.proposals import arguments_hash_of
from feedback_loop.remediation.replay import Rules as RulesAtHand
from feedback_loop.remediation.replay import replay
from feedback_loop.remediation.reversal import ReversalPlan, Wanted, plan_reversal, reversal_of
from feedback_loop.remediation.rules import Rules, pace_of
from feedback_loop.remediation.standing import marks_of, stale_keys, taken_marks
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import rollback_proposal
from feedback_loop_tests.remediation.test_replay import told_of

HOUR = timedelta(hours=1)
RULES = Rules()


def done(**changes: Any) -> Proposal:
    return replace(rollback_proposal(), proposal_status=ProposalStatus.DONE, decided_at=START, **changes)


def action_of(proposal: Proposal, **changes: Any) -> OutboxAction:
    of = proposal.proposal_id
    values = {
        "action_id": f"action_{of}", "proposal_id": of, "idempotency_key": f"key_{of}", "connector": "ops-jira",
        "action_kind": proposal.action_kind, "action_target": proposal.action_target, "action_arguments": {}, "attempt_count": 1,
        "action_status": ActionStatus.DONE, "receipt_id": "OPS-7/10001", "is_dry_run": False, "queued_at": START, "claimed_at": START,
        "executed_at": START,
    }  # fmt: skip
    return OutboxAction(**{**values, **changes})


def planned(*pairs: tuple[Proposal, OutboxAction], more: tuple[Proposal, ...] = (), **wanted: Any) -> ReversalPlan:
    return plan_reversal(Wanted(**wanted), [*(p for p, _ in pairs), *more], [a for _, a in pairs], RULES)


def reversal(undone: Proposal, more: tuple[Proposal, ...] = ()) -> Proposal:
    (undoing,) = planned((undone, action_of(undone)), more=more, proposal_id=undone.proposal_id).undoings
    return reversal_of(undoing, "cy", "wrong cause", RULES, START + HOUR)


def test_a_reversal_is_said_on_the_issue_of_the_tracker_and_names_what_it_undoes() -> None:
    undone = done()
    made = reversal(undone)
    assert (made.action_kind, made.action_target, made.reverses) == (ActionKind.REVERSE_ACTION, "OPS-7", undone.proposal_id)
    assert (made.requested_by, made.risk_level, made.approvals_required_count) == ("cy", RiskLevel.HIGH, 2)
    assert made.evidence["request"] == {"for": undone.proposal_id, "why": "wrong cause"}
    assert made.arguments_hash == arguments_hash_of(made) != undone.arguments_hash
    assert not undone.reverses


def test_what_is_taken_back_is_not_proposed_again_while_that_is_decided_nor_soon_after() -> None:
    undone = done()
    again = marks_of(undone.row())[1]
    for status in (ProposalStatus.AWAITING_APPROVAL, ProposalStatus.DONE):
        made = replace(reversal(undone), proposal_status=status, decided_at=START + HOUR)
        assert again in taken_marks(pl.DataFrame([made.row()]), START + 2 * HOUR, is_live=True)
    assert stale_keys(pl.DataFrame([reversal(undone).row()]), [], RULES, pl.DataFrame(), START, is_live=True) == {}


def test_the_last_action_is_taken_back_first() -> None:
    first, second = done(proposal_id="p_1"), done(proposal_id="p_2")
    plan = planned((first, action_of(first)), (second, action_of(second, executed_at=START + HOUR)), since=START)
    assert [undoing.proposal.proposal_id for undoing in plan.undoings] == ["p_2", "p_1"]


@pytest.mark.parametrize("status", [ProposalStatus.PROPOSED, ProposalStatus.REFUSED, ProposalStatus.FAILED, ProposalStatus.EXPIRED])
def test_what_was_never_carried_out_is_meant_only_by_its_id(status: ProposalStatus) -> None:
    waiting = replace(rollback_proposal(), proposal_status=status)
    assert planned(more=(waiting,), issue_id=waiting.proposed_issue_id) == ReversalPlan((), ())
    assert planned(more=(waiting,), proposal_id=waiting.proposal_id).left == ((waiting, LeftReason.NOT_CARRIED_OUT),)


def test_a_reversal_that_came_to_nothing_may_be_asked_for_again_under_another_key() -> None:
    undone = done()
    failed = replace(reversal(undone), proposal_status=ProposalStatus.FAILED)
    again = reversal(undone, more=(failed,))
    assert again.proposal_id != failed.proposal_id
    assert again.reverses == failed.reverses


@pytest.mark.parametrize("status", [ProposalStatus.AWAITING_APPROVAL, ProposalStatus.APPROVED, ProposalStatus.IN_DOUBT])
def test_while_a_reversal_is_under_way_there_is_no_second(status: ProposalStatus) -> None:
    undone = done()
    under_way = replace(reversal(undone), proposal_status=status)
    plan = planned((undone, action_of(undone)), more=(under_way,), since=START)
    assert (plan.undoings, plan.left) == ((), ((undone, LeftReason.REVERSAL_STANDS),))


def test_a_reversal_does_not_count_as_an_action_of_its_playbook() -> None:
    undone = done()
    made = replace(reversal(undone), proposal_status=ProposalStatus.DONE, decided_at=START + HOUR)
    pace = pace_of(pl.DataFrame([undone.row(), made.row()]))
    assert pace.within(undone.playbook_id, START - HOUR) == 1


def test_a_long_step_of_a_playbook_fits_into_a_line_of_a_tracker() -> None:
    undone = done()
    (undoing,) = planned((undone, action_of(undone)), since=START).undoings
    endless = undoing.playbook.rollback.model_copy(update={"steps": ("undo it\n" + "x" * 300,)})
    longer = replace(undoing, playbook=undoing.playbook.model_copy(update={"rollback": endless}))
    assert '"steps":["undo it ' + "x" * 192 + '"]' in reversal_of(longer, "cy", "wrong", RULES, START).action_arguments


def test_the_decision_on_a_reversal_is_made_again_from_its_record() -> None:
    made = reversal(done())
    found = replay(made.proposal_id, told_of(made), made.proposed_at, RulesAtHand.of([RULES.policy], RULES.playbooks))
    assert (found.verdict, found.differences) == (ReplayVerdict.SAME, ())
