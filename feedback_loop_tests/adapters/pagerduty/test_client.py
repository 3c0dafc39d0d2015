"""The client over real HTTP against a PagerDuty that is held to the documented forms: one incident per key, or in doubt with a reason."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from feedback_loop.adapters.case_api.case_desk import DeskAnswer, DeskRequest
from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.connectors import open_connectors
from feedback_loop.adapters.pagerduty.client import PagerDutyClient
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import ActionSystem, LateKnowing
from feedback_loop_tests.adapters.pagerduty.pagerduty_desk import TOKEN, error
from feedback_loop_tests.adapters.pagerduty.running import CREDENTIALS, RunningPagerDuty, rule_at

INCIDENT = ActionRequest("key_1", ActionKind.OPEN_INCIDENT, "Printwren", {"observed_count": 40, "issue_id": None})
AFTER_WRITE = (Fault.DROP_AFTER_WRITE, Fault.ERROR_AFTER_WRITE, Fault.GARBLED_AFTER_WRITE)
BEFORE_WRITE = (Fault.DROP_BEFORE_WRITE, Fault.ERROR_BEFORE_WRITE)
HTML = DeskAnswer(200, {}, headers={"Content-Type": "text/html"}, text="<html>sign in</html>")
ELSEWHERE = {"Location": "https://evil.example.com/"}
ODD = [HTML, DeskAnswer(302, {}, text="moved", headers=ELSEWHERE), DeskAnswer(204, {}, text=""), DeskAnswer(408, {})]


def instead(pager: RunningPagerDuty, monkeypatch: pytest.MonkeyPatch, method: str, answer: DeskAnswer, *, does_write: bool = False) -> None:
    """One method is answered otherwise, whether it was carried out or not."""
    truly: Callable[[DeskRequest], DeskAnswer] = pager.desk.answer

    def answered(request: DeskRequest) -> DeskAnswer:
        if request.method != method:
            return truly(request)
        if does_write:
            truly(request)
        return answer

    monkeypatch.setattr(pager.desk, "answer", answered)


def test_a_connector_of_the_kind_is_opened_by_its_name(pager: RunningPagerDuty) -> None:
    with open_connectors({"calls": rule_at(pager.url)}, {"pagerduty": CREDENTIALS}, pager.clock) as systems:
        assert {name: type(system) for name, system in systems.items()} == {"calls": PagerDutyClient}
        assert systems["calls"].connector == "calls"


def test_an_action_becomes_an_incident_of_the_service_that_bears_the_key(pager: RunningPagerDuty) -> None:
    system: ActionSystem = pager.client()
    receipt = system.perform(INCIDENT)
    assert isinstance(system, LateKnowing)
    assert (system.connector, receipt.receipt_id, receipt.is_repeat) == ("pager", "PINC1", False)
    (incident,) = pager.desk.incidents.values()
    assert (incident["title"], incident["incident_key"]) == ("Open incident: Printwren", "key_1")


def test_the_same_key_gives_the_first_receipt_whoever_asks_and_whatever_became_of_it(
    pager: RunningPagerDuty,
) -> None:
    client = pager.client()
    client.perform(INCIDENT)
    pager.desk.incidents["PINC1"]["status"] = "resolved"
    assert [one.perform(INCIDENT).receipt_id for one in (client, pager.client())] == ["PINC1"] * 2
    found = pager.client().receipt_for("key_1")
    assert found is not None
    assert (found.receipt_id, found.is_repeat, len(pager.desk.incidents)) == ("PINC1", True, 1)


def test_a_key_is_found_on_the_last_of_many_pages_and_not_taken_for_one_that_begins_so(pager: RunningPagerDuty) -> None:
    pager.desk.others(7, "key_1")
    assert pager.client().receipt_for("key_1") is None
    pager.client().perform(INCIDENT)
    found = pager.client().receipt_for("key_1")
    assert found is not None
    assert found.receipt_id == "PINC8"


@pytest.mark.parametrize("fault", [Fault.ERROR_BEFORE_WRITE, Fault.DROP_BEFORE_WRITE, Fault.GARBLED_AFTER_WRITE, Fault.TOO_MANY_FOR_LONG])
def test_a_page_that_fails_half_way_says_nothing_about_what_was_written(pager: RunningPagerDuty, fault: Fault) -> None:
    pager.desk.others(250, "key_1")
    pager.faults.extend([Fault.NONE, *[fault] * 4])
    with pytest.raises(ConnectorUnreachable):
        pager.client().perform(INCIDENT)
    pager.faults.clear()
    pager.faults.extend([Fault.NONE, Fault.ERROR_BEFORE_WRITE, Fault.TOO_MANY_REQUESTS])
    assert pager.client().perform(INCIDENT).receipt_id == "PINC251"
    assert [method for method, _ in pager.desk.asked].count("POST") == 1


def test_a_key_that_an_alert_below_an_incident_bears_is_found_too(pager: RunningPagerDuty) -> None:
    pager.client().perform(INCIDENT)
    truly = pager.desk._found

    def without_its_key(query: dict[str, str]) -> DeskAnswer:
        answer = truly(query)
        assert isinstance(answer.body, dict)
        return DeskAnswer(200, {**answer.body, "incidents": [{**one, "incident_key": None} for one in answer.body["incidents"]]})

    pager.desk._found = without_its_key  # type: ignore[method-assign, assignment]
    assert pager.client().perform(INCIDENT).is_repeat


@pytest.mark.parametrize("fault", [*AFTER_WRITE, *BEFORE_WRITE])
def test_an_incident_without_a_good_answer_stays_in_doubt_and_is_opened_once(pager: RunningPagerDuty, fault: Fault) -> None:
    client = pager.client()
    pager.faults.extend([Fault.NONE, fault])
    with pytest.raises(WriteInDoubt):
        client.perform(INCIDENT)
    was_written = len(pager.desk.incidents)
    assert was_written == (fault in AFTER_WRITE)
    if not was_written:
        with pytest.raises(WriteInDoubt, match="may not know it yet"):
            client.perform(INCIDENT)
    pager.clock.advance(PagerDutyClient.settling_time)
    assert client.perform(INCIDENT).receipt_id == "PINC1"
    assert len(pager.desk.incidents) == 1


def test_a_second_incident_that_the_look_up_did_not_prevent_is_refused_by_its_key_and_found(pager: RunningPagerDuty) -> None:
    pager.client().perform(INCIDENT)
    pager.desk.shows_nothing = True
    with pytest.raises(WriteInDoubt, match="an open incident bears the key"):
        pager.client().perform(INCIDENT)
    late, truly = pager.client(), pager.desk._opened

    def shown_by_then(sent: dict[str, object]) -> DeskAnswer:
        pager.desk.shows_nothing = False
        return truly(sent)

    pager.desk._opened = shown_by_then  # type: ignore[method-assign]
    assert late.perform(INCIDENT).receipt_id == "PINC1"
    assert len(pager.desk.incidents) == 1


def test_an_incident_that_is_answered_too_late_is_in_doubt(pager: RunningPagerDuty) -> None:
    pager.faults.extend([Fault.NONE, Fault.SILENCE_AFTER_WRITE])
    with pytest.raises(WriteInDoubt, match="ReadTimeout"):
        pager.client(timeout_seconds=0.3).perform(INCIDENT)
    assert pager.client().perform(INCIDENT).is_repeat


def test_it_waits_where_pagerduty_asks_for_patience_but_not_for_a_day(pager: RunningPagerDuty, monkeypatch: pytest.MonkeyPatch) -> None:
    pager.faults.extend([Fault.NONE, Fault.TOO_MANY_FOR_LONG])
    with pytest.raises(ConnectorUnreachable, match="too many requests"):
        pager.client().perform(INCIDENT)
    pager.faults.extend([Fault.TOO_MANY_REQUESTS, Fault.NONE, Fault.TOO_MANY_REQUESTS])
    assert pager.client().perform(INCIDENT).is_repeat is False
    dated = {"Retry-After": "Fri, 31 Dec 2100 00:00:00 GMT", "Date": "Thu, 30 Dec 2100 00:00:00 GMT"}
    answer = error(429, 2020, "Rate Limit Exceeded")
    instead(pager, monkeypatch, "GET", DeskAnswer(429, answer.body, headers=dated))
    with pytest.raises(ConnectorUnreachable, match="too many requests"):
        pager.client().receipt_for("key_2")


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (error(400, 2001, "Invalid Input Provided", "Service cannot be found"), ConnectorRefused),
        (error(400, 2002, "Arguments Caused Error", "Requester User Not Found"), ConnectorRefused),
        (DeskAnswer(400, {}, text="<html>bad</html>"), ConnectorRefused),
        (error(401, 2006, "Unauthorized"), ConnectorUnreachable),
        (error(403, 2010, "Forbidden"), ConnectorUnreachable),
        (error(404, 2100, "Not Found"), ConnectorRefused),
    ],
)
def test_a_refusal_says_its_status_and_no_word_of_the_answer(
    pager: RunningPagerDuty, monkeypatch: pytest.MonkeyPatch, answer: DeskAnswer, kind: type[ConnectorRefused]
) -> None:
    instead(pager, monkeypatch, "POST", answer)
    client = pager.client()
    for _ in range(2):
        with pytest.raises(kind, match=f"status {answer.status}") as caught:
            client.perform(INCIDENT)
        assert type(caught.value) is kind
        assert "Found" not in str(caught.value)


@pytest.mark.parametrize("answer", ODD)
def test_an_odd_answer_to_a_write_leaves_it_in_doubt(pager: RunningPagerDuty, monkeypatch: pytest.MonkeyPatch, answer: DeskAnswer) -> None:
    instead(pager, monkeypatch, "POST", answer, does_write=True)
    with pytest.raises(WriteInDoubt):
        pager.client().perform(INCIDENT)
    monkeypatch.undo()
    assert pager.client().perform(INCIDENT).is_repeat


@pytest.mark.parametrize("answer", [HTML, *(DeskAnswer(status, {}, text="odd", headers=ELSEWHERE) for status in (302, 401, 403, 404, 410))])
def test_an_odd_answer_to_a_look_up_says_nothing(pager: RunningPagerDuty, monkeypatch: pytest.MonkeyPatch, answer: DeskAnswer) -> None:
    instead(pager, monkeypatch, "GET", answer)
    with pytest.raises(ConnectorUnreachable):
        pager.client().perform(INCIDENT)
    assert pager.desk.incidents == {}


def test_no_secret_and_no_address_of_a_person_is_told_and_no_proxy_of_the_environment_is_asked(
    pager: RunningPagerDuty, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    client = pager.client()
    client.perform(INCIDENT)
    pager.desk.token = "another"
    with pytest.raises(ConnectorUnreachable, match="credentials do not suffice") as caught:
        pager.client().receipt_for("key_7")
    told = str(caught.value) + caplog.text + repr(client) + repr(vars(client))
    assert not [secret for secret in (TOKEN, "loop@example.com") if secret in told]


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (ActionKind.RETRY_JOB, {}),
        (ActionKind.SEND_MESSAGE, {}),
        (ActionKind.OPEN_INCIDENT, {"said": "It never\nworks!"}),
        (ActionKind.OPEN_INCIDENT, {"said": "x" * 201}),
    ],
)
def test_what_it_does_not_take_or_may_hold_somebodys_words_is_refused(
    pager: RunningPagerDuty, kind: ActionKind, arguments: dict[str, object]
) -> None:
    with pytest.raises(ConnectorRefused) as caught:
        pager.client().perform(ActionRequest("key_6", kind, "sync", arguments))
    assert "never" not in str(caught.value)
    assert pager.desk.incidents == {}


def test_a_pagerduty_that_does_not_run_was_sent_nothing(pager: RunningPagerDuty) -> None:
    pager.url = "http://127.0.0.1:9"
    with pytest.raises(ConnectorUnreachable, match="Nothing was written"):
        pager.client().perform(INCIDENT)
