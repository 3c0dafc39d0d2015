"""Answers that a proxy or an enemy could give: whatever is not of the described form can't be read, and becomes no receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feedback_loop.adapters.intercom.answers import conversation_in, found_in, made_in, noted_in, part_in, same_in, ticket_in
from feedback_loop.adapters.vendor_client import UNREADABLE

PART: dict[str, Any] = {"id": "9", "part_type": "note", "author": {"id": "4"}, "body": "<p>Sent once under the key key_1</p>"}
STATE_PART = {"id": "8", "part_type": "ticket_state_updated_by_admin", "ticket_state": "submitted", "previous_ticket_state": "submitted"}
TICKET: dict[str, Any] = {
    "type": "ticket",
    "id": "631",
    "open": True,
    "ticket_state": {"category": "submitted"},
    "ticket_attributes": {"loop_key": "key_1"},
    "admin_assignee_id": "0",
    "ticket_parts": {"ticket_parts": [STATE_PART]},
}
TALK: dict[str, Any] = {"type": "conversation", "id": "524", "conversation_parts": {"conversation_parts": [PART]}}


def a_ticket(body: Any) -> Any:
    return ticket_in(body, "loop_key")


def a_page(body: Any) -> Any:
    return found_in(body, "loop_key")


@pytest.mark.parametrize(
    ("part", "body"),
    [
        (a_ticket, None),
        (a_ticket, []),
        (a_ticket, {}),
        (a_ticket, {**TICKET, "type": "conversation"}),
        (a_ticket, {**TICKET, "id": 631}),
        (a_ticket, {**TICKET, "id": "631/../1"}),
        (a_ticket, {**TICKET, "open": "yes"}),
        (a_ticket, {**TICKET, "ticket_state": "submitted"}),
        (a_ticket, {**TICKET, "ticket_attributes": None}),
        (a_ticket, {**TICKET, "ticket_attributes": {"loop_key": 7}}),
        (a_ticket, {**TICKET, "ticket_parts": []}),
        (a_ticket, {**TICKET, "ticket_parts": {"ticket_parts": [{"id": "9"}]}}),
        (lambda body: made_in(body, "loop_key", "key_2"), TICKET),
        (lambda body: made_in(body, "loop_key", "key_1"), {**TICKET, "ticket_attributes": {"loop_key": "key_1 key_2"}}),
        (lambda body: same_in(body, "loop_key", "632"), TICKET),
        (a_page, {"type": "list", "tickets": []}),
        (a_page, {"type": "ticket.list", "tickets": [{}]}),
        (a_page, {"type": "ticket.list", "tickets": [], "pages": {"next": {"starting_after": 7}}}),
        (a_page, {"type": "ticket.list", "tickets": [], "pages": {"next": "https://example.com/2"}}),
        (lambda body: conversation_in(body, "525"), TALK),
        (lambda body: conversation_in(body, "524"), {**TALK, "conversation_parts": None, "id": "7"}),
        (lambda body: noted_in(body, "524", "key_2", "4"), TALK),
        (lambda body: noted_in(body, "524", "key_1", "5"), TALK),
        (lambda body: part_in(body, "key_2", "4"), PART),
    ],
)
def test_an_odd_answer_can_not_be_read(part: Callable[[Any], Any], body: object) -> None:
    with pytest.raises(UNREADABLE):
        part(body)


def test_a_page_says_where_the_next_one_begins() -> None:
    assert a_page({"type": "ticket.list", "tickets": [TICKET], "pages": {"next": {"starting_after": "c"}}}).after == "c"
    for pages in ({}, None, {"next": None}, {"next": {"starting_after": None}}):
        assert a_page({"type": "ticket.list", "tickets": [TICKET], "pages": pages}).after is None


def test_a_ticket_is_untouched_while_it_is_open_submitted_and_nobodys() -> None:
    assert a_ticket(TICKET).is_untouched
    assert a_ticket({**TICKET, "admin_assignee_id": None}).is_untouched
    for change in ({"open": False}, {"ticket_state": {"category": "resolved"}}, {"admin_assignee_id": "4"}):
        assert not a_ticket({**TICKET, **change}).is_untouched
    (part,) = a_ticket(TICKET).parts
    assert part.is_first_state


def test_a_note_is_ours_by_its_last_line_and_its_author() -> None:
    assert noted_in(TALK, "524", "key_1", "4") == "9"
    assert part_in(PART, "key_1", "4") == "9"
