"""Proposals and approvals as rows: inserted once, read back as values, moved from status to status.

Which moves there are stands in `remediation/approvals.py`; the outbox in `outbox`. The rule that is easy to break: the present status
stands in the proposal's row, its history in `proposal_event`, and both are written by `move` alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feedback_loop.adapters.state_store.change import Change
from feedback_loop.adapters.state_store.schema import APPROVAL, AUDIT_CONTENT, AUDIT_RECORD, ISSUE_STATUS, PROPOSAL, PROPOSAL_EVENT
from feedback_loop.contracts.audit_trail import StoredContent
from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.decisions import Approval, Proposal
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.identity import KnownBy
from feedback_loop.contracts.loop_vocab import ActionKind, ApprovalVerdict, IssueStatus, ProposalStatus, RefusalReason, RiskLevel
from feedback_loop.remediation.approvals import OPEN, check_transition

DECIDED = (ProposalStatus.APPROVED, ProposalStatus.REFUSED, ProposalStatus.EXPIRED)
"""The statuses whose instant is `decided_at`."""

Told = Mapping[tuple[str, str, datetime], Mapping[str, Any]]

_GIVEN, _KNOWN = "approval_given", ("known_by", "issuer", "subject")
_APPROVAL_COLUMNS = tuple(name for name in APPROVAL.c.keys() if name != "approval_id")  # noqa: SIM118

_BY_ID = PROPOSAL.select().where(PROPOSAL.c.proposal_id == sa.bindparam("wanted"))
_SAID = APPROVAL.select().where(APPROVAL.c.proposal_id == sa.bindparam("wanted")).order_by(APPROVAL.c.approval_id)
_CHANGE = PROPOSAL.update().where(PROPOSAL.c.proposal_id == sa.bindparam("wanted"))
_REMEMBER = PROPOSAL_EVENT.insert()

_ISSUE_STATUS = {
    ProposalStatus.AWAITING_APPROVAL: IssueStatus.FIX_PROPOSED,
    ProposalStatus.APPROVED: IssueStatus.FIX_APPROVED,
    ProposalStatus.DONE: IssueStatus.FIX_EXECUTED,
    ProposalStatus.ROLLED_BACK: IssueStatus.OPEN,
}


def insert(change: Change, proposal: Proposal) -> bool:
    """Whether it was new; a known one stays as it is."""
    if find(change, proposal.proposal_id) is not None:
        return False
    row = {column: getattr(proposal, column) for column in PROPOSAL.c.keys()}  # noqa: SIM118
    stored = row | {"approver_roles": json.dumps(proposal.approver_roles), "evidence": canonical_json(proposal.evidence).decode()}
    change.connection.execute(PROPOSAL.insert(), [stored])
    _remember(change, proposal, proposal.proposed_at)
    _mark_issue(change, proposal, proposal.proposed_at)
    change.audit("proposed", proposal.proposal_id, proposal.requested_by, told(proposal), proposal.proposed_at)
    return True


def told(proposal: Proposal) -> dict[str, Any]:
    """What the audit trail is told of a proposal."""
    names = (
        "alert_id", "playbook_id", "playbook_version", "policy_version", "action_kind", "action_target", "arguments_hash", "evidence_hash",
        "confidence_score", "approvals_required_count", "proposal_status", "refusal_reason", "is_executable", "approver_roles",
        "expires_at", "evidence",
    )  # fmt: skip
    return _words({name: getattr(proposal, name) for name in names})


def find(change: Change, proposal_id: str) -> Proposal | None:
    """The proposal where it stands now."""
    rows = change.rows(_BY_ID, wanted=proposal_id)
    return _proposal(rows[0]) if rows else None


def open_past(change: Change, at: datetime) -> list[Proposal]:
    """Those that can still expire and whose time is over by then."""
    is_over = (PROPOSAL.c.expires_at <= at) & PROPOSAL.c.proposal_status.in_([str(s) for s in OPEN])
    return [_proposal(row) for row in change.rows(PROPOSAL.select().where(is_over).order_by(PROPOSAL.c.proposal_id))]


def approvals_of(change: Change, proposal_id: str) -> list[Approval]:
    """What people said of it, in their order."""
    rows = change.rows(_SAID, wanted=proposal_id)
    if not rows:
        return []
    told = _told(change, AUDIT_RECORD.c.subject_id == proposal_id)
    return [_approval(row, told) for row in rows]


def decided(change: Change) -> list[tuple[Proposal, Sequence[Approval]]]:
    """Every proposal with what people said of it, by id: three statements, however many there are."""
    said: dict[str, list[Approval]] = {}
    told = _told(change, sa.true())
    for row in change.rows(APPROVAL.select().order_by(APPROVAL.c.approval_id)):
        said.setdefault(row["proposal_id"], []).append(_approval(row, told))
    proposals = map(_proposal, change.rows(PROPOSAL.select().order_by(PROPOSAL.c.proposal_id)))
    return [(proposal, said.get(proposal.proposal_id, [])) for proposal in proposals]


def add_approval(change: Change, approval: Approval) -> None:
    """Stores what a person said, and that it was said; how the person was known is told to the trail alone."""
    values = _words(vars(approval))
    change.connection.execute(APPROVAL.insert(), [{name: values[name] for name in _APPROVAL_COLUMNS}])
    names = ("approval_verdict", "arguments_hash", "why", *_KNOWN)
    said = {name: values[name] for name in names if values[name] is not None}
    change.audit(_GIVEN, approval.proposal_id, approval.person, said, approval.given_at)


def move(
    change: Change,
    proposal: Proposal,
    status: ProposalStatus,
    actor: str,
    at: datetime,
    *,
    reason: RefusalReason | None = None,
    approvals_given_count: int | None = None,
    is_dry_run: bool | None = None,
) -> Proposal:
    """The proposal in its next status; raises IllegalTransition where nothing leads there."""
    check_transition(proposal, status)
    moved = replace(
        proposal,
        proposal_status=status,
        refusal_reason=reason,
        approvals_given_count=proposal.approvals_given_count if approvals_given_count is None else approvals_given_count,
        is_dry_run=proposal.is_dry_run if is_dry_run is None else is_dry_run,
        decided_at=at if status in DECIDED else None if status is ProposalStatus.AWAITING_APPROVAL else proposal.decided_at,
    )
    names = ("proposal_status", "refusal_reason", "approvals_given_count", "is_dry_run", "decided_at")
    values = {name: getattr(moved, name) for name in names}
    change.connection.execute(_CHANGE, {**values, "wanted": proposal.proposal_id})
    _remember(change, moved, at)
    if status is not proposal.proposal_status:
        _mark_issue(change, moved, at)
    content = {"from": str(proposal.proposal_status), "to": str(status), "reason": None if reason is None else str(reason)}
    change.audit("proposal_moved", proposal.proposal_id, actor, content, at)
    return moved


def _remember(change: Change, proposal: Proposal, at: datetime) -> None:
    """The status in the history of the proposal."""
    kept = ("proposal_id", "proposal_status", "refusal_reason", "approvals_given_count", "is_dry_run")
    change.connection.execute(_REMEMBER, [{name: getattr(proposal, name) for name in kept} | {"changed_at": at}])


def _mark_issue(change: Change, proposal: Proposal, at: datetime) -> None:
    """What the proposal's new status means for its issue; a notice, a review and what is not live mean nothing for it."""
    status, issue_id = _ISSUE_STATUS.get(proposal.proposal_status), proposal.proposed_issue_id
    if status is None or issue_id is None or proposal.proposed_hypothesis_id is None or not proposal.is_executable:
        return
    if proposal.proposal_status is ProposalStatus.ROLLED_BACK and not _is_fixed(change, issue_id):
        # Somebody said something else of it since.
        return
    row = {"status_id": stable_id("status", issue_id, status, at), "issue_id": issue_id, "issue_status": str(status), "changed_at": at}
    known = change.rows(sa.select(ISSUE_STATUS.c.status_id).where(ISSUE_STATUS.c.status_id == row["status_id"]))
    if not known:
        change.connection.execute(ISSUE_STATUS.insert(), [{**row, "changed_by": proposal.requested_by}])


def _is_fixed(change: Change, issue_id: str) -> bool:
    """Whether the last word on the issue is that its fix was executed."""
    said = sa.select(ISSUE_STATUS.c.issue_status).where(ISSUE_STATUS.c.issue_id == issue_id).order_by(ISSUE_STATUS.c.changed_at.desc())
    last = change.rows(said.limit(1))
    return bool(last) and last[0]["issue_status"] == IssueStatus.FIX_EXECUTED


def _proposal(row: dict[str, Any]) -> Proposal:
    return Proposal(
        **{
            **row,
            "action_kind": ActionKind(row["action_kind"]),
            "risk_level": RiskLevel(row["risk_level"]),
            "proposal_status": ProposalStatus(row["proposal_status"]),
            "refusal_reason": None if row["refusal_reason"] is None else RefusalReason(row["refusal_reason"]),
            "approver_roles": tuple(json.loads(row["approver_roles"])),
            "evidence": json.loads(row["evidence"]),
        }
    )


def _told(change: Change, which: sa.ColumnElement[bool]) -> Told:
    """What the trail says of each approval; what was told before people could be known otherwise was told of local ones."""
    both = AUDIT_RECORD.join(AUDIT_CONTENT, AUDIT_RECORD.c.sequence == AUDIT_CONTENT.c.sequence)
    of = (AUDIT_RECORD.c.subject_id, AUDIT_RECORD.c.actor, AUDIT_RECORD.c.recorded_at)
    rows = change.rows(sa.select(*of, AUDIT_CONTENT.c.content).select_from(both).where((AUDIT_RECORD.c.event == _GIVEN) & which))
    return {(row["subject_id"], row["actor"], row["recorded_at"]): StoredContent(row["content"]) for row in rows}


def _approval(row: dict[str, Any], told: Told) -> Approval:
    said = told.get((row["proposal_id"], row["person"], row["given_at"]), {})
    known = {name: said[name] for name in _KNOWN if name in said}
    known |= {"known_by": KnownBy(known.get("known_by", KnownBy.LOCAL))}
    values = {name: row[name] for name in _APPROVAL_COLUMNS}
    return Approval(**{**values, **known, "approval_verdict": ApprovalVerdict(row["approval_verdict"])})


def _words(values: dict[str, Any]) -> dict[str, Any]:
    """The values with words of a vocabulary as plain text."""
    return {name: str(value) if isinstance(value, str) else value for name, value in values.items()}
