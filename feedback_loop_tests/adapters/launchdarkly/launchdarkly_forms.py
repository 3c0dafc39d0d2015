"""The documented form of the requests that the connector may send to LaunchDarkly, and of its answers, stated here by hand.

From https://launchdarkly.com/docs/api (Authentication, Updates using JSON patch, Updates with comments, Errors, Versioning),
…/api/feature-flags (get and update a flag) and …/api/audit-log (list entries: `before`, `after`, `q`, `spec`, `limit` from 1 to 20); *not
verified against the vendor*.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from feedback_loop_tests.adapters.vendor_server import Answered, Asked


@dataclass(frozen=True)
class _Form:
    method: str
    path: str
    query: tuple[str, ...]
    statuses: tuple[int, ...]
    needs: tuple[str, ...]
    """Of the answer, where it is good."""


_KEY = r"[A-Za-z0-9._-]+"
_FLAG = rf"/api/v2/flags/{_KEY}/{_KEY}"
_FORMS = (
    _Form("GET", _FLAG, ("env", "expand"), (200, 401, 403, 404), ("key", "environments", "_version")),
    _Form("PATCH", _FLAG, ("ignoreConflicts",), (200, 400, 401, 403, 404, 405, 409, 422), ("key", "environments", "_version")),
    _Form("GET", r"/api/v2/auditlog", ("before", "after", "q", "limit", "spec"), (200, 400, 401, 403), ("items", "_links")),
    _Form("GET", r"/api/v2/auditlog/[A-Za-z0-9_-]+", (), (200, 401, 403, 404), ("_id", "date", "kind", "name", "accesses", "target")),
)
_SPEC = re.compile(rf"proj/{_KEY}:env/({_KEY}|\*):flag/({_KEY}|\*)")
_OPERATIONS = {"test", "add", "replace"}
_LARGEST_PAGE = 20


def violations_of(asked: Asked) -> list[str]:
    """What of the request is not of the documented form."""
    form = _form_of(asked)
    if form is None:
        return [f"{asked.method} {asked.path} is not documented"]
    return [*_of_query(form, asked), *_of_headers(asked), *_of_body(asked)]


def violations_of_answer(asked: Asked, answer: Answered) -> list[str]:
    """What of the answer is not: an error has a code and a message."""
    form = _form_of(asked)
    if form is None or answer.status not in form.statuses or not isinstance(answer.body, dict):
        return [f"status {answer.status} is not documented, or no object"]
    return [
        f"the answer has no {name}" for name in (form.needs if answer.status == 200 else ("code", "message")) if name not in answer.body
    ]


def _form_of(asked: Asked) -> _Form | None:
    return next((form for form in _FORMS if form.method == asked.method and re.fullmatch(form.path, asked.path)), None)


def _of_query(form: _Form, asked: Asked) -> Iterator[str]:
    yield from (f"unknown parameter {name}" for name in asked.query if name not in form.query)
    if not 1 <= int(asked.query.get("limit", 10)) <= _LARGEST_PAGE:
        yield "a page is no page"
    if not _SPEC.fullmatch(asked.query.get("spec", "proj/a:env/*:flag/*")):
        yield "no resource specifier"
    yield from (f"{name} is no instant" for name in ("before", "after") if not re.fullmatch(r"[0-9]{13}", asked.query.get(name, "1" * 13)))


def _of_headers(asked: Asked) -> Iterator[str]:
    token = asked.headers.get("authorization", "")
    if not token or " " in token:
        yield "the token stands alone"
    if asked.headers.get("ld-api-version") != "20240415":
        yield "no version of the interface"
    if asked.method == "PATCH" and asked.headers.get("content-type") != "application/json":
        yield "the body is no JSON patch"


def _of_body(asked: Asked) -> Iterator[str]:
    if asked.method == "GET":
        if asked.body is not None:
            yield "a read has a body"
        return
    if not isinstance(asked.body, dict) or set(asked.body) != {"comment", "patch"} or not isinstance(asked.body["patch"], list):
        yield "the body is a comment and a patch"
        return
    if not asked.body["comment"] or not isinstance(asked.body["comment"], str) or not asked.body["patch"]:
        yield "the comment or the patch is empty"
    for operation in asked.body["patch"]:
        names = {"op", "path"} if operation.get("op") == "remove" else {"op", "path", "value"}
        if set(operation) != names or operation["op"] not in {*_OPERATIONS, "remove"} or not operation["path"].startswith("/"):
            yield "an operation is none of RFC 6902"
        if any(_has_own(operation.get(name)) for name in ("path", "value")):
            yield "an attribute that begins with an underscore can't be edited"


def _has_own(value: Any) -> bool:
    if isinstance(value, str):
        return "/_" in value
    if isinstance(value, dict):
        return any(str(name).startswith("_") or _has_own(inner) for name, inner in value.items())
    return isinstance(value, list) and any(map(_has_own, value))
