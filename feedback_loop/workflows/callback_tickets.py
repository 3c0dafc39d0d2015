"""A ticket that the loop opened in another system was closed there, or opened again: so is the issue that it belongs to.

A ticket is ours by its receipt in the outbox and by the tool that gave it; any other changes nothing. The rules that are easy to break:
what happened last counts, not what was told last, and at one instant an open ticket counts more than a closed one; what a person here said
since goes before; and that we take our own ticket back closes no issue.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import polars as pl

from feedback_loop.contracts.callback_vocab import CallbackKind, CallbackOutcome, CallbackVendor
from feedback_loop.contracts.decisions import LOOP, OutboxAction
from feedback_loop.contracts.loop_vocab import TAKES_BACK, ActionStatus, IssueStatus
from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.remediation.callbacks.heard import TicketStatus
from feedback_loop.remediation.connectors import Connector
from feedback_loop.workflows.close_issue import STATUS, is_closed, say_status

CALLBACK = TABLES["state_callback"]
CONNECTOR = "connector:"
"""What the names of tools begin with where a person's could stand."""

_UNDER_WAY = (ActionStatus.CLAIMED, ActionStatus.IN_DOUBT)
_CLOSED, _OPENED = str(CallbackKind.CLOSED), str(CallbackKind.OPENED)


@dataclass(frozen=True)
class OurTicket:
    """A ticket that the loop opened: the action that did, the tool in which it is, and the issue that it belongs to."""

    action_id: str
    connector: str
    issue_id: str


def ours_of(said: TicketStatus, vendor: CallbackVendor, connectors: Mapping[str, Connector], state: StateStore) -> OurTicket | None:
    """The ticket, where it is ours, still stands and belongs to an issue."""
    actions = state.actions(ActionStatus.DONE, *_UNDER_WAY)
    done = (one for one in actions if one.action_status is ActionStatus.DONE and _is_of(vendor, one, connectors))
    action = next((one for one in done if re.fullmatch(said.receipts, one.receipt_id or "")), None)
    proposal = None if action is None else state.proposal(action.proposal_id)
    if action is None or proposal is None or proposal.proposed_issue_id is None or _is_being_taken_back(action, actions):
        return None
    return OurTicket(action.action_id, action.connector, proposal.proposed_issue_id)


def follow(ours: OurTicket, said: TicketStatus, said_at: datetime, tables: TableStore, state: StateStore, at: datetime) -> CallbackOutcome:
    """What came of it for the issue; raises BadInput where there is no such issue any more."""
    heard = state.snapshot(CALLBACK).filter(pl.col("callback_kind").is_in([_CLOSED, _OPENED]), callback_about=ours.action_id)
    last = max(((row["said_at"], row["callback_kind"] == _OPENED) for row in heard.iter_rows(named=True)), default=None)
    if last is not None and last > (said_at, not said.is_closed):
        return CallbackOutcome.OUTDATED
    was_closed = said.was_closed if said.was_closed is not None else last is not None and not last[1]
    if not said.is_closed and not was_closed:
        # A ticket that goes from new to pending is not opened again, whatever a person said of the issue.
        return CallbackOutcome.KNOWN
    if _has_person_spoken(ours.issue_id, said_at, state):
        return CallbackOutcome.OUTDATED
    if not said.is_closed and not is_closed(ours.issue_id, state):
        return CallbackOutcome.KNOWN
    actor, what = f"{CONNECTOR}{ours.connector}", "closed" if said.is_closed else "opened again"
    status = IssueStatus.RESOLVED if said.is_closed else IssueStatus.REOPENED
    why = f"the ticket of {ours.action_id} was {what} in {ours.connector}"
    is_new = say_status(ours.issue_id, status, why, actor, {actor: ()}, tables, state, at)
    return CallbackOutcome.DONE if is_new else CallbackOutcome.KNOWN


def _is_of(vendor: CallbackVendor, action: OutboxAction, connectors: Mapping[str, Connector]) -> bool:
    """Whether a tool of the vendor gave the receipt: two vendors may count their tickets alike."""
    connector = connectors.get(action.connector)
    return connector is not None and str(connector.kind) == str(vendor)


def _is_being_taken_back(action: OutboxAction, actions: list[OutboxAction]) -> bool:
    """Whether we close it ourselves at this moment."""
    under_way = (one for one in actions if one.action_status in _UNDER_WAY and one.action_kind in TAKES_BACK)
    return any(one.action_arguments.get("undone_receipt_id") == action.receipt_id for one in under_way)


def _has_person_spoken(issue_id: str, since: datetime, state: StateStore) -> bool:
    by_tool = pl.col("changed_by").str.starts_with(CONNECTOR) | (pl.col("changed_by") == LOOP)
    return not state.snapshot(STATUS).filter(~by_tool, pl.col("changed_at") > since, issue_id=issue_id).is_empty()
