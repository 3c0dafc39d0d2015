"""Answers that a proxy or an enemy could give: whatever is not of the documented form can't be read, and becomes no receipt."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from feedback_loop.adapters.pagerduty.answers import Incident, Note, incident_in, is_key_known, note_in, notes_in, page_in
from feedback_loop.adapters.vendor_client import UNREADABLE

GOOD: dict[str, Any] = {"id": "PINC1", "incident_key": "key_1", "title": "t", "service": {"id": "PSERV1C"}, "status": "triggered"}


@pytest.mark.parametrize(
    ("part", "body"),
    [
        (incident_in, None),
        (incident_in, {}),
        (incident_in, {"incident": [GOOD]}),
        *((incident_in, {"incident": {**GOOD, name: wrong}}) for name in ("id", "title", "service", "status") for wrong in (None, 7)),
        (incident_in, {"incident": {**GOOD, "id": "../users"}}),
        (incident_in, {"incident": {**GOOD, "incident_key": 7}}),
        (page_in, {"incidents": [GOOD]}),
        (page_in, {"incidents": {}, "more": False}),
        (page_in, {"incidents": [{}], "more": False}),
        (page_in, {"incidents": [GOOD], "more": "false"}),
        (note_in, {"note": {"id": "N 1", "content": "x"}}),
        (note_in, {"note": {"id": "N1", "content": None}}),
        (notes_in, {"notes": None}),
        (is_key_known, {"error": "no"}),
        (is_key_known, "<html>"),
    ],
)
def test_what_is_of_another_form_can_not_be_read(part: Callable[[Any], object], body: object) -> None:
    with pytest.raises(UNREADABLE):
        part(body)


def test_what_is_of_the_documented_form_is_read() -> None:
    incident = Incident("PINC1", "key_1", "t", "PSERV1C", "triggered", is_acknowledged=False)
    assert incident_in({"incident": GOOD}) == incident
    page = page_in({"incidents": [GOOD, {**GOOD, "incident_key": None, "acknowledgements": [{"at": "now"}]}], "more": True})
    assert (page.incidents[0], page.incidents[1].key, page.incidents[1].is_acknowledged, page.has_more) == (incident, None, True, True)
    assert notes_in({"notes": [{"id": "N1", "content": "x", "user": {}}]}) == [Note("N1", "x")]


@pytest.mark.parametrize(
    ("code", "errors", "is_known"),
    [
        (2002, ["Open incident with matching dedup key already exists on this service"], True),
        (2002, ["Something else"], False),
        (2002, None, False),
        (2001, ["Open incident with matching dedup key already exists on this service"], False),
    ],
)
def test_a_known_key_is_told_by_its_code_and_its_words(code: int, errors: list[str] | None, is_known: bool) -> None:
    assert is_key_known({"error": {"message": "Arguments Caused Error", "code": code, "errors": errors}}) is is_known
