"""The life of a proposal as a state machine, and who may move it: pure decisions over what was stored.

Here: which status may follow which, what an approval, a rejection and a revocation lead to, and whether an action may be claimed. Storing
stands behind `ports.StateStore`, which asks these functions inside of its transaction. The rule that is easy to break: an approval counts
only for the exact arguments that the person saw, and only as long as the person says nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from feedback_loop.contracts.decisions import Approval, Proposal, Settlement
from feedback_loop.contracts.loop_vocab import ApprovalVerdict, ProposalStatus, RefusalReason
from feedback_loop.contracts.roles import NEVER_APPROVE, approver_of, roles_that_decide
from feedback_loop.errors import DecisionRefused, IllegalTransition

_S = ProposalStatus

TRANSITIONS: Mapping[ProposalStatus, frozenset[ProposalStatus]] = MappingProxyType(
    {
        _S.PROPOSED: frozenset({_S.AWAITING_APPROVAL, _S.EXPIRED, _S.REFUSED}),
        _S.AWAITING_APPROVAL: frozenset({_S.AWAITING_APPROVAL, _S.APPROVED, _S.EXPIRED, _S.REFUSED}),
        _S.APPROVED: frozenset({_S.CLAIMED, _S.AWAITING_APPROVAL, _S.EXPIRED, _S.REFUSED}),
        _S.CLAIMED: frozenset({_S.IN_DOUBT, _S.DONE, _S.FAILED}),
        _S.IN_DOUBT: frozenset({_S.CLAIMED, _S.DONE, _S.FAILED, _S.EXPIRED, _S.REFUSED}),
        _S.DONE: frozenset({_S.ROLLED_BACK}),
        _S.FAILED: frozenset(),
        _S.ROLLED_BACK: frozenset(),
        _S.EXPIRED: frozenset(),
        _S.REFUSED: frozenset(),
    }
)
"""What may follow what. Nothing leads back from `claimed` to `approved`, so that an approval is used once."""

OPEN = frozenset({_S.PROPOSED, _S.AWAITING_APPROVAL, _S.APPROVED})
"""Where a proposal can still expire."""

_ADVICE = {
    RefusalReason.NOT_LIVE: "It came from a backfill or a back-test and can never be carried out.",
    RefusalReason.EXPIRED: "Nothing was approved in time; wait for the next proposal.",
    RefusalReason.APPROVER_IS_REQUESTER: "Ask somebody else: nobody approves what they asked for.",
    RefusalReason.SAME_APPROVER_TWICE: "Ask somebody else: each approval has to come from another person.",
    RefusalReason.APPROVER_LACKS_ROLE: "Ask somebody with one of the roles that `approvals show` lists.",
    RefusalReason.ARGUMENTS_CHANGED: "Look at it again with `approvals show`, then approve what it says now.",
}


_OVER = (_S.CLAIMED, _S.IN_DOUBT, _S.DONE, _S.FAILED, _S.ROLLED_BACK)
"""What is being carried out, or was: nothing is left to approve, whatever the hour."""


def check_transition(proposal: Proposal, status: ProposalStatus) -> None:
    """Raises IllegalTransition where the proposal can't go there from where it stands."""
    if status not in TRANSITIONS[proposal.proposal_status]:
        raise IllegalTransition(proposal.proposal_id, proposal.proposal_status, status)


def approved_by(proposal: Proposal, approvals: Sequence[Approval]) -> tuple[str, ...]:
    """The distinct people, never the requester, whose last word on the proposal as it is now was to approve it; in order of their names."""
    return tuple(sorted(approval.person for approval in counting(proposal, approvals)))


def counting(proposal: Proposal, approvals: Sequence[Approval]) -> list[Approval]:
    """The last word of each person, never the requester, where it was to approve the proposal as it is now."""
    last = {a.person: a for a in sorted(approvals, key=lambda a: a.given_at) if a.person != proposal.requested_by}
    is_yes = ApprovalVerdict.APPROVE
    return [a for a in last.values() if a.approval_verdict is is_yes and a.arguments_hash == proposal.arguments_hash]


def deciding_roles(proposal: Proposal) -> frozenset[str]:
    """The roles that may decide: those that its playbook names, and where one person is enough the approvers of its class.

    A high risk asks for two whom the playbook names, so that who knows a class alone can't have a release taken back. Roles that never
    approve are none of them, whoever named them.
    """
    about = proposal.evidence.get("alert", {}).get("alerted_class")
    of_class = {approver_of(about)} if about and proposal.approvals_required_count <= 1 else set()
    return frozenset({*proposal.approver_roles, *of_class}) - NEVER_APPROVE


def is_entitled(proposal: Proposal, roles: Collection[str]) -> bool:
    """Whether these roles of one person let the person decide about the proposal."""
    return bool(roles_that_decide(roles) & deciding_roles(proposal))


def approve(proposal: Proposal, approvals: Sequence[Approval], given: Approval, roles: Collection[str]) -> Settlement:
    """What the approval leads to: approved once enough distinct people have said yes; raises DecisionRefused or IllegalTransition."""
    if proposal.proposal_status in _OVER:
        raise IllegalTransition(proposal.proposal_id, proposal.proposal_status, _S.APPROVED)
    _check_person(proposal, given, roles)
    if given.arguments_hash != proposal.arguments_hash:
        raise _refused(proposal, RefusalReason.ARGUMENTS_CHANGED)
    if given.person in approved_by(proposal, approvals):
        raise _refused(proposal, RefusalReason.SAME_APPROVER_TWICE)
    count = len(approved_by(proposal, [*approvals, given]))
    status = _S.APPROVED if count >= proposal.approvals_required_count else _S.AWAITING_APPROVAL
    check_transition(proposal, status)
    return Settlement(status, None, given, count)


def reject(proposal: Proposal, approvals: Sequence[Approval], given: Approval, roles: Collection[str]) -> Settlement:
    """The refusal of the proposal for good; one person with a role is enough."""
    _check_person(proposal, given, roles)
    check_transition(proposal, _S.REFUSED)
    if proposal.proposal_status is _S.IN_DOUBT:
        # What may have been written can't be rejected any more; only the other system can say what became of it.
        raise IllegalTransition(proposal.proposal_id, proposal.proposal_status, _S.REFUSED)
    return Settlement(_S.REFUSED, RefusalReason.REJECTED_BY_PERSON, given, len(approved_by(proposal, approvals)))


def revoke(proposal: Proposal, approvals: Sequence[Approval], given: Approval) -> Settlement:
    """The proposal awaiting approval again, without this person's; only until it was claimed, and only what the person gave."""
    if proposal.proposal_status not in (_S.AWAITING_APPROVAL, _S.APPROVED):
        raise IllegalTransition(proposal.proposal_id, proposal.proposal_status, _S.AWAITING_APPROVAL)
    if given.person not in approved_by(proposal, approvals):
        raise DecisionRefused(proposal.proposal_id, "nothing_to_revoke", "This person has no approval of it that counts.")
    return Settlement(_S.AWAITING_APPROVAL, None, given, len(approved_by(proposal, [*approvals, given])))


def claim_refusal(
    proposal: Proposal, approvals: Sequence[Approval], people: Mapping[str, Collection[str]], arguments_hash: str, at: datetime
) -> RefusalReason | None:
    """Why the proposal may not be carried out at this moment; None where it may. Roles are those of now, not those of the approval.

    `people` holds roles by `Approval.account`, so that the word of somebody who was known in one way never counts as that of somebody who
    is known in another.
    """
    if not proposal.is_executable:
        return RefusalReason.NOT_LIVE
    if at >= proposal.expires_at:
        return RefusalReason.EXPIRED
    if arguments_hash != proposal.arguments_hash:
        return RefusalReason.ARGUMENTS_CHANGED
    entitled = [a for a in counting(proposal, approvals) if is_entitled(proposal, people.get(a.account, ()))]
    return None if len(entitled) >= proposal.approvals_required_count else RefusalReason.APPROVER_LACKS_ROLE


def expired(proposal: Proposal, at: datetime) -> bool:
    """Whether its time is over before anything was done; silence is a refusal, never a consent."""
    return proposal.proposal_status in OPEN and at >= proposal.expires_at


def _check_person(proposal: Proposal, given: Approval, roles: Collection[str]) -> None:
    if not proposal.is_executable:
        raise _refused(proposal, RefusalReason.NOT_LIVE)
    if given.given_at >= proposal.expires_at:
        raise _refused(proposal, RefusalReason.EXPIRED)
    if given.person == proposal.requested_by:
        raise _refused(proposal, RefusalReason.APPROVER_IS_REQUESTER)
    if not is_entitled(proposal, roles):
        raise _refused(proposal, RefusalReason.APPROVER_LACKS_ROLE)


def _refused(proposal: Proposal, reason: RefusalReason) -> DecisionRefused:
    return DecisionRefused(proposal.proposal_id, reason, _ADVICE[reason])
