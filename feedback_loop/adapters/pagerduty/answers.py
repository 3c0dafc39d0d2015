"""What PagerDuty's answers say, or that they can't be read: whatever is of another form raises one of `vendor_client.UNREADABLE`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

KNOWN_KEY = 2002
"""The code of "Arguments Caused Error", by which a second open incident under the same key is refused."""

_ID = re.compile(r"[A-Za-z0-9]{1,30}")
_KNOWN_KEY_WORDS = "matching dedup key"


@dataclass(frozen=True)
class Incident:
    """An incident as it is now; `key` is None where alerts below it have keys of their own."""

    incident_id: str
    key: str | None
    title: str
    service_id: str
    status: str
    is_acknowledged: bool


@dataclass(frozen=True)
class Note:
    """What somebody wrote on an incident."""

    note_id: str
    content: str


@dataclass(frozen=True)
class Page:
    """One page of incidents, and whether there are more."""

    incidents: tuple[Incident, ...]
    has_more: bool


def incident_in(body: Mapping[str, Any]) -> Incident:
    """The incident that was opened, read or changed."""
    return _incident(body["incident"])


def page_in(body: Mapping[str, Any]) -> Page:
    """One page of a list of incidents."""
    if not isinstance(body["incidents"], list) or not isinstance(body["more"], bool):
        raise TypeError("a page is a list and a flag")
    return Page(tuple(_incident(one) for one in body["incidents"]), body["more"])


def note_in(body: Mapping[str, Any]) -> Note:
    """The note that was written."""
    return _note(body["note"])


def notes_in(body: Mapping[str, Any]) -> list[Note]:
    """All notes of an incident."""
    return [_note(one) for one in body["notes"]]


def is_key_known(body: Mapping[str, Any]) -> bool:
    """Whether an incident was refused because an open one bears its key."""
    error = body["error"]
    return error["code"] == KNOWN_KEY and any(_KNOWN_KEY_WORDS in str(why) for why in error.get("errors") or ())


def _incident(one: Mapping[str, Any]) -> Incident:
    key = one.get("incident_key")
    if key is not None and not isinstance(key, str):
        raise TypeError("a key is a text")
    acknowledgements = one.get("acknowledgements") or []
    return Incident(_id(one["id"]), key, _text(one["title"]), _id(one["service"]["id"]), _text(one["status"]), bool(acknowledgements))


def _note(one: Mapping[str, Any]) -> Note:
    return Note(_id(one["id"]), _text(one["content"]))


def _id(value: object) -> str:
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise ValueError("no id")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("no text")
    return value
