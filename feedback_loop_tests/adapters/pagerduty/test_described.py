"""That the comparison with the documented forms finds what does not fit, in requests and in answers."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_loop.adapters.case_api.case_desk import DeskAnswer, DeskRequest
from feedback_loop.adapters.pagerduty.incident import incident_of
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop_tests.adapters.pagerduty.described import DescribedDesk
from feedback_loop_tests.adapters.pagerduty.pagerduty_desk import EMAIL, SERVICE, TOKEN, PagerDutyDesk, error
from feedback_loop_tests.fakes import FakeClock

HEADERS = {
    "accept": "application/vnd.pagerduty+json;version=2", "authorization": f"Token token={TOKEN}", "content-type": "application/json",
    "from": EMAIL,
}  # fmt: skip
BODY = incident_of(ActionRequest("key_1", ActionKind.OPEN_INCIDENT, "Printwren", {}), {"service_id": SERVICE})
QUERY = {"incident_key": "key_1", "offset": "0", "limit": "5"}


def request(method: str = "POST", path: str = "/incidents", **changes: Any) -> DeskRequest:
    said = {"query": {}, "body": BODY, "headers": HEADERS, **changes}
    return DeskRequest(method, path, authorization=HEADERS["authorization"], **said)


@pytest.mark.parametrize("asked", [{}, {"method": "GET", "query": QUERY, "body": {}}])
def test_what_fits_is_no_violation(asked: dict[str, Any]) -> None:
    checked = DescribedDesk(PagerDutyDesk(FakeClock()))
    assert checked.answer(request(**asked)).status in (200, 201)
    assert (checked.violations, checked.checked_count) == ([], 1)


@pytest.mark.parametrize(
    "asked",
    [
        *({"headers": {name: text for name, text in HEADERS.items() if name != gone}} for gone in ("accept", "authorization", "from")),
        {"headers": {**HEADERS, "accept": "application/json"}},
        {"body": {"incident": {**BODY["incident"], "type": "incident_reference"}}},
        {"body": {"incident": {**BODY["incident"], "dedup_key": "key_1"}}},
        {"body": BODY["incident"]},
        {"method": "PUT"},
        {"method": "GET", "query": {**QUERY, "limit": "101"}, "body": {}},
        {"method": "GET", "query": {**QUERY, "key": "key_1"}, "body": {}},
        {"method": "PUT", "path": "/incidents/PINC1", "body": {"incident": {"type": "incident", "status": "closed"}}},
        {"path": "/incidents/PINC1/notes", "body": {"note": {}}},
    ],
)
def test_a_request_of_another_form_is_a_violation(asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    desk = PagerDutyDesk(FakeClock())
    checked = DescribedDesk(desk)
    monkeypatch.setattr(desk, "answer", lambda _: error(401, 2006, "Unauthorized"))
    checked.answer(request(**asked))
    assert checked.violations


@pytest.mark.parametrize("answer", [DeskAnswer(201, {}), DeskAnswer(200, {"incident": {}}), DeskAnswer(400, {"error": "no"})])
def test_an_answer_of_another_form_is_a_violation(answer: DeskAnswer, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = PagerDutyDesk(FakeClock())
    checked = DescribedDesk(desk)
    monkeypatch.setattr(desk, "answer", lambda _: answer)
    checked.answer(request())
    assert checked.violations
