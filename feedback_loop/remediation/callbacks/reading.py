"""One door for all vendors: from the bytes of a callback to what it says, or that it is refused.

The rule that is easy to break: the order. The signature comes first, then the instant that it covers; only then is the body looked into,
and where it alone holds an instant, that is judged after.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.remediation.callbacks import intercom, jira, pagerduty, servicenow, slack, zendesk
from feedback_loop.remediation.callbacks.heard import Heard, Unreadable
from feedback_loop.remediation.callbacks.signatures import Headers, Signed, is_timely, signed

_READERS: Mapping[CallbackVendor, Callable[[bytes, Signed], Heard]] = {
    CallbackVendor.INTERCOM: intercom.read_intercom,
    CallbackVendor.JIRA: jira.read_jira,
    CallbackVendor.PAGERDUTY: pagerduty.read_pagerduty,
    CallbackVendor.SERVICENOW: servicenow.read_servicenow,
    CallbackVendor.SLACK: slack.read_slack,
    CallbackVendor.ZENDESK: zendesk.read_zendesk,
}

FORMS: Mapping[CallbackVendor, tuple[type[BaseModel], ...]] = {
    CallbackVendor.INTERCOM: (intercom.TicketChanged,),
    CallbackVendor.JIRA: (jira.IssueUpdated,),
    CallbackVendor.PAGERDUTY: (pagerduty.IncidentChanged,),
    CallbackVendor.SERVICENOW: (servicenow.RecordChanged,),
    CallbackVendor.SLACK: (slack.BlockActions,),
    CallbackVendor.ZENDESK: (zendesk.StatusChanged, zendesk.FieldChanged),
}
"""The payloads of each vendor that lead to something."""


class Fault(StrEnum):
    """Why a callback is not heard. Whoever sent it is not told which."""

    FORGED = "forged"
    UNTIMELY = "untimely"
    MALFORMED = "malformed"


def understood(vendor: CallbackVendor, headers: Headers, body: bytes, secret: str, now: datetime) -> Heard | Fault:
    """What the callback says, or why it is not heard."""
    found = signed(vendor, headers, body, secret)
    if found is None:
        return Fault.FORGED
    if found.stamped_at is not None and not is_timely(found.stamped_at, now, is_stamped=True):
        return Fault.UNTIMELY
    try:
        heard = _READERS[vendor](body, found)
    except Unreadable:
        return Fault.MALFORMED
    return heard if is_timely(heard.said_at, now, is_stamped=False) else Fault.UNTIMELY
