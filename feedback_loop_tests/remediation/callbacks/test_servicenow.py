"""ServiceNow: what our business rule says; what concerns nobody, and what is none."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.remediation.callbacks.heard import TicketStatus
from feedback_loop.remediation.callbacks.reading import Fault
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.callbacks.spoken import said
from feedback_loop_tests.workflows.callback_world import (
    servicenow_body,
)

EVENTS: dict[str, tuple[bytes, object]] = {
    "a record closed": (servicenow_body("closed", START), TicketStatus(rf"[A-Z0-9]{{1,40}}/incident/{'a' * 32}/[0-9]{{1,9}}", True, False)),
    "a record with more than is ours": (servicenow_body("closed", START, comment="x"), Fault.MALFORMED),
    "a record in another state": (servicenow_body("new", START), Fault.MALFORMED),
}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_says_what_is_documented(name: str) -> None:
    body, expected = EVENTS[name]
    assert said(CallbackVendor.SERVICENOW, body) == expected
