"""That the stated form finds what does not fit, in requests and in answers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from feedback_loop_tests.adapters.servicenow.servicenow_forms import violations_of, violations_of_answer
from feedback_loop_tests.adapters.vendor_server import Answered, Asked

HEADERS = {"authorization": "Basic bG9v", "accept": "application/json"}
LIST = Asked("GET", "/api/now/table/incident", {"sysparm_query": "correlation_id=k^ORa=b^ORDERBYsys_created_on"}, HEADERS)
CREATE = Asked(
    "POST", "/api/now/table/incident", {"sysparm_fields": "sys_id"}, {**HEADERS, "content-type": "application/json"}, {"state": "1"}
)
CHANGE = replace(CREATE, method="PATCH", path=f"/api/now/table/incident/{1:032x}")
ERROR = {"error": {"message": "m", "detail": "d"}, "status": "failure"}


@pytest.mark.parametrize("asked", [LIST, CREATE, CHANGE])
def test_what_fits_is_no_violation(asked: Asked) -> None:
    assert violations_of(asked) == []


@pytest.mark.parametrize(
    "asked",
    [
        replace(LIST, path="/api/now/incident"),
        replace(LIST, path="/api/now/table/incident/INC1"),
        replace(LIST, query={"limit": "1"}),
        replace(LIST, query={"sysparm_query": "a"}),
        replace(LIST, query={"sysparm_query": "a=b c"}),
        replace(LIST, query={"sysparm_limit": "10001"}),
        replace(LIST, query={"sysparm_limit": "0"}),
        replace(LIST, query={"sysparm_offset": "-1"}),
        replace(LIST, query={"sysparm_display_value": "yes"}),
        replace(LIST, headers={}),
        replace(LIST, headers={**HEADERS, "accept": "*/*"}),
        replace(LIST, body={}),
        replace(CREATE, headers=HEADERS),
        replace(CREATE, query={"sysparm_query": "a=b"}),
        replace(CREATE, body={}),
        replace(CREATE, body={"state": 1}),
        replace(CREATE, body={"state": ""}),
        replace(CREATE, body={"colour": "red"}),
        replace(CREATE, body={"correlation_id": "x" * 101}),
        replace(CHANGE, method="PUT"),
        replace(CHANGE, path="/api/now/table/incident"),
    ],
)
def test_what_is_not_documented_is_a_violation(asked: Asked) -> None:
    assert violations_of(asked) != []


@pytest.mark.parametrize(
    ("asked", "answer", "is_fine"),
    [
        (LIST, Answered(200, {"result": []}), True),
        (CREATE, Answered(201, {"result": {}}), True),
        (CREATE, Answered(403, ERROR), True),
        (LIST, Answered(401, ERROR), True),
        (LIST, Answered(200, {"result": {}}), False),
        (LIST, Answered(404, ERROR), False),
        (CREATE, Answered(200, {"result": {}}), False),
        (CREATE, Answered(400, {"error": {"message": "m"}, "status": "failure"}), False),
        (LIST, Answered(401, {"error": {"message": "m", "detail": "d"}, "status": "success"}), False),
    ],
)
def test_an_answer_is_held_to_the_form_too(asked: Asked, answer: Answered, *, is_fine: bool) -> None:
    assert (violations_of_answer(asked, answer) == []) is is_fine
