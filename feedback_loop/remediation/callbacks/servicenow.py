"""ServiceNow has no webhooks of its own: what the business rule of the README sends, in a form that is ours and holds nothing else."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.remediation.callbacks.heard import Heard, Id, Strict, TicketStatus, read
from feedback_loop.remediation.callbacks.signatures import Signed


class RecordChanged(Strict):
    """A record was closed, or opened again."""

    event_id: Id
    table: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,79}$")]
    sys_id: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    state: Literal["closed", "reopened"]
    occurred_at: AwareDatetime


def read_servicenow(body: bytes, _: Signed) -> Heard:
    """What the rule says; raises Unreadable."""
    one = read(RecordChanged, body)
    is_closed = one.state == "closed"
    said = TicketStatus(rf"[A-Z0-9]{{1,40}}/{one.table}/{one.sys_id}/[0-9]{{1,9}}", is_closed, not is_closed)
    return Heard(CallbackVendor.SERVICENOW, one.event_id, one.occurred_at, said)
