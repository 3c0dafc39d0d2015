"""What Intercom is told of an action, in the shapes of its API 2.15: a ticket, an admin's note, or the closing of a ticket of ours.

Pure functions; who sends it is `client.py`, and what may be said at all, `adapters/action_words.py`. The rule that is easy to break:
nothing is a comment, for that would reach the customer; and a ticket bears our key in one attribute, by which alone it is found again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

from feedback_loop.adapters.action_words import Unfit, fit_key, printable, signed, subject_of, text_of
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind

TITLE, DESCRIPTION = "_default_title_", "_default_description_"
MOST_FOUND = 50

_ID = re.compile(r"[1-9][0-9]{0,19}")
_RECEIPT = re.compile(r"(ticket|conversation)-([1-9][0-9]{0,19})(?:/([A-Za-z0-9]{1,40}))?")
_TAG = re.compile(r"<[^<>]{0,200}>")
_ABOUT_CONVERSATIONS = (ActionKind.ROUTE_WITH_CONTEXT, ActionKind.QUEUE_FOR_REVIEW)
_LONGEST_MESSAGE = 5_000


@dataclass(frozen=True)
class Written:
    """What a receipt names: a ticket of ours, or our note on a conversation."""

    kind: str
    number: str
    part: str | None


def ticket_of(request: ActionRequest, settings: Mapping[str, str]) -> dict[str, Any]:
    """The body of the ticket that asks a team for the action; raises Unfit."""
    text = draft_text(request) if request.action_kind is ActionKind.SEND_MESSAGE else text_of(request)
    team = settings.get("team_id")
    return {
        "ticket_type_id": settings["ticket_type_id"],
        "contacts": [{"id": settings["contact_id"]}],
        "ticket_attributes": {
            TITLE: subject_of(request),
            DESCRIPTION: text,
            settings["key_attribute"]: fit_key(request.idempotency_key),
        },
        "skip_notifications": True,
        **({} if team is None else {"assignment": {"team_assignee_id": team}}),
    }


def note_of(request: ActionRequest, settings: Mapping[str, str]) -> dict[str, Any]:
    """The body of the note that says the same to the teammates of a conversation or a ticket; raises Unfit."""
    text = draft_text(request) if request.action_kind is ActionKind.SEND_MESSAGE else text_of(request)
    lines = "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line)
    return {"message_type": "note", "type": "admin", "admin_id": settings["admin_id"], "body": lines}


def closing_of(keys: str, settings: Mapping[str, str]) -> dict[str, Any]:
    """The body of the update that closes a ticket of ours; its attribute then bears the keys of the action and of taking it back."""
    return {"open": False, "admin_id": int(settings["admin_id"]), "ticket_attributes": {settings["key_attribute"]: keys}}


def search_of(key: str, settings: Mapping[str, str], after: str | None) -> dict[str, Any]:
    """The search for the tickets whose attribute is the key, or bears it among others; raises Unfit."""
    field = f"ticket_attribute.{settings['key_attribute_id']}"
    filters = [{"field": field, "operator": operator, "value": fit_key(key)} for operator in ("=", "~")]
    page = {"per_page": MOST_FOUND, **({} if after is None else {"starting_after": after})}
    return {"query": {"operator": "OR", "value": filters}, "pagination": page}


def draft_text(request: ActionRequest) -> str:
    """A message to a customer as words that an agent reads first; raises Unfit where it is no text, or too long."""
    text, language = request.arguments.get("text"), printable(request.arguments.get("language"), "language")
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST_MESSAGE or not all(line.isprintable() for line in text.split("\n")):
        raise Unfit("text")
    heading = f"Draft for an agent to send to customer {printable(request.target, 'target')} ({language}). Nothing was sent."
    return f"{heading}\n\n{text}\n\n{signed(request.idempotency_key)}"


def existing_conversation(request: ActionRequest) -> str | None:
    """The conversation that the action is about and that gets a note; None where it gets a ticket of its own.

    A number is a conversation only for what is asked about cases, or where a message names it: that of a job or a release is none.
    """
    named = request.arguments.get("conversation_id") if request.action_kind is ActionKind.SEND_MESSAGE else None
    if request.action_kind in _ABOUT_CONVERSATIONS:
        named = request.target
    return named if isinstance(named, str) and _ID.fullmatch(named) else None


def written_in(receipt_id: object) -> Written | None:
    """What the receipt names; None where it is none of ours."""
    found = _RECEIPT.fullmatch(receipt_id) if isinstance(receipt_id, str) else None
    return None if found is None else Written(found[1], found[2], found[3])


def bears(body: object, key: str) -> bool:
    """Whether a note is ours under the key: its last line says so, alone, as HTML or as plain text."""
    if not isinstance(body, str):
        return False
    lines = [line for line in unescape(_TAG.sub("\n", body)).split("\n") if line.strip()]
    return bool(lines) and lines[-1].strip() == signed(key)
