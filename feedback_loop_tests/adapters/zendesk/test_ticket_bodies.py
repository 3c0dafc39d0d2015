"""The bodies that Zendesk gets: private without exception, of ids, figures and labels, and each update under its stamp."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.adapters.action_words import Unfit
from feedback_loop.adapters.zendesk.ticket_bodies import draft_of, draft_text, existing_ticket, group_of, note_tag, ticket_of, update_of
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind


def asked(kind: ActionKind = ActionKind.RETRY_JOB, target: str = "sync", **arguments: Any) -> ActionRequest:
    return ActionRequest("key_1", kind, target, arguments)


@given(st.sampled_from(list(ActionKind)), st.text(min_size=1, max_size=30), st.dictionaries(st.text(max_size=5), st.text(max_size=9)))
def test_no_comment_of_ours_is_ever_public(kind: ActionKind, target: str, arguments: dict[str, str]) -> None:
    for body in (ticket_of, draft_of):
        try:
            made = body(asked(kind, target, **{"text": "a", "language": "en", **arguments}), {}, *([None] if body is draft_of else []))
        except Unfit:
            continue
        assert made["ticket"]["comment"]["public"] is False
        assert "requester_id" not in made["ticket"]


def test_an_update_says_all_tags_again_its_key_and_its_stamp() -> None:
    assert update_of("key_1", "2026-01-05T09:30:00Z", text="t", tags=["feedback-loop", "vip"], changes={"status": "solved"}) == {
        "ticket": {
            "comment": {"body": "t", "public": False},
            "tags": ["feedback-loop", "vip", "feedback-loop-note-key_1"],
            "status": "solved",
            "metadata": {"feedback_loop_key": "key_1"},
            "safe_update": True,
            "updated_stamp": "2026-01-05T09:30:00Z",
        }
    }
    assert "tags" not in update_of("key_1", "2026-01-05T09:30:00Z", changes={"group_id": 7})["ticket"]


@pytest.mark.parametrize("key", ["", "a b", "a/b", 'a"', "k" * 201])
def test_a_key_that_is_no_label_is_unfit(key: str) -> None:
    for make in (note_tag, lambda k: update_of(k, "s")):
        with pytest.raises(Unfit):
            make(key)


@pytest.mark.parametrize(
    ("request_", "ticket"),
    [
        (asked(ActionKind.ROUTE_WITH_CONTEXT, "7"), "7"),
        (asked(ActionKind.QUEUE_FOR_REVIEW, "7"), "7"),
        (asked(ActionKind.ROUTE_WITH_CONTEXT, "07"), None),
        (asked(ActionKind.ROUTE_WITH_CONTEXT, "7/../8"), None),
        (asked(ActionKind.RETRY_JOB, "7"), None),
        (asked(ActionKind.ROLL_BACK_RELEASE, "42"), None),
        (asked(ActionKind.SEND_MESSAGE, "7"), None),
        (asked(ActionKind.SEND_MESSAGE, "c", ticket_id="7"), "7"),
        (asked(ActionKind.SEND_MESSAGE, "c", ticket_id=7), None),
    ],
)
def test_a_number_is_a_ticket_only_where_cases_are_spoken_of(request_: ActionRequest, ticket: str | None) -> None:
    assert existing_ticket(request_) == ticket


def test_a_queue_is_a_group_or_none_and_never_a_name() -> None:
    assert (group_of("70"), group_of("none")) == (70, None)
    for queue in ("billing", "", "070", "7 "):
        with pytest.raises(Unfit):
            group_of(queue)


def test_a_draft_says_for_whom_it_is_and_that_nothing_was_sent() -> None:
    said = draft_text(asked(ActionKind.SEND_MESSAGE, "customer_8", text="We fixed it.\nThank you.", language="en"), "Hello.")
    assert said == (
        "Draft for an agent to send to customer customer_8 (en). Nothing was sent.\n\n"
        "Hello.\n\nWe fixed it.\nThank you.\n\nSent once under the key key_1"
    )
