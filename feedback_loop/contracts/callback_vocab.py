"""The closed vocabularies of callbacks: who calls back, what it says, and what came of it.

How a callback is read stands in `remediation/callbacks`, what it leads to in `workflows/callbacks`. The rule that is easy to break: nothing
is kept of what is ignored, so that a busy vendor can't fill the audit trail.
"""

from __future__ import annotations

from enum import StrEnum


class CallbackVendor(StrEnum):
    """Whose signed callbacks are heard."""

    INTERCOM = "intercom"
    JIRA = "jira"
    PAGERDUTY = "pagerduty"
    SERVICENOW = "servicenow"
    SLACK = "slack"
    ZENDESK = "zendesk"


class CallbackKind(StrEnum):
    """What a callback said."""

    APPROVED = "approved"
    DENIED = "denied"
    CLOSED = "closed"
    OPENED = "opened"
    LABELLED = "labelled"


class CallbackOutcome(StrEnum):
    """What came of a callback; nothing at all is kept of one that is about nothing of ours."""

    DONE = "done"
    KNOWN = "known"
    """It was so already."""
    OUTDATED = "outdated"
    """Something later was heard before, or said by a person."""
    REFUSED = "refused"
    IGNORED = "ignored"
    """It is about nothing of ours."""
