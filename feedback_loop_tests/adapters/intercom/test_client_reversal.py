"""Taking back through Intercom: a ticket that nobody touched since is closed, and whatever somebody works on stays as it is."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop_tests.adapters.intercom.intercom_desk import ADMIN
from feedback_loop_tests.adapters.intercom.running import RunningIntercom
from feedback_loop_tests.adapters.intercom.test_client import AFTER_WRITE, BEFORE_WRITE, INCIDENT, NOTE
from feedback_loop_tests.adapters.vendor_server import Plan


def reversal_of(undone: ActionRequest, receipt_id: str | None) -> ActionRequest:
    """As `remediation/reversal` asks for it."""
    arguments: dict[str, Any] = {
        "connector": "inbox",
        "undone_kind": str(undone.action_kind),
        "undone_key": undone.idempotency_key,
        "undone_receipt_id": receipt_id,
        "steps": ["Close the ticket."],
    }
    return ActionRequest("key_back", ActionKind.REVERSE_ACTION, str(receipt_id).partition("/")[0], arguments)


def test_a_ticket_that_is_as_it_was_made_is_closed_with_a_note_once(intercom: RunningIntercom) -> None:
    back = reversal_of(INCIDENT, intercom.client().perform(INCIDENT).receipt_id)
    assert intercom.client().perform(back).receipt_id == "ticket-631/closed"
    ticket = intercom.desk.tickets["631"]
    assert (ticket["open"], ticket["ticket_attributes"]["loop_key"]) == (False, "key_2 key_back")
    assert intercom.client().perform(back).receipt_id == "ticket-631/closed"
    assert intercom.client().receipt_for("key_back") == Receipt("ticket-631/closed", "key_back", is_repeat=True)
    assert intercom.client().receipt_for("key_2") == Receipt("ticket-631", "key_2", is_repeat=True)
    assert [part["part_type"] for part in intercom.desk.parts_of("631")] == ["ticket_state_updated_by_admin", "note"]


@pytest.mark.parametrize(
    "change",
    [
        {"open": False},
        {"admin_assignee_id": "4"},
        {"ticket_state": {"type": "ticket_state", "id": "1", "category": "in_progress", "internal_label": "x", "external_label": "x"}},
        {"ticket_attributes": {"loop_key": "theirs"}},
        {"ticket_attributes": {}},
    ],
)
def test_a_ticket_that_somebody_took_up_stays_as_it_is(intercom: RunningIntercom, change: dict[str, Any]) -> None:
    back = reversal_of(INCIDENT, intercom.client().perform(INCIDENT).receipt_id)
    intercom.desk.work_on("631", **change)
    with pytest.raises(ConnectorRefused, match="no longer as it was sent"):
        intercom.client().perform(back)
    assert len(intercom.desk.parts_of("631")) == 1


@pytest.mark.parametrize(
    ("kind", "author"), [("comment", "4"), ("note", ADMIN), ("assignment", "4"), ("ticket_state_updated_by_admin", "4")]
)
def test_a_ticket_on_which_anything_was_said_or_done_stays_as_it_is(intercom: RunningIntercom, kind: str, author: str) -> None:
    back = reversal_of(INCIDENT, intercom.client().perform(INCIDENT).receipt_id)
    part = intercom.desk.say_on(intercom.desk.parts_of("631"), kind, "<p>on it</p>", author)
    part |= {"ticket_state": "in_progress"} if kind.startswith("ticket_state") else {}
    with pytest.raises(ConnectorRefused, match="no longer as it was sent"):
        intercom.client().perform(back)
    assert intercom.desk.tickets["631"]["open"] is True


def test_a_note_is_answered_by_a_note_that_it_no_longer_holds(intercom: RunningIntercom) -> None:
    intercom.desk.conversations["524"] = parts = list[dict[str, Any]]()
    back = reversal_of(NOTE, intercom.client().perform(NOTE).receipt_id)
    intercom.desk.say_on(parts, "comment", "<p>thanks</p>")
    assert [intercom.client().perform(back).receipt_id for _ in range(2)] == ["conversation-524/132"] * 2
    assert "undone_key: key_3" in parts[-1]["body"]


@pytest.mark.parametrize("receipt_id", ["conversation-524/9", "conversation-524", "ticket-9", "524/130", "OPS-7", None])
def test_what_is_not_ours_is_not_taken_back(intercom: RunningIntercom, receipt_id: str | None) -> None:
    intercom.desk.conversations["524"] = []
    intercom.client().perform(NOTE)
    with pytest.raises(ConnectorRefused):
        intercom.client().perform(reversal_of(NOTE, receipt_id))
    assert len(intercom.desk.conversations["524"]) == 1


@pytest.mark.parametrize("position", [0, 1, 2, 3])
@pytest.mark.parametrize("plan", [*AFTER_WRITE, *BEFORE_WRITE])
def test_a_reversal_is_done_once_whatever_goes_wrong_with_any_request(intercom: RunningIntercom, position: int, plan: Plan) -> None:
    """The requests are the search, the ticket, the note, and the closing."""
    back = reversal_of(INCIDENT, intercom.client().perform(INCIDENT).receipt_id)
    intercom.plans.extend([Fault.NONE] * position + [plan] * (1 if position >= 2 else 4))
    with pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        intercom.client().perform(back)
    intercom.plans.clear()
    assert intercom.client().perform(back).receipt_id == "ticket-631/closed"
    assert [part["part_type"] for part in intercom.desk.parts_of("631")] == ["ticket_state_updated_by_admin", "note"]
