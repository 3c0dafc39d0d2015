"""Zendesk's ticket events: a ticket's status changed, or one of its own fields.

Followed: https://developer.zendesk.com/api-reference/webhooks/event-types/ticket-events. The rule that is easy to break: the instant of the
event orders what happened to a ticket, the instant of the signature only says when it was sent.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.remediation.callbacks.heard import Correction, Heard, Id, Loose, Number, TicketStatus, read
from feedback_loop.remediation.callbacks.signatures import Signed

_STATUS, _FIELD = "zen:event-type:ticket.status_changed", "zen:event-type:ticket.custom_field_changed"
_CLOSED = ("solved", "closed")
Word = Annotated[str, Field(min_length=1, max_length=200)]


class _Detail(Loose):
    id: Number
    actor_id: Number | None = None


class _Any(Loose):
    type: Word
    id: Id
    time: AwareDatetime


class _Change(Loose):
    current: Word
    previous: Word | None = None


class StatusChanged(_Any):
    """A ticket's status is another one."""

    detail: _Detail
    event: _Change


class _FieldOf(Loose):
    id: Number


class _FieldChange(Loose):
    current: object = None
    field: _FieldOf


class FieldChanged(_Any):
    """A field of a ticket, of those that a company adds, has another value; of whatever type it is."""

    detail: _Detail
    event: _FieldChange


def read_zendesk(body: bytes, _: Signed) -> Heard:
    """What the event says; events of other types concern nobody. Raises Unreadable."""
    one = read(_Any, body)
    return Heard(CallbackVendor.ZENDESK, one.id, one.time, _said(one.type, body))


def _said(kind: str, body: bytes) -> TicketStatus | Correction | None:
    if kind == _STATUS:
        changed = read(StatusChanged, body)
        before, now = changed.event.previous, changed.event.current
        return TicketStatus(changed.detail.id, _is_closed(now), None if before is None else _is_closed(before))
    if kind != _FIELD:
        return None
    field = read(FieldChanged, body)
    value, who = field.event.current, field.detail.actor_id
    if not isinstance(value, str) or not value or who is None:
        return None
    return Correction(who, value, ticket_id=field.detail.id, field_id=field.event.field.id)


def _is_closed(status: str) -> bool:
    return status.lower() in _CLOSED
