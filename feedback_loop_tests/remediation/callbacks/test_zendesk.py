"""Zendesk: what happened to a ticket; what concerns nobody, and what is none."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.remediation.callbacks.heard import Correction, TicketStatus
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.callbacks.spoken import said
from feedback_loop_tests.workflows.callback_world import (
    field_body,
    zendesk_body,
)

EVENTS: dict[str, tuple[bytes, object]] = {
    "a ticket solved": (zendesk_body("SOLVED", "OPEN", START, "e"), TicketStatus("35436", True, False)),
    "a ticket opened again": (zendesk_body("open", "closed", START, "e"), TicketStatus("35436", False, True)),
    "a field of a ticket": (field_body("crash", START, "e"), Correction("7001", "crash", ticket_id="35436", field_id="900123")),
    "a field emptied": (field_body(None, START, "e"), None),
    "a field of several values": (field_body(["a"], START, "e"), None),
}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_says_what_is_documented(name: str) -> None:
    body, expected = EVENTS[name]
    assert said(CallbackVendor.ZENDESK, body) == expected
