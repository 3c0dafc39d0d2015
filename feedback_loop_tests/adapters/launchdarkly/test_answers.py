"""That an answer of any other form is none, and what one entry of the audit log says."""

from __future__ import annotations

from typing import Any

import pytest

from feedback_loop.adapters.launchdarkly.answers import Entry, Page, change_in, page_in, state_in
from feedback_loop.adapters.launchdarkly.flag_patch import Place, State
from feedback_loop.adapters.vendor_client import UNREADABLE

PLACE = Place("checkout", "production")
CONFIGURATION = {"on": True, "version": 3, "rules": []}
FLAG = {"key": "checkout", "environments": {"production": CONFIGURATION}}
RESOURCE = "proj/shop:env/production:flag/checkout"
ENTRY: dict[str, Any] = {
    "_id": "e1", "date": 1772445600000, "target": {"resources": [f"{RESOURCE};web"]}, "previousVersion": None, "currentVersion": FLAG,
}  # fmt: skip


def test_a_flag_is_read_as_it_is_in_one_environment() -> None:
    assert state_in(FLAG, PLACE) == State(3, {"on": True, "rules": []})


@pytest.mark.parametrize(
    "body",
    [
        None, [], {}, FLAG | {"key": "other"}, FLAG | {"environments": {}}, FLAG | {"environments": {"production": {"on": True}}},
        FLAG | {"environments": {"production": {"on": "yes", "version": 3}}},
        FLAG | {"environments": {"production": {"on": True, "version": True}}},
    ],
    ids=str,
)  # fmt: skip
def test_a_flag_of_any_other_form_is_none(body: Any) -> None:
    with pytest.raises(UNREADABLE):
        state_in(body, PLACE)


def test_an_entry_tells_where_and_what_was_before_and_after() -> None:
    change = change_in(ENTRY, "e1", "shop")
    assert (change.place, change.is_of_project, change.before, change.after) == (PLACE, True, None, State(3, {"on": True, "rules": []}))


@pytest.mark.parametrize(
    ("resources", "place", "is_of_project"),
    [
        ([RESOURCE, RESOURCE], PLACE, True),
        ([RESOURCE, RESOURCE.replace("production", "staging")], None, True),
        ([RESOURCE, "proj/shop"], PLACE, False),
        ([RESOURCE.replace("shop", "theirs")], PLACE, False),
        (["proj/shop"], None, False),
        ([], None, False),
    ],
)
def test_an_entry_about_anything_else_is_no_change_of_one_flag(resources: list[str], place: Place | None, *, is_of_project: bool) -> None:
    change = change_in(ENTRY | {"target": {"resources": resources}}, "e1", "shop")
    assert (change.place, change.is_of_project) == (place, is_of_project)


@pytest.mark.parametrize(
    "changed",
    [{"_id": "e2"}, {"date": "today"}, {"date": None}, {"target": None}, {"target": {"resources": [3]}}, {"currentVersion": 3}],
    ids=str,
)
def test_an_entry_of_any_other_form_is_none(changed: dict[str, Any]) -> None:
    with pytest.raises(UNREADABLE):
        change_in(ENTRY | changed, "e1", "shop")


def test_a_page_is_the_last_where_it_is_not_full_and_names_no_next_one() -> None:
    row = {"_id": "e1", "date": 5}
    assert page_in({"items": [row], "_links": {}}, 2) == Page((Entry("e1", 5, ""),), is_last=True)
    assert not page_in({"items": [row], "_links": {"next": {}}}, 2).is_last
    assert not page_in({"items": [row, row]}, 2).is_last
    others: list[Any] = [{}, {"items": {}}, {"items": [{"_id": "e1"}]}, {"items": [{"_id": "", "date": 5}]}, [], None]
    for body in others:
        with pytest.raises(UNREADABLE):
            page_in(body, 2)
