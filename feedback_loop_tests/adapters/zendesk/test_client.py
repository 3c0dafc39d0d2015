"""The client over real HTTP against a Zendesk that is held to the documented form: once per key, or in doubt with a reason."""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Thread

import pytest

from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.contracts.actions import ActionRequest, Receipt
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.loop_vocab import TAKES_BACK, ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import CaseSystem, LateKnowing
from feedback_loop.remediation.connectors import WORK_ITEMS
from feedback_loop_tests.adapters.vendor_server import ELSEWHERE, HTML, PATIENCE_BY_DATE, Answered, Asked, Plan
from feedback_loop_tests.adapters.zendesk.running import RunningZendesk
from feedback_loop_tests.adapters.zendesk.zendesk_desk import GROUP, TOKEN, ZendeskDesk

INCIDENT = ActionRequest("key_2", ActionKind.OPEN_INCIDENT, "Printwren", {"observed_count": 40, "issue_id": None})
NOTE = ActionRequest("key_3", ActionKind.ROUTE_WITH_CONTEXT, "7", {"issue_id": "issue_1", "owner": "billing"})
AFTER_WRITE: tuple[Plan, ...] = (
    Fault.DROP_AFTER_WRITE, Fault.ERROR_AFTER_WRITE, Fault.GARBLED_AFTER_WRITE, Fault.ANSWER_OF_ANOTHER,
    Answered(201, raw=b"<html>", is_after_write=True), Answered(202, {}, is_after_write=True), Answered(302, is_after_write=True),
)  # fmt: skip
BEFORE_WRITE: tuple[Plan, ...] = (Fault.DROP_BEFORE_WRITE, Fault.ERROR_BEFORE_WRITE, HTML, ELSEWHERE, Answered(408))


def test_it_carries_actions_out_holds_cases_and_knows_at_once(zendesk: RunningZendesk) -> None:
    system: CaseSystem = zendesk.client()
    assert system.connector == "support"
    assert not isinstance(system, LateKnowing)


def test_an_action_becomes_a_ticket_of_nobody_outside_that_bears_the_key(zendesk: RunningZendesk) -> None:
    receipt = zendesk.client(settings={"group_id": str(GROUP), "brand_id": "9"}).perform(INCIDENT)
    assert (receipt.receipt_id, receipt.idempotency_key, receipt.is_repeat) == ("1001", "key_2", False)
    (ticket,) = zendesk.desk.tickets.values()
    assert (ticket["subject"], ticket["type"], ticket["external_id"]) == ("Open incident: Printwren", "problem", "key_2")
    assert (ticket["group_id"], ticket["brand_id"], ticket["tags"]) == (GROUP, 9, ["feedback-loop", "feedback-loop-open_incident"])
    assert zendesk.desk.notes_of(1001) == [
        "The feedback loop asks to open incident: Printwren\n- observed_count: 40\n- issue_id: none\nSent once under the key key_2"
    ]


@pytest.mark.parametrize("kind", [kind for kind in WORK_ITEMS if kind not in TAKES_BACK])
def test_every_kind_of_work_becomes_a_ticket(zendesk: RunningZendesk, kind: ActionKind) -> None:
    assert zendesk.client().perform(ActionRequest("key_9", kind, "subject", {"product": "Printwren"})).receipt_id == "1001"


def test_the_same_key_gives_the_first_receipt_and_writes_nothing_whoever_asks(zendesk: RunningZendesk) -> None:
    client = zendesk.client()
    first = client.perform(INCIDENT)
    zendesk.clock.advance(timedelta(days=3))
    assert [one.perform(INCIDENT).receipt_id for one in (client, zendesk.client())] == [first.receipt_id] * 2
    assert zendesk.client().receipt_for("key_2") == Receipt("1001", "key_2", is_repeat=True)
    assert zendesk.client().receipt_for("key_4") is None
    assert len(zendesk.desk.tickets) == 1


def test_two_processes_at_once_make_one_ticket_and_one_note(zendesk: RunningZendesk) -> None:
    zendesk.desk.open_ticket(7)
    receipts: list[str] = []

    def performed(request: ActionRequest) -> None:
        receipts.append(zendesk.client().perform(request).receipt_id)

    threads = [Thread(target=performed, args=(request,)) for request in (INCIDENT, NOTE) * 4]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(receipts)) == ["1002", "7/7001"]
    assert (len(zendesk.desk.tickets), zendesk.desk.keys_of(7)) == (2, ["key_3"])


@pytest.mark.parametrize("plan", [*AFTER_WRITE, *BEFORE_WRITE])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_ticket_is_made_once_whatever_goes_wrong_with_any_request(zendesk: RunningZendesk, position: int, plan: Plan) -> None:
    """The requests are the list by external id, the search, and the create; a read is tried again, so it fails four times."""
    zendesk.plans.extend([Fault.NONE] * position + [plan] * (1 if position == 2 else 4))
    with pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        zendesk.client().perform(INCIDENT)
    zendesk.plans.clear()
    assert zendesk.client().perform(INCIDENT).receipt_id == "1001"
    assert len(zendesk.desk.tickets) == 1


@pytest.mark.parametrize("plan", [*AFTER_WRITE, *BEFORE_WRITE])
@pytest.mark.parametrize("position", [0, 1, 2, 3, 4])
def test_a_note_is_written_once_whatever_goes_wrong_with_any_request(zendesk: RunningZendesk, position: int, plan: Plan) -> None:
    zendesk.desk.open_ticket(7)
    zendesk.plans.extend([Fault.NONE] * position + [plan] * (1 if position == 4 else 4))
    with pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        zendesk.client().perform(NOTE)
    zendesk.plans.clear()
    assert zendesk.client().perform(NOTE).receipt_id == "7/7001"
    assert zendesk.desk.keys_of(7) == ["key_3"]


def test_a_note_is_private_keeps_the_tags_and_is_found_by_its_key(zendesk: RunningZendesk) -> None:
    zendesk.desk.open_ticket(7)
    receipt = zendesk.client().perform(NOTE)
    assert zendesk.desk.notes_of(7)[0].startswith("The feedback loop asks to route with context: 7\n- issue_id: issue_1\n")
    assert zendesk.desk.tickets[7]["tags"] == ["vip", "feedback-loop", "feedback-loop-note-key_3"]
    assert zendesk.client().receipt_for("key_3") == Receipt(receipt.receipt_id, "key_3", is_repeat=True)


def test_a_note_is_known_on_its_ticket_before_the_search_knows_it_and_among_many(zendesk: RunningZendesk) -> None:
    zendesk.desk.open_ticket(7)
    zendesk.desk.search_lag, zendesk.desk.page_size = timedelta(minutes=3), 20
    zendesk.client().perform(NOTE)
    for n in range(70):
        zendesk.desk.work_on(7, priority=str(n))
    assert zendesk.client().receipt_for("key_3") is None
    assert zendesk.client().perform(NOTE).receipt_id == "7/7001"
    zendesk.plans.extend([Fault.NONE] * 3 + [Fault.NONE, *[Fault.ERROR_BEFORE_WRITE] * 4])
    with pytest.raises(ConnectorUnreachable):
        zendesk.client().perform(NOTE)
    assert zendesk.desk.keys_of(7) == ["key_3"]


def test_a_note_on_a_ticket_that_somebody_changes_meanwhile_is_written_after_it(
    zendesk: RunningZendesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    zendesk.desk.open_ticket(7)
    answer, left = zendesk.desk.answer, [1, 9]

    def busily(asked: Asked) -> Answered:
        if asked.method == "PUT" and left[0] > 0:
            left[0] -= 1
            zendesk.desk.work_on(7, priority=f"p{left[0]}")
        return answer(asked)

    monkeypatch.setattr(zendesk.desk, "answer", busily)
    assert zendesk.client().perform(NOTE).receipt_id == "7/7002"
    left[0] = 9
    with pytest.raises(ConnectorUnreachable, match="all the time"):
        zendesk.client().perform(ActionRequest("key_8", NOTE.action_kind, "7", {}))
    assert zendesk.desk.keys_of(7) == ["key_3"]


def test_a_note_that_comes_in_late_does_not_stand_there_twice(zendesk: RunningZendesk) -> None:
    zendesk.desk.open_ticket(7)
    zendesk.plans.extend([Fault.NONE] * 4 + [Fault.WRITE_AFTER_SILENCE])
    with pytest.raises(WriteInDoubt):
        zendesk.client(timeout_seconds=0.3).perform(NOTE)
    zendesk.client().perform(NOTE)
    assert zendesk.desk.keys_of(7) == ["key_3"]


def test_an_answer_that_comes_too_late_leaves_the_write_in_doubt(zendesk: RunningZendesk) -> None:
    zendesk.plans.extend([Fault.NONE] * 2 + [Fault.SILENCE_AFTER_WRITE])
    with pytest.raises(WriteInDoubt, match="ReadTimeout"):
        zendesk.client(timeout_seconds=0.3).perform(INCIDENT)
    assert zendesk.client().perform(INCIDENT).receipt_id == "1001"


def test_it_waits_where_zendesk_asks_for_patience_but_not_for_a_day(zendesk: RunningZendesk) -> None:
    zendesk.plans.extend([Fault.NONE] * 2 + [Fault.TOO_MANY_FOR_LONG])
    with pytest.raises(ConnectorUnreachable, match="too many requests"):
        zendesk.client().perform(INCIDENT)
    assert zendesk.desk.tickets == {}
    zendesk.plans.extend([PATIENCE_BY_DATE, Fault.NONE, Fault.TOO_MANY_REQUESTS, Fault.NONE, PATIENCE_BY_DATE, Fault.NONE])
    assert zendesk.client().perform(INCIDENT).is_repeat is False
    assert len(zendesk.desk.tickets) == 1


def test_a_list_by_external_id_is_read_to_its_end_or_not_at_all(zendesk: RunningZendesk) -> None:
    zendesk.client().perform(INCIDENT)
    for number in (2_001, 2_002, 2_003):
        zendesk.desk.tickets[number] = {**zendesk.desk.tickets[1001], "id": number}
    zendesk.desk.page_size = 2
    assert zendesk.client().receipt_for("key_2") == Receipt("1001", "key_2", is_repeat=True)
    zendesk.plans.extend([Fault.NONE, *[Fault.ERROR_BEFORE_WRITE] * 4])
    with pytest.raises(ConnectorUnreachable):
        zendesk.client().receipt_for("key_2")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answered(409, {"error": "Conflict"}), WriteInDoubt),
        (Answered(400, {"error": "IdempotentRequestError"}), WriteInDoubt),
        (Answered(400, {"error": "ParameterMissing"}), ConnectorRefused),
        (Answered(400, raw=b"<html>"), ConnectorRefused),
        (Answered(422, {"error": "RecordInvalid", "description": "who said it"}), ConnectorRefused),
        (Answered(403, {"error": "Forbidden"}), ConnectorUnreachable),
    ],
)
def test_what_a_create_is_answered_decides_whether_it_is_refused_or_in_doubt(
    zendesk: RunningZendesk, answer: Answered, error: type[Exception]
) -> None:
    zendesk.plans.extend([Fault.NONE, Fault.NONE, answer])
    with pytest.raises(error) as caught:
        zendesk.client().perform(INCIDENT)
    assert type(caught.value) is error
    assert "who said it" not in str(caught.value)


def test_a_ticket_that_is_not_there_is_refused(zendesk: RunningZendesk) -> None:
    with pytest.raises(ConnectorRefused, match="404"):
        zendesk.client().perform(NOTE)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [(ActionKind.REFUND, {}), (ActionKind.RETRY_JOB, {"said": "It never\nworks!"}), (ActionKind.RETRY_JOB, {"said": "x" * 201})],
)
def test_what_may_hold_somebodys_words_is_refused_and_nothing_is_written(
    zendesk: RunningZendesk, kind: ActionKind, arguments: dict[str, object]
) -> None:
    with pytest.raises(ConnectorRefused) as caught:
        zendesk.client().perform(ActionRequest("key_6", kind, "sync", arguments))
    assert "never" not in str(caught.value)
    assert zendesk.desk.tickets == {}


def test_who_is_not_let_in_is_told_so_without_a_secret_and_may_try_again(zendesk: RunningZendesk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client, desk = zendesk.client(), zendesk.desk
    desk.authorization = "Basic other"
    with pytest.raises(ConnectorUnreachable, match="credentials do not suffice") as caught:
        client.perform(INCIDENT)
    assert not [secret for secret in (TOKEN, "bG9vcE") if secret in str(caught.value) + caplog.text + repr(client)]
    desk.authorization = "Bearer b3arer"
    assert zendesk.client(credentials=Credentials("zendesk", {"OAUTH_TOKEN": "b3arer"})).perform(INCIDENT).receipt_id == "1001"


def test_a_zendesk_that_does_not_run_was_sent_nothing(zendesk: RunningZendesk) -> None:
    zendesk.url = "http://127.0.0.1:9"
    with pytest.raises(ConnectorUnreachable, match="Nothing was written"):
        zendesk.client().perform(INCIDENT)


def test_the_desk_forgets_keys_after_two_hours_as_zendesk_does(zendesk: RunningZendesk) -> None:
    desk: ZendeskDesk = zendesk.desk
    zendesk.client().perform(INCIDENT)
    zendesk.clock.advance(timedelta(hours=3))
    assert zendesk.client().perform(INCIDENT).is_repeat is True
    assert [method for method, _ in desk.asked].count("POST") == 1
