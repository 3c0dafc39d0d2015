"""What Intercom's answers say, or that they can't be read: whatever is not of the described form raises what reading raises."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from feedback_loop.adapters.intercom.ticket_bodies import bears

_ID = re.compile(r"[A-Za-z0-9]{1,40}")
_NUMBER = re.compile(r"[1-9][0-9]{0,19}")
_UNASSIGNED = (None, "", "0")
_STATE_PART, _FIRST_STATE = "ticket_state_updated_by_admin", "submitted"


@dataclass(frozen=True)
class Part:
    """A note, a comment or an event on a ticket or a conversation."""

    part_id: str
    kind: str
    author: str
    body: object
    is_first_state: bool

    def is_ours(self, key: str, admin_id: str) -> bool:
        """Whether it is the note that we wrote under the key."""
        return self.kind == "note" and self.author == admin_id and bears(self.body, key)


@dataclass(frozen=True)
class Ticket:
    """A ticket as it is now; the keys are those that its attribute bears, in the order in which they came."""

    number: str
    keys: tuple[str, ...]
    is_untouched: bool
    """Open in its first state, and in nobody's hands."""
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Page:
    """A page of a search, and the cursor of the next; None where it is the last."""

    tickets: tuple[Ticket, ...]
    after: str | None


def ticket_in(body: Mapping[str, Any], attribute: str) -> Ticket:
    """The ticket of the answer, whose keys stand in the attribute."""
    said = body["ticket_attributes"].get(attribute)
    state, is_open = body["ticket_state"]["category"], body["open"]
    if body["type"] != "ticket" or not isinstance(said, str | None) or not isinstance(is_open, bool) or not isinstance(state, str):
        raise TypeError("no ticket")
    is_untouched = is_open and state == _FIRST_STATE and body.get("admin_assignee_id") in _UNASSIGNED
    return Ticket(_whole(_NUMBER, body["id"]), tuple((said or "").split()), is_untouched, _parts(body.get("ticket_parts"), "ticket_parts"))


def made_in(body: Mapping[str, Any], attribute: str, key: str) -> str:
    """The number of the ticket that was made under the key."""
    made = ticket_in(body, attribute)
    if made.keys != (key,):
        raise ValueError("another key")
    return made.number


def same_in(body: Mapping[str, Any], attribute: str, number: str) -> Ticket:
    """The ticket of the answer, which is that of the number."""
    found = ticket_in(body, attribute)
    if found.number != number:
        raise ValueError("another ticket")
    return found


def found_in(body: Mapping[str, Any], attribute: str) -> Page:
    """A page of the tickets that a search found."""
    if body["type"] != "ticket.list":
        raise ValueError("no list of tickets")
    following = (body.get("pages") or {}).get("next")
    after = None if following is None else following["starting_after"]
    if not isinstance(after, str | None):
        raise TypeError("no cursor")
    return Page(tuple(ticket_in(one, attribute) for one in body["tickets"]), after or None)


def conversation_in(body: Mapping[str, Any], number: str) -> tuple[Part, ...]:
    """The parts of the conversation, which is that of the number."""
    if body["type"] != "conversation" or _whole(_NUMBER, body["id"]) != number:
        raise ValueError("another conversation")
    return _parts(body["conversation_parts"], "conversation_parts")


def part_in(body: Mapping[str, Any], key: str, admin_id: str) -> str:
    """The id of the note that was added to a ticket."""
    part = _part(body)
    if not part.is_ours(key, admin_id):
        raise ValueError("another note")
    return part.part_id


def our_part(parts: tuple[Part, ...], key: str, admin_id: str) -> str | None:
    """The id of our note under the key; that of the first, should there be two."""
    return next((part.part_id for part in parts if part.is_ours(key, admin_id)), None)


def noted_in(body: Mapping[str, Any], number: str, key: str, admin_id: str) -> str:
    """The id of the note that was added to the conversation."""
    found = our_part(conversation_in(body, number), key, admin_id)
    if found is None:
        raise ValueError("no note")
    return found


def _parts(value: object, name: str) -> tuple[Part, ...]:
    if value is None:
        return ()
    if not isinstance(value, Mapping):
        raise TypeError("no parts")
    return tuple(_part(one) for one in value[name])


def _part(one: Mapping[str, Any]) -> Part:
    kind = one["part_type"]
    if not isinstance(kind, str):
        raise TypeError("a part has a type")
    is_first_state = kind == _STATE_PART and {one.get("ticket_state"), one.get("previous_ticket_state")} <= {_FIRST_STATE, None}
    return Part(_whole(_ID, one["id"]), kind, str((one.get("author") or {}).get("id")), one.get("body"), is_first_state)


def _whole(pattern: re.Pattern[str], text: object) -> str:
    if not isinstance(text, str) or not pattern.fullmatch(text):
        raise ValueError("no id")
    return text
