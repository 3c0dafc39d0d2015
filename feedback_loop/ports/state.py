"""What deciding asks of the store that keeps decisions, and of its audit trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

import polars as pl

from feedback_loop.contracts.audit_trail import Anchor, AuditRecord
from feedback_loop.contracts.case_moves import CaseMove
from feedback_loop.contracts.decisions import Approval, Judge, OutboxAction, Proposal
from feedback_loop.contracts.loop_vocab import ActionStatus, MessageStatus, RefusalReason
from feedback_loop.contracts.signatures import VerifyingKey
from feedback_loop.contracts.tables import Table


class MoveLedger(Protocol):
    """Remembers what a bulk re-route did to each case, so that it can be finished after a crash and undone."""

    def record_moves(self, batch_id: str, moves: Sequence[CaseMove]) -> None:
        """Afterwards the batch holds these moves as they are given, each case once; its other cases stay as they were."""
        ...

    def moves_of(self, batch_id: str) -> list[CaseMove]:
        """The moves of the batch by case id; empty where nobody knows the batch."""
        ...


class AuditLog(Protocol):
    """Reads the audit trail, and the anchor that is kept outside of it."""

    def records(self) -> list[AuditRecord]:
        """All records in the order of their sequence."""
        ...

    def contents(self) -> Mapping[int, tuple[str, Mapping[str, object]]]:
        """Salt and content by the sequence of the record; those that were erased are absent."""
        ...

    def anchor(self) -> Anchor | None:
        """The last record as it was known outside of the database; None where nothing was ever recorded."""
        ...

    def anchors(self) -> Sequence[Anchor]:
        """Every last record that was ever kept outside of the database: an end that was cut off stays known after others followed."""
        ...

    def verifying_key(self) -> VerifyingKey | None:
        """What tells whether the anchors were signed here; None where nothing was ever signed."""
        ...


class AuditAnchor(Protocol):
    """Keeps the end of the audit chain outside of the database that holds the chain."""

    def prepare(self) -> None:
        """Raises where an anchor could not be signed; asked before anything is changed, so that no change goes without its anchor."""
        ...

    def write(self, anchor: Anchor) -> None:
        """Afterwards the anchor is known, signed, whatever becomes of the database."""
        ...

    def latest(self) -> Anchor | None:
        """The anchor with the highest sequence; None where none was ever written."""
        ...

    def all(self) -> list[Anchor]:
        """Every anchor that was written."""
        ...

    def verifying_key(self) -> VerifyingKey | None:
        """The public half of the key that signs; None where there is none yet."""
        ...


class StateStore(MoveLedger, AuditLog, Protocol):
    """Holds what people and connectors decide. Each change and its audit record are one transaction; both happen or neither does."""

    def together(self) -> AbstractContextManager[StateStore]:
        """The same store, in one transaction: what is done with it is kept whole when the block ends well, and nothing of it otherwise.

        Everybody else who would change something waits meanwhile, so that what was read in the block stays true until its end.
        """
        ...

    def told(self, event: str) -> Sequence[tuple[AuditRecord, Mapping[str, object]]]:
        """The records of one kind of event with their contents, in their order, but those whose content was erased."""
        ...

    def record_proposals(self, proposals: Sequence[Proposal]) -> list[str]:
        """The ids of those that were not known yet, now recorded; known ones stay as they are. What is approved already is queued."""
        ...

    def proposal(self, proposal_id: str) -> Proposal | None:
        """The proposal where it stands now; None where nobody knows it."""
        ...

    def approvals(self, proposal_id: str) -> list[Approval]:
        """What people said of it, in the order in which they did."""
        ...

    def decided(self) -> list[tuple[Proposal, Sequence[Approval]]]:
        """Every proposal with what people said of it, all as they stood at one moment."""
        ...

    def decided_and_told(
        self,
    ) -> tuple[Sequence[tuple[Proposal, Sequence[Approval]]], Sequence[AuditRecord], Mapping[int, tuple[str, Mapping[str, object]]]]:
        """What `decided`, `records` and `contents` give, all of one moment: what happens meanwhile is no contradiction."""
        ...

    def settle(self, proposal_id: str, judge: Judge, actor: str, at: datetime) -> Proposal:
        """The proposal after what the judge decided of it; an approved one is queued, one that is no longer approved is taken out."""
        ...

    def expire(self, at: datetime) -> list[str]:
        """The ids of the proposals whose time was over by then, now expired."""
        ...

    def actions(self, *statuses: ActionStatus) -> list[OutboxAction]:
        """The actions of these statuses, the first queued first."""
        ...

    def claim(
        self,
        action_id: str,
        judge: Callable[[Proposal, Sequence[Approval]], RefusalReason | None],
        connector: str,
        at: datetime,
        tried: int | None = None,
    ) -> OutboxAction | RefusalReason | None:
        """The action, now ours to carry out; the reason where the judge refuses it for good; None where somebody else has it.

        With `tried`, the attempt_count that the caller knows of, also None where somebody has tried it since.
        """
        ...

    def finish(
        self,
        action_id: str,
        status: ActionStatus,
        receipt_id: str | None,
        at: datetime,
        tried: int | None = None,
        why: str | None = None,
    ) -> None:
        """Stores what came of a claimed action: done, failed or in doubt. One that is done or failed already stays as it is.

        With `tried`, the attempt_count that the caller speaks of, only what is done is stored where somebody has tried it since.
        The trail keeps `why` it failed or is in doubt: the words of the error, never those of the answer.
        """
        ...

    def record(self, table: Table, rows: Sequence[Mapping[str, Any]], actor: str, at: datetime) -> int:
        """How many rows were not known yet, now added to remediation_message or a table of the state."""
        ...

    def move_messages(
        self,
        message_draft_ids: Sequence[str],
        status: MessageStatus,
        actor: str,
        at: datetime,
        said: Mapping[str, str] | None = None,
    ) -> int:
        """How many messages changed their status to this one, with the instant of sending or confirmation.

        `said` is by message what belongs to the status: its receipt, why it is suppressed, or how it was confirmed.
        """
        ...

    def reword_messages(self, rows: Sequence[Mapping[str, Any]], actor: str, at: datetime) -> int:
        """How many messages that were not sent yet have the rows' language, text and hash now; each waits for an approval again."""
        ...

    def note(self, event: str, subject_id: str, actor: str, content: Mapping[str, object], at: datetime) -> None:
        """Adds an audit record about something that changed nothing in the store."""
        ...

    def snapshot(self, table: Table, as_of: datetime | None = None) -> pl.DataFrame:
        """The rows of a remediation_* or state_* table, as they are or as they were at that instant."""
        ...
