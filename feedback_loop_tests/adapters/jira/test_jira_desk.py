"""That the comparison with the vendor's description finds what does not fit, in requests and in answers."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.case_api.case_desk import DeskAnswer, DeskRequest
from feedback_loop_tests.adapters.jira.jira_desk import BASIC, DESCRIPTION, WHY_ABSENT, DescribedDesk, JiraDesk
from feedback_loop_tests.fakes import FakeClock

pytestmark = pytest.mark.skipif(not DESCRIPTION.is_file(), reason=WHY_ABSENT)

SEARCH = {"jql": 'labels in ("a", "b") ORDER BY created ASC', "fields": ["labels"]}


def test_what_fits_is_no_violation() -> None:
    checked = DescribedDesk(JiraDesk(FakeClock()))
    answer = checked.answer(DeskRequest("POST", "/rest/api/3/search", {}, SEARCH, authorization=BASIC))
    assert (answer, checked.violations, checked.checked_count) == (DeskAnswer(200, {"issues": []}), [], 1)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/rest/api/3/search", {**SEARCH, "field": "labels"}),
        ("POST", "/rest/api/3/search", {**SEARCH, "maxResults": "all"}),
        ("POST", "/rest/api/3/nothing", {}),
        ("DELETE", "/rest/api/3/search", {}),
    ],
)
def test_a_request_that_is_not_described_is_a_violation(method: str, path: str, body: dict[str, object]) -> None:
    checked = DescribedDesk(JiraDesk(FakeClock()))
    checked.answer(DeskRequest(method, path, {}, body, authorization=BASIC))
    assert len(checked.violations) == 1


@pytest.mark.parametrize("answer", [DeskAnswer(200, {"issues": [{"id": 7}]}), DeskAnswer(200, {"found": []}), DeskAnswer(418, {})])
def test_an_answer_that_is_not_described_is_a_violation(answer: DeskAnswer, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = JiraDesk(FakeClock())
    checked = DescribedDesk(desk)
    monkeypatch.setattr(desk, "answer", lambda _: answer)
    checked.answer(DeskRequest("POST", "/rest/api/3/search", {}, SEARCH, authorization=BASIC))
    assert len(checked.violations) == 1
