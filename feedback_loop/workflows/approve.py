"""Deciding by people: approve, reject and revoke, each one transaction of the state store.

What a decision leads to stands in `remediation/approvals.py`. The rule that is easy to break: a person decides about the arguments that the
person saw; where they are named (`seen_hash`) and have changed since, nothing is approved. Who the person is was found in `identity`.
"""

from __future__ import annotations

from collections.abc import Sequence

from feedback_loop.contracts.decisions import Approval, Proposal, Settlement
from feedback_loop.contracts.identity import Actor, KnownBy
from feedback_loop.contracts.loop_vocab import ApprovalVerdict
from feedback_loop.errors import DecisionRefused
from feedback_loop.ports import Clock, StateStore
from feedback_loop.remediation.approvals import approve, reject, revoke
from feedback_loop.workflows.people import People, roles_of


def decide(
    proposal_id: str,
    verdict: ApprovalVerdict,
    person: str,
    people: People,
    state: StateStore,
    clock: Clock,
    *,
    why: str = "",
    seen_hash: str | None = None,
    actor: Actor | None = None,
) -> Proposal:
    """The proposal after the person's word; raises DecisionRefused, IllegalTransition, or BadInput where a name or id is unknown.

    `actor` says how the person is known; without one it is by a name at the command line.
    """
    roles, at = roles_of(person, people), clock.now()
    known = actor or Actor(person, KnownBy.LOCAL, roles)
    state.expire(at)

    def judge(proposal: Proposal, approvals: Sequence[Approval]) -> Settlement:
        if known.known_by is KnownBy.SERVICE:
            raise DecisionRefused(proposal_id, "not_a_person", "A service decides nothing; ask a person with the role.")
        seen = seen_hash or proposal.arguments_hash
        given = Approval(proposal_id, person, verdict, seen, at, why, known.known_by, known.issuer, known.subject)
        if verdict is ApprovalVerdict.REVOKE:
            return revoke(proposal, approvals, given)
        return (approve if verdict is ApprovalVerdict.APPROVE else reject)(proposal, approvals, given, roles)

    try:
        return state.settle(proposal_id, judge, person, at)
    except DecisionRefused as refusal:
        # An attempt that does not count is evidence too, for instance of somebody who tries to approve twice.
        state.note("decision_refused", proposal_id, person, {"verdict": str(verdict), "reason": refusal.reason}, at)
        raise
