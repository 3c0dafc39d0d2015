"""What Slack is told of an action and of its reversal: ids, figures and labels only, and the key in the metadata."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.adapters.action_words import Unfit
from feedback_loop.adapters.slack.message import crossed_out, message_of, place_of, reply_of, undone_of
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop_tests.adapters.slack.slack_desk import CHANNEL, problem_with

PLAIN = st.text(st.characters(blacklist_categories=["C", "Zl", "Zp"]), min_size=1, max_size=200).filter(str.isprintable)
ARGUMENTS = st.dictionaries(PLAIN, st.one_of(PLAIN, st.integers(), st.lists(PLAIN, max_size=5)), max_size=8)
UNDO: dict[str, Any] = {
    "undone_receipt_id": f"{CHANNEL}/1767605400.000001", "undone_kind": "retry_job", "undone_target": "sync", "undone_key": "key_1",
}  # fmt: skip


def asked(target: str = "sync", **arguments: object) -> ActionRequest:
    return ActionRequest("key_1", ActionKind.RETRY_JOB, target, arguments)


def reversal(**changes: object) -> ActionRequest:
    return ActionRequest("key_2", ActionKind.REVERSE_ACTION, CHANNEL, {**UNDO, **changes})


@given(PLAIN, ARGUMENTS)
def test_whatever_is_short_and_printable_makes_a_message_that_slack_takes(target: str, arguments: dict[str, object]) -> None:
    fields = message_of(ActionRequest("key_1", ActionKind.RETRY_JOB, target, arguments), CHANNEL)
    assert problem_with(fields) is None
    assert "<" not in fields["text"]


def test_a_message_bears_its_key_where_people_do_not_write() -> None:
    fields = message_of(asked(job_id="sync-7"), CHANNEL)
    assert (fields["channel"], fields["text"], fields["parse"]) == (CHANNEL, "Retry job: sync", "none")
    assert json.loads(fields["metadata"]) == {
        "event_type": "feedback_loop_action", "event_payload": {"idempotency_key": "key_1", "action_kind": "retry_job"},
    }  # fmt: skip
    assert [block["type"] for block in json.loads(fields["blocks"])] == ["header", "section", "context"]
    assert "job_id: sync-7" in json.loads(fields["blocks"])[1]["text"]["text"]


@pytest.mark.parametrize("text", ["a\nb", "x" * 201, "\x1b[31m"])
def test_what_may_be_a_sentence_of_somebody_is_refused(text: str) -> None:
    for request in (asked(said=text), asked(target=text)):
        with pytest.raises(Unfit):
            message_of(request, CHANNEL)
    with pytest.raises(Unfit):
        undone_of(reversal(undone_target=text))


def test_more_than_slack_shows_is_refused() -> None:
    with pytest.raises(Unfit):
        message_of(ActionRequest("key_1", ActionKind.RETRY_JOB, "sync", {f"many_{n}": ["x" * 200] * 20 for n in range(50)}), CHANNEL)


def test_a_reversal_keeps_the_key_of_the_message_and_names_what_took_it_back() -> None:
    undone = undone_of(reversal())
    assert undone is not None
    changed, reply = crossed_out(undone, "key_2"), reply_of(reversal(), undone)
    assert (problem_with(changed), problem_with(reply)) == (None, None)
    assert (changed["ts"], reply["thread_ts"], reply["reply_broadcast"]) == ("1767605400.000001", "1767605400.000001", "true")
    assert json.loads(changed["metadata"])["event_payload"] == {
        "idempotency_key": "key_1", "action_kind": "retry_job", "taken_back_by": "key_2",
    }  # fmt: skip
    assert json.loads(reply["metadata"])["event_payload"]["idempotency_key"] == "key_2"
    assert reply["text"] == "Taken back: Retry job: sync"


@pytest.mark.parametrize("receipt", ["", "None", "OPS-1", f"{CHANNEL}/1", f"{CHANNEL}/1767605400.000001/x", "../1767605400.000001"])
def test_a_receipt_of_another_tool_is_no_place(receipt: str) -> None:
    assert place_of(receipt) is None
    assert undone_of(reversal(undone_receipt_id=receipt)) is None
