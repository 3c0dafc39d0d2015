"""Intercom's notifications: a ticket was closed, or its state is another one.

Followed: https://developers.intercom.com/docs/references/webhooks/webhook-models. The rule that is easy to break: a notification that only
tries the connection has no id, so it is known by its signature.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

from pydantic import Field

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.remediation.callbacks.heard import Heard, Id, Loose, Number, TicketStatus, read
from feedback_loop.remediation.callbacks.signatures import Signed

_CLOSED, _STATE = "ticket.closed", "ticket.state.updated"
_RESOLVED, _LAST_SECOND = "resolved", 253_402_300_799
Word = Annotated[str, Field(max_length=200)]


class _Notification(Loose):
    topic: Annotated[str, Field(min_length=1, max_length=200)]
    created_at: Annotated[int, Field(ge=0, le=_LAST_SECOND, strict=True)]
    id: Id | None = None


class _State(Loose):
    category: Word | None = None


class _Ticket(Loose):
    id: Number
    ticket_state: _State | Word | None = None
    open: Annotated[bool, Field(strict=True)] | None = None

    @property
    def is_closed(self) -> bool:
        """Whether nobody works on it any more."""
        state = self.ticket_state.category if isinstance(self.ticket_state, _State) else self.ticket_state
        return state == _RESOLVED or self.open is False


class _Data(Loose):
    item: _Ticket


class TicketChanged(_Notification):
    """A ticket was closed, or its state is another one."""

    data: _Data


def read_intercom(body: bytes, signed: Signed) -> Heard:
    """What the notification says; those of other topics concern nobody. Raises Unreadable."""
    one, said = read(_Notification, body), None
    if one.topic in (_CLOSED, _STATE):
        ticket = read(TicketChanged, body).data.item
        said = TicketStatus(f"ticket-{ticket.id}", one.topic == _CLOSED or ticket.is_closed)
    return Heard(CallbackVendor.INTERCOM, one.id or signed.digest, datetime.fromtimestamp(one.created_at, UTC), said)
