"""What Statuspage is told of an action, in the shapes of its API v1: an incident, an update of one, or the correction of what we said.

Pure functions; who sends it is `client.py`. The rule that is easy to break: a status page is read by everybody, so no id, key or figure of
ours stands in a name or a body; they are in the metadata, which only those see who may write. Nobody is notified unless the action says so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from feedback_loop.adapters.action_words import Unfit, fit_key, printable
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.identifiers import content_hash

STATUSES = ("investigating", "identified", "monitoring", "resolved")
IMPACTS = ("none", "minor", "major", "critical")
COMPONENT_STATUSES = ("operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance")

_ID = re.compile(r"[a-z0-9]{1,40}")
_RECEIPT = re.compile(r"([a-z0-9]{1,40})(?:/([a-z0-9]{1,40}))?")
_TOLD_DIMENSIONS = ("browser", "channel", "device", "locale", "os", "product_version", "region")
"""What customers may read of whom it concerns; segments and tiers are the company's own words for them."""

_HASH_CHARS, _LONGEST_NAME, _MOST_COMPONENTS = 16, 255, 50
_CORRECTION = "What we said here was posted in error and does not hold. We are sorry for the confusion."


def incident_of(request: ActionRequest) -> dict[str, Any]:
    """The body of the incident that tells of the problem; raises Unfit."""
    status, body = _one_of(request, "incident_status", STATUSES, "investigating"), _body(request)
    impact = request.arguments.get("impact")
    return {
        "incident": {
            "name": _name(request),
            "status": status,
            **({} if impact is None else {"impact_override": _one_of(request, "impact", IMPACTS, "none")}),
            "body": body,
            **_components(request),
            "deliver_notifications": _is_told(request),
            "metadata": {entry_name(request.idempotency_key): _entry(request, status, body, "incident")},
        }
    }


def update_of(request: ActionRequest, status: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The body of an update of an incident that is there, with the metadata that it has; raises Unfit."""
    said, body = _one_of(request, "incident_status", STATUSES, status), _body(request)
    own = {entry_name(request.idempotency_key): _entry(request, said, body, "update")}
    changes = {"status": said, "body": body, **_components(request), "deliver_notifications": _is_told(request)}
    return {"incident": {**changes, "metadata": {**metadata, **own}}}


def correction_of(request: ActionRequest, status: str, metadata: Mapping[str, Any]) -> dict[str, Any]:
    """The body of the update that takes back what was said; raises Unfit. Whoever was not told of it is not told of this."""
    own = {entry_name(request.idempotency_key): _entry(request, status, _CORRECTION, "update")}
    changes = {"status": status, "body": _CORRECTION, "deliver_notifications": False}
    return {"incident": {**changes, "metadata": {**metadata, **own}}}


def entry_name(key: str) -> str:
    """The part of an incident's metadata that tells of the write under the key; raises Unfit."""
    return f"feedback-loop-{fit_key(key)}"


def existing_incident(request: ActionRequest) -> str | None:
    """The incident of the page that the action names and that gets an update; None where it gets one of its own. Raises Unfit."""
    named = request.arguments.get("incident_id")
    if named is not None and not (isinstance(named, str) and _ID.fullmatch(named)):
        raise Unfit("incident_id")
    return named


def undone_of(receipt_id: object) -> tuple[str, str | None]:
    """The incident that a receipt names, and the update of it; None where it was made by us. Raises Unfit."""
    found = _RECEIPT.fullmatch(receipt_id) if isinstance(receipt_id, str) else None
    if found is None:
        raise Unfit("undone_receipt_id")
    return found[1], found[2]


def hash_of(body: str) -> str:
    """By which an update is known again by its text."""
    return content_hash(body)[:_HASH_CHARS]


def _entry(request: ActionRequest, status: str, body: str, wrote: str) -> dict[str, Any]:
    issue = request.arguments.get("issue_id")
    return {
        "idempotency_key": request.idempotency_key,
        "action_kind": str(request.action_kind),
        "issue_id": "none" if issue is None else printable(issue, "issue_id"),
        "wrote": wrote,
        "status": status,
        "body_hash": hash_of(body),
    }


def _name(request: ActionRequest) -> str:
    headline = request.arguments.get("headline")
    if headline is not None:
        return printable(headline, "headline")
    return f"Problems with {_product(request)}"[:_LONGEST_NAME]


def _body(request: ActionRequest) -> str:
    notice = request.arguments.get("notice")
    if notice is not None:
        return printable(notice, "notice")
    concerned = _concerned(request.arguments.get("scope"))
    return f"Some customers report problems with {_product(request)}. We are looking into it.{concerned}"


def _product(request: ActionRequest) -> str:
    return printable(request.arguments.get("product") or "the service", "product")


def _concerned(scope: object) -> str:
    """Whom it concerns, as far as customers know themselves by it."""
    if not isinstance(scope, Mapping):
        return ""
    told = {name: scope[name] for name in _TOLD_DIMENSIONS if scope.get(name)}
    words = (f"{name.replace('_', ' ')} {', '.join(printable(one, name) for one in values)}" for name, values in told.items())
    return f" It concerns: {'; '.join(words)}." if told else ""


def _components(request: ActionRequest) -> dict[str, Any]:
    """The components that are affected, each with its status where the action says one."""
    said = request.arguments.get("components")
    if said is None:
        return {}
    named: dict[Any, Any] = dict(said) if isinstance(said, Mapping) else dict.fromkeys(said) if isinstance(said, list | tuple) else {}
    are_ids = 0 < len(named) <= _MOST_COMPONENTS and all(isinstance(one, str) and _ID.fullmatch(one) for one in named)
    if not are_ids or not all(status is None or status in COMPONENT_STATUSES for status in named.values()):
        raise Unfit("components")
    changed = {name: status for name, status in named.items() if status is not None}
    return {"component_ids": list(named), **({"components": changed} if changed else {})}


def _one_of(request: ActionRequest, name: str, words: tuple[str, ...], otherwise: str) -> str:
    said = request.arguments.get(name) or otherwise
    if said == otherwise or said in words:
        return str(said)
    raise Unfit(name)


def _is_told(request: ActionRequest) -> bool:
    return request.arguments.get("deliver_notifications") is True
