"""The client over real HTTP: what it gives back, and what it raises where the system says no or nothing."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.case_api.client import CaseApiClient
from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.contracts.actions import ActionRequest, CaseImage
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import CaseChanged, ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import CaseSystem
from feedback_loop_tests.adapters.case_api.conftest import Running
from feedback_loop_tests.fakes import START

ROLL_BACK = ActionRequest("key_1", ActionKind.ROLL_BACK_RELEASE, "web-2026.9", {"to_version": "2026.8", "flags": ["a"]})


def test_it_is_a_case_system(running: Running) -> None:
    system: CaseSystem = running.client
    assert system.connector == "case_api"


def test_an_action_gives_a_receipt_and_the_same_key_the_first_one_again(running: Running) -> None:
    first, again = running.client.perform(ROLL_BACK), running.client.perform(ROLL_BACK)
    assert (first.idempotency_key, first.is_repeat, again.is_repeat) == ("key_1", False, True)
    assert first.receipt_id == again.receipt_id
    (action,) = running.desk.actions
    assert (action["action_kind"], action["target"], action["arguments"]) == ("roll_back_release", "web-2026.9", dict(ROLL_BACK.arguments))


def test_a_receipt_is_found_by_its_key_alone(running: Running) -> None:
    assert running.client.receipt_for("key_1") is None
    receipt = running.client.perform(ROLL_BACK)
    found = running.client.receipt_for("key_1")
    assert found is not None
    assert (found.receipt_id, found.is_repeat) == (receipt.receipt_id, True)


def test_a_case_is_moved_where_its_version_is_the_expected_one(running: Running) -> None:
    opened = running.client.open_case("checkout", "ada", "open_1", "case_1")
    assert opened == CaseImage("case_1", "checkout", "ada", 1, START)
    moved = running.client.move_case("case_1", "billing", 1, "move_1")
    assert moved == CaseImage("case_1", "billing", "ada", 2, START)
    assert running.client.move_case("case_1", "billing", 1, "move_1") == moved
    with pytest.raises(CaseChanged) as caught:
        running.client.move_case("case_1", "returns", 1, "move_2")
    assert (caught.value.expected_version, caught.value.present_version) == (1, 2)


def test_more_cases_than_fit_into_one_request_come_in_order(running: Running) -> None:
    ids = [f"case_{n}" for n in range(230)]
    for case_id in ids:
        running.client.open_case("checkout", "ada", f"open_{case_id}", case_id)
    asked = [*reversed(ids), "nothing"]
    assert [case.case_id for case in running.client.cases(asked)] == asked[:-1]
    assert running.client.cases([]) == []


def test_an_id_that_looks_like_a_path_stays_an_id(running: Running) -> None:
    with pytest.raises(ConnectorRefused, match="404"):
        running.client.move_case("../actions", "billing", 1, "move_1")


@pytest.mark.parametrize(
    "fault", [Fault.DROP_AFTER_WRITE, Fault.ERROR_AFTER_WRITE, Fault.GARBLED_AFTER_WRITE, Fault.DROP_BEFORE_WRITE, Fault.ERROR_BEFORE_WRITE]
)
def test_a_write_without_a_good_answer_is_in_doubt_and_never_sent_again(running: Running, fault: Fault) -> None:
    running.faults.append(fault)
    with pytest.raises(WriteInDoubt) as caught:
        running.client.perform(ROLL_BACK)
    assert caught.value.idempotency_key == "key_1"
    was_written = fault in (Fault.DROP_AFTER_WRITE, Fault.ERROR_AFTER_WRITE, Fault.GARBLED_AFTER_WRITE)
    assert (running.client.receipt_for("key_1") is not None) == was_written
    assert len(running.desk.actions) == was_written


def test_a_write_that_is_answered_too_late_is_in_doubt(running: Running) -> None:
    running.faults.append(Fault.SILENCE_AFTER_WRITE)
    with CaseApiClient(running.url, timeout_seconds=0.1) as impatient, pytest.raises(WriteInDoubt, match="ReadTimeout"):
        impatient.perform(ROLL_BACK)
    assert running.client.receipt_for("key_1") is not None


def test_a_move_without_an_answer_is_settled_by_sending_it_again_under_its_key(running: Running) -> None:
    running.client.open_case("checkout", "ada", "open_1", "case_1")
    running.faults.append(Fault.DROP_AFTER_WRITE)
    with pytest.raises(WriteInDoubt):
        running.client.move_case("case_1", "billing", 1, "move_1")
    assert running.client.move_case("case_1", "billing", 1, "move_1").version == 2


@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE_WRITE, Fault.ERROR_BEFORE_WRITE, Fault.TOO_MANY_REQUESTS])
def test_a_read_is_tried_again(running: Running, fault: Fault) -> None:
    running.client.perform(ROLL_BACK)
    running.faults.extend([fault] * 3)
    assert running.client.receipt_for("key_1") is not None


@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE_WRITE, Fault.ERROR_BEFORE_WRITE, Fault.TOO_MANY_REQUESTS])
def test_a_read_gives_up_after_four_attempts(running: Running, fault: Fault) -> None:
    running.faults.extend([fault] * 5)
    with pytest.raises(ConnectorUnreachable):
        running.client.receipt_for("key_1")
    assert len(running.faults) == 1


def test_a_write_waits_where_the_system_asks_for_patience(running: Running) -> None:
    running.faults.extend([Fault.TOO_MANY_REQUESTS] * 2)
    assert running.client.perform(ROLL_BACK).is_repeat is False
    assert len(running.desk.actions) == 1


def test_a_write_does_not_wait_for_a_day(running: Running) -> None:
    running.faults.extend([Fault.TOO_MANY_FOR_LONG] * 2)
    with pytest.raises(ConnectorUnreachable, match="too many requests"):
        running.client.perform(ROLL_BACK)
    assert len(running.faults) == 1
    assert running.desk.actions == []


def test_an_answer_that_comes_twice_is_never_taken_for_that_of_the_next_request(running: Running) -> None:
    running.faults.extend([Fault.TWICE_AFTER_WRITE] * 4)
    assert running.client.receipt_for("key_1") is None
    assert running.client.perform(ROLL_BACK).idempotency_key == "key_1"
    assert running.client.receipt_for("key_1") is not None
    assert running.client.receipt_for("key_2") is None


def test_an_answer_of_another_request_says_nothing_of_this_one(running: Running) -> None:
    running.faults.extend([Fault.ANSWER_OF_ANOTHER] * 2)
    with pytest.raises(WriteInDoubt):
        running.client.perform(ROLL_BACK)
    with pytest.raises(ConnectorUnreachable, match="can't be read"):
        running.client.receipt_for("key_1")
    assert running.client.receipt_for("key_1") is not None


def test_what_is_written_after_the_client_gave_up_is_found_later(running: Running) -> None:
    running.faults.append(Fault.WRITE_AFTER_SILENCE)
    with pytest.raises(WriteInDoubt):
        running.client.perform(ROLL_BACK)
    assert running.client.perform(ROLL_BACK).idempotency_key == "key_1"
    assert len(running.desk.actions) == 1


def test_an_answer_to_a_read_that_is_no_list_of_receipts_is_no_answer(running: Running) -> None:
    running.faults.append(Fault.GARBLED_AFTER_WRITE)
    with pytest.raises(ConnectorUnreachable, match="no list"):
        running.client.receipt_for("key_1")


def test_a_refusal_says_the_status_and_no_word_of_the_answer(running: Running) -> None:
    running.client.perform(ROLL_BACK)
    with pytest.raises(ConnectorRefused, match="status 422") as caught:
        running.client.perform(ActionRequest("key_1", ActionKind.RETRY_JOB, "sync", {}))
    assert "another request" not in str(caught.value)


def test_a_system_that_does_not_run_was_sent_nothing(no_waiting: None) -> None:
    with CaseApiClient("http://127.0.0.1:9") as client:
        with pytest.raises(ConnectorUnreachable, match="Nothing was written"):
            client.perform(ROLL_BACK)
        with pytest.raises(ConnectorUnreachable):
            client.cases(["case_1"])
