"""What Statuspage's answers say, or that they can't be read: whatever is not of the documented form raises what reading raises.

The rule that is easy to break: metadata of others goes along in each update, for an update replaces all of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from feedback_loop.adapters.statuspage.notice import entry_name, hash_of

_ID = re.compile(r"[a-z0-9]{1,40}")


@dataclass(frozen=True)
class Update:
    """Something that was said of an incident."""

    update_id: str
    body: str
    created_at: datetime


@dataclass(frozen=True)
class Incident:
    """An incident of the page as it is now, what was said last of it first."""

    incident_id: str
    status: str
    created_at: datetime
    metadata: Mapping[str, Any]
    updates: tuple[Update, ...]

    def entry(self, key: str) -> Mapping[str, Any] | None:
        """What its metadata tells of a write of ours under the key."""
        found = self.metadata.get(entry_name(key))
        return found if isinstance(found, Mapping) and found.get("idempotency_key") == key else None

    def receipt_id(self, key: str) -> str | None:
        """The receipt of our write under the key: the incident, where that made it, or the update of it; None where there is none."""
        entry = self.entry(key)
        if entry is None:
            return None
        if entry.get("wrote") == "incident":
            return self.incident_id
        ours = [one.update_id for one in self.updates if hash_of(one.body) == entry.get("body_hash")]
        return f"{self.incident_id}/{ours[0] if ours else 'updated'}"


def incident_in(body: Mapping[str, Any], *, incident_id: str | None = None, key: str | None = None) -> Incident:
    """The one incident of the answer, which has the id, or bears the key, where these are given."""
    found = _incident(body)
    if incident_id not in (None, found.incident_id) or (key is not None and found.entry(key) is None):
        raise ValueError("another incident")
    return found


def incidents_in(body: object) -> list[Incident]:
    """The incidents of a page of the list."""
    if not isinstance(body, list):
        raise TypeError("no list of incidents")
    return [_incident(one) for one in body]


def _incident(one: Mapping[str, Any]) -> Incident:
    metadata = one.get("metadata") or {}
    if not isinstance(metadata, Mapping):
        raise TypeError("metadata is an object")
    updates = sorted((_update(update) for update in one.get("incident_updates") or []), key=lambda update: update.created_at, reverse=True)
    return Incident(_whole_id(one["id"]), _text(one["status"]), _instant(one["created_at"]), metadata, tuple(updates))


def _update(one: Mapping[str, Any]) -> Update:
    return Update(_whole_id(one["id"]), one.get("body") or "", _instant(one["created_at"]))


def _instant(text: object) -> datetime:
    found = datetime.fromisoformat(_text(text))
    if found.tzinfo is None:
        raise ValueError("an instant without a time zone")
    return found.astimezone(UTC)


def _whole_id(text: object) -> str:
    if not isinstance(text, str) or not _ID.fullmatch(text):
        raise ValueError("no id")
    return text


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("no text")
    return value
