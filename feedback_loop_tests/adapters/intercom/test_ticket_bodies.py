"""The bodies that Intercom gets: notes and tickets, never comments, each bearing its key where it is looked for."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.adapters.action_words import Unfit
from feedback_loop.adapters.intercom.ticket_bodies import (
    Written,
    bears,
    closing_of,
    existing_conversation,
    note_of,
    search_of,
    ticket_of,
    written_in,
)
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind

SETTINGS = {"admin_id": "4", "ticket_type_id": "74", "contact_id": "c", "key_attribute": "loop_key", "key_attribute_id": "186"}


def asked(kind: ActionKind = ActionKind.RETRY_JOB, target: str = "sync", **arguments: Any) -> ActionRequest:
    return ActionRequest("key_1", kind, target, arguments)


@given(st.sampled_from(list(ActionKind)), st.text(min_size=1, max_size=30), st.dictionaries(st.text(max_size=5), st.text(max_size=9)))
def test_a_note_is_never_a_comment_and_is_known_again_by_its_key_alone(kind: ActionKind, target: str, arguments: dict[str, str]) -> None:
    try:
        note = note_of(asked(kind, target, **{"text": "a", "language": "en", **arguments}), SETTINGS)
    except Unfit:
        return
    assert (note["message_type"], note["type"]) == ("note", "admin")
    assert bears(note["body"], "key_1")
    assert not bears(note["body"], "key")
    assert not bears(note["body"], "key_11")


def test_what_could_be_markup_is_escaped_in_a_note() -> None:
    note = note_of(asked(target="<b>&x"), SETTINGS)
    assert note["body"].startswith("<p>The feedback loop asks to retry job: &lt;b&gt;&amp;x</p>")


@pytest.mark.parametrize(
    "body", [None, 7, "", "<p>Sent once under the key key_1</p><p>see above</p>", "<p>Sent once under the key key_12</p>"]
)
def test_a_note_of_any_other_form_is_not_ours(body: object) -> None:
    assert not bears(body, "key_1")


def test_a_note_is_known_as_plain_text_too() -> None:
    assert bears("The feedback loop asks\n\nSent once under the key key_1\n", "key_1")


def test_a_ticket_closes_quietly_and_then_bears_both_keys() -> None:
    assert closing_of("key_1 key_2", SETTINGS) == {"open": False, "admin_id": 4, "ticket_attributes": {"loop_key": "key_1 key_2"}}
    assert ticket_of(asked(), SETTINGS)["skip_notifications"] is True
    assert "assignment" not in ticket_of(asked(), SETTINGS)


def test_a_search_asks_for_the_key_alone_or_among_others() -> None:
    asks = {"field": "ticket_attribute.186", "value": "key_1"}
    filters = [{**asks, "operator": "="}, {**asks, "operator": "~"}]
    assert search_of("key_1", SETTINGS, "c") == {
        "query": {"operator": "OR", "value": filters},
        "pagination": {"per_page": 50, "starting_after": "c"},
    }
    for key in ("", "a b", 'a"', "k" * 201):
        with pytest.raises(Unfit):
            search_of(key, SETTINGS, None)


@pytest.mark.parametrize(
    ("request_", "conversation"),
    [
        (asked(ActionKind.ROUTE_WITH_CONTEXT, "524"), "524"),
        (asked(ActionKind.QUEUE_FOR_REVIEW, "524"), "524"),
        (asked(ActionKind.ROUTE_WITH_CONTEXT, "524/../1"), None),
        (asked(ActionKind.RETRY_JOB, "524"), None),
        (asked(ActionKind.SEND_MESSAGE, "524"), None),
        (asked(ActionKind.SEND_MESSAGE, "c", conversation_id="524"), "524"),
        (asked(ActionKind.SEND_MESSAGE, "c", conversation_id="last"), None),
    ],
)
def test_a_number_is_a_conversation_only_where_cases_are_spoken_of(request_: ActionRequest, conversation: str | None) -> None:
    assert existing_conversation(request_) == conversation


def test_a_receipt_names_a_ticket_or_a_note_of_ours() -> None:
    assert written_in("ticket-631") == Written("ticket", "631", None)
    assert written_in("conversation-524/130") == Written("conversation", "524", "130")
    assert [written_in(odd) for odd in (None, 7, "631", "ticket-", "ticket-0", "ticket-631/", "issue-631", "ticket-631/../1")] == [None] * 8
