"""The documented form of the requests that the connector may send to ServiceNow, and of its answers, stated here by hand.

From https://www.servicenow.com/docs/r/api-reference/rest-apis/c_TableAPI.html (Table API: GET and POST of a table, GET and PATCH of a
record, status codes, Link header) and the dictionary of the base system for the tables' fields; *not verified against the vendor*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from feedback_loop_tests.adapters.vendor_server import Answered, Asked

_SHOWN = ("sysparm_fields", "sysparm_display_value", "sysparm_exclude_reference_link")
_LISTED = (*_SHOWN, "sysparm_query", "sysparm_limit", "sysparm_offset")
_TABLE, _RECORD = r"/api/now/table/[a-z][a-z0-9_]+", r"/api/now/table/[a-z][a-z0-9_]+/[0-9a-f]{32}"


@dataclass(frozen=True)
class _Form:
    method: str
    path: str
    query: tuple[str, ...]
    statuses: tuple[int, ...]


_FORMS = (
    _Form("GET", _TABLE, _LISTED, (200,)),
    _Form("GET", _RECORD, _SHOWN, (200, 404)),
    _Form("POST", _TABLE, _SHOWN, (201, 400, 403)),
    _Form("PATCH", _RECORD, _SHOWN, (200, 400, 403, 404)),
)
_FIELDS: Mapping[str, int] = {
    "short_description": 160, "description": 4_000, "correlation_id": 100, "correlation_display": 100, "category": 40,
    "assignment_group": 32, "type": 40, "state": 40, "work_notes": 4_000,
}  # fmt: skip
"""The fields of tasks and how many characters each takes; what is longer is cut without a word."""

_TERM = r"[a-z_.]+=[A-Za-z0-9_.:-]*"
_QUERY = re.compile(rf"{_TERM}(\^(OR)?{_TERM})*(\^ORDERBY(DESC)?[a-z_]+)?")
_MOST_ROWS = 10_000


def violations_of(asked: Asked) -> list[str]:
    """What of the request is not of the documented form."""
    form = _form_of(asked)
    if form is None:
        return [f"{asked.method} {asked.path} is not documented"]
    return [*_of_query(form, asked), *_of_headers(asked), *_of_body(asked)]


def violations_of_answer(asked: Asked, answer: Answered) -> list[str]:
    """What of the answer is not: `result` or an error with message and detail, under a status that is documented."""
    form = _form_of(asked)
    if answer.status == 401 or form is None or answer.status not in form.statuses:
        known = form is None or answer.status == 401
        return [] if known and _is_error(answer.body) else [f"status {answer.status} is not documented"]
    if answer.status >= 400:
        return [] if _is_error(answer.body) else ["an error has a message, a detail and the status failure"]
    kind: type = list if form.path == _TABLE and asked.method == "GET" else dict
    return [] if isinstance(answer.body, dict) and isinstance(answer.body.get("result"), kind) else ["the answer has no result"]


def _form_of(asked: Asked) -> _Form | None:
    return next((form for form in _FORMS if form.method == asked.method and re.fullmatch(form.path, asked.path)), None)


def _is_error(body: Any) -> bool:
    return isinstance(body, dict) and set(body["error"]) == {"message", "detail"} and body["status"] == "failure"


def _of_query(form: _Form, asked: Asked) -> Iterator[str]:
    yield from (f"unknown parameter {name}" for name in asked.query if name not in form.query)
    if not _QUERY.fullmatch(asked.query.get("sysparm_query", "a=b")):
        yield "the query is not encoded"
    if asked.query.get("sysparm_display_value", "false") not in ("true", "false", "all"):
        yield "no such display value"
    if not 0 < int(asked.query.get("sysparm_limit", 1)) <= _MOST_ROWS or int(asked.query.get("sysparm_offset", 0)) < 0:
        yield "a page is no page"


def _of_headers(asked: Asked) -> Iterator[str]:
    if not re.fullmatch(r"(Basic [A-Za-z0-9+/=]+|Bearer \S+)", asked.headers.get("authorization", "")):
        yield "no authorization"
    if asked.headers.get("accept") != "application/json":
        yield "no JSON is accepted"
    if asked.method in ("POST", "PATCH") and asked.headers.get("content-type") != "application/json":
        yield "the body is no JSON"


def _of_body(asked: Asked) -> Iterator[str]:
    if asked.method == "GET":
        if asked.body is not None:
            yield "a read has a body"
        return
    if not isinstance(asked.body, dict) or not asked.body:
        yield "the body names no fields"
        return
    for name, value in asked.body.items():
        if name not in _FIELDS:
            yield f"{name} is no field of a task"
        elif not isinstance(value, str) or not 0 < len(value) <= _FIELDS[name]:
            yield f"{name} is no text that fits"
