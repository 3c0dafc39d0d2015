"""The case system in this process: every write by its key, changes only of the version that was seen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from feedback_loop.adapters.case_api.case_desk import CaseDesk, DeskAnswer, DeskRequest
from feedback_loop_tests.fakes import START, FakeClock

Ask = Any
ACTION = {"action_kind": "retry_job", "target": "sync_1", "arguments": {}}


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def desk(clock: FakeClock) -> CaseDesk:
    desk = CaseDesk(clock.now)
    asked(desk, "POST", "/cases", {"case_id": "case_1", "queue": "checkout", "owner": "ada"}, key="open")
    return desk


def asked(desk: CaseDesk, method: str, path: str, body: dict[str, Any] | None = None, **how: Any) -> DeskAnswer:
    request = DeskRequest(method, path, how.get("query", {}), body or {}, how.get("key"), how.get("version"))
    return desk.answer(request)


def test_a_move_changes_queue_version_and_instant(desk: CaseDesk, clock: FakeClock) -> None:
    clock.advance(timedelta(hours=1))
    answer = asked(desk, "PATCH", "/cases/case_1", {"queue": "billing"}, key="k", version="1")
    assert answer.status == 200
    (case,) = desk.cases
    assert (case.queue, case.owner, case.version, case.changed_at) == ("billing", "ada", 2, START + timedelta(hours=1))
    assert answer.body == {**vars(case), "changed_at": case.changed_at.isoformat()}


def test_a_repeated_key_gets_the_first_answer_even_after_the_case_went_on(desk: CaseDesk) -> None:
    first = asked(desk, "PATCH", "/cases/case_1", {"queue": "billing"}, key="k", version="1")
    asked(desk, "PATCH", "/cases/case_1", {"owner": "bo"}, key="other", version="2")
    again = asked(desk, "PATCH", "/cases/case_1", {"queue": "billing"}, key="k", version="1")
    assert (again.status, again.body) == (200, first.body)
    assert desk.cases[0].version == 3


def test_a_key_of_another_request_is_refused(desk: CaseDesk) -> None:
    asked(desk, "POST", "/actions", ACTION, key="k")
    assert asked(desk, "POST", "/actions", {**ACTION, "target": "sync_2"}, key="k").status == 422
    assert [action["target"] for action in desk.actions] == ["sync_1"]


def test_a_case_of_another_version_is_left_as_it_is_and_its_key_may_be_used_again(desk: CaseDesk) -> None:
    refused = asked(desk, "PATCH", "/cases/case_1", {"queue": "billing"}, key="k", version="7")
    assert (refused.status, refused.body) == (409, {"version": 1})
    assert asked(desk, "PATCH", "/cases/case_1", {"queue": "billing"}, key="k", version='"1"').status == 200


def test_an_action_is_done_once_and_found_by_its_key(desk: CaseDesk) -> None:
    first, again = (asked(desk, "POST", "/actions", ACTION, key="k") for _ in range(2))
    assert (first.status, again.status) == (201, 200)
    assert first.body == again.body
    assert asked(desk, "GET", "/actions", query={"idempotency_key": "k"}).body == [first.body]
    assert asked(desk, "GET", "/actions", query={"idempotency_key": "other"}).body == []
    assert len(desk.actions) == 1


def receipt_of(desk: CaseDesk, key: str) -> str:
    body = asked(desk, "POST", "/actions", ACTION, key=key).body
    assert isinstance(body, dict)
    return str(body["receipt_id"])


def reversal_of(receipt_id: str) -> dict[str, Any]:
    return {"action_kind": "reverse_action", "target": receipt_id, "arguments": {}}


def test_an_action_that_nobody_took_up_is_undone_once(desk: CaseDesk) -> None:
    receipt_id = receipt_of(desk, "k")
    first = asked(desk, "POST", "/actions", reversal_of(receipt_id), key="undo")
    assert (first.status, desk.actions[0]["action_state"]) == (201, "undone")
    assert asked(desk, "POST", "/actions", reversal_of(receipt_id), key="undo").body == first.body
    assert asked(desk, "POST", "/actions", reversal_of(receipt_id), key="undo again").status == 409


def test_an_action_that_somebody_took_up_stays_and_one_that_nobody_knows_is_not_found(desk: CaseDesk) -> None:
    receipt_id = receipt_of(desk, "k")
    assert asked(desk, "PATCH", f"/actions/{receipt_id}", key="take up").status == 200
    refused = asked(desk, "POST", "/actions", reversal_of(receipt_id), key="undo")
    assert (refused.status, refused.body, len(desk.actions)) == (409, {"action_state": "taken_up"}, 1)
    assert asked(desk, "POST", "/actions", reversal_of("receipt_9"), key="undo").status == 404
    assert asked(desk, "PATCH", "/actions/receipt_9", key="take up another").status == 404


def test_cases_come_in_the_order_asked_for_without_those_that_do_not_exist(desk: CaseDesk) -> None:
    asked(desk, "POST", "/cases", {"case_id": "case_2", "queue": "checkout", "owner": "bo"}, key="open2")
    body = asked(desk, "GET", "/cases", query={"ids": "case_2,nothing,case_1"}).body
    assert [case["case_id"] for case in body if isinstance(case, dict)] == ["case_2", "case_1"]


def test_a_case_without_an_id_gets_one_that_depends_on_its_key_alone(desk: CaseDesk) -> None:
    ids = {asked(other, "POST", "/cases", {"queue": "a", "owner": "b"}, key="k").body["case_id"] for other in (desk, CaseDesk())}  # type: ignore[call-overload]
    assert len(ids) == 1


@pytest.mark.parametrize(
    ("method", "path", "body", "how", "status"),
    [
        ("POST", "/actions", ACTION, {}, 400),
        ("POST", "/actions", {"action_kind": "retry_job", "target": ""}, {"key": "k"}, 400),
        ("POST", "/cases", {"queue": "a"}, {"key": "k"}, 400),
        ("POST", "/cases", {"queue": "a", "owner": "b", "case_id": "a,b"}, {"key": "k"}, 400),
        ("POST", "/cases", {"queue": "a", "owner": "b", "case_id": "case_1"}, {"key": "k"}, 409),
        ("PATCH", "/cases/case_1", {"queue": "a"}, {"key": "k"}, 400),
        ("PATCH", "/cases/case_1", {"case_id": "a"}, {"key": "k", "version": "1"}, 400),
        ("PATCH", "/cases/nothing", {"queue": "a"}, {"key": "k", "version": "1"}, 404),
        ("POST", "/elsewhere", {}, {"key": "k"}, 404),
        ("GET", "/elsewhere", {}, {}, 404),
    ],
)
def test_what_can_not_be_done_is_refused_and_changes_nothing(
    desk: CaseDesk, method: str, path: str, body: dict[str, Any], how: dict[str, Any], status: int
) -> None:
    before = (desk.cases, desk.actions)
    assert asked(desk, method, path, body, **how).status == status
    assert (desk.cases, desk.actions) == before
