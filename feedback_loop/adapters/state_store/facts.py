"""Facts that others record: messages, statuses of issues, labels, versions of models, thresholds, and the moves of cases.

Each function runs inside of one change and tells the audit chain by ids and figures. The rule that is easy to break: a fact is added once;
only messages and moves go from status to status.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feedback_loop.adapters.state_store.change import Change
from feedback_loop.adapters.state_store.schema import CASE_MOVE, FACTS, MESSAGE_DRAFT
from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.case_moves import CaseMove
from feedback_loop.contracts.decisions import LOOP
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.loop_vocab import MessageStatus, MoveStatus
from feedback_loop.contracts.tables import Table

_CHUNK = 500
_INSTANTS = {MessageStatus.SENT: "sent_at", MessageStatus.CONFIRMED: "confirmed_at"}
_SAID = {MessageStatus.SENT: "receipt_id", MessageStatus.SUPPRESSED: "suppressed_reason", MessageStatus.CONFIRMED: "confirmation_kind"}
_MESSAGE_ORDER = (MessageStatus.DRAFTED, MessageStatus.APPROVED, MessageStatus.SENT, MessageStatus.CONFIRMED)


def record(change: Change, table: Table, rows: Sequence[Mapping[str, Any]], actor: str, at: datetime) -> int:
    """How many of the rows were new, now added; their words stand in the table alone, the chain holds their hash."""
    kept_in, (key,) = FACTS[table.name], table.key
    known = _known(change, kept_in, key, [str(row[key]) for row in rows])
    fresh = {str(row[key]): {name: row[name] for name in kept_in.c.keys()} for row in rows if str(row[key]) not in known}  # noqa: SIM118
    if fresh:
        change.connection.execute(kept_in.insert(), list(fresh.values()))
        content = {"ids": sorted(fresh), "rows_hash": content_hash(canonical_json([fresh[name] for name in sorted(fresh)]))}
        change.audit(f"{kept_in.name}_recorded", next(iter(fresh)), actor, content, at)
    return len(fresh)


def move_messages(
    change: Change, ids: Sequence[str], status: MessageStatus, actor: str, at: datetime, said: Mapping[str, str] | None = None
) -> int:
    """How many messages went on to the status; none goes back, and a suppressed one stays suppressed.

    `said` is by message what belongs to the status: the receipt of one that was sent, why one is suppressed, how one was confirmed.
    """
    earlier = [str(s) for s in (_MESSAGE_ORDER[: _MESSAGE_ORDER.index(status)] if status in _MESSAGE_ORDER else _MESSAGE_ORDER[:2])]
    values: dict[str, Any] = {"message_status": str(status)} | ({_INSTANTS[status]: at} if status in _INSTANTS else {})
    moved = 0
    for what, part in _alike(ids, said or {}):
        going = MESSAGE_DRAFT.c.message_draft_id.in_(part) & MESSAGE_DRAFT.c.message_status.in_(earlier)
        told = values if what is None else values | {_SAID[status]: what}
        moved += change.connection.execute(MESSAGE_DRAFT.update().where(going).values(told)).rowcount
    if moved:
        change.audit("messages_moved", ids[0], actor, {"to": str(status), "ids": sorted(ids), "moved": moved, "said": dict(said or {})}, at)
    return moved


def reword_messages(change: Change, rows: Sequence[Mapping[str, Any]], actor: str, at: datetime) -> int:
    """How many messages that were not sent yet have the rows' language, text and hash now, and wait for a new approval."""
    unsent = MESSAGE_DRAFT.c.message_status.in_([str(s) for s in _MESSAGE_ORDER[:2]])
    reworded = 0
    for row in rows:
        values = {name: row[name] for name in ("language", "message_text", "wording_hash")} | {"message_status": str(MessageStatus.DRAFTED)}
        one = unsent & (MESSAGE_DRAFT.c.message_draft_id == row["message_draft_id"])
        reworded += change.connection.execute(MESSAGE_DRAFT.update().where(one).values(values)).rowcount
    if reworded:
        hashes = {str(row["message_draft_id"]): row["wording_hash"] for row in rows}
        change.audit("messages_reworded", next(iter(hashes)), actor, {"wording_hashes": hashes, "reworded": reworded}, at)
    return reworded


def record_moves(change: Change, batch_id: str, moves: Sequence[CaseMove], at: datetime) -> None:
    """Afterwards the batch holds these moves as they are given."""
    for part in _parts([move.case_id for move in moves]):
        change.connection.execute(CASE_MOVE.delete().where((CASE_MOVE.c.batch_id == batch_id) & CASE_MOVE.c.case_id.in_(part)))
    if moves:
        rows = [{"batch_id": batch_id, **vars(move), "status": str(move.status)} for move in moves]
        change.connection.execute(CASE_MOVE.insert(), rows)
        change.audit("cases_moved", batch_id, LOOP, {"moves": sorted([m.case_id, str(m.status)] for m in moves)}, at)


def moves_of(change: Change, batch_id: str) -> list[CaseMove]:
    """The moves of the batch by case id."""
    rows = change.rows(CASE_MOVE.select().where(CASE_MOVE.c.batch_id == batch_id).order_by(CASE_MOVE.c.case_id))
    return [CaseMove(**{name: row[name] for name in row if name != "batch_id"} | {"status": MoveStatus(row["status"])}) for row in rows]


def _known(change: Change, kept_in: sa.Table, key: str, ids: Sequence[str]) -> set[str]:
    statements = (sa.select(kept_in.c[key]).where(kept_in.c[key].in_(part)) for part in _parts(ids))
    return {str(row[key]) for statement in statements for row in change.rows(statement)}


def _alike(ids: Sequence[str], said: Mapping[str, str]) -> list[tuple[str | None, Sequence[str]]]:
    """The ids in pieces of which the same is said."""
    by_word: dict[str | None, list[str]] = {}
    for one in ids:
        by_word.setdefault(said.get(one), []).append(one)
    return [(what, part) for what, group in by_word.items() for part in _parts(group)]


def _parts(ids: Sequence[str]) -> list[Sequence[str]]:
    """In pieces that every database takes as parameters."""
    return [ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]
