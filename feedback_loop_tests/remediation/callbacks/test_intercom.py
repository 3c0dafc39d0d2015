"""Intercom: what happened to a ticket; what concerns nobody, and what is none."""

from __future__ import annotations

import pytest

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.remediation.callbacks.heard import TicketStatus
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.callbacks.spoken import said
from feedback_loop_tests.workflows.callback_world import (
    intercom_body,
)

EVENTS: dict[str, tuple[bytes, object]] = {
    "an Intercom ticket closed": (intercom_body("ticket.closed", START, {"id": "12"}), TicketStatus("ticket-12", True)),
    "its state resolved": (
        intercom_body("ticket.state.updated", START, {"id": 12, "ticket_state": {"category": "resolved"}}),
        TicketStatus("ticket-12", True),
    ),
    "its state as a word": (
        intercom_body("ticket.state.updated", START, {"id": "12", "ticket_state": "in_progress"}),
        TicketStatus("ticket-12", False),
    ),
    "a try of the connection": (intercom_body("ping", START, {"type": "ping"}, None), None),
}


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_says_what_is_documented(name: str) -> None:
    body, expected = EVENTS[name]
    assert said(CallbackVendor.INTERCOM, body) == expected
