"""What Zendesk's answers say, or that they can't be read: whatever is not of the documented form raises what reading raises.

The rule that is easy to break: an answer to another question (another key, another ticket) is none to ours, so each is held against it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from feedback_loop.adapters.zendesk.ticket_bodies import KEY_FIELD, NO_GROUP
from feedback_loop.contracts.actions import CaseImage

_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{5,15}(Z|[+-][0-9]{2}:[0-9]{2})")
_LONGEST_WORDING = 5_000

Row = TypeVar("Row")


@dataclass(frozen=True)
class Ticket:
    """A ticket as it is now; `stamp` is the instant of its last change as Zendesk writes it, to the second."""

    ticket_id: str
    external_id: str | None
    status: str
    group: str
    assignee: str
    tags: tuple[str, ...]
    stamp: str

    @property
    def changed_at(self) -> datetime:
        """When it was changed last."""
        return _instant(self.stamp)

    def image(self) -> CaseImage:
        """The ticket as a case: the queue is its group, and the version the second of its last change."""
        return CaseImage(self.ticket_id, self.group, self.assignee, version_of(self.changed_at), self.changed_at)


@dataclass(frozen=True)
class Audit:
    """One update of a ticket: our key where it was ours, and what the fields were before that it changed."""

    audit_id: str
    key: str | None
    at: datetime
    before: Mapping[str, str | None]


@dataclass(frozen=True)
class Page(Generic[Row]):
    """A page of a list, and the cursor of the next; None where it is the last."""

    rows: tuple[Row, ...]
    after: str | None


def version_of(at: datetime) -> int:
    """The instant of a change as a number that grows."""
    return int(at.timestamp())


def stamp_of(version: int) -> str:
    """The instant of a version as Zendesk writes it."""
    return datetime.fromtimestamp(version, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ticket_in(body: Mapping[str, Any], ticket_id: str | None = None) -> Ticket:
    """The one ticket of the answer, which is that of the id where one is given."""
    found = _ticket(body["ticket"])
    if ticket_id not in (None, found.ticket_id):
        raise ValueError("another ticket")
    return found


def made_in(body: Mapping[str, Any], key: str) -> str:
    """The id of the ticket that was made under the key."""
    made = _ticket(body["ticket"])
    if made.external_id != key:
        raise ValueError("another key")
    return made.ticket_id


def noted_in(body: Mapping[str, Any], ticket_id: str) -> str:
    """The id of the audit of an update."""
    ticket_in(body, ticket_id)
    return _audit(body["audit"], ticket_id).audit_id


def tickets_in(body: Mapping[str, Any]) -> list[Ticket]:
    """The tickets of a list without pages."""
    return [_ticket(one) for one in _list(body["tickets"])]


def keyed_page(body: Mapping[str, Any], key: str) -> Page[Ticket]:
    """A page of the tickets that bear the key as their external id."""
    rows = tickets_in(body)
    if any(one.external_id != key for one in rows):
        raise ValueError("another key")
    return Page(tuple(rows), _after(body))


def audit_page(body: Mapping[str, Any], ticket_id: str) -> Page[Audit]:
    """A page of the updates of the ticket, the first one first."""
    return Page(tuple(_audit(one, ticket_id) for one in _list(body["audits"])), _after(body))


def tagged_in(body: Mapping[str, Any], tag: str) -> list[str]:
    """The ids of the tickets of a search that bear the tag, ascending."""
    found = [one for one in _list(body["results"]) if one["result_type"] == "ticket"]
    return sorted({_id(one["id"]) for one in found if tag in _list(one["tags"])}, key=int)


def wording_in(body: Mapping[str, Any]) -> str:
    """The comment that a macro would make."""
    text = body["result"]["ticket"]["comment"]["body"]
    if not isinstance(text, str) or not 0 < len(text.strip()) <= _LONGEST_WORDING:
        raise ValueError("no wording")
    return text.strip()


def error_in(body: Mapping[str, Any]) -> str | None:
    """The name of the error of an answer that refuses, where it has one."""
    said = body.get("error")
    return said if isinstance(said, str) else None


def by_key(audits: Iterable[Audit], key: str) -> Audit | None:
    """The update that was made under the key; the first, should there be two."""
    return next((audit for audit in audits if audit.key == key), None)


def _ticket(one: Mapping[str, Any]) -> Ticket:
    external, status, stamp = one.get("external_id"), one["status"], one["updated_at"]
    if not isinstance(external, str | None) or not isinstance(status, str):
        raise TypeError("an external id and a status are texts")
    _instant(stamp)
    tags = tuple(_text(tag) for tag in _list(one.get("tags") or []))
    group, assignee = one.get("group_id"), one.get("assignee_id")
    return Ticket(
        _id(one["id"]), external, status, NO_GROUP if group is None else _id(group), "" if assignee is None else _id(assignee), tags, stamp
    )


def _audit(one: Mapping[str, Any], ticket_id: str) -> Audit:
    if _id(one["ticket_id"]) != ticket_id:
        raise ValueError("another ticket")
    custom = (one.get("metadata") or {}).get("custom") or {}
    key = custom.get(KEY_FIELD)
    changes = [event for event in _list(one.get("events") or []) if event.get("type") == "Change"]
    before = {_text(event["field_name"]): _plain(event.get("previous_value")) for event in changes}
    return Audit(_id(one["id"]), key if isinstance(key, str) else None, _instant(one["created_at"]), before)


def _after(body: Mapping[str, Any]) -> str | None:
    """The cursor of the next page; a list that came without cursors must be whole."""
    meta = body.get("meta")
    if meta is None:
        if body.get("next_page") is not None:
            raise ValueError("a page without a cursor")
        return None
    if not isinstance(meta["has_more"], bool):
        raise TypeError("has_more is a flag")
    return _text(meta["after_cursor"]) if meta["has_more"] else None


def _instant(text: object) -> datetime:
    if not isinstance(text, str) or not _INSTANT.fullmatch(text):
        raise ValueError("no instant")
    return datetime.fromisoformat(text).astimezone(UTC)


def _id(number: object) -> str:
    if isinstance(number, bool) or not isinstance(number, int) or number <= 0:
        raise ValueError("no id")
    return str(number)


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError("no list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("no text")
    return value


def _plain(value: object) -> str | None:
    return value if isinstance(value, str) else None
