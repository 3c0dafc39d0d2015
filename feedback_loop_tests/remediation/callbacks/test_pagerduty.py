"""PagerDuty: what happened to an incident; what concerns nobody, and what is none."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.remediation.callbacks.heard import TicketStatus
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.callbacks.spoken import said
from feedback_loop_tests.workflows.callback_world import (
    pagerduty_body,
)

EVENTS: dict[str, tuple[bytes, object]] = {
    "an incident resolved": (pagerduty_body("incident.resolved", START), TicketStatus("PGR0VU2", True, False)),
    "an incident reopened": (pagerduty_body("incident.reopened", START), TicketStatus("PGR0VU2", False, True)),
    "an incident's other event": (pagerduty_body("incident.annotated", START), None),
}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_says_what_is_documented(name: str) -> None:
    body, expected = EVENTS[name]
    assert said(CallbackVendor.PAGERDUTY, body) == expected
