"""The vendor's API description, and beside it the operations that the part of it at hand leaves out, stated by hand.

At hand are `POST /tickets` and `POST /tickets/search`. Retrieving and updating a ticket, retrieving a conversation and replying to either
follow https://github.com/intercom/Intercom-OpenAPI, descriptions/2.15/api.intercom.io.yaml. What is sent must name no field that is not
described, which the description alone would let pass.
"""

from __future__ import annotations

import json
import os
import warnings
from functools import cache
from pathlib import Path
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

from feedback_loop_tests.adapters.vendor_server import Answered, Asked

DESCRIPTION = (
    Path(os.environ.get("FEEDBACK_LOOP_SHARED_SPECS", Path(__file__).resolve().parents[4] / "shared" / "specs")) / "intercom-2.15.json"
)
WHY_ABSENT = f"Intercom's API description is not at {DESCRIPTION}; set FEEDBACK_LOOP_SHARED_SPECS to the folder that holds it"
VERSION = "2.15"

_HOST = "https://api.intercom.io"
_STRING, _INTEGER = {"type": "string"}, {"type": "integer"}
_ERROR = {"description": "refused", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/error"}}}}
_VERSION = {"name": "Intercom-Version", "in": "header", "schema": {"$ref": "#/components/schemas/intercom_version"}}
_NOTE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["message_type", "type", "admin_id", "body"],
    "properties": {
        "message_type": {"type": "string", "enum": ["comment", "note", "quick_reply"]},
        "type": {"type": "string", "enum": ["admin"]},
        "admin_id": _STRING,
        "body": _STRING,
        "created_at": _INTEGER,
        "attachment_urls": {"type": "array", "items": _STRING},
        "skip_notifications": {"type": "boolean"},
    },
}
_UPDATE = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "ticket_attributes": {"$ref": "#/components/schemas/ticket_request_custom_attributes"},
        "ticket_state_id": _STRING,
        "company_id": _STRING,
        "open": {"type": "boolean"},
        "is_shared": {"type": "boolean"},
        "snoozed_until": _INTEGER,
        "admin_id": _INTEGER,
        "assignee_id": _STRING,
    },
}
_CONVERSATION = {
    "type": "object",
    "required": ["type", "id", "conversation_parts"],
    "properties": {
        "type": {"type": "string", "enum": ["conversation"]},
        "id": _STRING,
        "conversation_parts": {
            "type": "object",
            "required": ["type", "conversation_parts", "total_count"],
            "properties": {
                "type": {"type": "string", "enum": ["conversation_part.list"]},
                "conversation_parts": {
                    "type": "array",
                    "items": {
                        "type": "object",
                        "required": ["type", "id", "part_type", "author"],
                        "properties": {"type": _STRING, "id": _STRING, "part_type": _STRING, "body": {"type": "string", "nullable": True}},
                    },
                },
                "total_count": _INTEGER,
            },
        },
    },
}


@cache
def _described() -> dict[str, Any]:
    said: dict[str, Any] = json.loads(DESCRIPTION.read_text("utf-8"))
    ticket, part = ({"$ref": f"#/components/schemas/{name}"} for name in ("ticket", "ticket_part"))
    plain = {"name": "display_as", "in": "query", "schema": {"type": "string", "enum": ["plaintext"]}}
    display = [*_parameters("conversation_id"), plain]
    said["paths"] |= {
        "/tickets/{ticket_id}": {
            "parameters": _parameters("ticket_id"),
            "get": _operation(ticket, None),
            "put": _operation(ticket, _UPDATE),
        },
        "/tickets/{ticket_id}/reply": {"parameters": _parameters("ticket_id"), "post": _operation(part, _NOTE)},
        "/conversations/{conversation_id}": {
            "parameters": display,
            "get": _operation(_CONVERSATION, None),
        },
        "/conversations/{conversation_id}/reply": {"parameters": _parameters("conversation_id"), "post": _operation(_CONVERSATION, _NOTE)},
    }
    return said


@cache
def description() -> OpenAPI:
    """All operations that the connector may ask for, read once."""
    return OpenAPI.from_dict(_described(), config=Config(spec_validator_cls=None))


def violations_of(asked: Asked, answer: Answered) -> list[str]:
    """What of the request and its answer does not fit."""
    found = [f"{asked.path}: {name} is no field" for name in _unknown_fields(asked)]
    if asked.headers.get("intercom-version") != VERSION or asked.headers.get("accept") != "application/json":
        found.append(f"{asked.path}: the version or what is accepted is not said")
    sent = MockRequest(
        _HOST,
        asked.method.lower(),
        asked.path,
        args=dict(asked.query),
        headers={"Authorization": asked.headers.get("authorization", ""), "Intercom-Version": asked.headers.get("intercom-version", "")},
        data=b"" if asked.body is None else json.dumps(asked.body).encode(),
        content_type=asked.headers.get("content-type", "application/json"),
    )
    given = MockResponse(json.dumps(answer.body).encode(), status_code=answer.status, content_type="application/json")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            description().validate_request(sent)
            description().validate_response(sent, given)
    except OpenAPIError as error:
        found.append(f"{asked.method} {asked.path} {answer.status}: {error!r} {error.__cause__!r}")
    return found


def _unknown_fields(asked: Asked) -> list[str]:
    schemas, known = _described()["components"]["schemas"], set[str]()
    if asked.method != "POST" or not isinstance(asked.body, dict):
        return []
    if asked.path == "/tickets":
        known = {*schemas["create_ticket_request"]["properties"], "skip_notifications"}
    elif asked.path == "/tickets/search":
        known = set(schemas["search_request"]["properties"])
    return sorted(set(asked.body) - known) if known else []


def _parameters(name: str) -> list[dict[str, Any]]:
    return [_VERSION, {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": "^[0-9]+$"}}]


def _operation(answer: dict[str, Any], body: dict[str, Any] | None) -> dict[str, Any]:
    responses = {
        "200": {"description": "ok", "content": {"application/json": {"schema": answer}}},
        **dict.fromkeys(("400", "401", "404"), _ERROR),
    }
    sent = {} if body is None else {"requestBody": {"required": True, "content": {"application/json": {"schema": body}}}}
    return {"responses": responses, **sent}
