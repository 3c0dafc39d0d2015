"""What carrying out asks of the tools in which teams work."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from feedback_loop.contracts.actions import ActionRequest, CaseImage, Receipt
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.said_elsewhere import AnswersElsewhere


class ActionSystem(Protocol):
    """A tool in which a team works, and which carries out actions. Every write is known there by its key."""

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


class ApprovalDesk(Protocol):
    """A tool in which people are asked to approve, and which tells who said what."""

    def ask(self, request: ActionRequest) -> Receipt:
        """The receipt of the question, written once; raises as `ActionSystem.perform`."""
        ...

    def answers_to(self, request: ActionRequest) -> AnswersElsewhere:
        """What people said of this very action; raises ConnectorUnreachable where it can't be known."""
        ...


@runtime_checkable
class LateKnowing(Protocol):
    """An action system whose look-up may miss a write that was just made: "none" counts only once it had time to settle."""

    @property
    def settling_time(self) -> timedelta:
        """So long after a write was begun, what the look-up does not know was not written."""
        ...


@runtime_checkable
class KnowingSince(Protocol):
    """An action system whose look-up goes through what was written, newest first, and so has to know how far back."""

    def receipt_since(self, idempotency_key: str, since: datetime) -> Receipt | None:
        """As `receipt_for`, of a write that can't have been begun before the instant; nothing older is looked through."""
        ...


class ApprovalChannel(Protocol):
    """Where people are asked to approve: a message for each proposal, by an id that the channel gives it."""

    @property
    def connector(self) -> str:
        """Its name in connectors.yaml."""
        ...

    def asked(self, proposal: Proposal) -> str | None:
        """The message about the proposal; None where there is none."""
        ...

    def ask(self, proposal: Proposal, begun_at: datetime) -> str:
        """The message that was posted now; whoever calls has made sure that there is none. Raises as `ActionSystem.perform`.

        Nothing is posted any more some minutes after it was begun: by then somebody else may be at it.
        """
        ...

    def show(self, message_id: str, proposal: Proposal) -> None:
        """Afterwards the message says how the proposal stands; it may be repeated. Raises as `ActionSystem.perform`."""
        ...


class NoticeChannel(Protocol):
    """Where people are told of something: a message each, known by a key of ours."""

    @property
    def connector(self) -> str:
        """Its name in connectors.yaml."""
        ...

    def posted(self, key: str, since: datetime) -> str | None:
        """The message under the key; None where there is none since that instant. Raises as `ActionSystem.perform`."""
        ...

    def post(self, key: str, subject: str, lines: Sequence[str], begun_at: datetime) -> str:
        """The message that was posted now; whoever calls has made sure that there is none. Raises as `ActionSystem.perform`."""
        ...


class CaseSystem(ActionSystem, Protocol):
    """An action system that holds cases as well, which can be looked at and moved."""

    def cases(self, case_ids: Sequence[str]) -> list[CaseImage]:
        """The cases as they are now, in the order asked for; those that don't exist are left out."""
        ...

    def move_case(self, case_id: str, queue: str, expected_version: int, idempotency_key: str) -> CaseImage:
        """The case after it was moved to the queue; the same key again gives the first answer and writes nothing.

        Raises CaseChanged where its version is another than expected, ConnectorRefused and WriteInDoubt as `perform`.
        """
        ...
