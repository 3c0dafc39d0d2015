"""The client over real HTTP against a Statuspage that is held to the documented form: said once per key, or in doubt with a reason."""

from __future__ import annotations

import json
import logging
from datetime import timedelta

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.vendor_client import SETTLING
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import ActionSystem, KnowingSince, LateKnowing
from feedback_loop_tests.adapters.statuspage.running import RunningStatuspage
from feedback_loop_tests.adapters.statuspage.statuspage_desk import API_KEY
from feedback_loop_tests.adapters.vendor_server import ELSEWHERE, HTML, PATIENCE_BY_DATE, Answered, Plan

ISSUE = {"issue_id": "issue_1", "product": "Printwren", "cause_id": "deploy-12", "scope": {"browser": ["Safari 18"], "tier": ["gold"]}}
NOTE = ActionRequest("key_1", ActionKind.ANNOTATE_STATUS_PAGE, "issue_1", ISSUE)
AFTER_WRITE: tuple[Plan, ...] = (
    Fault.DROP_AFTER_WRITE, Fault.ERROR_AFTER_WRITE, Fault.GARBLED_AFTER_WRITE, Fault.ANSWER_OF_ANOTHER,
    Answered(201, raw=b"<html>", is_after_write=True), Answered(202, {}, is_after_write=True), Answered(302, is_after_write=True),
    Answered(201, [[]], is_after_write=True), Answered(201, {"id": "inc1", "status": "x", "created_at": "now"}, is_after_write=True),
)  # fmt: skip
BEFORE_WRITE: tuple[Plan, ...] = (Fault.DROP_BEFORE_WRITE, Fault.ERROR_BEFORE_WRITE, HTML, ELSEWHERE, Answered(408))
CALM = Answered(420, {"error": "rate limit"})


def update_of(incident_id: str, key: str = "key_2", **more: object) -> ActionRequest:
    return ActionRequest(key, ActionKind.ANNOTATE_STATUS_PAGE, "issue_1", {**ISSUE, "incident_id": incident_id, **more})


def test_it_tells_and_knows_late_and_since(statuspage: RunningStatuspage) -> None:
    system: ActionSystem = statuspage.client()
    assert system.connector == "status"
    assert isinstance(system, LateKnowing)
    assert isinstance(system, KnowingSince)


def test_customers_read_what_they_notice_and_nothing_of_ours(statuspage: RunningStatuspage) -> None:
    assert statuspage.client().perform(NOTE) == Receipt("inc1", "key_1", is_repeat=False)
    (incident,) = statuspage.desk.incidents
    assert (incident["name"], incident["status"], "impact_override" in incident) == ("Problems with Printwren", "investigating", False)
    body = "Some customers report problems with Printwren. We are looking into it. It concerns: browser Safari 18."
    assert statuspage.desk.bodies() == [body]
    shown = json.dumps({name: value for name, value in incident.items() if name != "metadata"})
    assert not [own for own in ("key_1", "issue_1", "deploy-12", "gold") if own in shown]
    assert incident["metadata"]["feedback-loop-key_1"]["issue_id"] == "issue_1"
    assert statuspage.desk.notified == []


def test_a_playbook_may_say_more_and_only_then_anybody_is_notified(statuspage: RunningStatuspage) -> None:
    more = {
        "headline": "Printing is slow", "notice": "Pages come late.", "impact": "minor", "incident_status": "identified",
        "components": {"c1": "partial_outage"}, "deliver_notifications": True,
    }  # fmt: skip
    statuspage.client().perform(ActionRequest("key_1", NOTE.action_kind, "issue_1", {**ISSUE, **more}))
    (incident,) = statuspage.desk.incidents
    assert (incident["name"], incident["impact_override"], incident["status"]) == ("Printing is slow", "minor", "identified")
    assert (incident["component_ids"], incident["components"]) == (["c1"], {"c1": "partial_outage"})
    assert statuspage.desk.notified == ["Pages come late."]


def test_an_incident_that_is_named_gets_an_update_and_keeps_what_others_noted(statuspage: RunningStatuspage) -> None:
    incident = statuspage.desk.open_incident()
    first = statuspage.client().perform(update_of("inc1", notice="It gets better.", components=["c1"]))
    assert (first.receipt_id, incident["status"], incident["name"]) == ("inc1/upd2", "identified", "Slow")
    assert statuspage.desk.bodies() == ["We know it.", "It gets better."]
    assert set(incident["metadata"]) == {"jira", "feedback-loop-key_2"}
    statuspage.desk.say(incident, "Nearly there.")
    found = statuspage.client().receipt_for("key_2")
    assert [statuspage.client().perform(update_of("inc1")).receipt_id, found and found.receipt_id] == ["inc1/upd2"] * 2
    assert len(statuspage.desk.bodies()) == 3


def test_an_update_of_an_old_incident_is_found_on_it_before_it_is_written_again(statuspage: RunningStatuspage) -> None:
    statuspage.desk.open_incident()
    statuspage.clock.advance(timedelta(days=5))
    for _ in range(100):
        statuspage.desk.open_incident()
    statuspage.clock.advance(timedelta(days=4))
    first = statuspage.client().perform(update_of("inc1"))
    assert statuspage.client().receipt_since("key_2", statuspage.clock.now()) is None
    assert statuspage.client().perform(update_of("inc1")).receipt_id == first.receipt_id
    assert len(statuspage.desk.bodies()) == 2


def test_a_resolved_incident_or_none_gets_no_update(statuspage: RunningStatuspage) -> None:
    statuspage.desk.open_incident(status="resolved")
    for incident_id, why in (("inc1", "is resolved"), ("inc2", "404"), ("../x", "incident_id")):
        with pytest.raises(ConnectorRefused, match=why):
            statuspage.client().perform(update_of(incident_id))
    assert statuspage.desk.bodies() == ["We know it."]


def test_the_same_key_gives_the_first_receipt_and_writes_nothing_whoever_asks(statuspage: RunningStatuspage) -> None:
    client = statuspage.client()
    client.perform(NOTE)
    assert [one.perform(NOTE).receipt_id for one in (client, statuspage.client())] == ["inc1"] * 2
    assert statuspage.client().receipt_for("key_1") == Receipt("inc1", "key_1", is_repeat=True)
    assert statuspage.client().receipt_for("key_11") is None
    assert len(statuspage.desk.incidents) == 1


@pytest.mark.parametrize("plan", [*AFTER_WRITE, *BEFORE_WRITE])
@pytest.mark.parametrize("position", [0, 1])
def test_it_is_said_once_whatever_goes_wrong_with_any_request(statuspage: RunningStatuspage, position: int, plan: Plan) -> None:
    """The requests are the list, and the create; a read is tried again, so it fails four times."""
    statuspage.plans.extend([Fault.NONE] * position + [plan] * (1 if position == 1 else 4))
    client = statuspage.client()
    with pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        client.perform(NOTE)
    statuspage.plans.clear()
    statuspage.clock.advance(SETTLING)
    assert client.perform(NOTE).receipt_id == "inc1"
    assert len(statuspage.desk.incidents) == 1


@pytest.mark.parametrize("plan", [*AFTER_WRITE, *BEFORE_WRITE])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_an_update_is_said_once_whatever_goes_wrong_with_any_request(statuspage: RunningStatuspage, position: int, plan: Plan) -> None:
    statuspage.desk.open_incident()
    statuspage.plans.extend([Fault.NONE] * position + [plan] * (1 if position == 2 else 4))
    client = statuspage.client()
    with pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        client.perform(update_of("inc1"))
    statuspage.plans.clear()
    statuspage.clock.advance(SETTLING)
    assert client.perform(update_of("inc1")).receipt_id == "inc1/upd2"
    assert len(statuspage.desk.bodies()) == 2


def test_a_create_that_is_answered_too_late_is_in_doubt(statuspage: RunningStatuspage) -> None:
    statuspage.plans.extend([Fault.NONE, Fault.SILENCE_AFTER_WRITE])
    with pytest.raises(WriteInDoubt, match="ReadTimeout"):
        statuspage.client(timeout_seconds=0.3).perform(NOTE)
    assert statuspage.client().perform(NOTE).is_repeat is True


def test_it_waits_where_it_is_asked_for_patience_by_either_status_but_not_for_ever(statuspage: RunningStatuspage) -> None:
    client = statuspage.client()
    for plans in ([Fault.TOO_MANY_FOR_LONG], [CALM] * 4):
        statuspage.plans.extend([Fault.NONE, *plans])
        with pytest.raises(ConnectorUnreachable, match="too many requests"):
            client.perform(NOTE)
        statuspage.clock.advance(SETTLING)
    assert statuspage.desk.incidents == []
    statuspage.plans.extend([CALM, Fault.NONE, CALM, PATIENCE_BY_DATE])
    assert client.perform(NOTE).is_repeat is False
    assert len(statuspage.desk.incidents) == 1


@pytest.mark.parametrize("first_page", [0, 1])
def test_a_key_is_found_on_a_later_page_however_pages_are_counted(statuspage: RunningStatuspage, first_page: int) -> None:
    statuspage.desk.first_page, since = first_page, statuspage.clock.now()
    statuspage.client().perform(NOTE)
    for _ in range(250):
        statuspage.clock.advance(timedelta(seconds=1))
        statuspage.desk.open_incident()
    found = statuspage.client().receipt_since("key_1", since)
    assert found is not None
    assert found.receipt_id == "inc1"
    statuspage.plans.extend([Fault.NONE, *[Fault.ERROR_BEFORE_WRITE] * 4])
    with pytest.raises(ConnectorUnreachable):
        statuspage.client().receipt_since("key_1", since)


@pytest.mark.parametrize(
    "more",
    [
        {"headline": "It never\nworks"}, {"notice": "x" * 201}, {"impact": "huge"}, {"incident_status": "scheduled"}, {"components": "c1"},
        {"components": []}, {"components": {"c1": "broken"}}, {"components": ["C 1"]}, {"product": "never\nmind"},
        {"scope": {"region": ["never\nmind"]}}, {"issue_id": "never\nmind"},
    ],
    ids=str,
)  # fmt: skip
def test_what_may_hold_somebodys_words_or_no_word_of_a_list_is_refused(statuspage: RunningStatuspage, more: dict[str, object]) -> None:
    with pytest.raises(ConnectorRefused) as caught:
        statuspage.client().perform(ActionRequest("key_1", NOTE.action_kind, "issue_1", {**ISSUE, **more}))
    assert "never" not in str(caught.value)
    assert statuspage.desk.incidents == []


def test_what_is_refused_says_the_status_alone(statuspage: RunningStatuspage) -> None:
    with pytest.raises(ConnectorRefused, match="status 422") as caught:
        statuspage.client().perform(ActionRequest("key_1", NOTE.action_kind, "issue_1", {**ISSUE, "components": ["c9"]}))
    assert "who said it" not in str(caught.value)
    with pytest.raises(ConnectorRefused, match="can't be asked for here"):
        statuspage.client().perform(ActionRequest("key_1", ActionKind.OPEN_INCIDENT, "x", {}))


def test_who_is_not_let_in_is_told_so_without_a_secret(statuspage: RunningStatuspage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client = statuspage.client()
    statuspage.desk.authorization = "OAuth other"
    with pytest.raises(ConnectorUnreachable, match="credentials do not suffice") as caught:
        client.perform(NOTE)
    assert API_KEY not in str(caught.value) + caplog.text + repr(client)
    statuspage.url = "http://127.0.0.1:9"
    with pytest.raises(ConnectorUnreachable, match="Nothing was written"):
        statuspage.client().perform(NOTE)
