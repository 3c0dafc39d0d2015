"""Asking that what was carried out be taken back: one proposal per action, under the same policy and approvals as any other.

Which actions can be undone is planned in `remediation/reversal`; they are sent by `execute` like all others. The rule that is easy to
break: asking changes nothing but the state store, and asking twice makes no second reversal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import ActionStatus, LeftReason
from feedback_loop.errors import BadInput
from feedback_loop.ports import StateStore
from feedback_loop.remediation.reversal import ReversalPlan, Wanted, plan_reversal, reversal_of
from feedback_loop.remediation.rules import Rules
from feedback_loop.workflows.people import People, reason_of, roles_of


@dataclass(frozen=True)
class Asked:
    """The reversals that were proposed, refused ones among them, and what was left with its reason."""

    reversals: tuple[Proposal, ...]
    left: tuple[tuple[Proposal, LeftReason], ...]


def plan_undo(wanted: Wanted, state: StateStore, rules: Rules) -> ReversalPlan:
    """What can be taken back of the wanted; raises BadInput where nothing like it was ever proposed or carried out."""
    plan = plan_reversal(wanted, [proposal for proposal, _ in state.decided()], state.actions(*ActionStatus), rules)
    if not plan.undoings and not plan.left:
        raise BadInput("nothing that was carried out is meant by this. See `approvals list --all`.")
    return plan


def ask_to_undo(wanted: Wanted, why: str, person: str, people: People, state: StateStore, rules: Rules, at: datetime) -> Asked:
    """Proposes the reversal of everything that can be taken back; raises BadInput where the person or the reason is not known."""
    roles_of(person, people)
    reason = reason_of(why)
    # A reversal that nobody approved in time must not stand in the way of the next.
    state.expire(at)
    plan = plan_undo(wanted, state, rules)
    made = [reversal_of(undoing, person, reason, rules, at) for undoing in plan.undoings]
    kept = set(state.record_proposals(made))
    by_id = {one.proposal_id: undoing.proposal for undoing, one in zip(plan.undoings, made, strict=True)}
    stands = tuple((undone, LeftReason.REVERSAL_STANDS) for name, undone in by_id.items() if name not in kept)
    return Asked(tuple(one for one in made if one.proposal_id in kept), (*plan.left, *stands))
