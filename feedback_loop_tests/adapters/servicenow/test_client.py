"""The client over real HTTP against a ServiceNow that is held to the documented form: once per key, or in doubt with a reason."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.vendor_client import SETTLING
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.loop_vocab import TAKES_BACK, ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import ActionSystem, LateKnowing
from feedback_loop.remediation.connectors import WORK_ITEMS
from feedback_loop_tests.adapters.servicenow.running import RunningServiceNow
from feedback_loop_tests.adapters.servicenow.servicenow_desk import GROUP, PASSWORD
from feedback_loop_tests.adapters.vendor_server import ELSEWHERE, HTML, PATIENCE_BY_DATE, Answered, Plan

INCIDENT = ActionRequest("key_2", ActionKind.OPEN_INCIDENT, "Printwren", {"observed_count": 40, "issue_id": None})
ROLLBACK = ActionRequest("key_3", ActionKind.ROLL_BACK_RELEASE, "deploy-12", {"product": "Printwren"})
AFTER_WRITE: tuple[Plan, ...] = (
    Fault.DROP_AFTER_WRITE, Fault.ERROR_AFTER_WRITE, Fault.GARBLED_AFTER_WRITE, Fault.ANSWER_OF_ANOTHER,
    Answered(201, raw=b"<html>", is_after_write=True), Answered(202, {}, is_after_write=True), Answered(302, is_after_write=True),
    Answered(201, {"result": {"sys_id": 7}}, is_after_write=True), Answered(201, [[]], is_after_write=True),
)  # fmt: skip
BEFORE_WRITE: tuple[Plan, ...] = (Fault.DROP_BEFORE_WRITE, Fault.ERROR_BEFORE_WRITE, HTML, ELSEWHERE, Answered(408))
FIRST = f"INC0000001/incident/{1:032x}/0"


def test_it_carries_actions_out_and_may_know_late(servicenow: RunningServiceNow) -> None:
    system: ActionSystem = servicenow.client()
    assert system.connector == "itsm"
    assert isinstance(system, LateKnowing)


def test_an_action_becomes_a_record_that_bears_the_key(servicenow: RunningServiceNow) -> None:
    receipt = servicenow.client(settings={"assignment_group": GROUP, "category": "software"}).perform(INCIDENT)
    assert receipt == Receipt(FIRST, "key_2", is_repeat=False)
    (record,) = servicenow.desk.tables["incident"].values()
    assert (record["short_description"], record["category"], record["assignment_group"]) == ("Open incident: Printwren", "software", GROUP)
    assert (record["correlation_id"], record["correlation_display"]) == ("key_2", "feedback_loop")
    assert record["description"].splitlines() == [
        "The feedback loop asks to open incident: Printwren", "- observed_count: 40", "- issue_id: none", "Sent once under the key key_2",
    ]  # fmt: skip


def test_a_rollback_becomes_a_change_and_a_company_may_name_its_own_tables(servicenow: RunningServiceNow) -> None:
    assert servicenow.client(settings={"category": "software"}).perform(ROLLBACK).receipt_id.startswith("CHG0000001/change_request/")
    (change,) = servicenow.desk.records
    assert (change["type"], "category" in change) == ("normal", False)
    own = servicenow.client(settings={"table": "u_request", "change_table": "u_request"})
    assert own.perform(INCIDENT).receipt_id.startswith("REQ0000002/u_request/")
    assert own.receipt_for("key_2") is not None


@pytest.mark.parametrize("kind", [kind for kind in WORK_ITEMS if kind not in TAKES_BACK])
def test_every_kind_of_work_becomes_a_record(servicenow: RunningServiceNow, kind: ActionKind) -> None:
    servicenow.client().perform(ActionRequest("key_9", kind, "subject", {"product": "Printwren"}))
    assert len(servicenow.desk.records) == 1


def test_the_same_key_gives_the_first_receipt_and_writes_nothing_whoever_asks(servicenow: RunningServiceNow) -> None:
    client = servicenow.client()
    client.perform(INCIDENT)
    assert [one.perform(INCIDENT).receipt_id for one in (client, servicenow.client())] == [FIRST] * 2
    assert servicenow.client().receipt_for("key_2") == Receipt(FIRST, "key_2", is_repeat=True)
    assert servicenow.client().receipt_for("key_4") is None
    assert len(servicenow.desk.records) == 1


@pytest.mark.parametrize("plan", [*AFTER_WRITE, *BEFORE_WRITE])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_record_is_made_once_whatever_goes_wrong_with_any_request(servicenow: RunningServiceNow, position: int, plan: Plan) -> None:
    """The requests are the searches in both tables, and the create; a read is tried again, so it fails four times."""
    servicenow.plans.extend([Fault.NONE] * position + [plan] * (1 if position == 2 else 4))
    client = servicenow.client()
    with pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        client.perform(INCIDENT)
    servicenow.plans.clear()
    servicenow.clock.advance(SETTLING)
    assert client.perform(INCIDENT).receipt_id == FIRST
    assert len(servicenow.desk.records) == 1


def test_a_create_without_an_answer_stays_in_doubt_until_it_had_time_to_come_in(servicenow: RunningServiceNow) -> None:
    client = servicenow.client()
    servicenow.plans.extend([Fault.NONE, Fault.NONE, Fault.DROP_BEFORE_WRITE])
    with pytest.raises(WriteInDoubt):
        client.perform(INCIDENT)
    with pytest.raises(WriteInDoubt, match="may not know it yet"):
        client.receipt_for("key_2")
    servicenow.clock.advance(SETTLING)
    assert client.receipt_for("key_2") is None


def test_an_answer_that_comes_too_late_leaves_the_write_in_doubt(servicenow: RunningServiceNow) -> None:
    servicenow.plans.extend([Fault.NONE] * 2 + [Fault.SILENCE_AFTER_WRITE])
    with pytest.raises(WriteInDoubt, match="ReadTimeout"):
        servicenow.client(timeout_seconds=0.3).perform(INCIDENT)
    assert servicenow.client().perform(INCIDENT).receipt_id == FIRST


def test_it_waits_where_it_is_asked_for_patience_but_not_for_a_day(servicenow: RunningServiceNow) -> None:
    servicenow.plans.extend([Fault.NONE] * 2 + [Fault.TOO_MANY_FOR_LONG])
    client = servicenow.client()
    with pytest.raises(ConnectorUnreachable, match="too many requests"):
        client.perform(INCIDENT)
    assert servicenow.desk.records == []
    servicenow.plans.extend([PATIENCE_BY_DATE, Fault.NONE, Fault.TOO_MANY_REQUESTS, Fault.NONE, PATIENCE_BY_DATE, Fault.NONE])
    assert client.perform(INCIDENT).is_repeat is False
    assert len(servicenow.desk.records) == 1


def test_of_two_records_under_one_key_the_oldest_is_ours(servicenow: RunningServiceNow) -> None:
    servicenow.client().perform(INCIDENT)
    (ours,) = servicenow.desk.records
    for minutes in (-9, -3, 3):
        servicenow.desk.copy(ours, timedelta(minutes=minutes))
    found = servicenow.client().receipt_for("key_2")
    assert found is not None
    assert found.receipt_id.startswith("INC0000002/")


def test_a_search_is_read_page_by_page_to_its_end_or_not_at_all(servicenow: RunningServiceNow) -> None:
    servicenow.client().perform(INCIDENT)
    (ours,) = servicenow.desk.records
    for _ in range(4):
        servicenow.desk.copy(ours, timedelta(minutes=-1))
    servicenow.desk.most_rows = 2
    first = servicenow.client().receipt_for("key_2")
    assert first is not None
    assert first.receipt_id.startswith("INC0000002/")
    servicenow.plans.extend([Fault.NONE, *[Fault.ERROR_BEFORE_WRITE] * 4])
    with pytest.raises(ConnectorUnreachable):
        servicenow.client().receipt_for("key_2")
    servicenow.plans.clear()
    circle = Answered(200, {"result": []}, {"Link": '<http://example.com/api/now/table/incident?sysparm_offset=0>;rel="next"'})
    servicenow.plans.append(circle)
    with pytest.raises(ConnectorUnreachable, match="no end"):
        servicenow.client().receipt_for("key_2")


def test_records_of_an_instance_that_does_not_understand_the_query_are_not_taken_for_ours(servicenow: RunningServiceNow) -> None:
    servicenow.client().perform(INCIDENT)
    servicenow.desk.ignores_queries = True
    with pytest.raises(ConnectorUnreachable, match="can't be read"):
        servicenow.client().receipt_for("key_4")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answered(400, {"error": {"message": "Invalid table", "detail": ""}, "status": "failure"}), ConnectorRefused),
        (Answered(404, raw=b"<html>"), ConnectorRefused),
        (Answered(403, {"error": {"message": "Operation Failed", "detail": "who said it"}, "status": "failure"}), ConnectorUnreachable),
    ],
)
def test_what_a_create_is_answered_decides_whether_it_is_refused(
    servicenow: RunningServiceNow, answer: Answered, error: type[Exception]
) -> None:
    servicenow.plans.extend([Fault.NONE, Fault.NONE, answer])
    with pytest.raises(error) as caught:
        servicenow.client().perform(INCIDENT)
    assert type(caught.value) is error
    assert "who said it" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "key", "arguments"),
    [
        (ActionKind.REFUND, "key_6", {}),
        (ActionKind.RETRY_JOB, "key_6", {"said": "It never\nworks!"}),
        (ActionKind.RETRY_JOB, "key_6", {"said": "x" * 201}),
        (ActionKind.RETRY_JOB, "key_6", {str(n): "x" * 190 for n in range(30)}),
        (ActionKind.RETRY_JOB, "k" * 81, {}),
        (ActionKind.RETRY_JOB, "key_6^ORactive=true", {}),
    ],
)
def test_what_may_hold_somebodys_words_or_does_not_fit_is_refused_and_nothing_is_written(
    servicenow: RunningServiceNow, kind: ActionKind, key: str, arguments: dict[str, object]
) -> None:
    with pytest.raises(ConnectorRefused) as caught:
        servicenow.client().perform(ActionRequest(key, kind, "sync", arguments))
    assert "never" not in str(caught.value)
    assert servicenow.desk.records == []


def test_who_is_not_let_in_is_told_so_without_a_secret_and_may_try_again(
    servicenow: RunningServiceNow, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = servicenow.client()
    servicenow.desk.authorization = "Basic other"
    with pytest.raises(ConnectorUnreachable, match="credentials do not suffice") as caught:
        client.perform(INCIDENT)
    assert not [secret for secret in (PASSWORD, "bG9vcD") if secret in str(caught.value) + caplog.text + repr(client)]
    servicenow.desk.authorization = "Bearer b3arer"
    bearer = servicenow.client(credentials=Credentials("servicenow", {"BEARER_TOKEN": "b3arer"}))
    assert bearer.perform(INCIDENT).receipt_id == FIRST


def test_an_instance_that_does_not_run_was_sent_nothing(servicenow: RunningServiceNow) -> None:
    servicenow.url = "http://127.0.0.1:9"
    with pytest.raises(ConnectorUnreachable, match="Nothing was written"):
        servicenow.client().perform(INCIDENT)
