"""A company whose people are known in Slack and Zendesk, and whose proposal became a ticket; and signed callbacks about it."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop.contracts.tables import TABLES
from feedback_loop.remediation.approval_buttons import APPROVE, button_value
from feedback_loop.remediation.callbacks.heard import Heard
from feedback_loop.remediation.connectors import Connector, parse_connectors
from feedback_loop.workflows.callbacks import Answer, Company, carry_out
from feedback_loop.workflows.identity import Directory
from feedback_loop.workflows.identity_file import parse_identity
from feedback_loop_tests.fakes import START
from feedback_loop_tests.outcomes.one_loop import table
from feedback_loop_tests.remediation.made_up_case import issue_row
from feedback_loop_tests.workflows.outbox_world import FakeCaseSystem, World, grounds

SECRETS = {vendor: f"{vendor}-secret-0123456789" for vendor in CallbackVendor}
TICKET, FIELD = "35436", "900123"
IDENTITY = """
people:
  ada: {slack: [U0ADA], zendesk: ["7001"]}
  bo: {slack: [U0BO]}
  cy: {slack: [U0CY], zendesk: ["7003"]}
  eve: {slack: [U0EVE], is_disabled: true}
"""
PEOPLE = {"ada": ("release_manager", "labeller"), "bo": ("incident_commander",), "cy": ("intern",), "eve": ("release_manager",)}
CONNECTORS = f"""
connectors:
  desk: {{kind: zendesk, address: "https://acme.zendesk.com", takes: [roll_back_release], settings: {{label_field_id: "{FIELD}"}}}}
"""


class Desk(FakeCaseSystem):
    """Gives each action the ticket's number."""

    def perform(self, request: ActionRequest) -> Receipt:
        return replace(super().perform(request), receipt_id=TICKET)


class CallbackWorld(World):
    """The world of the outbox with people who are known elsewhere."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        super().__init__(folder, grounds=grounds(issues=[issue_row()]), people=PEOPLE, url=url)
        self.tables = MemoryTableStore()
        self.tables.replace_all(TABLES["gold_issue"], table("gold_issue", {"issue_id": "issue_1", "alert_ids": []}))
        self.directory = Directory(parse_identity(IDENTITY), self.people)
        self.connectors: Mapping[str, Connector] = parse_connectors(CONNECTORS)

    def company(self) -> Company:
        return Company(self.state, self.tables, self.directory, self.connectors, seed_taxonomy())

    def hear(self, heard: Heard) -> Answer:
        return carry_out(heard, self.company(), self.clock)

    def ticket(self) -> str:
        """The id of the action by which the ticket was opened."""
        self.approved()
        self.execute(Desk())
        (action,) = self.state.actions(ActionStatus.DONE)
        return action.action_id

    def statuses(self) -> list[tuple[str, str]]:
        kept = self.state.snapshot(TABLES["state_issue_status"]).sort("changed_at")
        said = [(row["issue_status"], row["changed_by"]) for row in kept.iter_rows(named=True)]
        return [one for one in said if one[0] in ("resolved", "reopened")]

    def callbacks(self) -> list[tuple[str, str, str | None]]:
        kept = self.state.snapshot(TABLES["state_callback"])
        return list(kept.select("callback_kind", "callback_outcome", "callback_about").iter_rows())

    def pressed(self, proposal_id: str, user: str = "U0ADA", action_id: str = APPROVE, **changes: Any) -> bytes:
        """The body of a callback of Slack."""
        proposal = self.state.proposal(proposal_id)
        assert proposal is not None
        return slack_body({"action_id": action_id, "value": changes.get("value") or button_value(proposal)}, user)


def slack_body(action: Mapping[str, Any], user: str = "U0ADA") -> bytes:
    payload = {"type": "block_actions", "user": {"id": user}, "actions": [action], "response_url": "https://hooks.slack.com/actions/T/1/x"}
    return urlencode({"payload": json.dumps({**payload, "team": {"id": "T1"}})}).encode()


def zendesk_body(current: str, previous: str, at: datetime, event_id: str, ticket: str = TICKET) -> bytes:
    detail = {"id": ticket, "actor_id": "7001", "status": current, "subject": "It crashes"}
    event = {"current": current, "previous": previous}
    kind = "zen:event-type:ticket.status_changed"
    return json.dumps({"type": kind, "id": event_id, "time": at.isoformat(), "detail": detail, "event": event}).encode()


def field_body(current: object, at: datetime, event_id: str, who: str = "7001", field: str = FIELD) -> bytes:
    event = {"current": current, "previous": None, "field": {"id": field, "title": "Class", "type": "tagger"}}
    body = {"type": "zen:event-type:ticket.custom_field_changed", "id": event_id, "time": at.isoformat(), "event": event}
    return json.dumps({**body, "detail": {"id": TICKET, "actor_id": who}}).encode()


def pagerduty_body(kind: str, at: datetime, event_id: str = "e1", incident: str = "PGR0VU2") -> bytes:
    event = {"id": event_id, "event_type": kind, "occurred_at": at.isoformat(), "agent": None, "data": {"id": incident, "type": "incident"}}
    return json.dumps({"event": event}).encode()


def intercom_body(topic: str, at: datetime, item: Mapping[str, Any], event_id: str | None = "notif_1") -> bytes:
    note = {"type": "notification_event", "topic": topic, "id": event_id, "created_at": int(at.timestamp()), "data": {"item": dict(item)}}
    return json.dumps(note).encode()


def jira_body(category: str, at: datetime, field: str = "status", key: str = "OPS-7") -> bytes:
    issue = {"id": "1", "key": key, "fields": {"status": {"name": "x", "statusCategory": {"key": category}}}}
    log = {"items": [{"field": field, "from": "1", "to": "2"}]}
    return json.dumps(
        {"webhookEvent": "jira:issue_updated", "timestamp": int(at.timestamp() * 1000), "issue": issue, "changelog": log}
    ).encode()


def servicenow_body(state: str, at: datetime, event_id: str = "e1", **more: object) -> bytes:
    body = {"event_id": event_id, "table": "incident", "sys_id": "a" * 32, "state": state, "occurred_at": at.isoformat(), **more}
    return json.dumps(body).encode()


def body_of(vendor: CallbackVendor, at: datetime = START) -> bytes:
    """A callback of the vendor that is as documented."""
    match vendor:
        case CallbackVendor.SLACK:
            value = button_value_of("proposal_" + "0" * 20)
            return slack_body({"action_id": APPROVE, "value": value})
        case CallbackVendor.ZENDESK:
            return zendesk_body("SOLVED", "OPEN", at, "e1")
        case CallbackVendor.PAGERDUTY:
            return pagerduty_body("incident.resolved", at)
        case CallbackVendor.INTERCOM:
            return intercom_body("ticket.closed", at, {"type": "ticket", "id": "12"})
        case CallbackVendor.JIRA:
            return jira_body("done", at)
        case CallbackVendor.SERVICENOW:
            return servicenow_body("closed", at)


def button_value_of(proposal_id: str) -> str:
    return json.dumps({"proposal_id": proposal_id, "arguments_hash": "0" * 64}, separators=(",", ":"))


def headers_for(vendor: CallbackVendor, body: bytes, at: datetime = START, secret: str | None = None) -> dict[str, str]:
    """What the vendor sends beside the body: written down from its documentation, and not from our code."""
    key = (secret or SECRETS[vendor]).encode()
    kind = "application/x-www-form-urlencoded" if vendor is CallbackVendor.SLACK else "application/json; charset=utf-8"
    return {"content-type": kind, **_signature(vendor, key, body, at)}


def _signature(vendor: CallbackVendor, key: bytes, body: bytes, at: datetime) -> dict[str, str]:
    unix, iso = str(int(at.timestamp())), at.strftime("%Y-%m-%dT%H:%M:%SZ")

    def made(message: bytes, kind: str = "sha256") -> str:
        return hmac.new(key, message, kind).hexdigest()

    match vendor:
        case CallbackVendor.SLACK:
            return {"x-slack-request-timestamp": unix, "x-slack-signature": "v0=" + made(b"v0:" + unix.encode() + b":" + body)}
        case CallbackVendor.ZENDESK:
            signed = base64.b64encode(hmac.new(key, iso.encode() + body, hashlib.sha256).digest()).decode()
            return {"x-zendesk-webhook-signature": signed, "x-zendesk-webhook-signature-timestamp": iso}
        case CallbackVendor.PAGERDUTY:
            return {"x-pagerduty-signature": f"v1={'0' * 64},v1={made(body)}"}
        case CallbackVendor.INTERCOM:
            return {"x-hub-signature": "sha1=" + made(body, "sha1")}
        case CallbackVendor.JIRA:
            return {"x-hub-signature": "sha256=" + made(body)}
        case CallbackVendor.SERVICENOW:
            return {"x-feedbackloop-timestamp": unix, "x-feedbackloop-signature": "v1=" + made(unix.encode() + b"." + body)}
