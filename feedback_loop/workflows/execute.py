"""Carrying out: what is approved is claimed from the outbox one by one, looked at once more, and sent to another system exactly once.

Before anything is claimed the audit chain is verified. Whatever may have been sent without an answer is asked for by its key before it is
sent again. The rule that is easy to break: between two transactions the process may die, so each step leaves a state from which the next
run knows what to ask.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.decisions import LOOP, Approval, OutboxAction, Proposal
from feedback_loop.contracts.loop_vocab import ActionStatus, RefusalReason
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.methods.retrieval.governed import valid_versions
from feedback_loop.ports import CaseSystem, Clock, StateStore
from feedback_loop.remediation.approvals import claim_refusal
from feedback_loop.remediation.evidence import certified_fragments, evidence_hash
from feedback_loop.remediation.policy import seed_policy
from feedback_loop.remediation.proposals import arguments_hash_of
from feedback_loop.workflows.audit import require_whole
from feedback_loop.workflows.grounds import Grounds
from feedback_loop.workflows.people import People

LEASE = timedelta(minutes=1)
"""A claim this old belongs to a process that died; a younger one may still be at work."""

Refuses = Callable[[Proposal, Sequence[Approval]], RefusalReason | None]


@dataclass
class ExecuteReport:
    """The ids of the actions by what came of them; `would_send` is what a dry run would have sent."""

    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    in_doubt: list[str] = field(default_factory=list)
    refused: dict[str, RefusalReason] = field(default_factory=dict)
    would_send: list[ActionRequest] = field(default_factory=list)


def execute(state: StateStore, system: CaseSystem | None, grounds: Grounds, people: People, clock: Clock) -> ExecuteReport:
    """What came of everything that waits in the outbox; without a system nothing is claimed or sent.

    Raises AuditChainBroken before anything is looked at.
    """
    require_whole(state, state)
    state.expire(clock.now())
    report = ExecuteReport()
    if system is None:
        _dry_run(state, grounds, people, clock, report)
        return report
    for action in state.actions(ActionStatus.CLAIMED):
        if action.claimed_at is not None and action.claimed_at <= clock.now() - LEASE:
            state.finish(action.action_id, ActionStatus.IN_DOUBT, None, clock.now(), action.attempt_count)
    for action in state.actions(ActionStatus.IN_DOUBT):
        if action.connector == system.connector and not _was_written(action, state, system, clock, report):
            _carry_out(action, state, system, refusal_now(grounds, people, clock.now()), clock, report)
    for action in state.actions(ActionStatus.QUEUED):
        _carry_out(action, state, system, refusal_now(grounds, people, clock.now()), clock, report)
    return report


def refusal_now(grounds: Grounds, people: People, at: datetime) -> Refuses:
    """A judge for the claim: approvals, arguments, time, documents and evidence as they are at this moment."""

    def refuses(proposal: Proposal, approvals: Sequence[Approval]) -> RefusalReason | None:
        reason = claim_refusal(proposal, approvals, people, arguments_hash_of(proposal), at)
        return reason or _stale(proposal, grounds, at)

    return refuses


def _stale(proposal: Proposal, grounds: Grounds, at: datetime) -> RefusalReason | None:
    versions = valid_versions(grounds.documents, sorted(proposal.evidence["documents"]), at)
    known = {name: version for name, version in versions.items() if version is not None}
    if len(known) < len(versions):
        return RefusalReason.STALE_DOCUMENT
    case = grounds.case_of(proposal)
    rests_on_cause = proposal.proposed_hypothesis_id is not None
    if case is None or evidence_hash(case, known, rests_on_cause=rests_on_cause) != proposal.evidence_hash:
        return RefusalReason.STALE_EVIDENCE
    if _needs_gate(proposal) and case.certified_count(certified_fragments(grounds.routes)) < seed_policy().strong_indicators:
        return RefusalReason.GATE_SHUT
    is_unsure = rests_on_cause and case.confidence_score < proposal.proposal_threshold_score
    return RefusalReason.LOW_CONFIDENCE if is_unsure else None


def _needs_gate(proposal: Proposal) -> bool:
    """Whether nobody approved it and nobody has to, though it does more than tell people."""
    return not proposal.approvals_required_count and proposal.action_kind not in seed_policy().tells_people


def _was_written(action: OutboxAction, state: StateStore, system: CaseSystem, clock: Clock, report: ExecuteReport) -> bool:
    """Whether the action is settled for this run: the system knows its key, or can't say and it stays in doubt."""
    try:
        receipt = system.receipt_for(action.idempotency_key)
    except (WriteInDoubt, ConnectorRefused):
        report.in_doubt.append(action.action_id)
        return True
    if receipt is None:
        return False
    state.finish(action.action_id, ActionStatus.DONE, receipt.receipt_id, clock.now())
    report.done.append(action.action_id)
    return True


def _carry_out(action: OutboxAction, state: StateStore, system: CaseSystem, refuses: Refuses, clock: Clock, report: ExecuteReport) -> None:
    # Not if another process has tried it since it was listed or asked for: what that one wrote, nobody has asked for yet.
    claimed = state.claim(action.action_id, refuses, system.connector, clock.now(), action.attempt_count)
    if isinstance(claimed, RefusalReason):
        report.refused[action.action_id] = claimed
    if not isinstance(claimed, OutboxAction):
        return
    try:
        receipt = system.perform(claimed.request())
    except (WriteInDoubt, ConnectorUnreachable):
        # Who can't be reached has not written, but only its answer by our key says so.
        state.finish(claimed.action_id, ActionStatus.IN_DOUBT, None, clock.now(), claimed.attempt_count)
        report.in_doubt.append(claimed.action_id)
    except ConnectorRefused:
        state.finish(claimed.action_id, ActionStatus.FAILED, None, clock.now(), claimed.attempt_count)
        report.failed.append(claimed.action_id)
    else:
        state.finish(claimed.action_id, ActionStatus.DONE, receipt.receipt_id, clock.now())
        report.done.append(claimed.action_id)


def _dry_run(state: StateStore, grounds: Grounds, people: People, clock: Clock, report: ExecuteReport) -> None:
    """Writes down what would be sent; nothing is claimed, so that the approvals still count when the connector is switched on."""
    refuses = refusal_now(grounds, people, clock.now())
    for action in state.actions(ActionStatus.QUEUED):
        proposal = state.proposal(action.proposal_id)
        reason = None if proposal is None else refuses(proposal, state.approvals(action.proposal_id))
        if reason is not None:
            report.refused[action.action_id] = reason
            continue
        report.would_send.append(action.request())
        content = {"action_kind": str(action.action_kind), "target": action.action_target, "key": action.idempotency_key}
        state.note("dry_run", action.action_id, LOOP, content, clock.now())
