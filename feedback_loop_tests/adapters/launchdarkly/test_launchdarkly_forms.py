"""That the stated form finds what does not fit, in requests and in answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from feedback_loop_tests.adapters.launchdarkly.launchdarkly_forms import violations_of, violations_of_answer
from feedback_loop_tests.adapters.vendor_server import Answered, Asked

HEADERS = {"authorization": "api-1", "ld-api-version": "20240415"}
LOG = Asked("GET", "/api/v2/auditlog", {"spec": "proj/shop:env/*:flag/*", "limit": "20", "after": "1" * 13}, HEADERS)
READ = Asked("GET", "/api/v2/flags/shop/checkout", {"env": "production"}, HEADERS)
TEST = {"op": "test", "path": "/environments/production/version", "value": 3}
PATCH = Asked("PATCH", READ.path, {}, {**HEADERS, "content-type": "application/json"}, {"comment": "c", "patch": [TEST]})


def with_operation(operation: dict[str, Any]) -> Asked:
    return replace(PATCH, body={"comment": "c", "patch": [operation]})


@pytest.mark.parametrize("asked", [LOG, READ, PATCH, with_operation({"op": "remove", "path": "/a"})])
def test_what_fits_is_no_violation(asked: Asked) -> None:
    assert violations_of(asked) == []


@pytest.mark.parametrize(
    "asked",
    [
        replace(LOG, path="/api/v2/audit"),
        replace(LOG, query={"limit": "21"}),
        replace(LOG, query={"limit": "0"}),
        replace(LOG, query={"offset": "1"}),
        replace(LOG, query={"spec": "shop"}),
        replace(LOG, query={"before": "2026-01-01"}),
        replace(LOG, headers={}),
        replace(LOG, headers={**HEADERS, "authorization": "Bearer api-1"}),
        replace(LOG, headers={**HEADERS, "ld-api-version": "beta"}),
        replace(READ, body={}),
        replace(READ, method="DELETE"),
        replace(PATCH, headers={**HEADERS, "content-type": "application/json; domain-model=launchdarkly.semanticpatch"}),
        replace(PATCH, body=[TEST]),
        replace(PATCH, body={"patch": [TEST]}),
        replace(PATCH, body={"comment": "", "patch": [TEST]}),
        replace(PATCH, body={"comment": "c", "patch": []}),
        with_operation({"op": "set", "path": "/a", "value": 1}),
        with_operation({"op": "replace", "path": "/a"}),
        with_operation({"op": "replace", "path": "a", "value": 1}),
        with_operation({"op": "replace", "path": "/_version", "value": 1}),
        with_operation({"op": "replace", "path": "/a", "value": [{"_id": 1}]}),
    ],
)
def test_what_is_not_documented_is_a_violation(asked: Asked) -> None:
    assert violations_of(asked) != []


@pytest.mark.parametrize(
    ("asked", "answer", "is_fine"),
    [
        (LOG, Answered(200, {"items": [], "_links": {}}), True),
        (PATCH, Answered(409, {"code": "c", "message": "m"}), True),
        (LOG, Answered(200, {"items": []}), False),
        (LOG, Answered(200, []), False),
        (LOG, Answered(404, {"code": "c", "message": "m"}), False),
        (PATCH, Answered(409, {"error": "m"}), False),
    ],
)
def test_an_answer_is_held_to_the_form_too(asked: Asked, answer: Answered, *, is_fine: bool) -> None:
    assert (violations_of_answer(asked, answer) == []) is is_fine
