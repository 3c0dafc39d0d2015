"""The state as frames of the contract tables, as it is or as it was at an instant.

The rule that is easy to break: what was decided after the instant is not known yet at it, neither as a row nor as the status of a row.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from feedback_loop.adapters.state_store.outbox import NO_CONNECTOR
from feedback_loop.adapters.state_store.proposal_rows import DECIDED
from feedback_loop.adapters.state_store.schema import ACTION, FACTS, PROPOSAL, PROPOSAL_EVENT
from feedback_loop.contracts.loop_vocab import ActionStatus, MessageStatus, ProposalStatus
from feedback_loop.contracts.tables import Table
from feedback_loop.errors import StateUnavailable

BEGINS = {
    "remediation_proposal": "proposed_at",
    "remediation_action": "queued_at",
    "remediation_message": "drafted_at",
    "state_issue_status": "changed_at",
    "state_label": "labelled_at",
    "state_hypothesis_label": "labelled_at",
    "state_model_call": "asked_at",
    "state_model": "model_event_at",
    "state_gate": "gated_at",
    "state_autonomy": "changed_at",
    "state_threshold": "effective_at",
    "state_callback": "heard_at",
}
"""The instant from which a row is known; its UTC day is the row's event_date."""

_KEPT_IN = {"remediation_proposal": PROPOSAL, "remediation_action": ACTION, **FACTS}
_OF_EVENT = ("proposal_status", "refusal_reason", "approvals_given_count", "is_dry_run")
_OF_ACTION = {
    ProposalStatus.APPROVED: ActionStatus.QUEUED,
    ProposalStatus.REFUSED: ActionStatus.FAILED,
    ProposalStatus.EXPIRED: ActionStatus.FAILED,
}
"""Where the action stood while its proposal stood there; elsewhere the two have the same word."""


def snapshot(connection: sa.Connection, table: Table, as_of: datetime | None) -> pl.DataFrame:
    """The rows of the table in the order of their instants, with exactly its columns and types.

    Raises StateUnavailable where one holds what this program never wrote, such as words for a number.
    """
    kept_in, begins = _KEPT_IN[table.name], BEGINS[table.name]
    statement = kept_in.select().order_by(kept_in.c[begins], kept_in.c[table.key[0]])
    try:
        rows = _rows(connection, statement if as_of is None else statement.where(kept_in.c[begins] <= as_of))
        if as_of is not None:
            rows = _as_they_were(connection, table.name, rows, as_of)
        shown = [{**{name: row.get(name) for name in table.columns}, "event_date": row[begins].date()} for row in rows]
        return pl.DataFrame(shown, schema=pl.Schema(table.schema), orient="row")
    except (ValueError, TypeError, pl.exceptions.PolarsError):
        raise StateUnavailable(table.name, "a row holds what this program never wrote; put back a copy of the database") from None


def _as_they_were(connection: sa.Connection, name: str, rows: list[dict[str, Any]], as_of: datetime) -> list[dict[str, Any]]:
    if name in ("remediation_proposal", "remediation_action"):
        events, then = _events_until(connection, as_of), _proposal_then if name == "remediation_proposal" else _action_then
        return [then(row, events.get(row["proposal_id"], [])) for row in rows]
    return [_message_then(row, as_of) for row in rows] if name == "remediation_message" else rows


def _events_until(connection: sa.Connection, as_of: datetime) -> dict[str, list[dict[str, Any]]]:
    known = PROPOSAL_EVENT.select().where(PROPOSAL_EVENT.c.changed_at <= as_of).order_by(PROPOSAL_EVENT.c.event_id)
    events: dict[str, list[dict[str, Any]]] = {}
    for event in _rows(connection, known):
        events.setdefault(event["proposal_id"], []).append(event)
    return events


def _proposal_then(row: dict[str, Any], events: list[dict[str, Any]]) -> dict[str, Any]:
    decided = [e["changed_at"] for e in events if e["proposal_status"] in DECIDED]
    is_open = bool(events) and events[-1]["proposal_status"] == ProposalStatus.AWAITING_APPROVAL
    last = {name: events[-1][name] for name in _OF_EVENT} if events else {}
    return {**row, **last, "decided_at": decided[-1] if decided and not is_open else None}


def _action_then(row: dict[str, Any], events: list[dict[str, Any]]) -> dict[str, Any]:
    """The action by the history of its proposal, which moves in the same changes."""
    statuses = [ProposalStatus(e["proposal_status"]) for e in events]
    status = _OF_ACTION.get(statuses[-1]) or ActionStatus(statuses[-1])
    tried = statuses.count(ProposalStatus.CLAIMED)
    then = {**row, "action_status": str(status), "attempt_count": tried, "is_dry_run": not tried}
    if not tried:
        then["connector"] = NO_CONNECTOR
    return then if ProposalStatus.DONE in statuses else {**then, "receipt_id": None, "executed_at": None}


def _message_then(row: dict[str, Any], as_of: datetime) -> dict[str, Any]:
    is_sent, is_confirmed = (row[name] is not None and row[name] <= as_of for name in ("sent_at", "confirmed_at"))
    if is_confirmed or row["message_status"] == MessageStatus.SUPPRESSED:
        return row
    if is_sent:
        return {**row, "message_status": str(MessageStatus.SENT), "confirmed_at": None, "confirmation_kind": None}
    status = row["message_status"] if row["sent_at"] is None else str(MessageStatus.DRAFTED)
    return {**row, "message_status": status, **dict.fromkeys(("sent_at", "receipt_id", "confirmed_at", "confirmation_kind"))}


def _rows(connection: sa.Connection, statement: sa.Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(statement).mappings()]
