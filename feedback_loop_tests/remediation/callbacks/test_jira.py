"""Jira: what happened to an issue; what concerns nobody, and what is none."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.remediation.callbacks.heard import TicketStatus
from feedback_loop.remediation.callbacks.reading import Fault
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.callbacks.spoken import said
from feedback_loop_tests.workflows.callback_world import (
    jira_body,
)

EVENTS: dict[str, tuple[bytes, object]] = {
    "an issue done": (jira_body("done", START), TicketStatus("OPS-7", True)),
    "an issue in progress": (jira_body("indeterminate", START), TicketStatus("OPS-7", False)),
    "another field of an issue": (jira_body("done", START, field="summary"), None),
    "an issue without a key": (jira_body("done", START, key="x"), Fault.MALFORMED),
}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_says_what_is_documented(name: str) -> None:
    body, expected = EVENTS[name]
    assert said(CallbackVendor.JIRA, body) == expected
