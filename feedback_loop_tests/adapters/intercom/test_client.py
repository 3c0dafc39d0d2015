"""The client over real HTTP against an Intercom that is held to the vendor's description: once per key, or in doubt with a reason."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.vendor_client import SETTLING
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import TAKES_BACK, ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import ActionSystem, LateKnowing
from feedback_loop.remediation.connectors import WORK_ITEMS
from feedback_loop_tests.adapters.intercom.intercom_desk import ADMIN, TOKEN
from feedback_loop_tests.adapters.intercom.running import RunningIntercom
from feedback_loop_tests.adapters.vendor_server import ELSEWHERE, HTML, PATIENCE_BY_DATE, Answered, Plan

INCIDENT = ActionRequest("key_2", ActionKind.OPEN_INCIDENT, "Printwren", {"observed_count": 40, "issue_id": None})
NOTE = ActionRequest("key_3", ActionKind.ROUTE_WITH_CONTEXT, "524", {"issue_id": "issue_1", "owner": "billing & more"})
MESSAGE = ActionRequest("message_1", ActionKind.SEND_MESSAGE, "customer_8", {"text": "We fixed it.\nThank you.", "language": "en"})
AFTER_WRITE: tuple[Plan, ...] = (
    Fault.DROP_AFTER_WRITE, Fault.ERROR_AFTER_WRITE, Fault.GARBLED_AFTER_WRITE, Fault.ANSWER_OF_ANOTHER,
    Answered(200, raw=b"<html>", is_after_write=True), Answered(202, {}, is_after_write=True), Answered(302, is_after_write=True),
)  # fmt: skip
BEFORE_WRITE: tuple[Plan, ...] = (Fault.DROP_BEFORE_WRITE, Fault.ERROR_BEFORE_WRITE, HTML, ELSEWHERE, Answered(408))
LAG = timedelta(seconds=40)


def test_it_carries_actions_out_and_is_late_to_know(intercom: RunningIntercom) -> None:
    system: ActionSystem = intercom.client()
    assert system.connector == "inbox"
    assert isinstance(system, LateKnowing)


def test_an_action_becomes_a_back_office_ticket_that_bears_the_key(intercom: RunningIntercom) -> None:
    receipt = intercom.client(more={"team_id": "12"}).perform(INCIDENT)
    assert (receipt.receipt_id, receipt.idempotency_key, receipt.is_repeat) == ("ticket-631", "key_2", False)
    (ticket,) = intercom.desk.tickets.values()
    assert ticket["team_assignee_id"] == "12"
    assert ticket["ticket_attributes"] == {
        "_default_title_": "Open incident: Printwren",
        "_default_description_": (
            "The feedback loop asks to open incident: Printwren\n- observed_count: 40\n- issue_id: none\nSent once under the key key_2"
        ),
        "loop_key": "key_2",
    }


@pytest.mark.parametrize("kind", [kind for kind in WORK_ITEMS if kind not in TAKES_BACK])
def test_every_kind_of_work_becomes_a_ticket(intercom: RunningIntercom, kind: ActionKind) -> None:
    assert intercom.client().perform(ActionRequest("key_9", kind, "subject", {"product": "Printwren"})).receipt_id == "ticket-631"


def test_the_same_key_gives_the_first_receipt_and_writes_nothing_whoever_asks(intercom: RunningIntercom) -> None:
    client = intercom.client()
    first = client.perform(INCIDENT)
    assert [one.perform(INCIDENT).receipt_id for one in (client, intercom.client())] == [first.receipt_id] * 2
    assert intercom.client().receipt_for("key_2") == Receipt("ticket-631", "key_2", is_repeat=True)
    assert intercom.client().receipt_for("key") is None, "a key that is part of another is another"
    assert len(intercom.desk.tickets) == 1


def test_a_message_is_a_draft_in_a_ticket_of_its_own_or_a_note_on_the_conversation_that_it_names(intercom: RunningIntercom) -> None:
    intercom.desk.conversations["524"] = []
    draft = (
        "Draft for an agent to send to customer customer_8 (en). Nothing was sent.\n\n"
        "We fixed it.\nThank you.\n\nSent once under the key message_1"
    )
    assert intercom.client().perform(MESSAGE).receipt_id == "ticket-631"
    assert intercom.desk.tickets["631"]["ticket_attributes"]["_default_description_"] == draft
    there = ActionRequest("message_2", MESSAGE.action_kind, "customer_8", {**MESSAGE.arguments, "conversation_id": "524"})
    assert intercom.client().perform(there).receipt_id == "conversation-524/130"
    (note,) = intercom.desk.conversations["524"]
    assert (note["part_type"], note["author"]["id"]) == ("note", ADMIN)
    assert note["body"].endswith("<p>We fixed it.</p><p>Thank you.</p><p>Sent once under the key message_2</p>")


@pytest.mark.parametrize("text", [None, 7, "", "x" * 5_001, "bell\x07"])
def test_a_message_that_is_no_plain_text_is_refused(intercom: RunningIntercom, text: object) -> None:
    with pytest.raises(ConnectorRefused, match="text is no id"):
        intercom.client().perform(ActionRequest("m", MESSAGE.action_kind, "customer_8", {"text": text, "language": "en"}))
    assert intercom.desk.tickets == {}


def test_a_note_is_known_on_its_conversation_among_many_and_is_not_taken_from_another(intercom: RunningIntercom) -> None:
    intercom.desk.conversations["524"] = parts = list[dict[str, Any]]()
    intercom.desk.say_on(parts, "note", "<p>Sent once under the key key_3</p>", author="4")
    intercom.desk.say_on(parts, "comment", "<p>Sent once under the key key_3</p>", author=ADMIN)
    intercom.desk.say_on(parts, "note", "<p>Sent once under the key key_3, they say</p>", author=ADMIN)
    assert intercom.client().perform(NOTE).receipt_id == "conversation-524/133"
    for _ in range(100):
        intercom.desk.say_on(parts, "comment", "<p>hm</p>")
    assert intercom.client().perform(NOTE).receipt_id == "conversation-524/133"
    assert len(parts) == 104


@pytest.mark.parametrize("plan", [*AFTER_WRITE, *BEFORE_WRITE])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_note_is_written_once_whatever_goes_wrong_with_any_request(intercom: RunningIntercom, position: int, plan: Plan) -> None:
    """The requests are the search, the conversation, and the reply; a read is tried again, so it fails four times."""
    intercom.desk.conversations["524"] = []
    intercom.plans.extend([Fault.NONE] * position + [plan] * (1 if position == 2 else 4))
    with pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        intercom.client().perform(NOTE)
    intercom.plans.clear()
    assert intercom.client().perform(NOTE).receipt_id == "conversation-524/130"
    assert len(intercom.desk.conversations["524"]) == 1


@pytest.mark.parametrize("plan", [*AFTER_WRITE, *BEFORE_WRITE])
def test_a_ticket_without_a_good_answer_stays_in_doubt_until_the_search_had_time_to_know(intercom: RunningIntercom, plan: Plan) -> None:
    intercom.desk.index_lag = LAG
    client = intercom.client()
    intercom.plans.extend([Fault.NONE, plan])
    with pytest.raises(WriteInDoubt):
        client.perform(INCIDENT)
    was_written = len(intercom.desk.tickets)
    assert was_written == (plan in AFTER_WRITE)
    with pytest.raises(WriteInDoubt, match="may not know it yet"):
        client.perform(INCIDENT)
    intercom.clock.advance(SETTLING)
    assert (client.receipt_for("key_2") is not None) == was_written
    assert client.perform(INCIDENT).receipt_id == "ticket-631"
    assert len(intercom.desk.tickets) == 1


def test_a_ticket_that_is_answered_too_late_is_in_doubt(intercom: RunningIntercom) -> None:
    intercom.plans.extend([Fault.NONE, Fault.SILENCE_AFTER_WRITE])
    with pytest.raises(WriteInDoubt, match="ReadTimeout"):
        intercom.client(timeout_seconds=0.3).perform(INCIDENT)
    assert intercom.client().perform(INCIDENT).receipt_id == "ticket-631"
    assert len(intercom.desk.tickets) == 1


def test_it_waits_where_intercom_asks_for_patience_but_not_for_a_day(intercom: RunningIntercom) -> None:
    intercom.plans.extend([Fault.NONE, Fault.TOO_MANY_FOR_LONG])
    with pytest.raises(ConnectorUnreachable, match="too many requests"):
        intercom.client().perform(INCIDENT)
    assert intercom.desk.tickets == {}
    # Its own 429 names no Retry-After but X-RateLimit-Reset; it is tried again after a while of ours.
    reset = Answered(429, {"type": "error.list", "errors": [{"code": "rate_limit_exceeded"}]}, {"X-RateLimit-Reset": "1767605410"})
    intercom.plans.extend([PATIENCE_BY_DATE, Fault.NONE, Fault.TOO_MANY_REQUESTS, reset])
    assert intercom.client().perform(INCIDENT).is_repeat is False
    assert len(intercom.desk.tickets) == 1


def test_a_search_is_read_to_its_end_or_not_at_all(intercom: RunningIntercom) -> None:
    intercom.desk.page_size = 2
    for number in range(5):
        intercom.client().perform(ActionRequest(f"key_2{number}", INCIDENT.action_kind, "Printwren", {}))
    intercom.client().perform(INCIDENT)
    assert intercom.client().receipt_for("key_2") == Receipt("ticket-636", "key_2", is_repeat=True)
    intercom.plans.extend([Fault.NONE, *[Fault.ERROR_BEFORE_WRITE] * 4])
    with pytest.raises(ConnectorUnreachable):
        intercom.client().receipt_for("key_2")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answered(400, {"type": "error.list", "errors": [{"code": "parameter_invalid", "message": "who said it"}]}), ConnectorRefused),
        (Answered(422, raw=b"<html>"), ConnectorRefused),
        (Answered(403, {"type": "error.list", "errors": [{"code": "api_plan_restricted"}]}), ConnectorUnreachable),
    ],
)
def test_what_a_create_is_answered_decides_whether_it_is_refused(
    intercom: RunningIntercom, answer: Answered, error: type[Exception]
) -> None:
    intercom.plans.extend([Fault.NONE, answer])
    with pytest.raises(error) as caught:
        intercom.client().perform(INCIDENT)
    assert type(caught.value) is error
    assert "who said it" not in str(caught.value)


def test_a_conversation_that_is_not_there_is_refused(intercom: RunningIntercom) -> None:
    with pytest.raises(ConnectorRefused, match="404"):
        intercom.client().perform(NOTE)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [(ActionKind.REFUND, {}), (ActionKind.RETRY_JOB, {"said": "It never\nworks!"}), (ActionKind.RETRY_JOB, {"said": "x" * 201})],
)
def test_what_may_hold_somebodys_words_is_refused_and_nothing_is_written(
    intercom: RunningIntercom, kind: ActionKind, arguments: dict[str, object]
) -> None:
    with pytest.raises(ConnectorRefused) as caught:
        intercom.client().perform(ActionRequest("key_6", kind, "sync", arguments))
    assert "never" not in str(caught.value)
    assert intercom.desk.tickets == {}


def test_who_is_not_let_in_is_told_so_without_a_secret(intercom: RunningIntercom, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = intercom.client()
    intercom.desk.authorization = "Bearer other"
    with pytest.raises(ConnectorUnreachable, match="credentials do not suffice") as caught:
        client.perform(INCIDENT)
    assert TOKEN not in str(caught.value) + caplog.text + repr(client)


def test_an_intercom_that_does_not_run_was_sent_nothing(intercom: RunningIntercom) -> None:
    intercom.url = "http://127.0.0.1:9"
    with pytest.raises(ConnectorUnreachable, match="Nothing was written"):
        intercom.client().perform(INCIDENT)
