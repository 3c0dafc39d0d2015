"""What LaunchDarkly is told: a JSON patch that sets one flag in one environment back, and refuses where the flag is another by now.

Pure functions; who sends it is `client.py`. Whom a flag reaches (targets, rules) may be personal: it goes back to where it came from, and
of a state only its version stays with us. The rules that are easy to break: what is set back is the difference between two states of one
representation, for what another one leaves out was not taken away; and attributes that begin with an underscore are the vendor's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from feedback_loop.adapters.action_words import Unfit, opening_of, signed
from feedback_loop.contracts.actions import ActionRequest

SETTINGS = (
    "on", "targets", "contextTargets", "rules", "fallthrough", "offVariation", "prerequisites", "trackEvents", "trackEventsFallthrough",
)  # fmt: skip
"""What of a flag in an environment decides what customers get."""

_KEY = r"[A-Za-z0-9._-]{1,256}"
_RECEIPT = re.compile(rf"({_KEY})/({_KEY})/([0-9]{{1,12}})")
_ENTRY_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_MOST_CHANGES = 20
_ABSENT = object()


@dataclass(frozen=True)
class State:
    """A flag in one environment: its version there, and what decides what customers get."""

    version: int
    settings: Mapping[str, Any]


@dataclass(frozen=True)
class Place:
    """A flag in an environment."""

    flag: str
    environment: str

    def receipt_id(self, state: State) -> str:
        """The place and the version in which we left it, as one text that begins with the flag's key."""
        return f"{self.flag}/{self.environment}/{state.version}"


@dataclass(frozen=True)
class Left:
    """How we left a flag, by our receipt."""

    place: Place
    version: int


def left_of(receipt_id: object) -> Left:
    """What a receipt says; raises Unfit."""
    found = _RECEIPT.fullmatch(receipt_id) if isinstance(receipt_id, str) else None
    if found is None:
        raise Unfit("undone_receipt_id")
    return Left(Place(found[1], found[2]), int(found[3]))


def changes_of(request: ActionRequest) -> tuple[str, ...]:
    """The ids of the entries of the audit log that are to be set back, as they were made; raises Unfit."""
    named = request.arguments.get("change_ids") or [request.target]
    if not isinstance(named, list | tuple) or len(named) > _MOST_CHANGES:
        raise Unfit("change_ids")
    if not all(isinstance(one, str) and _ENTRY_ID.fullmatch(one) for one in named):
        raise Unfit("change_ids")
    return tuple(dict.fromkeys(named))


def patch_of(place: Place, now: State, before: State, after: State) -> list[dict[str, Any]]:
    """The operations that undo what led from before to after, provided that the version is still that of now; none where nothing did."""
    root = f"/environments/{place.environment}"
    changed = list(_operations(root, now.settings, before.settings, after.settings))
    return [{"op": "test", "path": f"{root}/version", "value": now.version}, *changed] if changed else []


def comment_of(request: ActionRequest) -> str:
    """What the audit log shows beside the change; raises Unfit. Its last line bears our key."""
    return f"{opening_of(request)}\n{signed(request.idempotency_key)}"


def bears(comment: object, key: str) -> bool:
    """Whether a comment is ours under the key."""
    return isinstance(comment, str) and comment.rpartition("\n")[2] == signed(key)


def settings_in(configuration: Mapping[str, Any]) -> dict[str, Any]:
    """What counts of a flag in an environment, without the vendor's own attributes."""
    return {name: _without_own(configuration[name]) for name in SETTINGS if name in configuration}


def _operations(root: str, now: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for name in SETTINGS:
        if before.get(name, _ABSENT) == after.get(name, _ABSENT):
            continue
        path = f"{root}/{name}"
        if name in before:
            yield {"op": "replace" if name in now else "add", "path": path, "value": before[name]}
        elif name in now:
            yield {"op": "remove", "path": path}


def _without_own(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _without_own(inner) for name, inner in value.items() if not str(name).startswith("_")}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_without_own(inner) for inner in value]
    return value
