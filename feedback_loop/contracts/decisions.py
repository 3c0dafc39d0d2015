"""What passes between those who propose, approve and carry out, and the store that keeps it: proposals, approvals, actions, settlements.

Here are values only; what makes a proposal stands in `remediation/`, where it is kept behind `ports.StateStore`. The rule that is easy to
break: ids, figures and labels only, never words of a customer (quotes are named by their fragment id).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.identity import KnownBy, account_key
from feedback_loop.contracts.loop_vocab import (
    TAKES_BACK,
    ActionKind,
    ActionStatus,
    ApprovalVerdict,
    ProposalStatus,
    RefusalReason,
    RiskLevel,
)
from feedback_loop.contracts.tables import TABLES

LOOP = "feedback_loop"
"""The name of the loop itself where a person's id could stand."""

REVERSES = "reverses"
"""The part of a reversal's evidence that names what it undoes."""

PROPOSAL_TABLE, ACTION_TABLE = TABLES["remediation_proposal"], TABLES["remediation_action"]


@dataclass(frozen=True)
class Proposal:
    """One row of `remediation_proposal`, with the roles that may approve it and the evidence that it rests on."""

    proposal_id: str
    alert_id: str
    product: str
    proposed_issue_id: str | None
    proposed_hypothesis_id: str | None
    playbook_id: str
    playbook_version: str
    policy_version: str
    action_kind: ActionKind
    action_target: str
    action_arguments: str
    arguments_hash: str
    evidence_hash: str
    risk_level: RiskLevel
    confidence_score: float
    proposal_threshold_score: float
    approvals_required_count: int
    proposal_status: ProposalStatus
    is_executable: bool
    requested_by: str
    proposed_at: datetime
    expires_at: datetime
    approver_roles: tuple[str, ...]
    evidence: Mapping[str, Any]
    approvals_given_count: int = 0
    refusal_reason: RefusalReason | None = None
    is_dry_run: bool = True
    decided_at: datetime | None = None

    @property
    def event_date(self) -> date:
        """The day on which it was made."""
        return self.proposed_at.date()

    @property
    def reverses(self) -> str | None:
        """The id of the proposal whose action it would undo; None where it is no reversal."""
        return self.evidence[REVERSES]["proposal_id"] if self.action_kind in TAKES_BACK else None

    def row(self) -> dict[str, Any]:
        """Exactly the columns of `remediation_proposal`."""
        return {name: getattr(self, name) for name in PROPOSAL_TABLE.columns}


@dataclass(frozen=True)
class Approval:
    """What one person said of one proposal, bound to the arguments that the person saw."""

    proposal_id: str
    person: str
    approval_verdict: ApprovalVerdict
    arguments_hash: str
    given_at: datetime
    why: str = ""
    known_by: KnownBy = KnownBy.LOCAL
    issuer: str | None = None
    subject: str | None = None
    """How the person was known then, and by whose account; the audit trail alone keeps them."""

    @property
    def account(self) -> str:
        """Under which the person's roles are looked up."""
        return account_key(self.person, self.known_by)


@dataclass(frozen=True)
class OutboxAction:
    """One row of `remediation_action` with the arguments to be sent."""

    action_id: str
    proposal_id: str
    idempotency_key: str
    connector: str
    action_kind: ActionKind
    action_target: str
    action_arguments: Mapping[str, Any]
    action_status: ActionStatus
    receipt_id: str | None
    attempt_count: int
    is_dry_run: bool
    queued_at: datetime
    claimed_at: datetime | None
    executed_at: datetime | None

    def request(self) -> ActionRequest:
        """What the other system is asked for."""
        return ActionRequest(self.idempotency_key, self.action_kind, self.action_target, self.action_arguments)


@dataclass(frozen=True)
class Settlement:
    """What is to become of a proposal: its next status, why, and the approval that led to it."""

    status: ProposalStatus
    refusal_reason: RefusalReason | None = None
    approval: Approval | None = None
    approvals_given_count: int = 0


Judge = Callable[[Proposal, Sequence[Approval]], Settlement]
"""Decides within the store's transaction; an error that it raises leaves everything as it was."""
