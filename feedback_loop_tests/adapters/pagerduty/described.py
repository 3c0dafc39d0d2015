"""PagerDuty's documented forms as we read them, strictly stated, with which openapi-core compares requests and answers.

After https://developer.pagerduty.com/api-reference (REST API v2); an excerpt in our own words, since no copy of the vendor's own
description lies at hand here. What is stated more strictly than there: no field that we don't mean, and each header on each request.
"""

from __future__ import annotations

import json
import warnings
from functools import cache
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

from feedback_loop.adapters.case_api.case_desk import DeskAnswer, DeskRequest
from feedback_loop.adapters.case_api.loopback_server import Desk

_HOST = "https://api.pagerduty.com"
_SHOWN = ("accept", "authorization", "content-type", "from")

Json = dict[str, Any]


def _whole(needed: Json, possible: Json | None = None) -> Json:
    return {"type": "object", "required": list(needed), "properties": {**needed, **(possible or {})}, "additionalProperties": False}


def _reference(kind: str) -> Json:
    return {"type": "object", "required": ["id", "type"], "properties": {"id": {"type": "string"}, "type": {"const": kind}}}


_TEXT: Json = {"type": "string", "minLength": 1}
_INCIDENT: Json = {
    "type": "object",
    "required": ["id", "type", "title", "status", "incident_key", "service", "created_at", "acknowledgements"],
    "properties": {
        "id": {"type": "string", "pattern": "^[A-Z0-9]+$"},
        "type": {"const": "incident"},
        "title": _TEXT,
        "status": {"enum": ["triggered", "acknowledged", "resolved"]},
        "incident_key": {"type": ["string", "null"]},
        "service": _reference("service_reference"),
        "acknowledgements": {"type": "array", "items": {"type": "object", "required": ["at", "acknowledger"]}},
        "created_at": {"type": "string", "format": "date-time"},
    },
}
_NOTE = _whole({"id": _TEXT, "content": _TEXT, "created_at": _TEXT, "user": {"type": "object"}})
_ERROR = _whole({"error": _whole({"message": _TEXT, "code": {"type": "integer"}}, {"errors": {"type": "array", "items": _TEXT}})})
_PAGE: Json = {"incidents": {"type": "array", "items": _INCIDENT}, "limit": {"type": "integer"}, "offset": {"type": "integer"}}
_OPENED = {
    "type": {"const": "incident"}, "title": _TEXT, "service": _reference("service_reference"), "incident_key": _TEXT,
    "body": _whole({"type": {"const": "incident_body"}, "details": _TEXT}),
}  # fmt: skip
_CHANGED = {"type": {"enum": ["incident", "incident_reference"]}, "status": {"enum": ["resolved", "acknowledged"]}, "resolution": _TEXT}
_HEADERS = [
    {"name": "Accept", "in": "header", "required": True, "schema": {"const": "application/vnd.pagerduty+json;version=2"}},
    {"name": "Authorization", "in": "header", "required": True, "schema": {"type": "string", "pattern": "^Token token=[^ ]+$"}},
    {"name": "From", "in": "header", "required": True, "schema": {"type": "string", "pattern": "^[^@ ]+@[^@ ]+$"}},
    {"name": "Content-Type", "in": "header", "required": True, "schema": {"const": "application/json"}},
]
_ASKED: dict[str, Json] = {
    "incident_key": _TEXT,
    "date_range": {"enum": ["all"]},
    "sort_by": {"enum": ["created_at:asc", "created_at:desc", "incident_number:asc"]},
    "limit": {"type": "integer", "minimum": 1, "maximum": 100},
    "offset": {"type": "integer", "minimum": 0, "maximum": 10_000},
}


def _operation(status: str, answer: Json, body: Json | None = None, query: dict[str, Json] | None = None) -> Json:
    def told(schema: Json) -> Json:
        return {"description": "told", "content": {"application/json": {"schema": schema}}}

    asked = {"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}} if body else {}
    return {
        "parameters": [*_HEADERS, *({"name": name, "in": "query", "schema": schema} for name, schema in (query or {}).items())],
        **asked,
        "responses": {status: told(answer), **{code: told(_ERROR) for code in ("400", "401", "403", "404", "429")}},
    }


def _path(**operations: Json) -> Json:
    which = {"name": "id", "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[A-Z0-9]+$"}}
    return {**operations, "parameters": [which]}


_OF_ALL = {
    "get": _operation("200", _whole({**_PAGE, "more": {"type": "boolean"}}, {"total": {"type": ["integer", "null"]}}), query=_ASKED),
    "post": _operation(
        "201",
        _whole({"incident": _INCIDENT}),
        _whole({"incident": _whole(_OPENED, {"escalation_policy": _reference("escalation_policy_reference")})}),
    ),
}
_OF_ONE = _path(
    get=_operation("200", _whole({"incident": _INCIDENT})),
    put=_operation("200", _whole({"incident": _INCIDENT}), _whole({"incident": _whole(_CHANGED)})),
)
_NOTES = _path(
    get=_operation("200", _whole({"notes": {"type": "array", "items": _NOTE}})),
    post=_operation("200", _whole({"note": _NOTE}), _whole({"note": _whole({"content": _TEXT})})),
)


@cache
def description() -> OpenAPI:
    """Read once."""
    return OpenAPI.from_dict(
        {
            "openapi": "3.1.0",
            "info": {"title": "PagerDuty, as we read it", "version": "2"},
            "servers": [{"url": _HOST}],
            "paths": {"/incidents": _OF_ALL, "/incidents/{id}": _OF_ONE, "/incidents/{id}/notes": _NOTES},
        },
        config=Config(),
    )


class DescribedDesk:
    """Compares what is asked of a desk and what it answers with the forms; `violations` has what does not fit."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.violations: list[str] = []
        self.checked_count = 0
        self._described = description()

    def answer(self, request: DeskRequest) -> DeskAnswer:
        answer = self.desk.answer(request)
        if answer.text is not None or answer.status not in (200, 201, 400, 401, 403, 404, 429):
            return answer  # from what stands before PagerDuty
        sent = MockRequest(
            _HOST,
            request.method.lower(),
            request.path,
            args=dict(request.query),
            headers={name: request.headers[name] for name in _SHOWN if name in request.headers},
            data=json.dumps(request.body).encode() if request.method in ("POST", "PUT") else b"",
            content_type="application/json",
        )
        given = MockResponse(json.dumps(answer.body).encode(), status_code=answer.status, content_type="application/json")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._described.validate_request(sent)
                self._described.validate_response(sent, given)
        except OpenAPIError as error:
            self.violations.append(f"{request.method} {request.path} {answer.status}: {error!r} {error.__cause__!r}")
        self.violations += [f"{request.path}: no parameter {name}" for name in request.query if name not in _ASKED]
        self.checked_count += 1
        return answer
