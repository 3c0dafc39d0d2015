"""`ports.StateStore` over SQL: each method is one transaction, with its audit records in it, and the anchor written after it.

The rule that is easy to break: nothing is written outside of `_change`, so that no change can go without its record.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import polars as pl
import sqlalchemy as sa

from feedback_loop.adapters.state_store import facts, outbox, proposal_rows
from feedback_loop.adapters.state_store.address import SQLITE
from feedback_loop.adapters.state_store.change import Change, all_contents, all_records, records_of
from feedback_loop.adapters.state_store.engine import changing, one_moment, open_engine
from feedback_loop.adapters.state_store.snapshots import snapshot
from feedback_loop.contracts.audit_trail import Anchor, AuditRecord, Content
from feedback_loop.contracts.case_moves import CaseMove
from feedback_loop.contracts.decisions import LOOP, Approval, Judge, OutboxAction, Proposal
from feedback_loop.contracts.loop_vocab import ActionStatus, MessageStatus, ProposalStatus, RefusalReason
from feedback_loop.contracts.signatures import VerifyingKey
from feedback_loop.contracts.tables import Table
from feedback_loop.errors import BadInput
from feedback_loop.ports import AuditAnchor, Clock
from feedback_loop.remediation.approvals import expired
from feedback_loop.remediation.audit import anchor_of

_SALT_BYTES = 16
"""128 bits: too many for anybody to try contents against a commitment."""


class SqlStateStore:
    """The state in the database of the URL."""

    def __init__(
        self, url: str, anchor: AuditAnchor, clock: Clock, draw_salt: Callable[[], str] = lambda: secrets.token_hex(_SALT_BYTES)
    ) -> None:
        self._engine, self._anchor, self._clock, self._draw_salt = open_engine(url), anchor, clock, draw_salt
        self._kept_open: sa.Connection | None = None

    @contextmanager
    def together(self) -> Iterator[SqlStateStore]:
        """The same store, in one transaction."""
        with self._change() as change:
            yield _InOneChange(self, change)

    def record_proposals(self, proposals: Sequence[Proposal]) -> list[str]:
        """The ids of those that were not known yet."""
        with self._change() as change:
            new = [proposal for proposal in proposals if proposal_rows.insert(change, proposal)]
            for proposal in new:
                if proposal.proposal_status is ProposalStatus.APPROVED and proposal.is_executable:
                    outbox.queue(change, proposal, proposal.proposed_at)
        return [proposal.proposal_id for proposal in new]

    def proposal(self, proposal_id: str) -> Proposal | None:
        """The proposal where it stands now."""
        with self._look() as look:
            return proposal_rows.find(look, proposal_id)

    def approvals(self, proposal_id: str) -> list[Approval]:
        """What people said of it."""
        with self._look() as look:
            return proposal_rows.approvals_of(look, proposal_id)

    def decided(self) -> list[tuple[Proposal, Sequence[Approval]]]:
        """Every proposal with what people said of it."""
        with self._look() as look:
            return proposal_rows.decided(look)

    def decided_and_told(
        self,
    ) -> tuple[list[tuple[Proposal, Sequence[Approval]]], list[AuditRecord], dict[int, tuple[str, Content]]]:
        """Every proposal with what people said of it, and the whole trail, of one moment."""
        with self._look() as look:
            return proposal_rows.decided(look), all_records(look.connection), all_contents(look.connection)

    def settle(self, proposal_id: str, judge: Judge, actor: str, at: datetime) -> Proposal:
        """The proposal after what the judge decided of it."""
        with self._change() as change:
            proposal = proposal_rows.find(change, proposal_id)
            if proposal is None:
                raise BadInput(f"no proposal has the id {proposal_id}. See `approvals list`.")
            settled = judge(proposal, proposal_rows.approvals_of(change, proposal_id))
            if settled.approval is not None:
                proposal_rows.add_approval(change, settled.approval)
            count = settled.approvals_given_count
            moved = proposal_rows.move(
                change, proposal, settled.status, actor, at, reason=settled.refusal_reason, approvals_given_count=count
            )
            if moved.proposal_status is ProposalStatus.APPROVED:
                outbox.queue(change, moved, at)
            elif proposal.proposal_status is ProposalStatus.APPROVED:
                outbox.withdraw(change, proposal)
        return moved

    def expire(self, at: datetime) -> list[str]:
        """The ids of the proposals that expired."""
        with self._change() as change:
            over = [proposal for proposal in proposal_rows.open_past(change, at) if expired(proposal, at)]
            for proposal in over:
                proposal_rows.move(change, proposal, ProposalStatus.EXPIRED, LOOP, at, reason=RefusalReason.EXPIRED)
                outbox.withdraw(change, proposal)
        return [proposal.proposal_id for proposal in over]

    def actions(self, *statuses: ActionStatus) -> list[OutboxAction]:
        """The actions of these statuses."""
        with self._look() as look:
            return outbox.actions(look, statuses)

    def claim(
        self, action_id: str, judge: outbox.Refuses, connector: str, at: datetime, tried: int | None = None
    ) -> OutboxAction | RefusalReason | None:
        """The claimed action, or why not."""
        self._stay_open()
        with self._look() as look:
            # Whoever lost the race to another process has no need to wait for a turn.
            if not outbox.is_claimable(outbox.find(look, action_id), tried):
                return None
        with self._change() as change:
            return outbox.claim(change, action_id, judge, connector, at, tried)

    def finish(
        self,
        action_id: str,
        status: ActionStatus,
        receipt_id: str | None,
        at: datetime,
        tried: int | None = None,
        why: str | None = None,
    ) -> None:
        """Stores what came of a claimed action."""
        with self._change() as change:
            outbox.finish(change, action_id, status, receipt_id, at, tried, why)

    def record(self, table: Table, rows: Sequence[Mapping[str, Any]], actor: str, at: datetime) -> int:
        """How many rows were new."""
        with self._change() as change:
            return facts.record(change, table, rows, actor, at)

    def move_messages(
        self,
        message_draft_ids: Sequence[str],
        status: MessageStatus,
        actor: str,
        at: datetime,
        said: Mapping[str, str] | None = None,
    ) -> int:
        """How many messages changed."""
        with self._change() as change:
            return facts.move_messages(change, message_draft_ids, status, actor, at, said)

    def reword_messages(self, rows: Sequence[Mapping[str, Any]], actor: str, at: datetime) -> int:
        """How many unsent messages changed their words, and wait for an approval again."""
        with self._change() as change:
            return facts.reword_messages(change, rows, actor, at)

    def note(self, event: str, subject_id: str, actor: str, content: Mapping[str, object], at: datetime) -> None:
        """Adds an audit record alone."""
        with self._change() as change:
            change.audit(event, subject_id, actor, content, at)

    def record_moves(self, batch_id: str, moves: Sequence[CaseMove]) -> None:
        """Stores the moves of a batch as they are given."""
        with self._change() as change:
            facts.record_moves(change, batch_id, moves, self._clock.now())

    def moves_of(self, batch_id: str) -> list[CaseMove]:
        """The moves of the batch."""
        with self._look() as look:
            return facts.moves_of(look, batch_id)

    def snapshot(self, table: Table, as_of: datetime | None = None) -> pl.DataFrame:
        """The rows of a remediation_* or state_* table."""
        with self._look() as look:
            return snapshot(look.connection, table, as_of)

    def records(self) -> list[AuditRecord]:
        """The whole audit chain."""
        with self._look() as look:
            return all_records(look.connection)

    def contents(self) -> dict[int, tuple[str, Content]]:
        """What the chain commits to, as far as it was not erased."""
        with self._look() as look:
            return all_contents(look.connection)

    def told(self, event: str) -> list[tuple[AuditRecord, Mapping[str, object]]]:
        """What the chain tells of one kind of event."""
        with self._look() as look:
            return records_of(look.connection, event)

    def anchor(self) -> Anchor | None:
        """The end of the chain as it is known outside of the database."""
        return self._anchor.latest()

    def anchors(self) -> list[Anchor]:
        """Every end that the chain ever had, as they are known outside of the database."""
        return self._anchor.all()

    def verifying_key(self) -> VerifyingKey | None:
        """The public half of the key that signs the anchors; None where nothing was signed yet."""
        return self._anchor.verifying_key()

    def _stay_open(self) -> None:
        """SQLite writes its log back, and waits for the disk, whenever nobody has the file open any more: who claims keeps it open."""
        if self._kept_open is None and self._engine.dialect.name == SQLITE:
            self._kept_open = self._engine.connect()

    @contextmanager
    def _change(self) -> Iterator[Change]:
        self._anchor.prepare()
        with changing(self._engine) as connection:
            change = Change(connection, self._draw_salt)
            yield change
        if change.sealed is not None:
            self._anchor.write(anchor_of(change.sealed))

    @contextmanager
    def _look(self) -> Iterator[Change]:
        with one_moment(self._engine) as connection:
            yield Change(connection, self._draw_salt)


class _InOneChange(SqlStateStore):
    """The store inside of one open transaction; each of its methods is a part of it that is taken back alone where it fails."""

    def __init__(self, of: SqlStateStore, change: Change) -> None:
        vars(self).update(vars(of))
        self._whole = change

    @contextmanager
    def _change(self) -> Iterator[Change]:
        with self._whole.connection.begin_nested():
            part = Change(self._whole.connection, self._draw_salt, self._whole.sealed)
            yield part
        self._whole.sealed = part.sealed

    @contextmanager
    def _look(self) -> Iterator[Change]:
        yield self._whole
