"""Carrying out: what is approved is claimed from the outbox one by one, looked at once more, and sent to another system exactly once.

Before anything is claimed the audit chain is verified. Whatever may have been sent without an answer is asked for by its key before it is
sent again. Which system an action goes to, and when that one may be asked, is in `lanes`: one that gave no answer lets all others go first,
so that its outage delays only itself. The rule that is easy to break: between two transactions the process may die, so each step leaves a
state from which the next run knows what to ask.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.decisions import LOOP, Approval, OutboxAction, Proposal
from feedback_loop.contracts.loop_vocab import ActionStatus, RefusalReason
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, Refused, WriteInDoubt
from feedback_loop.methods.retrieval.governed import valid_versions
from feedback_loop.ports import ActionSystem, Clock, KnowingSince, LateKnowing, StateStore
from feedback_loop.remediation.approvals import claim_refusal
from feedback_loop.remediation.circuit import Waiting, WaitReason
from feedback_loop.remediation.evidence import evidence_hash, recorded_case
from feedback_loop.remediation.proposals import arguments_hash_of
from feedback_loop.workflows.audit import require_whole
from feedback_loop.workflows.claim_check import is_stopped, over_pace_until, policy_refusal
from feedback_loop.workflows.grounds import Grounds
from feedback_loop.workflows.lanes import Lane, Lanes, one_lane
from feedback_loop.workflows.people import People

LEASE = timedelta(minutes=1)
"""A claim this old belongs to a process that died; a younger one may still be at work."""

_DIED = "the process that claimed it ended before it could say what came of it"

Refuses = Callable[[Proposal, Sequence[Approval]], RefusalReason | None]


@dataclass
class ExecuteReport:
    """The ids of the actions by what came of them; `would_send` is what a dry run would have sent.

    `waiting` is what was not asked for or sent now, and why; `why` is what the system said of those that failed or are in doubt.
    """

    done: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    in_doubt: list[str] = field(default_factory=list)
    refused: dict[str, RefusalReason] = field(default_factory=dict)
    would_send: list[ActionRequest] = field(default_factory=list)
    waiting: dict[str, Waiting] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    were_any_switched_on: bool = False


def execute(state: StateStore, system: ActionSystem | Lanes | None, grounds: Grounds, people: People, clock: Clock) -> ExecuteReport:
    """What came of everything that waits in the outbox; without a system nothing is claimed or sent.

    A plain system takes every action; `lanes` send each to its own. Raises AuditChainBroken before anything is looked at.
    """
    require_whole(state, state)
    state.expire(clock.now())
    run = _Run(state, system if isinstance(system, Lanes) else one_lane(system), grounds, people, clock)
    if run.lanes.are_any_switched_on:
        run.report.were_any_switched_on = True
        run.lanes.remember(state.actions(*ActionStatus))
        run.take_over_the_dead()
    run.attend_all([*state.actions(ActionStatus.IN_DOUBT), *state.actions(ActionStatus.QUEUED)])
    return run.report


@dataclass
class _Run:
    """One pass over the outbox."""

    state: StateStore
    lanes: Lanes
    grounds: Grounds
    people: People
    clock: Clock
    report: ExecuteReport = field(default_factory=ExecuteReport)

    @cached_property
    def _shown_before(self) -> frozenset[str]:
        """The actions whose dry run the trail tells already: it grows by what is new, not by each look."""
        return frozenset(record.subject_id for record in self.state.records() if record.event == "dry_run")

    def take_over_the_dead(self) -> None:
        for action in self.state.actions(ActionStatus.CLAIMED):
            if action.claimed_at is not None and action.claimed_at <= self.clock.now() - LEASE:
                self.state.finish(action.action_id, ActionStatus.IN_DOUBT, None, self.clock.now(), action.attempt_count, _DIED)

    def attend_all(self, actions: Sequence[OutboxAction]) -> None:
        """Whatever goes through a lane that fails now or failed before comes last."""
        late = [action for action in actions if not self._attended(action, even_if_ailing=False)]
        for action in late:
            self._attended(action, even_if_ailing=True)

    def _attended(self, action: OutboxAction, *, even_if_ailing: bool) -> bool:
        lane = self.lanes.of(action)
        if lane is None:
            self.report.waiting[action.action_id] = Waiting(WaitReason.NO_CONNECTOR, action.connector)
        elif lane.system is None:
            self._shown(action, lane)
        elif lane.is_ailing and not even_if_ailing:
            return False
        elif action.action_status is ActionStatus.QUEUED or self._was_not_written(action, lane, lane.system):
            self._carry_out(action, lane, lane.system)
        return True

    def _was_not_written(self, action: OutboxAction, lane: Lane, system: ActionSystem) -> bool:
        """Whether the system is sure not to know the key; otherwise the action is settled for this run, or stays in doubt."""
        if self._is_held_up(action, lane):
            return False
        lane.asks(self.clock.now())
        try:
            receipt = _receipt_of(action, system)
        except (WriteInDoubt, ConnectorRefused) as error:
            self._leave_in_doubt(action, lane, error)
            return False
        lane.answered(self.clock.now())
        if receipt is not None:
            self.state.finish(action.action_id, ActionStatus.DONE, receipt.receipt_id, self.clock.now())
            self.report.done.append(action.action_id)
        return receipt is None and self._has_settled(action, lane, system)

    def _has_settled(self, action: OutboxAction, lane: Lane, system: ActionSystem) -> bool:
        """Whether what the look-up does not know was not written: at once, or once the system had the time that it needs to know."""
        if not isinstance(system, LateKnowing) or action.claimed_at is None:
            return True
        until = action.claimed_at + max(system.settling_time, LEASE)
        if self.clock.now() >= until:
            return True
        self.report.in_doubt.append(action.action_id)
        self.report.waiting[action.action_id] = Waiting(WaitReason.SETTLING, lane.name, until)
        return False

    def _carry_out(self, action: OutboxAction, lane: Lane, system: ActionSystem) -> None:
        if self._is_held_up(action, lane) or self._is_stopped(action, lane) or self._is_over_pace(action, lane):
            return
        # Not if another process has tried it since it was listed or asked for: what that one wrote, nobody has asked for yet.
        claimed = self.state.claim(action.action_id, self._refuses(lane), lane.name, self.clock.now(), action.attempt_count)
        if isinstance(claimed, RefusalReason):
            self.report.refused[action.action_id] = claimed
        if isinstance(claimed, OutboxAction):
            self._send(claimed, lane, system)

    def _is_stopped(self, action: OutboxAction, lane: Lane) -> bool:
        """Whether somebody stopped it; it waits with its approvals, and is refused by nobody."""
        proposal = self.state.proposal(action.proposal_id)
        if proposal is None or not is_stopped(proposal, self.grounds, self.state):
            return False
        self.report.waiting[action.action_id] = Waiting(WaitReason.STOPPED, lane.name)
        return True

    def _is_over_pace(self, action: OutboxAction, lane: Lane) -> bool:
        """Whether its playbook did enough for now; it waits with its approvals, as long as these count."""
        proposal = self.state.proposal(action.proposal_id)
        until = None if proposal is None else over_pace_until(proposal, self.grounds, self.clock.now())
        if until is not None:
            self.report.waiting[action.action_id] = Waiting(WaitReason.TOO_MANY_OF_ITS_PLAYBOOK, lane.name, until)
        return until is not None

    def _send(self, claimed: OutboxAction, lane: Lane, system: ActionSystem) -> None:
        lane.asks(self.clock.now())
        try:
            receipt = system.perform(claimed.request())
        except (WriteInDoubt, ConnectorUnreachable) as error:
            # Who can't be reached has not written, but only its answer by our key says so.
            self._ended(claimed, ActionStatus.IN_DOUBT, error)
            self._leave_in_doubt(claimed, lane, error)
        except ConnectorRefused as error:
            lane.answered(self.clock.now())
            self._ended(claimed, ActionStatus.FAILED, error)
            self.report.failed.append(claimed.action_id)
            self.report.why[claimed.action_id] = str(error)
        else:
            lane.answered(self.clock.now())
            self.state.finish(claimed.action_id, ActionStatus.DONE, receipt.receipt_id, self.clock.now())
            self.report.done.append(claimed.action_id)

    def _ended(self, claimed: OutboxAction, status: ActionStatus, error: Refused) -> None:
        self.state.finish(claimed.action_id, status, None, self.clock.now(), claimed.attempt_count, str(error))

    def _is_held_up(self, action: OutboxAction, lane: Lane) -> bool:
        if waiting := lane.waits(self.clock.now()):
            self.report.waiting[action.action_id] = waiting
        return waiting is not None

    def _leave_in_doubt(self, action: OutboxAction, lane: Lane, error: Refused) -> None:
        lane.failed(self.clock.now())
        self.report.in_doubt.append(action.action_id)
        self.report.why[action.action_id] = str(error)

    def _refuses(self, lane: Lane) -> Refuses:
        refuses = refusal_now(self.grounds, self.people, self.clock.now())

        def in_lane(proposal: Proposal, approvals: Sequence[Approval]) -> RefusalReason | None:
            reason = refuses(proposal, approvals)
            return reason or lane.refusal(proposal.action_kind, json.loads(proposal.action_arguments))

        return in_lane

    def _shown(self, action: OutboxAction, lane: Lane) -> None:
        """Writes down what would be sent; nothing is claimed, so that the approvals still count when the connector is switched on."""
        if action.action_status is not ActionStatus.QUEUED:
            self.report.waiting[action.action_id] = Waiting(WaitReason.SWITCHED_OFF, lane.name)
            return
        if self._is_stopped(action, lane) or self._is_over_pace(action, lane):
            return
        proposal = self.state.proposal(action.proposal_id)
        reason = None if proposal is None else self._refuses(lane)(proposal, self.state.approvals(action.proposal_id))
        if reason is not None:
            self.report.refused[action.action_id] = reason
            return
        self.report.would_send.append(action.request())
        if action.action_id in self._shown_before:
            return
        content = {"action_kind": str(action.action_kind), "target": action.action_target, "key": action.idempotency_key}
        self.state.note("dry_run", action.action_id, LOOP, content, self.clock.now())


def _receipt_of(action: OutboxAction, system: ActionSystem) -> Receipt | None:
    """What the system knows of the action, which was begun at its last claim: it is claimed again only once all before is known."""
    if isinstance(system, KnowingSince) and action.claimed_at is not None:
        return system.receipt_since(action.idempotency_key, action.claimed_at)
    return system.receipt_for(action.idempotency_key)


def waits(waiting: Mapping[str, Waiting]) -> list[str]:
    """A line for each connector, reason and instant that actions wait for, with how many do."""
    count = Counter((one.connector, one.reason, one.until) for one in waiting.values())
    return [
        f"{number} wait for {connector}: {reason.replace('_', ' ')}" + (f" until {until:%H:%M:%S} UTC" if until else "")
        for (connector, reason, until), number in sorted(count.items(), key=str)
    ]


def refusal_now(grounds: Grounds, people: People, at: datetime) -> Refuses:
    """A judge for the claim: approvals, arguments, time, documents and evidence as they are at this moment."""

    def refuses(proposal: Proposal, approvals: Sequence[Approval]) -> RefusalReason | None:
        reason = claim_refusal(proposal, approvals, people, arguments_hash_of(proposal), at)
        return reason or _stale(proposal, approvals, grounds, people, at)

    return refuses


def _stale(proposal: Proposal, approvals: Sequence[Approval], grounds: Grounds, people: People, at: datetime) -> RefusalReason | None:
    if proposal.reverses is not None:
        # It rests on what was done, which the claim looks at; not on what is complained of now.
        return policy_refusal(proposal, approvals, recorded_case(proposal.evidence), grounds, people, at)
    versions = valid_versions(grounds.documents, sorted(proposal.evidence["documents"]), at)
    known = {name: version for name, version in versions.items() if version is not None}
    if len(known) < len(versions):
        return RefusalReason.STALE_DOCUMENT
    case = grounds.case_of(proposal)
    rests_on_cause = proposal.proposed_hypothesis_id is not None
    if case is None or evidence_hash(case, known, rests_on_cause=rests_on_cause) != proposal.evidence_hash:
        return RefusalReason.STALE_EVIDENCE
    return policy_refusal(proposal, approvals, case, grounds, people, at)
