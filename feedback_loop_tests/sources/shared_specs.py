"""The vendors' own descriptions of their programming interfaces, which tests hold the fixtures against; absent ones are said out loud."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator  # type: ignore[import-untyped]
from referencing import Registry
from referencing.jsonschema import DRAFT202012

FOLDER = Path(os.environ.get("FEEDBACK_LOOP_SHARED_SPECS", Path(__file__).resolve().parents[3] / "shared" / "specs"))
WHY_ABSENT = f"the vendor's description is not at {FOLDER}; set FEEDBACK_LOOP_SHARED_SPECS to the folder that holds it"
PLAY, INTERCOM = FOLDER / "google-play-reviews-v3.discovery.json", FOLDER / "intercom-2.15.json"


def problems_of(page: Any, spec: Path, schema: str) -> list[str]:
    """What the description says against the page, each in one line; unknown fields are against it too."""
    described = _rewritten(json.loads(spec.read_text(encoding="utf-8")))
    registry = Registry().with_resource("spec", DRAFT202012.create_resource(described))
    validator = Draft202012Validator({"$ref": f"spec#{schema}"}, registry=registry)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(page)]


def _rewritten(node: Any) -> Any:
    """The description in the words of JSON Schema: what may be null, names of schemas as addresses, and no field that is not described."""
    if isinstance(node, list):
        return [_rewritten(one) for one in node]
    if not isinstance(node, dict):
        return node
    found = {name: _rewritten(value) for name, value in node.items()}
    if isinstance(reference := found.get("$ref"), str):
        found["$ref"] = f"spec{reference}" if reference.startswith("#") else f"spec#/schemas/{reference}"
    if isinstance(found.get("properties"), dict) and "additionalProperties" not in found:
        found["additionalProperties"] = False
    if found.get("nullable") is True:
        return {"anyOf": [{name: value for name, value in found.items() if name != "nullable"}, {"type": "null"}]}
    return found
