"""The description of the doors (OpenAPI 3.1), made from the payloads that are read, so that it can't say anything else.

Only what leads to something is described; a vendor's other events are heard too, and ignored. The rule that is easy to break: every status
that a door may answer with stands here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic.json_schema import models_json_schema

from feedback_loop.contracts.callback_vocab import CallbackVendor
from feedback_loop.remediation.callbacks.reading import FORMS
from feedback_loop.remediation.callbacks.signatures import headers_of

_REF = "#/components/schemas/{model}"
_STATUS = {"type": "object", "required": ["status"], "properties": {"status": {"type": "string"}}, "additionalProperties": False}
_EPHEMERAL = {
    "type": "object",
    "required": ["response_type", "replace_original", "text"],
    "properties": {"response_type": {"const": "ephemeral"}, "replace_original": {"const": False}, "text": {"type": "string"}},
    "additionalProperties": False,
}
_REFUSALS = {
    "400": "Malformed, too early or too late, or heard before.",
    "403": "The signature is not right.",
    "413": "The body is too large.",
    "415": "The body is of another type.",
    "429": "Too many; send it again later.",
    "503": "The home can't be used at this moment; send it again later.",
}


def described(vendors: Sequence[CallbackVendor], path_of: Callable[[CallbackVendor], str]) -> dict[str, Any]:
    """The whole description of the doors of these vendors."""
    models = [(form, "validation") for vendor in vendors for form in FORMS[vendor]]
    refs, defined = models_json_schema(models, ref_template=_REF)  # type: ignore[arg-type]
    found = {vendor: [refs[form, "validation"] for form in FORMS[vendor]] for vendor in vendors}
    return {
        "openapi": "3.1.0",
        "info": {"title": "feedback_loop receiver", "version": "1"},
        "paths": {path_of(vendor): {"post": _operation(vendor, found[vendor])} for vendor in vendors},
        "components": {"schemas": defined.get("$defs", {})},
    }


def _operation(vendor: CallbackVendor, forms: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    is_slack = vendor is CallbackVendor.SLACK
    parameters = [{"name": name, "in": "header", "required": True, "schema": {"type": "string"}} for name in headers_of(vendor)]
    payload = {"type": "string", "contentMediaType": "application/json", "contentSchema": forms[0]}
    form = {"type": "object", "required": ["payload"], "properties": {"payload": payload}, "additionalProperties": False}
    any_of = {"application/json": {"schema": {"anyOf": list(forms)}}}
    media = {"application/x-www-form-urlencoded": {"schema": form}} if is_slack else any_of
    heard = {"200": _answer("Heard; the words are for who pressed.", _EPHEMERAL)} if is_slack else {"202": _answer("Heard.", _STATUS)}
    return {
        "operationId": str(vendor),
        "summary": f"Hears {vendor}",
        "parameters": parameters,
        "requestBody": {"required": True, "content": media},
        "responses": {**heard, **{status: _answer(why, _STATUS) for status, why in _REFUSALS.items()}},
    }


def _answer(description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}
