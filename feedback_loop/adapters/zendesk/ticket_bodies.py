"""What Zendesk is told of an action, in the shapes of its Support API: a ticket, an internal note on one, or a ticket's move to a group.

Pure functions; who sends it is `client.py`, and what may be said at all, `adapters/action_words.py`. The rule that is easy to break: every
comment is private, for nothing of ours ever goes to a customer without an agent; and every update says by which change it was seen last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from feedback_loop.adapters.action_words import Unfit, fit_key, printable, signed, subject_of, text_of
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind

KEY_FIELD = "feedback_loop_key"
"""Where the metadata of an update bears our key: its audit keeps it, and no agent or customer sees it."""

NO_GROUP = "none"
"""The queue of a ticket that is in no group."""

_MARK = "feedback-loop"
_TICKET_ID = re.compile(r"[1-9][0-9]{0,17}")
_ABOUT_TICKETS = (ActionKind.ROUTE_WITH_CONTEXT, ActionKind.QUEUE_FOR_REVIEW)
_LONGEST_MESSAGE = 5_000


def ticket_of(request: ActionRequest, settings: Mapping[str, str]) -> dict[str, Any]:
    """The body of the ticket that asks a team for the action; raises Unfit. Who asks is its requester, never a customer."""
    is_incident = request.action_kind is ActionKind.OPEN_INCIDENT
    return _ticket(request, settings, text_of(request), {"type": "problem" if is_incident else "task"})


def draft_of(request: ActionRequest, settings: Mapping[str, str], opening: str | None) -> dict[str, Any]:
    """The body of the ticket by which an agent is given a message to send; raises Unfit. The opening is the wording of a macro."""
    macro = settings.get("macro_id")
    return _ticket(request, settings, draft_text(request, opening), {} if macro is None else {"macro_ids": [int(macro)]})


def draft_text(request: ActionRequest, opening: str | None) -> str:
    """A message to a customer as an internal note; raises Unfit where it is no text, or too long."""
    text, language = request.arguments.get("text"), printable(request.arguments.get("language"), "language")
    if not isinstance(text, str) or not 0 < len(text) <= _LONGEST_MESSAGE or not all(line.isprintable() for line in text.split("\n")):
        raise Unfit("text")
    heading = f"Draft for an agent to send to customer {printable(request.target, 'target')} ({language}). Nothing was sent."
    words = text if opening is None else f"{opening}\n\n{text}"
    return f"{heading}\n\n{words}\n\n{signed(request.idempotency_key)}"


def update_of(
    key: str, updated_stamp: str, *, text: str | None = None, tags: Sequence[str] | None = None, changes: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The body of a change of a ticket that is refused where somebody changed it since; raises Unfit."""
    note = {} if text is None else {"comment": _private(text)}
    # An update replaces all tags, so those that are there are said again.
    marked = {} if tags is None else {"tags": [*tags, *(tag for tag in (_MARK, note_tag(key)) if tag not in tags)]}
    return {
        "ticket": {
            **note,
            **marked,
            **(changes or {}),
            "metadata": {KEY_FIELD: fit_key(key)},
            "safe_update": True,
            "updated_stamp": updated_stamp,
        }
    }


def note_tag(key: str) -> str:
    """The tag of a ticket that has, under the key, a note of ours."""
    return f"{_MARK}-note-{fit_key(key)}".lower()


def group_of(queue: str) -> int | None:
    """The group that a queue is; raises Unfit where it is none."""
    if queue != NO_GROUP and not _TICKET_ID.fullmatch(queue):
        raise Unfit("queue")
    return None if queue == NO_GROUP else int(queue)


def existing_ticket(request: ActionRequest) -> str | None:
    """The ticket that the action is about and that gets a note; None where it gets a ticket of its own.

    A number is a ticket only for what is asked about cases, or where a message names it: that of a job or a release is none.
    """
    named = request.arguments.get("ticket_id") if request.action_kind is ActionKind.SEND_MESSAGE else None
    if request.action_kind in _ABOUT_TICKETS:
        named = request.target
    return named if isinstance(named, str) and is_ticket_id(named) else None


def is_ticket_id(text: str) -> bool:
    """Whether a ticket may have this id."""
    return bool(_TICKET_ID.fullmatch(text))


def _ticket(request: ActionRequest, settings: Mapping[str, str], text: str, more: Mapping[str, Any]) -> dict[str, Any]:
    places = {name: int(settings[name]) for name in ("group_id", "brand_id") if name in settings}
    return {
        "ticket": {
            "subject": subject_of(request),
            "comment": _private(text),
            "external_id": fit_key(request.idempotency_key),
            "tags": [_MARK, f"{_MARK}-{request.action_kind}"],
            **places,
            **more,
        }
    }


def _private(text: str) -> dict[str, Any]:
    return {"body": text, "public": False}
