"""What PagerDuty is told of an action and of its reversal: ids, figures and labels only, each known by our key."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_loop.adapters.action_words import Unfit
from feedback_loop.adapters.pagerduty.incident import bears, incident_of, is_of_the_loop, note_of, resolution_of, undone_of
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind

UNDO: dict[str, Any] = {
    "undone_receipt_id": "PINC1", "undone_kind": "open_incident", "undone_target": "Printwren", "undone_key": "key_1",
}  # fmt: skip


def asked(key: str = "key_1", **arguments: object) -> ActionRequest:
    return ActionRequest(key, ActionKind.OPEN_INCIDENT, "Printwren", arguments)


def reversal(**changes: object) -> ActionRequest:
    return ActionRequest("key_2", ActionKind.REVERSE_ACTION, "PINC1", {**UNDO, **changes})


def test_an_incident_calls_the_people_of_the_service_under_our_key() -> None:
    assert incident_of(asked(observed_count=40), {"service_id": "PABC123"}) == {
        "incident": {
            "type": "incident",
            "title": "Open incident: Printwren",
            "service": {"id": "PABC123", "type": "service_reference"},
            "incident_key": "key_1",
            "body": {
                "type": "incident_body",
                "details": "The feedback loop asks to open incident: Printwren\n- observed_count: 40\nSent once under the key key_1",
            },
        }
    }


def test_another_policy_may_say_whom_to_call() -> None:
    made = incident_of(asked(), {"service_id": "PABC123", "escalation_policy_id": "PESC1"})
    assert made["incident"]["escalation_policy"] == {"id": "PESC1", "type": "escalation_policy_reference"}


@pytest.mark.parametrize("text", ["a\nb", "x" * 201, "\x1b[31m"])
def test_what_may_be_a_sentence_of_somebody_is_refused(text: str) -> None:
    with pytest.raises(Unfit):
        incident_of(asked(said=text), {"service_id": "P1"})
    with pytest.raises(Unfit):
        note_of(reversal(steps=[text]))


@pytest.mark.parametrize("key", ["", "a b", 'a"b', "a&incident_key=b"])
def test_a_key_that_could_be_another_is_refused(key: str) -> None:
    with pytest.raises(Unfit):
        incident_of(asked(key), {"service_id": "P1"})


def test_a_reversal_knows_the_incident_by_its_id_key_and_title() -> None:
    undone = undone_of(reversal())
    assert (undone.incident_id, undone.key, undone.title) == ("PINC1", "key_1", "Open incident: Printwren")


@pytest.mark.parametrize(
    "changes", [{"undone_receipt_id": "../users"}, {"undone_receipt_id": None}, {"undone_kind": "retry_job"}, {"undone_key": "a b"}]
)
def test_a_reversal_of_something_else_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(Unfit):
        undone_of(reversal(**changes))


def test_a_note_is_ours_where_its_last_line_says_so_alone() -> None:
    content = note_of(reversal())["note"]["content"]
    assert (bears(content, "key_2"), bears(content, "key_22"), is_of_the_loop(content)) == (True, False, True)
    for other in ("", "On it.", f"{content}\nReally?", f"I saw: {content.splitlines()[-1]}"):
        assert not bears(other, "key_2")
        assert not is_of_the_loop(other)


def test_a_resolution_names_its_key() -> None:
    assert resolution_of(reversal())["incident"] == {
        "type": "incident_reference", "status": "resolved", "resolution": "Taken back by the feedback loop. Sent once under the key key_2",
    }  # fmt: skip
