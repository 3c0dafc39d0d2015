"""That the comparison with Slack's description finds what does not fit, in requests and in answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feedback_loop.adapters.case_api.case_desk import DeskAnswer, DeskRequest
from feedback_loop_tests.adapters.slack.described import DESCRIPTION, FORM, WHY_ABSENT, DescribedDesk
from feedback_loop_tests.adapters.slack.slack_desk import CHANNEL, TOKEN, SlackDesk
from feedback_loop_tests.fakes import FakeClock

pytestmark = pytest.mark.skipif(not DESCRIPTION.is_file(), reason=WHY_ABSENT)

HEADERS = {"authorization": f"Bearer {TOKEN}", "token": TOKEN, "content-type": FORM}
BLOCKS = [{"type": "header", "text": {"type": "plain_text", "text": "hello", "emoji": False}}]
FIELDS = {
    "channel": CHANNEL, "text": "hello", "blocks": json.dumps(BLOCKS), "metadata": '{"event_type": "x", "event_payload": {}}',
}  # fmt: skip


def request(method: str = "POST", path: str = "chat.postMessage", **changes: Any) -> DeskRequest:
    said = {"query": {}, "body": FIELDS, "headers": HEADERS, **changes}
    return DeskRequest(method, f"/api/{path}", authorization=HEADERS["authorization"], **said)


HISTORY = {
    "method": "GET", "path": "conversations.history", "body": {},
    "query": {"channel": CHANNEL, "limit": "5", "oldest": "1767605400.000000"},
}  # fmt: skip


@pytest.mark.parametrize("asked", [{}, HISTORY])
def test_what_fits_is_no_violation(asked: dict[str, Any]) -> None:
    checked = DescribedDesk(SlackDesk(FakeClock()))
    answer = checked.answer(request(**asked))
    assert isinstance(answer.body, dict)
    assert (answer.body["ok"], checked.violations, checked.checked_count) == (True, [], 1)


@pytest.mark.parametrize(
    "asked",
    [
        {"body": {name: text for name, text in FIELDS.items() if name != "channel"}},
        {"body": {**FIELDS, "chanel": CHANNEL}},
        {"headers": {**HEADERS, "content-type": "text/plain"}},
        {"headers": {name: text for name, text in HEADERS.items() if name != "token"}},
        {"method": "GET"},
        {"path": "chat.nothing"},
        {**HISTORY, "headers": {}},
        {**HISTORY, "query": {"channel": CHANNEL, "limit": "1000"}},
        {**HISTORY, "query": {"channel": CHANNEL, "limit": "5", "oldest": "yesterday"}},
        {**HISTORY, "query": {"limit": "5"}},
        {**HISTORY, "path": "conversations.replies"},
    ],
)
def test_a_request_that_is_not_described_is_a_violation(asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    desk = SlackDesk(FakeClock())
    checked = DescribedDesk(desk)
    monkeypatch.setattr(desk, "answer", lambda _: DeskAnswer(200, {"ok": False, "error": "invalid_auth"}))
    checked.answer(request(**asked))
    assert checked.violations


ODD_ANSWERS = [{"ok": True}, {"ok": True, "channel": CHANNEL, "ts": 7, "message": {}}, {"ok": False, "error": "fancy"}, {}]


@pytest.mark.parametrize("body", ODD_ANSWERS)
def test_an_answer_that_is_not_described_is_a_violation(body: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    desk = SlackDesk(FakeClock())
    checked = DescribedDesk(desk)
    monkeypatch.setattr(desk, "answer", lambda _: DeskAnswer(200, body))
    checked.answer(request())
    assert checked.violations
