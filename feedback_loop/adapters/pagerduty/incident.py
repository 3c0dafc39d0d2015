"""What PagerDuty is told of an action: an incident, or, where one is taken back, a note on it and its resolution.

Pure functions; who sends them is `client.py`, and what may be said at all, `adapters/action_words.py`. The rule that is easy to break: an
incident bears our key as its `incident_key`, and a note in its last line; whatever is changed here must still find what was written before.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from feedback_loop.adapters.action_words import Unfit, fit_key, printable, signed, subject_of, text_of
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind

_INCIDENT_ID = re.compile(r"[A-Z0-9]{1,20}")
_SIGNED = re.compile(rf"{re.escape(signed('KEY').removesuffix('KEY'))}[A-Za-z0-9_.-]+")


@dataclass(frozen=True)
class Undone:
    """What a reversal speaks of: the incident, its key, and its title as we gave it."""

    incident_id: str
    key: str
    title: str


def incident_of(request: ActionRequest, settings: Mapping[str, str]) -> dict[str, Any]:
    """The body of the incident that calls the people of the service; raises Unfit. How urgent it is, the service's own rules say."""
    policy = settings.get("escalation_policy_id")
    return {
        "incident": {
            "type": "incident",
            "title": subject_of(request),
            "service": {"id": settings["service_id"], "type": "service_reference"},
            "incident_key": fit_key(request.idempotency_key),
            "body": {"type": "incident_body", "details": text_of(request)},
            **({} if policy is None else {"escalation_policy": {"id": policy, "type": "escalation_policy_reference"}}),
        }
    }


def undone_of(request: ActionRequest) -> Undone:
    """The incident that is to be taken back; raises Unfit where the request names none."""
    incident_id, key, target = (printable(request.arguments.get(f"undone_{name}"), name) for name in ("receipt_id", "key", "target"))
    if request.arguments.get("undone_kind") != ActionKind.OPEN_INCIDENT or not _INCIDENT_ID.fullmatch(incident_id):
        raise Unfit("undone_receipt_id")
    return Undone(incident_id, fit_key(key), subject_of(ActionRequest(key, ActionKind.OPEN_INCIDENT, target, {})))


def note_of(request: ActionRequest) -> dict[str, Any]:
    """The body of the note that says why it is taken back; raises Unfit."""
    return {"note": {"content": text_of(request)}}


def resolution_of(request: ActionRequest) -> dict[str, Any]:
    """The body of the update that resolves it."""
    resolution = f"Taken back by the feedback loop. {signed(request.idempotency_key)}"
    return {"incident": {"type": "incident_reference", "status": "resolved", "resolution": resolution}}


def bears(content: str, key: str) -> bool:
    """Whether the note is ours under the key: its last line says so, alone."""
    return content.splitlines()[-1:] == [signed(key)]


def is_of_the_loop(content: str) -> bool:
    """Whether the note is ours, under whatever key."""
    return any(_SIGNED.fullmatch(line) for line in content.splitlines()[-1:])
