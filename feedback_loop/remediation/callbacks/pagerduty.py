"""PagerDuty's v3 webhooks: an incident was resolved or reopened.

Followed: https://developer.pagerduty.com/docs/webhooks-overview. The rule that is easy to break: three refusals in a row and PagerDuty
tells nothing for a day, so events of other types are heard and concern nobody.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AwareDatetime, Field

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.remediation.callbacks.heard import Heard, Id, Loose, TicketStatus, read
from feedback_loop.remediation.callbacks.signatures import Signed

_IS_CLOSED = {"incident.resolved": True, "incident.reopened": False}


class _Event(Loose):
    id: Id
    event_type: Annotated[str, Field(min_length=1, max_length=200)]
    occurred_at: AwareDatetime


class _Envelope(Loose):
    event: _Event


class _Incident(Loose):
    id: Id


class _IncidentEvent(_Event):
    data: _Incident


class IncidentChanged(Loose):
    """Something happened to an incident."""

    event: _IncidentEvent


def read_pagerduty(body: bytes, _: Signed) -> Heard:
    """What the event says; raises Unreadable."""
    event = read(_Envelope, body).event
    said = None
    if (is_closed := _IS_CLOSED.get(event.event_type)) is not None:
        said = TicketStatus(re.escape(read(IncidentChanged, body).event.data.id), is_closed, not is_closed)
    return Heard(CallbackVendor.PAGERDUTY, event.id, event.occurred_at, said)
