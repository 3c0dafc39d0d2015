"""The outbox: approved actions that wait, are claimed by one process, and end as done, failed or in doubt.

Each function runs inside of one change. The rule that is easy to break: an action is claimed in the same transaction in which everything
that speaks against it is looked at again, and its key is the same for ever.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, TypeGuard

import sqlalchemy as sa

from feedback_loop.adapters.state_store import proposal_rows
from feedback_loop.adapters.state_store.change import Change
from feedback_loop.adapters.state_store.schema import ACTION
from feedback_loop.contracts.decisions import LOOP, Approval, OutboxAction, Proposal
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.loop_vocab import ActionKind, ActionStatus, ProposalStatus, RefusalReason

Refuses = Callable[[Proposal, Sequence[Approval]], RefusalReason | None]

NO_CONNECTOR = "none"
"""What stands for the connector until an action is claimed for one."""

_BY_ID = ACTION.select().where(ACTION.c.action_id == sa.bindparam("wanted"))
_CHANGE = ACTION.update().where(ACTION.c.action_id == sa.bindparam("wanted"))
_CLAIMABLE = (ActionStatus.QUEUED, ActionStatus.IN_DOUBT)
_OF_CLAIM = ("action_status", "connector", "claimed_at", "is_dry_run", "attempt_count")
_UNFINISHED = (ActionStatus.CLAIMED, ActionStatus.IN_DOUBT)


def queue(change: Change, proposal: Proposal, at: datetime) -> None:
    """Puts the action of an approved proposal into the outbox."""
    action_id = stable_id("action", proposal.proposal_id, proposal.arguments_hash)
    row = {
        "action_id": action_id,
        "proposal_id": proposal.proposal_id,
        "idempotency_key": _key_of(proposal),
        "connector": NO_CONNECTOR,
        "action_kind": str(proposal.action_kind),
        "action_target": proposal.action_target,
        "action_arguments": proposal.action_arguments,
        "action_status": str(ActionStatus.QUEUED),
        "attempt_count": 0,
        "is_dry_run": True,
        "queued_at": at,
    }
    change.connection.execute(ACTION.insert(), [row])
    change.audit("action_queued", action_id, LOOP, {"proposal_id": proposal.proposal_id, "key": row["idempotency_key"]}, at)


def withdraw(change: Change, proposal: Proposal) -> None:
    """Takes an action out that nobody has claimed; the change that calls it tells why."""
    is_waiting = (ACTION.c.proposal_id == proposal.proposal_id) & (ACTION.c.action_status == ActionStatus.QUEUED)
    change.connection.execute(ACTION.delete().where(is_waiting))


def actions(change: Change, statuses: Sequence[ActionStatus]) -> list[OutboxAction]:
    """The actions of these statuses, the first queued first."""
    wanted = ACTION.select().where(ACTION.c.action_status.in_([str(s) for s in statuses]))
    return [_action(row) for row in change.rows(wanted.order_by(ACTION.c.queued_at, ACTION.c.action_id))]


def find(change: Change, action_id: str) -> OutboxAction | None:
    """The action; None where there is none of this id."""
    rows = change.rows(_BY_ID, wanted=action_id)
    return _action(rows[0]) if rows else None


def is_claimable(action: OutboxAction | None, tried: int | None) -> TypeGuard[OutboxAction]:
    """Whether there is something to claim, and nobody has tried it since the caller knew that it was tried so often."""
    return action is not None and action.action_status in _CLAIMABLE and tried in (None, action.attempt_count)


def claim(
    change: Change, action_id: str, refuses: Refuses, connector: str, at: datetime, tried: int | None = None
) -> OutboxAction | RefusalReason | None:
    """The claimed action, the reason for which it is refused for good, or None where it is not there to be claimed."""
    action = find(change, action_id)
    if not is_claimable(action, tried):
        return None
    proposal = proposal_rows.find(change, action.proposal_id)
    if proposal is None:
        return None
    reason = refuses(proposal, proposal_rows.approvals_of(change, proposal.proposal_id))
    if reason is None and not _sends_what_was_approved(action, proposal):
        reason = RefusalReason.ARGUMENTS_CHANGED
    if reason is None and not _is_there_to_be_undone(change, proposal):
        reason = RefusalReason.STALE_EVIDENCE
    if reason is not None:
        status = ProposalStatus.EXPIRED if reason is RefusalReason.EXPIRED else ProposalStatus.REFUSED
        proposal_rows.move(change, proposal, status, LOOP, at, reason=reason)
        _update(change, action_id, {"action_status": str(ActionStatus.FAILED)})
        return reason
    proposal_rows.move(change, proposal, ProposalStatus.CLAIMED, LOOP, at, is_dry_run=False)
    claimed = replace(
        action,
        action_status=ActionStatus.CLAIMED,
        connector=connector,
        claimed_at=at,
        is_dry_run=False,
        attempt_count=action.attempt_count + 1,
    )
    _update(change, action_id, {name: getattr(claimed, name) for name in _OF_CLAIM})
    return claimed


def finish(
    change: Change,
    action_id: str,
    status: ActionStatus,
    receipt_id: str | None,
    at: datetime,
    tried: int | None = None,
    why: str | None = None,
) -> None:
    """Stores what came of it; what is done or failed already stays as it is. The trail is told why it failed or is in doubt."""
    action = find(change, action_id)
    if action is None or action.action_status not in _UNFINISHED or action.action_status is status:
        return
    if status is not ActionStatus.DONE and tried not in (None, action.attempt_count):
        # Somebody has taken it over and will say what came of it; that it is done counts whoever says so.
        return
    proposal = proposal_rows.find(change, action.proposal_id)
    if proposal is not None:
        proposal_rows.move(change, proposal, ProposalStatus(status), LOOP, at)
        if status is ActionStatus.DONE and proposal.reverses is not None:
            _roll_back(change, proposal.reverses, at)
    executed_at = at if status is ActionStatus.DONE else None
    _update(change, action_id, {"action_status": str(status), "receipt_id": receipt_id, "executed_at": executed_at})
    content = {"action_status": str(status), "receipt_id": receipt_id, "key": action.idempotency_key, "connector": action.connector}
    change.audit("action_finished", action_id, LOOP, content if why is None else {**content, "why": why}, at)


def _is_there_to_be_undone(change: Change, proposal: Proposal) -> bool:
    """Whether what a reversal undoes is still done; true of all that is none."""
    if proposal.reverses is None:
        return True
    undone = proposal_rows.find(change, proposal.reverses)
    return undone is not None and undone.proposal_status is ProposalStatus.DONE


def _roll_back(change: Change, proposal_id: str, at: datetime) -> None:
    """What was done counts as undone from now on, proposal and action."""
    undone = proposal_rows.find(change, proposal_id)
    if undone is not None and undone.proposal_status is ProposalStatus.DONE:
        proposal_rows.move(change, undone, ProposalStatus.ROLLED_BACK, LOOP, at)
        is_its = (ACTION.c.proposal_id == proposal_id) & (ACTION.c.action_status == ActionStatus.DONE)
        change.connection.execute(ACTION.update().where(is_its).values(action_status=str(ActionStatus.ROLLED_BACK)))


def _sends_what_was_approved(action: OutboxAction, proposal: Proposal) -> bool:
    sent = (action.action_kind, action.action_target, action.action_arguments)
    is_same = sent == (proposal.action_kind, proposal.action_target, json.loads(proposal.action_arguments))
    return is_same and action.idempotency_key == _key_of(proposal)


def _key_of(proposal: Proposal) -> str:
    return stable_id("key", proposal.proposal_id, proposal.arguments_hash)


def _update(change: Change, action_id: str, values: dict[str, Any]) -> None:
    change.connection.execute(_CHANGE, {**values, "wanted": action_id})


def _action(row: dict[str, Any]) -> OutboxAction:
    return OutboxAction(
        **{
            **row,
            "action_kind": ActionKind(row["action_kind"]),
            "action_status": ActionStatus(row["action_status"]),
            "action_arguments": json.loads(row["action_arguments"]),
        }
    )
