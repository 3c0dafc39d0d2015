"""The client over real HTTP against a Slack that is held to the vendor's description: one message per key, or in doubt with a reason."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest

from feedback_loop.adapters.case_api.case_desk import DeskAnswer, DeskRequest
from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.connectors import open_connectors
from feedback_loop.adapters.slack.client import CLOCKS_APART, LOOKED_BACK, SlackClient
from feedback_loop.adapters.vendor_client import SETTLING
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import ActionSystem, KnowingSince, LateKnowing
from feedback_loop.remediation.connectors import WORK_ITEMS
from feedback_loop_tests.adapters.slack.running import CREDENTIALS, RunningSlack, rule_at
from feedback_loop_tests.adapters.slack.slack_desk import TOKEN

ROLL_BACK = ActionRequest("key_1", ActionKind.ROLL_BACK_RELEASE, "web-2026.9", {"change_ids": ["web-2026.9"], "segment": {}})
SUBJECT = "Roll back release: web-2026.9"
AFTER_WRITE = (Fault.DROP_AFTER_WRITE, Fault.ERROR_AFTER_WRITE, Fault.GARBLED_AFTER_WRITE)
BEFORE_WRITE = (Fault.DROP_BEFORE_WRITE, Fault.ERROR_BEFORE_WRITE)
HTML = DeskAnswer(200, {}, headers={"Content-Type": "text/html"}, text="<html>sign in</html>")


def instead(slack: RunningSlack, monkeypatch: pytest.MonkeyPatch, method: str, answer: DeskAnswer, *, does_write: bool = False) -> None:
    """One method is answered otherwise, whether it was carried out or not."""
    truly: Callable[[DeskRequest], DeskAnswer] = slack.desk.answer

    def answered(request: DeskRequest) -> DeskAnswer:
        if not request.path.endswith(method):
            return truly(request)
        if does_write:
            truly(request)
        return answer

    monkeypatch.setattr(slack.desk, "answer", answered)


def no(error: str) -> DeskAnswer:
    return DeskAnswer(200, {"ok": False, "error": error})


def test_it_carries_actions_out_and_is_late_to_know(slack: RunningSlack) -> None:
    system: ActionSystem = slack.client()
    assert system.connector == "ops-slack"
    assert isinstance(system, LateKnowing)
    assert isinstance(system, KnowingSince)


def test_a_connector_of_the_kind_is_opened_by_its_name(slack: RunningSlack) -> None:
    with open_connectors({"chat": rule_at(slack.url)}, {"slack": CREDENTIALS}, slack.clock) as systems:
        assert {name: type(system) for name, system in systems.items()} == {"chat": SlackClient}
        assert systems["chat"].connector == "chat"


@pytest.mark.parametrize("kind", [kind for kind in WORK_ITEMS if kind is not ActionKind.REVERSE_ACTION])
def test_every_kind_of_work_becomes_a_message(slack: RunningSlack, kind: ActionKind) -> None:
    receipt = slack.client().perform(ActionRequest("key_9", kind, "subject", {"product": "Printwren"}))
    assert (receipt.receipt_id, receipt.is_repeat) == ("C0123ABCD/1767605400.000001", False)
    assert len(slack.desk.said()) == 1


def test_the_same_key_gives_the_first_receipt_and_writes_nothing_whoever_asks(slack: RunningSlack) -> None:
    client = slack.client()
    first = client.perform(ROLL_BACK)
    assert [one.perform(ROLL_BACK).receipt_id for one in (client, slack.client())] == [first.receipt_id] * 2
    found = slack.client().receipt_for("key_1")
    assert found is not None
    assert (found.receipt_id, found.is_repeat) == (first.receipt_id, True)
    assert slack.desk.said() == [SUBJECT]


def test_a_key_is_found_among_many_messages_and_many_pages(slack: RunningSlack) -> None:
    slack.desk.page_size = 7
    first = slack.client().perform(ROLL_BACK)
    slack.desk.chatter(50)
    found = slack.client().receipt_for("key_1")
    assert found is not None
    assert found.receipt_id == first.receipt_id
    assert [method for _, method in slack.desk.asked].count("conversations.history") == 1 + 8


def test_a_page_that_fails_half_way_says_nothing_about_what_was_written(slack: RunningSlack) -> None:
    slack.client().perform(ROLL_BACK)
    slack.desk.chatter(9)
    slack.desk.page_size = 3
    for fault in (Fault.ERROR_BEFORE_WRITE, Fault.DROP_BEFORE_WRITE, Fault.GARBLED_AFTER_WRITE):
        slack.faults.extend([Fault.NONE, Fault.NONE, *[fault] * 4])
        with pytest.raises(ConnectorUnreachable):
            slack.client().perform(ROLL_BACK)
        slack.faults.clear()
    slack.faults.extend([Fault.NONE, Fault.ERROR_BEFORE_WRITE, Fault.TOO_MANY_REQUESTS])
    assert slack.client().perform(ROLL_BACK).is_repeat
    assert slack.desk.said().count(SUBJECT) == 1


def test_more_messages_than_are_looked_through_are_no_answer(slack: RunningSlack) -> None:
    slack.desk.page_size = 1
    slack.desk.chatter(51)
    with pytest.raises(ConnectorUnreachable, match="a channel of its own"):
        slack.client().perform(ROLL_BACK)


def test_only_what_was_written_since_is_looked_through(slack: RunningSlack) -> None:
    slack.client().perform(ROLL_BACK)
    written = slack.clock.now()
    slack.clock.advance(timedelta(days=30))
    assert slack.client().receipt_since("key_1", written) is not None
    assert slack.client().receipt_since("key_1", written + CLOCKS_APART * 2) is None
    assert slack.client().receipt_for("key_1") is None, f"without an instant it looks back {LOOKED_BACK} only"


@pytest.mark.parametrize("fault", [*AFTER_WRITE, *BEFORE_WRITE])
def test_a_message_without_a_good_answer_stays_in_doubt_until_it_had_time_to_appear(slack: RunningSlack, fault: Fault) -> None:
    client = slack.client()
    slack.faults.extend([Fault.NONE, fault])
    with pytest.raises(WriteInDoubt):
        client.perform(ROLL_BACK)
    was_written = len(slack.desk.said())
    assert was_written == (fault in AFTER_WRITE)
    if not was_written:
        with pytest.raises(WriteInDoubt, match="may not know it yet"):
            client.perform(ROLL_BACK)
    slack.clock.advance(SETTLING)
    assert (client.receipt_for("key_1") is not None) == was_written
    client.perform(ROLL_BACK)
    assert slack.desk.said() == [SUBJECT]


def test_a_message_that_is_answered_too_late_is_in_doubt(slack: RunningSlack) -> None:
    slack.faults.extend([Fault.NONE, Fault.SILENCE_AFTER_WRITE])
    with pytest.raises(WriteInDoubt, match="ReadTimeout"):
        slack.client(timeout_seconds=0.3).perform(ROLL_BACK)
    assert slack.client().perform(ROLL_BACK).is_repeat
    assert slack.desk.said() == [SUBJECT]


def test_it_waits_where_slack_asks_for_patience_but_not_for_a_day(slack: RunningSlack, monkeypatch: pytest.MonkeyPatch) -> None:
    slack.faults.extend([Fault.NONE, Fault.TOO_MANY_FOR_LONG])
    with pytest.raises(ConnectorUnreachable, match="too many requests"):
        slack.client().perform(ROLL_BACK)
    slack.faults.extend([Fault.TOO_MANY_REQUESTS, Fault.NONE, Fault.TOO_MANY_REQUESTS, Fault.TOO_MANY_REQUESTS])
    assert slack.client().perform(ROLL_BACK).is_repeat is False
    assert slack.desk.said() == [SUBJECT]
    dated = {"Retry-After": "Fri, 31 Dec 2100 00:00:00 GMT", "Date": "Thu, 30 Dec 2100 00:00:00 GMT"}
    instead(slack, monkeypatch, "history", DeskAnswer(429, {"ok": False, "error": "ratelimited"}, headers=dated))
    with pytest.raises(ConnectorUnreachable, match="too many requests"):
        slack.client().receipt_for("key_2")


@pytest.mark.parametrize("error", ["invalid_auth", "not_in_channel", "channel_not_found", "is_archived", "account_inactive"])
def test_what_an_operator_can_mend_fails_no_action_for_good(slack: RunningSlack, monkeypatch: pytest.MonkeyPatch, error: str) -> None:
    instead(slack, monkeypatch, "postMessage", no(error))
    client = slack.client()
    for _ in range(2):
        with pytest.raises(ConnectorUnreachable, match=error):
            client.perform(ROLL_BACK)
    monkeypatch.undo()
    assert client.perform(ROLL_BACK).is_repeat is False


@pytest.mark.parametrize("error", ["msg_too_long", "no_text", "invalid_charset"])
def test_what_slack_will_never_take_is_refused(slack: RunningSlack, monkeypatch: pytest.MonkeyPatch, error: str) -> None:
    instead(slack, monkeypatch, "postMessage", no(error))
    with pytest.raises(ConnectorRefused, match=error) as caught:
        slack.client().perform(ROLL_BACK)
    assert not isinstance(caught.value, ConnectorUnreachable)


@pytest.mark.parametrize(
    "answer",
    [HTML, DeskAnswer(302, {}, headers={"Location": "https://evil.example.com/"}), DeskAnswer(201, {"ok": True}), DeskAnswer(408, {})],
)
def test_an_odd_answer_to_a_write_leaves_it_in_doubt(slack: RunningSlack, monkeypatch: pytest.MonkeyPatch, answer: DeskAnswer) -> None:
    if answer.text is not None or answer.status == 201:
        answer = DeskAnswer(203, answer.body, headers=answer.headers, text=answer.text)
    instead(slack, monkeypatch, "postMessage", answer, does_write=True)
    with pytest.raises(WriteInDoubt):
        slack.client().perform(ROLL_BACK)
    monkeypatch.undo()
    assert slack.client().perform(ROLL_BACK).is_repeat
    assert slack.desk.said() == [SUBJECT]


@pytest.mark.parametrize("status", [302, 401, 403, 404, 410])
def test_a_look_up_with_any_other_status_says_nothing(slack: RunningSlack, monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    instead(slack, monkeypatch, "history", DeskAnswer(status, {}, headers={"Location": "https://evil.example.com/"}))
    with pytest.raises(ConnectorUnreachable, match=f"status {status}"):
        slack.client().perform(ROLL_BACK)
    assert slack.desk.said() == []


@pytest.mark.parametrize(("status", "kind"), [(401, ConnectorUnreachable), (403, ConnectorUnreachable), (404, ConnectorRefused)])
def test_a_write_with_such_a_status_wrote_nothing(
    slack: RunningSlack, monkeypatch: pytest.MonkeyPatch, status: int, kind: type[ConnectorRefused]
) -> None:
    instead(slack, monkeypatch, "postMessage", DeskAnswer(status, {}))
    with pytest.raises(kind, match=f"status {status}"):
        slack.client().perform(ROLL_BACK)


def test_who_is_not_invited_is_told_so_before_anything_is_sent(slack: RunningSlack) -> None:
    slack.desk.is_invited = False
    slack.faults.clear()
    with pytest.raises(ConnectorUnreachable, match="not_in_channel"):
        slack.client().perform(ROLL_BACK)
    assert [method for _, method in slack.desk.asked] == ["conversations.history"]


def test_no_secret_is_told_and_no_proxy_of_the_environment_is_asked(
    slack: RunningSlack, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    client = slack.client()
    client.perform(ROLL_BACK)
    slack.desk.token = "xoxb-another"
    with pytest.raises(ConnectorUnreachable, match="invalid_auth") as caught:
        slack.client().receipt_for("key_7")
    assert TOKEN not in str(caught.value) + caplog.text + repr(client) + repr(vars(client))
    assert len(slack.desk.said()) == 1


@pytest.mark.parametrize("arguments", [{"said": "It never\nworks!"}, {"said": "x" * 201}])
def test_what_may_hold_somebodys_words_is_refused_and_nothing_is_written(slack: RunningSlack, arguments: dict[str, object]) -> None:
    with pytest.raises(ConnectorRefused) as caught:
        slack.client().perform(ActionRequest("key_6", ActionKind.RETRY_JOB, "sync", arguments))
    assert "never" not in str(caught.value)
    assert slack.desk.said() == []


def test_a_slack_that_does_not_run_was_sent_nothing(slack: RunningSlack) -> None:
    slack.url = "http://127.0.0.1:9"
    with pytest.raises(ConnectorUnreachable, match="Nothing was written"):
        slack.client().perform(ROLL_BACK)
