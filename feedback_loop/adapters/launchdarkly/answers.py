"""What LaunchDarkly's answers say, or that they can't be read: whatever is not of the documented form raises what reading raises.

The rule that is easy to break: who made a change is told in an entry of the audit log too (member, subject, title), and is read by nobody.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from feedback_loop.adapters.launchdarkly.flag_patch import Place, State, settings_in

_RESOURCE = re.compile(r"proj/([^:;/]+):env/([^:;/]+):flag/([^:;/]+)(;.*)?")


@dataclass(frozen=True)
class Entry:
    """A change of a flag as the list of the audit log tells it."""

    entry_id: str
    date: int
    comment: str


@dataclass(frozen=True)
class Page:
    """A page of the audit log, the newest entry first; `is_last` where no further one follows for sure."""

    entries: tuple[Entry, ...]
    is_last: bool


@dataclass(frozen=True)
class Change:
    """One change of the flags of a project: which, where, when, and the state before and after; None where it has no such state."""

    places: frozenset[Place]
    is_of_project: bool
    date: int
    before: State | None
    after: State | None

    @property
    def place(self) -> Place | None:
        """The one flag in the one environment that it changed."""
        return next(iter(self.places)) if len(self.places) == 1 else None


def page_in(body: Mapping[str, Any], limit: int) -> Page:
    """A page of the list."""
    items = body["items"]
    if not isinstance(items, list):
        raise TypeError("no list of entries")
    has_next = "next" in (body.get("_links") or {})
    return Page(tuple(map(_entry, items)), not has_next and len(items) < limit)


def change_in(body: Mapping[str, Any], entry_id: str, project: str) -> Change:
    """The change that one entry tells in full."""
    if body["_id"] != entry_id:
        raise ValueError("another entry")
    found = [_RESOURCE.fullmatch(_text(one)) for one in body["target"]["resources"]]
    matches = [match for match in found if match is not None]
    places = frozenset(Place(match[3], match[2]) for match in matches)
    is_of_project = bool(matches) and len(matches) == len(found) and {match[1] for match in matches} == {project}
    environment = next(iter(places)).environment if len(places) == 1 else ""
    versions = (body.get("previousVersion"), body.get("currentVersion"))
    before, after = (None if version is None else _state_of_version(version, environment) for version in versions)
    return Change(places, is_of_project, _whole(body["date"]), before, after)


def state_in(body: Mapping[str, Any], place: Place) -> State:
    """The flag in the environment as it is now."""
    if body["key"] != place.flag:
        raise ValueError("another flag")
    return _state(body["environments"][place.environment])


def _state_of_version(version: Mapping[str, Any], environment: str) -> State | None:
    found = (version.get("environments") or {}).get(environment)
    return None if found is None else _state(found)


def _state(configuration: Mapping[str, Any]) -> State:
    if not isinstance(configuration["on"], bool):
        raise TypeError("a flag is on or off")
    return State(_whole(configuration["version"]), settings_in(configuration))


def _entry(one: Mapping[str, Any]) -> Entry:
    return Entry(_text(one["_id"]), _whole(one["date"]), one.get("comment") or "")


def _whole(number: object) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or number < 0:
        raise TypeError("no whole number")
    return number


def _text(value: object) -> str:
    if not isinstance(value, str) or not value:
        raise TypeError("no text")
    return value
