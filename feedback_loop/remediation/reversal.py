"""Taking back what was carried out: which actions can be undone, and the proposal that undoes one.

A reversal is an action like any other, in the tool in which the first one was carried out: proposed, approved by people other than who
asked, sent once. Bulk moves of cases are put back case by case, see `reroute`. The rule that is easy to break: what leads back to safety is
held up by no pilot, phase, stop or pace, but it undoes only what is still as the loop left it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.decisions import REVERSES, OutboxAction, Proposal
from feedback_loop.contracts.identifiers import content_hash, stable_id
from feedback_loop.contracts.loop_vocab import ActionKind, ActionStatus, LeftReason, ProposalStatus, RiskLevel
from feedback_loop.remediation.approvals import OPEN
from feedback_loop.remediation.decision_record import POLICY_FACTS, plain_facts
from feedback_loop.remediation.evidence import Case, recorded_case
from feedback_loop.remediation.playbooks import Playbook
from feedback_loop.remediation.policy import BlastRadius, PolicyFacts, decide, person_because
from feedback_loop.remediation.proposals import arguments_hash, first_status
from feedback_loop.remediation.rules import Held, Rules, policy_facts

_UNDER_WAY = (ProposalStatus.CLAIMED, ProposalStatus.IN_DOUBT)
_CARRIED_OUT = (*_UNDER_WAY, ProposalStatus.DONE, ProposalStatus.ROLLED_BACK)
_LONGEST_STEP = 200
"""What trackers take as one line."""

_KEPT = ("alert", "cohort", "hypotheses", "issue_id")


@dataclass(frozen=True)
class Wanted:
    """What is to be taken back: all parts that are given hold together."""

    proposal_id: str | None = None
    issue_id: str | None = None
    playbook_version: str | None = None
    """The whole version or its beginning."""
    since: datetime | None = None


@dataclass(frozen=True)
class Undoing:
    """One action that can be taken back, its proposal, and the playbook of now that says how."""

    proposal: Proposal
    action: OutboxAction
    playbook: Playbook
    earlier_tries: int
    """Reversals of it that came to nothing."""


@dataclass(frozen=True)
class ReversalPlan:
    """What of the wanted can be taken back, the last first, and what is left with its reason."""

    undoings: tuple[Undoing, ...]
    left: tuple[tuple[Proposal, LeftReason], ...]


def plan_reversal(wanted: Wanted, proposals: Sequence[Proposal], actions: Sequence[OutboxAction], rules: Rules) -> ReversalPlan:
    """Of everything that was ever proposed; what was never carried out is left out, unless it is named by its id."""
    by_proposal = {action.proposal_id: action for action in actions}
    reversals: dict[str, list[Proposal]] = {}
    for proposal in proposals:
        if proposal.reverses is not None:
            reversals.setdefault(proposal.reverses, []).append(proposal)
    undoings: list[Undoing] = []
    left: list[tuple[Proposal, LeftReason]] = []
    for proposal in proposals:
        action = by_proposal.get(proposal.proposal_id)
        if not _is_wanted(proposal, action, wanted):
            continue
        tries, playbook = reversals.get(proposal.proposal_id, []), rules.playbook(proposal.playbook_id)
        reason = _reason_to_leave(proposal, action, playbook, tries)
        if reason is None and action is not None and playbook is not None:
            undoings.append(Undoing(proposal, action, playbook, len(tries)))
        elif reason is not None:
            left.append((proposal, reason))
    return ReversalPlan(tuple(sorted(undoings, key=_latest_first, reverse=True)), tuple(left))


def reversal_of(undoing: Undoing, person: str, why: str, rules: Rules, at: datetime) -> Proposal:
    """The proposal that undoes the action; approved by those who may approve the action itself, and never by who asked."""
    undone, action, playbook = undoing.proposal, undoing.action, undoing.playbook
    case = recorded_case(undone.evidence)
    facts = replace(reversal_facts(case, playbook, rules, at), risk_level=_graver(playbook.risk, undone.risk_level))
    decision, person_reason = decide(facts, rules.policy), person_because(facts, rules.policy)
    status, arguments = first_status(decision), _arguments(undoing)
    target = str(action.receipt_id or action.action_id).partition("/")[0]
    # With the target, which may be a customer: by it an erasure finds the evidence too, not the arguments alone.
    reverses = {"proposal_id": undone.proposal_id, "action_id": action.action_id, "receipt_id": action.receipt_id}
    reverses["target"] = action.action_target
    return replace(
        undone,
        proposal_id=stable_id("reversal", action.action_id, undoing.earlier_tries),
        proposed_hypothesis_id=None,
        playbook_version=playbook.playbook_version,
        policy_version=rules.policy.policy_version,
        action_kind=ActionKind.REVERSE_ACTION,
        action_target=target,
        action_arguments=canonical_json(arguments).decode(),
        arguments_hash=arguments_hash(ActionKind.REVERSE_ACTION, target, arguments),
        evidence_hash=content_hash(canonical_json(reverses)),
        risk_level=facts.risk_level,
        confidence_score=case.confidence_score,
        proposal_threshold_score=0.0,
        approvals_required_count=decision.needs_approvals,
        proposal_status=status,
        refusal_reason=next(iter(decision.refusals), None),
        is_executable=decision.is_executable,
        requested_by=person,
        proposed_at=at,
        decided_at=at if status is ProposalStatus.REFUSED else None,
        expires_at=at + timedelta(hours=playbook.expires_hours),
        approver_roles=tuple(playbook.approver_roles),
        approvals_given_count=0,
        is_dry_run=True,
        evidence={
            **{name: undone.evidence[name] for name in _KEPT},
            "documents": {},
            REVERSES: reverses,
            "request": {"for": undone.proposal_id, "why": why},
            "refusals": [str(reason) for reason in decision.refusals],
            "guards": list(decision.guards),
            "person_because": None if person_reason is None else str(person_reason),
            "certified_count": facts.certified_count,
            POLICY_FACTS: plain_facts(facts),
        },
    )


def reversal_facts(case: Case, playbook: Playbook, rules: Rules, at: datetime) -> PolicyFacts:
    """What the policy is asked about a reversal: it rests on no evidence but that the action was carried out, and nothing bounds it."""
    held = Held(0.0, 0, are_documents_valid=True, is_live=True, at=at)
    facts = policy_facts(case, playbook, rules, held)
    return replace(
        facts,
        action_kind=ActionKind.REVERSE_ACTION,
        is_requested=True,
        required_evidence_count=0,
        actions_in_window=0,
        blast_radius=BlastRadius(),
    )


def _is_wanted(proposal: Proposal, action: OutboxAction | None, wanted: Wanted) -> bool:
    if wanted.proposal_id is None and (action is None or proposal.proposal_status not in _CARRIED_OUT or proposal.reverses is not None):
        return False
    done_at = None if action is None else action.executed_at or action.claimed_at
    return (
        wanted.proposal_id in (None, proposal.proposal_id)
        and wanted.issue_id in (None, proposal.proposed_issue_id)
        and proposal.playbook_version.startswith(wanted.playbook_version or "")
        and (wanted.since is None or (done_at is not None and done_at >= wanted.since))
    )


def _reason_to_leave(
    proposal: Proposal, action: OutboxAction | None, playbook: Playbook | None, reversals: Sequence[Proposal]
) -> LeftReason | None:
    if proposal.reverses is not None:
        return LeftReason.IS_A_REVERSAL
    if proposal.proposal_status is ProposalStatus.ROLLED_BACK:
        return LeftReason.REVERSED_BEFORE
    if proposal.proposal_status in _UNDER_WAY:
        return LeftReason.IN_DOUBT
    if proposal.proposal_status is not ProposalStatus.DONE or action is None or action.action_status is not ActionStatus.DONE:
        return LeftReason.NOT_CARRIED_OUT
    if any(reversal.proposal_status in (*OPEN, *_UNDER_WAY) for reversal in reversals):
        return LeftReason.REVERSAL_STANDS
    if playbook is None or playbook.action_kind is not proposal.action_kind:
        # Of one that does something else by now, the steps undo something else.
        return LeftReason.NO_PLAYBOOK
    return None if playbook.rollback.is_reversible else LeftReason.IRREVERSIBLE


def _arguments(undoing: Undoing) -> Mapping[str, Any]:
    undone, action = undoing.proposal, undoing.action
    return {
        # Of the same subject, so that what is taken back is not proposed again while that is decided, nor for some days after.
        "subject": json.loads(undone.action_arguments).get("subject"),
        "connector": action.connector,
        "product": undone.product,
        "issue_id": undone.proposed_issue_id,
        "undone_kind": str(action.action_kind),
        "undone_target": action.action_target,
        "undone_key": action.idempotency_key,
        "undone_receipt_id": action.receipt_id,
        "owner": undoing.playbook.owner,
        "steps": [" ".join(step.split())[:_LONGEST_STEP] for step in undoing.playbook.rollback.steps],
    }


def _graver(one: RiskLevel, other: RiskLevel) -> RiskLevel:
    return RiskLevel.HIGH if RiskLevel.HIGH in (one, other) else RiskLevel.LOW


def _latest_first(undoing: Undoing) -> tuple[str, str]:
    done_at = undoing.action.executed_at
    return ("" if done_at is None else done_at.isoformat(), undoing.action.action_id)
