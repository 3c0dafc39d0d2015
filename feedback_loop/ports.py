"""What the platform asks of the world, as Protocols; `adapters/` fulfils them, tests use hand-written fakes.

A stage takes a port as an argument where it needs one (a model); it never builds one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import polars as pl

from feedback_loop.contracts.actions import ActionRequest, CaseImage, Receipt
from feedback_loop.contracts.audit_trail import Anchor, AuditRecord
from feedback_loop.contracts.case_moves import CaseMove
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.decisions import Approval, Judge, OutboxAction, Proposal
from feedback_loop.contracts.knowledge import IndexedPassages, Occurrences, Passage
from feedback_loop.contracts.loop_vocab import ActionStatus, MessageStatus, RefusalReason
from feedback_loop.contracts.questions import Question, Reply
from feedback_loop.contracts.tables import Table

Vectors = npt.NDArray[np.float32]


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        ...


class Embedder(Protocol):
    """Turns texts into vectors; a text's vector never depends on the texts beside it."""

    @property
    def model_version(self) -> str:
        """Model, kernel and weights; vectors of different versions must not be mixed."""
        ...

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        ...

    def embed(self, texts: Sequence[str]) -> Vectors:
        """float32 [n, dimension], rows of unit length, in the order of the texts."""
        ...


class PassageIndex(Protocol):
    """Keeps passages of governed documents to be searched; it is derived from the documents, and lost without loss."""

    def keep(self, content_keys: Collection[str], cut: Callable[[str], Sequence[Passage]], embedder: Embedder) -> tuple[int, int]:
        """How many contents came and went; afterwards it holds exactly these. Only of those that are new are passages cut and embedded."""
        ...

    def read(self, content_keys: Collection[str]) -> IndexedPassages:
        """The passages of those of the contents that it holds."""
        ...

    def occurrences(self, text: str) -> list[Occurrences]:
        """Where each term of the text stands, over all passages that it holds. Of the text nothing is a command."""
        ...


class TextModel(Protocol):
    """Answers questions about texts in a form that is given; it has no tools, and nothing that it says is carried out."""

    @property
    def model_version(self) -> str:
        """The model and the host that answers for it."""
        ...

    def answer(self, questions: Sequence[Question]) -> list[Reply]:
        """A reply to each question, in their order: an answer that is valid by its type, or why there is none. No question fails another.

        Raises BadInput where the settings are such that nothing can be asked at all.
        """
        ...


class TableStore(Protocol):
    """Holds the tables that Python owns."""

    def append(self, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows whose key the table did not hold yet, now appended; the others are left out. The only write to bronze."""
        ...

    def read(
        self,
        table: Table,
        days: DayRange | None = None,
        *,
        as_of: datetime | None = None,
        columns: Sequence[str] | None = None,
        matching: pl.DataFrame | None = None,
    ) -> pl.DataFrame:
        """The rows whose event_date (partition column where there is none) is in `days`, or all; with `as_of` those landed by then.

        With `matching` only those that agree with one of its rows in all of its columns, none of which is null.
        """
        ...

    def replace_days(self, table: Table, frame: pl.DataFrame, days: DayRange) -> int:
        """The number of days whose rows changed; afterwards the table holds for `days` exactly the rows of the frame.

        Raises ContractBroken and RowsOutsideDays before anything is written. What is written is one span, from the first day whose rows
        changed to the last; nothing where none did.
        """
        ...

    def replace_all(self, table: Table, frame: pl.DataFrame) -> bool:
        """Whether the table changed; afterwards it holds exactly the rows of the frame, whatever their days."""
        ...

    def version(self, table: Table) -> int:
        """A number that grows with each change of the table; -1 where it does not exist yet."""
        ...

    def added_since(self, table: Table, version: int, columns: Sequence[str]) -> pl.DataFrame:
        """The rows that were appended after that version of the table (all of them for -1); perhaps more, never fewer."""
        ...

    def files(self, table: Table) -> list[str]:
        """The data files of the table's present snapshot, absolute."""
        ...


class CaseSystem(Protocol):
    """A tool in which a team works: it carries out actions and holds cases. Every write is known there by its key."""

    @property
    def connector(self) -> str:
        """The name under which the outbox knows it."""
        ...

    def perform(self, request: ActionRequest) -> Receipt:
        """The receipt of the write; the same key again gives the first receipt and writes nothing.

        Raises ConnectorRefused where the system says no, and WriteInDoubt where it may have written without an answer.
        """
        ...

    def receipt_for(self, idempotency_key: str) -> Receipt | None:
        """The receipt of an earlier write under this key; None where there was none. Asked before anything is sent again."""
        ...

    def cases(self, case_ids: Sequence[str]) -> list[CaseImage]:
        """The cases as they are now, in the order asked for; those that don't exist are left out."""
        ...

    def move_case(self, case_id: str, queue: str, expected_version: int, idempotency_key: str) -> CaseImage:
        """The case after it was moved to the queue; the same key again gives the first answer and writes nothing.

        Raises CaseChanged where its version is another than expected, ConnectorRefused and WriteInDoubt as `perform`.
        """
        ...


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


class AuditAnchor(Protocol):
    """Keeps the end of the audit chain outside of the database that holds the chain."""

    def write(self, anchor: Anchor) -> None:
        """Afterwards the anchor is known, whatever becomes of the database."""
        ...

    def latest(self) -> Anchor | None:
        """The anchor with the highest sequence; None where none was ever written."""
        ...

    def all(self) -> list[Anchor]:
        """Every anchor that was written."""
        ...


class StateStore(MoveLedger, AuditLog, Protocol):
    """Holds what people and connectors decide. Each change and its audit record are one transaction; both happen or neither does."""

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

    def finish(self, action_id: str, status: ActionStatus, receipt_id: str | None, at: datetime, tried: int | None = None) -> None:
        """Stores what came of a claimed action: done, failed or in doubt. One that is done or failed already stays as it is.

        With `tried`, the attempt_count that the caller speaks of, only what is done is stored where somebody has tried it since.
        """
        ...

    def record(self, table: Table, rows: Sequence[Mapping[str, Any]], actor: str, at: datetime) -> int:
        """How many rows were not known yet, now added to remediation_message or a table of the state."""
        ...

    def move_messages(self, message_draft_ids: Sequence[str], status: MessageStatus, actor: str, at: datetime) -> int:
        """How many messages changed their status to this one, with the instant of sending or confirmation."""
        ...

    def note(self, event: str, subject_id: str, actor: str, content: Mapping[str, object], at: datetime) -> None:
        """Adds an audit record about something that changed nothing in the store."""
        ...

    def snapshot(self, table: Table, as_of: datetime | None = None) -> pl.DataFrame:
        """The rows of a remediation_* or state_* table, as they are or as they were at that instant."""
        ...
