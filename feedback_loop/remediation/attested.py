"""Whether the rows of proposals and approvals say what the audit trail says of them.

The trail alone protects nothing: a row that somebody writes past it would count like any other. The rule that is easy to break: what was
erased can't attest a proposal that may still be carried out, unless it was told anew without what was erased; of one that is over it is no
break.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from feedback_loop.contracts.audit_trail import AuditBreak, AuditRecord, Content
from feedback_loop.contracts.audit_vocab import AuditBreakKind
from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.decisions import Approval, Proposal
from feedback_loop.contracts.loop_vocab import ProposalStatus
from feedback_loop.errors import BadInput
from feedback_loop.remediation.proposals import arguments_hash_of

Decided = tuple[Proposal, Sequence[Approval]]
Contents = Mapping[int, tuple[str, Content]]

RESTATED = "proposal_restated"
"""The event by which an erasure tells an open proposal anew, in the words of the record whose content it takes away."""

_ATTESTED = (
    "action_kind", "action_target", "arguments_hash", "evidence_hash", "approvals_required_count", "is_executable",
    "approver_roles", "expires_at", "evidence",
)  # fmt: skip
OVER = (ProposalStatus.DONE, ProposalStatus.FAILED, ProposalStatus.ROLLED_BACK, ProposalStatus.EXPIRED, ProposalStatus.REFUSED)


def contradictions(decided: Sequence[Decided], records: Sequence[AuditRecord], contents: Contents) -> list[AuditBreak]:
    """Where a proposal, its status or its approvals are not those of the trail, in the order of the proposals."""
    told: dict[str, list[AuditRecord]] = {}
    for record in records:
        told.setdefault(record.subject_id, []).append(record)
    found = [_broken(proposal, approvals, told.get(proposal.proposal_id, []), contents) for proposal, approvals in decided]
    held = {proposal.proposal_id for proposal, _ in decided}
    gone = [record for record in records if record.event == "proposed" and record.subject_id not in held]
    return [*(one for several in found for one in several), *(_break(record.sequence, "its proposal is gone") for record in gone)]


def _broken(proposal: Proposal, approvals: Sequence[Approval], told: Sequence[AuditRecord], contents: Contents) -> Iterator[AuditBreak]:
    proposed = next((record for record in told if record.event == "proposed"), None)
    if proposed is None:
        yield _break(max((record.sequence for record in told), default=0), f"nobody recorded {proposal.proposal_id}")
        return
    needed = [record for record in told if record.event in ("proposed", "proposal_moved", "approval_given")]
    said = {record.sequence: contents[record.sequence][1] for record in needed if record.sequence in contents}
    anew = [contents[record.sequence][1] for record in told if record.event == RESTATED and record.sequence in contents]
    if anew and proposed.sequence not in contents:
        said[proposed.sequence] = anew[-1]
    if len(said) < len(needed):
        if proposal.proposal_status not in OVER:
            yield _break(proposed.sequence, "what was recorded of its proposal was erased before that was over")
        return
    if proposed.actor != proposal.requested_by or not _is_as_proposed(proposal, said[proposed.sequence]):
        yield _break(proposed.sequence, "its proposal is not the one that was recorded")
    if _status_of(needed, said) != proposal.proposal_status:
        yield _break(proposed.sequence, "its proposal has another status than was recorded")
    if Counter(map(_of_row, approvals)) != Counter(_of_record(r, said[r.sequence]) for r in needed if r.event == "approval_given"):
        yield _break(proposed.sequence, "the approvals of its proposal are not those that were recorded")


def _is_as_proposed(proposal: Proposal, said: Content) -> bool:
    try:
        held = json.loads(canonical_json({name: getattr(proposal, name) for name in _ATTESTED}))
    except BadInput:
        return False
    is_same = all(held[name] == said[name] for name in _ATTESTED if name in said)
    return is_same and _hash_or_none(proposal) == proposal.arguments_hash


def _hash_or_none(proposal: Proposal) -> str | None:
    try:
        return arguments_hash_of(proposal)
    except ValueError:
        return None


def _status_of(told: Sequence[AuditRecord], said: Mapping[int, Content]) -> Any:
    """The status that was recorded last."""
    names = {"proposed": "proposal_status", "proposal_moved": "to"}
    return [said[record.sequence].get(names[record.event]) for record in told if record.event in names][-1]


def _of_row(approval: Approval) -> tuple[object, ...]:
    return (approval.person, str(approval.approval_verdict), approval.arguments_hash, approval.given_at)


def _of_record(record: AuditRecord, said: Content) -> tuple[object, ...]:
    return (record.actor, said.get("approval_verdict"), said.get("arguments_hash"), record.recorded_at)


def _break(sequence: int, what: str) -> AuditBreak:
    return AuditBreak(AuditBreakKind.CONTRADICTED, sequence, what)
