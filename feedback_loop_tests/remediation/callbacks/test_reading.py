"""From bytes to what a callback says: each vendor's events, those that concern nobody, and those that are none."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.contracts.loop_vocab import ApprovalVerdict
from feedback_loop.remediation.approval_buttons import APPROVE, CORRECT_LABEL, DENY
from feedback_loop.remediation.callbacks.heard import Correction, Decision, Heard, TicketStatus
from feedback_loop.remediation.callbacks.reading import Fault, understood
from feedback_loop.remediation.callbacks.slack import value_of_correction
from feedback_loop_tests.fakes import START
from feedback_loop_tests.workflows.callback_world import (
    SECRETS,
    body_of,
    button_value_of,
    field_body,
    headers_for,
    intercom_body,
    jira_body,
    pagerduty_body,
    servicenow_body,
    slack_body,
    zendesk_body,
)

V = CallbackVendor
PROPOSAL = "proposal_" + "0" * 20


def heard(vendor: CallbackVendor, body: bytes, now: datetime = START) -> Heard | Fault:
    headers = {name: [value] for name, value in headers_for(vendor, body, now).items()}
    return understood(vendor, headers, body, SECRETS[vendor], now)


def said(vendor: CallbackVendor, body: bytes) -> Any:
    found = heard(vendor, body)
    return found.said if isinstance(found, Heard) else found


EVENTS: dict[str, tuple[CallbackVendor, bytes, object]] = {
    "a button to approve": (V.SLACK, slack_body({"action_id": APPROVE, "value": button_value_of(PROPOSAL)}),
                            Decision("U0ADA", ApprovalVerdict.APPROVE, PROPOSAL, "0" * 64)),
    "a button to deny": (V.SLACK, slack_body({"action_id": DENY, "value": button_value_of(PROPOSAL)}),
                         Decision("U0ADA", ApprovalVerdict.REJECT, PROPOSAL, "0" * 64)),
    "a class chosen": (V.SLACK, slack_body({"action_id": CORRECT_LABEL, "selected_option": {"value": value_of_correction("f1", "crash")}}),
                       Correction("U0ADA", "crash", fragment_id="f1")),
    "a button of another app": (V.SLACK, slack_body({"action_id": "other", "value": "x"}), None),
    "a button of ours with another value": (V.SLACK, slack_body({"action_id": APPROVE, "value": "x"}), Fault.MALFORMED),
    "a button of ours without a value": (V.SLACK, slack_body({"action_id": DENY}), Fault.MALFORMED),
    "a choice of nothing": (V.SLACK, slack_body({"action_id": CORRECT_LABEL}), Fault.MALFORMED),
    "a ticket solved": (V.ZENDESK, zendesk_body("SOLVED", "OPEN", START, "e"), TicketStatus("35436", True, False)),
    "a ticket opened again": (V.ZENDESK, zendesk_body("open", "closed", START, "e"), TicketStatus("35436", False, True)),
    "a field of a ticket": (V.ZENDESK, field_body("crash", START, "e"), Correction("7001", "crash", ticket_id="35436", field_id="900123")),
    "a field emptied": (V.ZENDESK, field_body(None, START, "e"), None),
    "a field of several values": (V.ZENDESK, field_body(["a"], START, "e"), None),
    "an incident resolved": (V.PAGERDUTY, pagerduty_body("incident.resolved", START), TicketStatus("PGR0VU2", True, False)),
    "an incident reopened": (V.PAGERDUTY, pagerduty_body("incident.reopened", START), TicketStatus("PGR0VU2", False, True)),
    "an incident's other event": (V.PAGERDUTY, pagerduty_body("incident.annotated", START), None),
    "an Intercom ticket closed": (V.INTERCOM, intercom_body("ticket.closed", START, {"id": "12"}), TicketStatus("ticket-12", True)),
    "its state resolved": (V.INTERCOM, intercom_body("ticket.state.updated", START, {"id": 12, "ticket_state": {"category": "resolved"}}),
                           TicketStatus("ticket-12", True)),
    "its state as a word": (V.INTERCOM, intercom_body("ticket.state.updated", START, {"id": "12", "ticket_state": "in_progress"}),
                            TicketStatus("ticket-12", False)),
    "a try of the connection": (V.INTERCOM, intercom_body("ping", START, {"type": "ping"}, None), None),
    "an issue done": (V.JIRA, jira_body("done", START), TicketStatus("OPS-7", True)),
    "an issue in progress": (V.JIRA, jira_body("indeterminate", START), TicketStatus("OPS-7", False)),
    "another field of an issue": (V.JIRA, jira_body("done", START, field="summary"), None),
    "an issue without a key": (V.JIRA, jira_body("done", START, key="x"), Fault.MALFORMED),
    "a record closed": (V.SERVICENOW, servicenow_body("closed", START),
                        TicketStatus(rf"[A-Z0-9]{{1,40}}/incident/{'a' * 32}/[0-9]{{1,9}}", True, False)),
    "a record with more than is ours": (V.SERVICENOW, servicenow_body("closed", START, comment="x"), Fault.MALFORMED),
    "a record in another state": (V.SERVICENOW, servicenow_body("new", START), Fault.MALFORMED),
}  # fmt: skip


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_says_what_its_vendor_documents(name: str) -> None:
    vendor, body, expected = EVENTS[name]
    assert said(vendor, body) == expected


@pytest.mark.parametrize("vendor", [v for v in V if v is not V.SLACK])
def test_vendors_may_add_fields_and_leave_out_none(vendor: CallbackVendor) -> None:
    body = json.loads(body_of(vendor))
    if vendor is not V.SERVICENOW:
        assert isinstance(said(vendor, json.dumps({**body, "new_field": {"deep": [1]}}).encode()), TicketStatus)
    for name in body:
        less = {other: value for other, value in body.items() if other != name}
        if name not in ("type", "id", "changelog") or vendor is V.ZENDESK:
            assert said(vendor, json.dumps(less).encode()) == Fault.MALFORMED, name


@pytest.mark.parametrize("vendor", [v for v in V if v is not V.SLACK])
def test_an_event_of_long_ago_or_of_the_future_is_untimely_whatever_signs_it(vendor: CallbackVendor) -> None:
    for minutes in (-24 * 60 - 1, 6):
        assert heard(vendor, body_of(vendor, START + timedelta(minutes=minutes))) is Fault.UNTIMELY


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("vendor", V)
@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_no_mutation_of_an_event_is_more_than_refused(vendor: CallbackVendor, data: st.DataObject) -> None:
    body = bytearray(body_of(vendor))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(body)))
        body[start : start + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=6))
    assert isinstance(heard(vendor, bytes(body)), Heard | Fault)


@pytest.mark.parametrize("vendor", V)
@settings(deadline=None, max_examples=100)
@given(value=JSON)
@example(value={"event": {"id": "e", "event_type": "x", "occurred_at": "0001-01-01T00:00:00+14:00"}})
@example(value={"webhookEvent": "x", "timestamp": 10**30})
@example(value={"topic": "x", "created_at": True})
def test_no_json_is_more_than_refused(vendor: CallbackVendor, value: object) -> None:
    assert isinstance(heard(vendor, json.dumps(value).encode()), Heard | Fault)
