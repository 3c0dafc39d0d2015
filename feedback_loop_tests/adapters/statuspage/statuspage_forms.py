"""The documented form of the requests that the connector may send to Statuspage, and of its answers, stated here by hand.

From https://developer.statuspage.io (Rate Limiting, Sending Data, Authentication; incidents: POST and GET of a page's, GET and PATCH of
one), as published and as its generated clients have it; *not verified against the vendor*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from feedback_loop_tests.adapters.vendor_server import Answered, Asked

_LIST, _ONE = r"/v1/pages/[a-z0-9]+/incidents", r"/v1/pages/[a-z0-9]+/incidents/[a-z0-9]+"


@dataclass(frozen=True)
class _Form:
    method: str
    path: str
    query: tuple[str, ...]
    statuses: tuple[int, ...]


_FORMS = (
    _Form("GET", _LIST, ("q", "limit", "page"), (200, 400, 401, 404)),
    _Form("POST", _LIST, (), (201, 400, 401, 403, 404, 422)),
    _Form("GET", _ONE, (), (200, 401, 404)),
    _Form("PATCH", _ONE, (), (200, 400, 401, 403, 404, 422)),
)
_FIELDS: Mapping[str, type] = {
    "name": str, "status": str, "impact_override": str, "body": str, "component_ids": list, "components": dict,
    "deliver_notifications": bool, "metadata": dict,
}  # fmt: skip
_WORDS = {
    "status": {"investigating", "identified", "monitoring", "resolved"},
    "impact_override": {"none", "minor", "major", "critical"},
}
_COMPONENT = {"operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"}
_LONGEST_NAME, _LONGEST_BODY, _LARGEST_PAGE = 255, 25_000, 100


def violations_of(asked: Asked) -> list[str]:
    """What of the request is not of the documented form."""
    form = _form_of(asked)
    if form is None:
        return [f"{asked.method} {asked.path} is not documented"]
    return [*_of_query(form, asked), *_of_headers(asked), *_of_body(asked)]


def violations_of_answer(asked: Asked, answer: Answered) -> list[str]:
    """What of the answer is not: an error is an object with a message."""
    form = _form_of(asked)
    if form is None or answer.status not in form.statuses:
        return [f"status {answer.status} is not documented"]
    if answer.status >= 400:
        return [] if isinstance(answer.body, dict) and "error" in answer.body else ["an error says what it is"]
    kind: type = list if (form.method, form.path) == ("GET", _LIST) else dict
    return [] if isinstance(answer.body, kind) else ["the answer is of another type"]


def _form_of(asked: Asked) -> _Form | None:
    return next((form for form in _FORMS if form.method == asked.method and re.fullmatch(form.path, asked.path)), None)


def _of_query(form: _Form, asked: Asked) -> Iterator[str]:
    yield from (f"unknown parameter {name}" for name in asked.query if name not in form.query)
    if not 1 <= int(asked.query.get("limit", 100)) <= _LARGEST_PAGE or int(asked.query.get("page", 0)) < 0:
        yield "a page is no page"


def _of_headers(asked: Asked) -> Iterator[str]:
    if not re.fullmatch(r"OAuth \S+", asked.headers.get("authorization", "")):
        yield "no authorization"
    if asked.method in ("POST", "PATCH") and asked.headers.get("content-type") != "application/json":
        yield "the content type does not match the body"


def _of_body(asked: Asked) -> Iterator[str]:
    if asked.method == "GET":
        if asked.body is not None:
            yield "a read has a body"
        return
    if not isinstance(asked.body, dict) or set(asked.body) != {"incident"} or not isinstance(asked.body["incident"], dict):
        yield "the body is one incident"
        return
    incident = asked.body["incident"]
    yield from (f"{name} is no field, or of another type" for name, one in incident.items() if not isinstance(one, _FIELDS.get(name, ())))
    yield from (f"{name} is no word of its list" for name, words in _WORDS.items() if name in incident and incident[name] not in words)
    if asked.method == "POST" and not 0 < len(incident.get("name", "")) <= _LONGEST_NAME:
        yield "an incident has a name"
    if len(incident.get("body", "")) > _LONGEST_BODY:
        yield "the body is too long"
    if not all(isinstance(one, dict) for one in incident.get("metadata", {}).values()):
        yield "top-level values of metadata are objects"
    if not set(incident.get("components", {}).values()) <= _COMPONENT:
        yield "a component has another status"
