"""That the stated form finds what does not fit, in requests and in answers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from feedback_loop_tests.adapters.statuspage.statuspage_forms import violations_of, violations_of_answer
from feedback_loop_tests.adapters.vendor_server import Answered, Asked

HEADERS = {"authorization": "OAuth k"}
LIST = Asked("GET", "/v1/pages/p1/incidents", {"limit": "100", "page": "1"}, HEADERS)
CREATE = Asked("POST", LIST.path, {}, {**HEADERS, "content-type": "application/json"}, {"incident": {"name": "n"}})
CHANGE = replace(CREATE, method="PATCH", path=f"{LIST.path}/i1", body={"incident": {"body": "b", "metadata": {"a": {}}}})


def with_fields(**fields: Any) -> Asked:
    return replace(CREATE, body={"incident": {"name": "n", **fields}})


@pytest.mark.parametrize("asked", [LIST, CREATE, CHANGE, replace(LIST, path=CHANGE.path, query={})])
def test_what_fits_is_no_violation(asked: Asked) -> None:
    assert violations_of(asked) == []


@pytest.mark.parametrize(
    "asked",
    [
        replace(LIST, path="/pages/p1/incidents"),
        replace(LIST, query={"per_page": "100"}),
        replace(LIST, query={"limit": "101"}),
        replace(LIST, query={"page": "-1"}),
        replace(LIST, headers={"authorization": "Bearer k"}),
        replace(LIST, body={}),
        replace(CHANGE, method="DELETE"),
        replace(CREATE, headers=HEADERS),
        replace(CREATE, body={"name": "n"}),
        replace(CREATE, body={"incident": []}),
        replace(CREATE, body={"incident": {}}),
        with_fields(name="x" * 256),
        with_fields(body="x" * 25_001),
        with_fields(status="open"),
        with_fields(impact_override="huge"),
        with_fields(colour="red"),
        with_fields(deliver_notifications="false"),
        with_fields(metadata={"key": "k"}),
        with_fields(components={"c1": "broken"}),
        with_fields(component_ids="c1"),
    ],
)
def test_what_is_not_documented_is_a_violation(asked: Asked) -> None:
    assert violations_of(asked) != []


@pytest.mark.parametrize(
    ("asked", "answer", "is_fine"),
    [
        (LIST, Answered(200, []), True),
        (CREATE, Answered(201, {}), True),
        (CREATE, Answered(422, {"error": "e"}), True),
        (LIST, Answered(200, {}), False),
        (CREATE, Answered(200, {}), False),
        (CREATE, Answered(422, {"message": "e"}), False),
        (CHANGE, Answered(409, {"error": "e"}), False),
    ],
)
def test_an_answer_is_held_to_the_form_too(asked: Asked, answer: Answered, *, is_fine: bool) -> None:
    assert (violations_of_answer(asked, answer) == []) is is_fine
