"""The client over real HTTP against a Jira that is held to the vendor's description: one issue per key, or in doubt with a reason."""

from __future__ import annotations

import logging
from contextlib import nullcontext
from datetime import timedelta

import pytest

from feedback_loop.adapters.case_api.case_desk import DeskAnswer, DeskRequest
from feedback_loop.adapters.case_api.loopback_server import Fault
from feedback_loop.adapters.vendor_client import SETTLING
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.credentials import Credentials
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.errors import ConnectorRefused, ConnectorUnreachable, WriteInDoubt
from feedback_loop.ports import ActionSystem, LateKnowing
from feedback_loop.remediation.connectors import WORK_ITEMS
from feedback_loop_tests.adapters.jira.jira_desk import TOKEN, texts_of
from feedback_loop_tests.adapters.jira.running import RunningJira

ROLL_BACK = ActionRequest(
    "key_1", ActionKind.ROLL_BACK_RELEASE, "web-2026.9", {"change_ids": ["web-2026.9"], "scope": {"browser": ["Safari 18"]}, "segment": {}}
)
INCIDENT = ActionRequest("key_2", ActionKind.OPEN_INCIDENT, "Printwren", {"observed_count": 40, "issue_id": None})
NOTE = ActionRequest("key_3", ActionKind.OPEN_INCIDENT, "OPS-7", {"incident_id": "OPS-7"})
AFTER_WRITE = (Fault.DROP_AFTER_WRITE, Fault.ERROR_AFTER_WRITE, Fault.GARBLED_AFTER_WRITE)
BEFORE_WRITE = (Fault.DROP_BEFORE_WRITE, Fault.ERROR_BEFORE_WRITE)
LAG = timedelta(seconds=40)


def test_it_carries_actions_out_and_is_late_to_know(jira: RunningJira) -> None:
    system: ActionSystem = jira.client()
    assert system.connector == "ops-jira"
    assert isinstance(system, LateKnowing)


def test_an_action_becomes_an_issue_of_the_owning_team_that_bears_the_key_twice(jira: RunningJira) -> None:
    receipt = jira.client().perform(ROLL_BACK)
    assert (receipt.receipt_id, receipt.idempotency_key, receipt.is_repeat) == ("REL-1", "key_1", False)
    (issue,) = jira.desk.issues.values()
    fields = issue["fields"]
    assert (fields["project"], fields["issuetype"]) == ({"key": "REL"}, {"name": "Task"})
    assert fields["summary"] == "Roll back release: web-2026.9"
    assert fields["labels"] == ["feedback-loop", "feedback-loop-roll_back_release", "feedback-loop-key_1"]
    assert issue["properties"] == {"feedback-loop": {"idempotency_key": "key_1", "action_kind": "roll_back_release"}}
    assert texts_of(fields["description"]) == [
        "The feedback loop asks to roll back release: web-2026.9",
        "change_ids: web-2026.9",
        "scope.browser: Safari 18",
        "Sent once under the key key_1",
    ]


@pytest.mark.parametrize("kind", WORK_ITEMS)
def test_every_kind_of_work_becomes_an_issue(jira: RunningJira, kind: ActionKind) -> None:
    assert jira.client().perform(ActionRequest("key_9", kind, "subject", {"product": "Printwren"})).receipt_id in ("OPS-1", "REL-1")
    (issue,) = jira.desk.issues.values()
    assert issue["fields"]["issuetype"] == {"name": "Incident" if kind is ActionKind.OPEN_INCIDENT else "Task"}


def test_the_same_key_gives_the_first_receipt_and_writes_nothing_whoever_asks(jira: RunningJira) -> None:
    client = jira.client()
    first = client.perform(INCIDENT)
    assert [one.perform(INCIDENT).receipt_id for one in (client, jira.client())] == [first.receipt_id] * 2
    found = jira.client().receipt_for("key_2")
    assert found is not None
    assert (found.receipt_id, found.is_repeat) == (first.receipt_id, True)
    assert len(jira.desk.issues) == 1


def test_an_action_about_an_issue_becomes_a_comment_on_it(jira: RunningJira) -> None:
    jira.desk.open_issue(7)
    first = jira.client().perform(NOTE)
    assert first.receipt_id == "OPS-7/500"
    (issue,) = jira.desk.issues.values()
    assert texts_of(issue["comments"][0]["body"])[-1] == "Sent once under the key key_3"
    assert issue["fields"]["labels"] == ["feedback-loop-note-key_3"]
    again, found = jira.client().perform(NOTE), jira.client().receipt_for("key_3")
    assert found is not None
    assert (again.receipt_id, found.receipt_id, len(issue["comments"])) == ("OPS-7/500", "OPS-7/500", 1)


def test_a_comment_is_known_before_the_index_knows_it_and_among_many(jira: RunningJira) -> None:
    jira.desk.open_issue(7)
    jira.desk.index_lag = LAG
    jira.client().perform(NOTE)
    (issue,) = jira.desk.issues.values()
    issue["comments"] += [{"id": str(600 + n), "body": {"type": "doc", "version": 1, "content": []}} for n in range(250)]
    assert jira.client().receipt_for("key_3") is None
    assert jira.client().perform(NOTE).receipt_id == "OPS-7/500"
    assert len(issue["comments"]) == 251


@pytest.mark.parametrize("position", [0, 1, 2, 3])
@pytest.mark.parametrize("fault", [*AFTER_WRITE, *BEFORE_WRITE])
def test_a_comment_is_written_once_whatever_goes_wrong_with_any_request(jira: RunningJira, position: int, fault: Fault) -> None:
    jira.desk.open_issue(7)
    jira.faults.extend([Fault.NONE] * position + [fault] * (4 if position < 2 else 1))
    # The edit of a label is answered without a body, of which nothing can be garbled.
    harmless = (position, fault) == (2, Fault.GARBLED_AFTER_WRITE)
    with nullcontext() if harmless else pytest.raises((WriteInDoubt, ConnectorUnreachable)):
        jira.client().perform(NOTE)
    jira.faults.clear()
    jira.clock.advance(SETTLING)
    jira.client().perform(NOTE)
    assert len(jira.desk.issues["7"]["comments"]) == 1


def test_an_action_about_an_issue_that_is_not_there_is_refused(jira: RunningJira) -> None:
    with pytest.raises(ConnectorRefused, match="404"):
        jira.client().perform(NOTE)
    assert jira.desk.issues == {}


@pytest.mark.parametrize("fault", [*AFTER_WRITE, *BEFORE_WRITE])
def test_a_create_without_a_good_answer_stays_in_doubt_until_the_search_had_time_to_know(jira: RunningJira, fault: Fault) -> None:
    jira.desk.index_lag = LAG
    client = jira.client()
    jira.faults.extend([Fault.NONE, fault])
    with pytest.raises(WriteInDoubt):
        client.perform(INCIDENT)
    was_written = len(jira.desk.issues)
    assert was_written == (fault in AFTER_WRITE)
    for ask in (client.receipt_for, lambda _: client.perform(INCIDENT)):
        with pytest.raises(WriteInDoubt, match="may not know it yet"):
            ask("key_2")
    assert len(jira.desk.issues) == was_written
    jira.clock.advance(SETTLING)
    found = client.receipt_for("key_2")
    assert (found is not None) == was_written
    assert client.perform(INCIDENT).receipt_id == "OPS-1"
    assert len(jira.desk.issues) == 1


def test_a_create_that_is_answered_too_late_is_in_doubt(jira: RunningJira) -> None:
    jira.faults.extend([Fault.NONE, Fault.SILENCE_AFTER_WRITE])
    with pytest.raises(WriteInDoubt, match="ReadTimeout"):
        jira.client(timeout_seconds=0.3).perform(INCIDENT)
    assert jira.client().perform(INCIDENT).receipt_id == "OPS-1"
    assert len(jira.desk.issues) == 1


def test_a_create_waits_where_jira_asks_for_patience_but_not_for_a_day(jira: RunningJira) -> None:
    client = jira.client()
    jira.faults.extend([Fault.NONE, Fault.TOO_MANY_FOR_LONG])
    with pytest.raises(ConnectorUnreachable, match="too many requests"):
        client.perform(INCIDENT)
    assert jira.desk.issues == {}
    jira.faults.extend([Fault.NONE, Fault.TOO_MANY_REQUESTS, Fault.TOO_MANY_REQUESTS])
    assert client.perform(INCIDENT).is_repeat is False
    assert len(jira.desk.issues) == 1


def test_an_answer_that_names_the_issue_twice_is_one_issue(jira: RunningJira) -> None:
    jira.client().perform(INCIDENT)
    jira.desk.answers_twice = True
    found = jira.client().receipt_for("key_2")
    assert found is not None
    assert found.receipt_id == "OPS-1"


def test_a_clone_of_the_issue_is_not_taken_for_it(jira: RunningJira) -> None:
    jira.client().perform(INCIDENT)
    (ours,) = jira.desk.issues.values()
    jira.desk.clone(ours, 9_000)
    jira.desk.clone(ours, 20_000)
    found = jira.client().receipt_for("key_2")
    assert found is not None
    assert found.receipt_id == "OPS-1"
    del jira.desk.issues[ours["id"]]
    left = jira.client().receipt_for("key_2")
    assert left is not None, "somebody removed it after it was made, which is no reason to make it again"
    assert left.receipt_id == "OPS-9000"


def test_a_site_that_gave_up_the_old_search_is_asked_by_its_successor(jira: RunningJira) -> None:
    jira.desk.is_old_search_gone = True
    client = jira.client()
    client.perform(INCIDENT)
    assert client.receipt_for("key_4") is None
    assert [path for _, path in jira.desk.asked].count("/rest/api/3/search") == 1
    found = jira.client().receipt_for("key_2")
    assert found is not None
    assert found.receipt_id == "OPS-1"


def test_what_is_refused_says_the_status_and_may_be_sent_again_at_once(jira: RunningJira) -> None:
    client = jira.client()
    strange = ActionRequest("key_5", ActionKind.RETRY_JOB, "sync", {})
    client._rule = client._rule.model_copy(update={"issue_type": "Riddle"})
    for _ in range(2):
        with pytest.raises(ConnectorRefused, match="status 400") as caught:
            client.perform(strange)
        assert "no such project" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        (ActionKind.SEND_MESSAGE, {}),
        (ActionKind.REROUTE_CASES, {}),
        (ActionKind.RETRY_JOB, {"said": "It never\nworks!"}),
        (ActionKind.RETRY_JOB, {"said": "x" * 201}),
        (ActionKind.RETRY_JOB, {"deep": {"a": {"b": {"c": {"d": "e"}}}}}),
        (ActionKind.RETRY_JOB, {"many": {str(n): n for n in range(201)}}),
        (ActionKind.RETRY_JOB, {"odd": [{"a": 1}]}),
    ],
)
def test_what_may_hold_somebodys_words_is_refused_and_nothing_is_written(
    jira: RunningJira, kind: ActionKind, arguments: dict[str, object]
) -> None:
    with pytest.raises(ConnectorRefused) as caught:
        jira.client().perform(ActionRequest("key_6", kind, "sync", arguments))
    assert "never" not in str(caught.value)
    assert jira.desk.issues == {}


def test_a_key_that_could_change_the_search_is_refused(jira: RunningJira) -> None:
    with pytest.raises(ConnectorRefused, match="no label"):
        jira.client().receipt_for('key_1") OR project = "REL')
    assert jira.desk.asked == []


def test_who_is_not_let_in_is_told_so_without_a_secret_and_the_action_may_be_tried_again(
    jira: RunningJira, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = jira.client()
    jira.desk.authorization = "Basic other"
    with pytest.raises(ConnectorUnreachable, match="credentials do not suffice") as caught:
        client.perform(INCIDENT)
    assert not [secret for secret in (TOKEN, "bG9vcE") if secret in str(caught.value) + caplog.text + repr(client)]
    jira.desk.authorization = "Bearer b3arer"
    assert jira.client(credentials=Credentials("jira", {"BEARER_TOKEN": "b3arer"})).perform(INCIDENT).receipt_id == "OPS-1"


def test_a_write_that_is_not_allowed_wrote_nothing(jira: RunningJira, monkeypatch: pytest.MonkeyPatch) -> None:
    client, allowed = jira.client(), jira.desk.answer

    def not_for_writes(request: DeskRequest) -> DeskAnswer:
        jira.desk.authorization = jira.desk.authorization if "search" in request.path else "nobody"
        return allowed(request)

    monkeypatch.setattr(jira.desk, "answer", not_for_writes)
    with pytest.raises(ConnectorUnreachable, match="status 401"):
        client.perform(INCIDENT)
    assert jira.desk.issues == {}


@pytest.mark.parametrize(("minutes", "is_sent"), [(2, True), (3, False)])
def test_nothing_is_sent_that_could_be_too_late_to_settle(
    jira: RunningJira, monkeypatch: pytest.MonkeyPatch, minutes: int, is_sent: bool
) -> None:
    client, answer = jira.client(), jira.desk.answer

    def slowly(request: DeskRequest) -> DeskAnswer:
        jira.clock.advance(timedelta(minutes=minutes if request.path.endswith("/search") else 0))
        return answer(request)

    monkeypatch.setattr(jira.desk, "answer", slowly)
    if is_sent:
        client.perform(INCIDENT)
    else:
        with pytest.raises(ConnectorUnreachable, match="took too long"):
            client.perform(INCIDENT)
    assert len(jira.desk.issues) == is_sent


def test_a_jira_that_does_not_run_was_sent_nothing(jira: RunningJira) -> None:
    jira.url = "http://127.0.0.1:9"
    with pytest.raises(ConnectorUnreachable, match="Nothing was written"):
        jira.client().perform(INCIDENT)
