"""Slack's published description (OpenAPI 2.0), read as one of 3.1, with which openapi-core compares requests and answers.

The description knows `chat.postMessage` and `chat.update`. Those methods of the documentation that it lacks are stated here in the same
form, after https://docs.slack.dev/reference/methods/conversations.history and `conversations.replies`.
"""

from __future__ import annotations

import json
import os
import warnings
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

from feedback_loop.adapters.case_api.case_desk import DeskAnswer, DeskRequest
from feedback_loop.adapters.case_api.loopback_server import Desk

DESCRIPTION = (
    Path(os.environ.get("FEEDBACK_LOOP_SHARED_SPECS", Path(__file__).resolve().parents[4] / "shared" / "specs")) / "slack-web-api.json"
)
WHY_ABSENT = f"Slack's API description is not at {DESCRIPTION}; set FEEDBACK_LOOP_SHARED_SPECS to the folder that holds it"

FORM = "application/x-www-form-urlencoded"
_HOST = "https://slack.com"
_TS = {"type": "string", "pattern": r"^\d{10}\.\d{6}$"}
_MESSAGE = {
    "type": "object",
    "required": ["type", "ts", "text"],
    "properties": {
        "type": {"const": "message"},
        "ts": _TS,
        "text": {"type": "string"},
        "metadata": {
            "type": "object",
            "required": ["event_type", "event_payload"],
            "properties": {"event_type": {"type": "string", "pattern": "^[A-Za-z0-9_]+$"}, "event_payload": {"type": "object"}},
        },
    },
}
_PAGE = {
    "type": "object",
    "required": ["ok", "messages", "has_more"],
    "properties": {
        "ok": {"const": True},
        "messages": {"type": "array", "items": _MESSAGE},
        "has_more": {"type": "boolean"},
        "response_metadata": {"type": "object", "required": ["next_cursor"], "properties": {"next_cursor": {"type": "string"}}},
    },
}
_REFUSAL = {"type": "object", "required": ["ok", "error"], "properties": {"ok": {"const": False}, "error": {"type": "string"}}}
_ASKED = {
    "channel": {"type": "string", "pattern": "^[CGD][A-Z0-9]{8,}$"},
    "cursor": {"type": "string", "minLength": 1},
    "include_all_metadata": {"type": "boolean"},
    "inclusive": {"type": "boolean"},
    "latest": _TS,
    "limit": {"type": "integer", "minimum": 1, "maximum": 999},
    "oldest": _TS,
}


@cache
def description() -> OpenAPI:
    """Read once; it is as loose in places as the original."""
    return OpenAPI.from_dict(_as_openapi_3(json.loads(DESCRIPTION.read_text("utf-8"))), config=Config(spec_validator_cls=None))


class DescribedDesk:
    """Compares what is asked of a desk and what it answers with the description; `violations` has what does not fit."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.violations: list[str] = []
        self.checked_count = 0
        self._described = description()

    def answer(self, request: DeskRequest) -> DeskAnswer:
        answer = self.desk.answer(request)
        if answer.status != 200:
            return answer  # the description knows no other, which come from what stands before Slack
        form = urlencode(dict(request.body)).encode()
        sent = MockRequest(
            _HOST,
            request.method.lower(),
            request.path,
            args=dict(request.query),
            headers={name: request.headers[name] for name in ("token", "authorization") if name in request.headers},
            data=form if request.method == "POST" else b"",
            content_type=request.headers.get("content-type", FORM),
        )
        given = MockResponse(json.dumps(answer.body).encode(), status_code=answer.status, content_type="application/json")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._described.validate_request(sent)
                self._described.validate_response(sent, given)
        except OpenAPIError as error:
            self.violations.append(f"{request.method} {request.path} {answer.status}: {error!r} {error.__cause__!r}")
        # Of a form openapi-core reads the fields that it knows and passes over all others.
        self.violations += [f"{request.path}: no field {name}" for name in request.body if name not in _fields_of(request.path)]
        self.checked_count += 1
        return answer


@cache
def _fields_of(path: str) -> frozenset[str]:
    """The fields of a form, of which "metadata" is younger than the description."""
    verbs = json.loads(DESCRIPTION.read_text("utf-8"))["paths"].get(path.removeprefix("/api"), {})
    return frozenset({p["name"] for p in verbs.get("post", {}).get("parameters", ()) if p["in"] == "formData"} | {"metadata"})


def _as_openapi_3(published: dict[str, Any]) -> dict[str, Any]:
    paths = {path: {verb: _operation(said) for verb, said in verbs.items()} for path, verbs in published["paths"].items()}
    schemas = published["definitions"]
    whole = {
        "openapi": "3.1.0",
        "info": published["info"],
        "servers": [{"url": f"{_HOST}{published['basePath']}"}],
        "paths": {**paths, **{f"/conversations.{name}": {"get": _read(more)} for name, more in (("history", []), ("replies", ["ts"]))}},
        "components": {"schemas": schemas},
    }
    moved: dict[str, Any] = json.loads(json.dumps(whole).replace("#/definitions/", "#/components/schemas/"))
    return moved


def _operation(said: dict[str, Any]) -> dict[str, Any]:
    """Fields of a form become a body, and the one answer that is described beside "default" is the good one."""
    asked = [
        {"name": p["name"], "in": p["in"], "required": p.get("required", False), "schema": {"type": p["type"]}}
        for p in said["parameters"]
        if p["in"] != "formData"
    ]
    fields = {p["name"]: {"type": p["type"]} for p in said["parameters"] if p["in"] == "formData"}
    needed = [p["name"] for p in said["parameters"] if p["in"] == "formData" and p.get("required")]
    # The description is older than metadata, which the documentation has as a JSON object in a text.
    body = {"type": "object", "properties": {**fields, "metadata": {"type": "string"}}, "required": needed, "additionalProperties": False}
    good, ill = said["responses"]["200"]["schema"], said["responses"]["default"]["schema"]
    return {
        "parameters": asked,
        **({"requestBody": {"required": True, "content": {FORM: {"schema": body}}}} if fields else {}),
        "responses": {"200": {"description": "all", "content": {"application/json": {"schema": {"oneOf": [good, ill]}}}}},
    }


def _read(more: list[str]) -> dict[str, Any]:
    asked = {**_ASKED, **dict.fromkeys(more, _TS)}
    needed = ["channel", *more]
    return {
        "parameters": [
            {"name": "authorization", "in": "header", "required": True, "schema": {"type": "string", "pattern": "^Bearer xox[bp]-"}},
            *({"name": name, "in": "query", "required": name in needed, "schema": schema} for name, schema in asked.items()),
        ],
        "responses": {"200": {"description": "all", "content": {"application/json": {"schema": {"oneOf": [_PAGE, _REFUSAL]}}}}},
    }
