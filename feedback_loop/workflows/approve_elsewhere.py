"""Approvals that people give in another system: asked there for what waits here, and taken over through the door that all others use.

The other system says which account said what (`ports.ApprovalDesk`), `identity.yaml` who that is, and `approve` whether it counts. The
rules that are easy to break: what a workflow, a rule or the clock decided is nobody's word, so it is told and never taken over; and a word
there counts once, so who revokes it here is not overruled by it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.identity import Actor
from feedback_loop.contracts.loop_vocab import ProposalStatus
from feedback_loop.contracts.said_elsewhere import LeftOut, SaidElsewhere
from feedback_loop.errors import ActorRefused, BadInput, DecisionRefused, IllegalTransition
from feedback_loop.ports import ApprovalDesk, Clock, StateStore
from feedback_loop.workflows.approve import decide
from feedback_loop.workflows.identity import Directory
from feedback_loop.workflows.identity_file import Elsewhere


@dataclass
class TakenOver:
    """What came of the words of other systems: `counted` and `refused` by the system's own id of each, `left_out` what is nobody's word."""

    counted: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)


def ask_elsewhere(desk: ApprovalDesk, state: StateStore) -> list[str]:
    """The receipts of what was asked there, one for each proposal that waits for people; asked again it is not asked twice."""
    return [desk.ask(_request(proposal)).receipt_id for proposal in _waiting(state)]


def take_over(desk: ApprovalDesk, known_by: Elsewhere, directory: Directory, state: StateStore, clock: Clock) -> TakenOver:
    """Decides by what people said there of the proposals that wait; raises ConnectorUnreachable where the system does not say."""
    report = TakenOver()
    for proposal in _waiting(state):
        answers = desk.answers_to(_request(proposal))
        report.left_out += answers.left_out
        for said in answers.said:
            try:
                actor = directory.by_account(known_by, said.account_id, clock.now())
                if not _is_heard(proposal, said, actor, state):
                    _decided(proposal, said, actor, state, clock)
                    report.counted.append(said.reference)
            except (ActorRefused, BadInput, DecisionRefused, IllegalTransition) as error:
                report.refused[said.reference] = str(error)
    return report


def _decided(proposal: Proposal, said: SaidElsewhere, actor: Actor, state: StateStore, clock: Clock) -> None:
    """The person saw the arguments of the key under which was asked, which are those of the proposal as it was read."""
    why = f"{said.verdict} in {actor.known_by}, {said.reference}"
    seen = proposal.arguments_hash
    decide(proposal.proposal_id, said.verdict, actor.name, actor.people, state, clock, why=why, seen_hash=seen, actor=actor)


def _is_heard(proposal: Proposal, said: SaidElsewhere, actor: Actor, state: StateStore) -> bool:
    """Whether the person said something later here, which this word may be itself, or its refusal was written down."""
    own = [one.given_at for one in state.approvals(proposal.proposal_id) if one.person == actor.name]
    tried = [one.recorded_at for one in state.records() if _tells_of(one.event, one.subject_id, one.actor, proposal, actor)]
    return any(at >= said.said_at for at in (*own, *tried))


def _tells_of(event: str, subject_id: str, person: str, proposal: Proposal, actor: Actor) -> bool:
    return (event, subject_id, person) == ("decision_refused", proposal.proposal_id, actor.name)


def _waiting(state: StateStore) -> Sequence[Proposal]:
    return [proposal for proposal, _ in state.decided() if proposal.proposal_status is ProposalStatus.AWAITING_APPROVAL]


def _request(proposal: Proposal) -> ActionRequest:
    """What would be sent, under a key that is another one as soon as its arguments are others."""
    key = stable_id("key", proposal.proposal_id, proposal.arguments_hash)
    return ActionRequest(key, proposal.action_kind, proposal.action_target, json.loads(proposal.action_arguments))
