"""The patch undoes one difference, names the version, and sends nothing that is the vendor's own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.adapters.action_words import Unfit
from feedback_loop.adapters.launchdarkly.flag_patch import (
    SETTINGS,
    Left,
    Place,
    State,
    bears,
    changes_of,
    comment_of,
    left_of,
    patch_of,
    settings_in,
)
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind

PLACE = Place("checkout", "production")
VALUES = st.dictionaries(st.sampled_from(SETTINGS), st.one_of(st.booleans(), st.integers(0, 3), st.lists(st.integers(0, 3))))


def applied(settings: dict[str, Any], patch: list[dict[str, Any]]) -> dict[str, Any]:
    """The settings after the patch, as RFC 6902 has it."""
    found = dict(settings)
    for one in patch[1:]:
        name = one["path"].rpartition("/")[2]
        assert one["op"] == ("add" if name not in found else "remove" if "value" not in one else "replace")
        if one["op"] == "remove":
            del found[name]
        else:
            found[name] = one["value"]
    return found


@given(VALUES, VALUES, VALUES)
def test_the_difference_is_undone_and_nothing_else_is_touched(before: dict[str, Any], after: dict[str, Any], more: dict[str, Any]) -> None:
    """What is there now may hold what the two states leave out, as another representation does."""
    untold = {name: value for name, value in more.items() if name not in before and name not in after}
    now = State(3, {**after, **untold})
    patch = patch_of(PLACE, now, State(1, before), State(2, after))
    assert applied(dict(now.settings), patch) == {**before, **untold}
    assert (patch == []) == (before == after)
    assert not patch or patch[0] == {"op": "test", "path": "/environments/production/version", "value": 3}


def test_of_a_configuration_only_what_customers_get_counts_without_the_vendors_own() -> None:
    told = {"on": True, "salt": "s", "version": 3, "rules": [{"_id": "r", "clauses": [{"_id": "c", "values": ["a"]}]}], "_site": {}}
    assert settings_in(told) == {"on": True, "rules": [{"clauses": [{"values": ["a"]}]}]}


def test_a_receipt_is_read_back() -> None:
    assert left_of(PLACE.receipt_id(State(9, {}))) == Left(PLACE, 9)
    for other in (None, 3, "checkout", "checkout/production/nine", "a/../9/1", "checkout/production/9/9"):
        with pytest.raises(Unfit):
            left_of(other)


def test_what_is_to_be_set_back_is_named_by_the_changes_or_the_target() -> None:
    def request(**arguments: object) -> ActionRequest:
        return ActionRequest("key_1", ActionKind.ROLL_BACK_CONFIG, "c1", arguments)

    assert (changes_of(request()), changes_of(request(change_ids=["b", "a", "b"]))) == (("c1",), ("b", "a"))
    for named in ("c1", ["a b"], [1], ["x"] * 21, {"a": 1}):
        with pytest.raises(Unfit, match="change_ids"):
            changes_of(request(change_ids=named))


def test_a_comment_bears_its_key_whole_in_its_last_line() -> None:
    comment = comment_of(ActionRequest("key_1", ActionKind.ROLL_BACK_CONFIG, "c1", {}))
    assert bears(comment, "key_1")
    for other, key in ((comment, "key_11"), (comment, "key"), (comment + "\nno", "key_1"), (None, "key_1"), (3, "key_1")):
        assert not bears(other, key)
    with pytest.raises(Unfit):
        comment_of(ActionRequest("key 1", ActionKind.ROLL_BACK_CONFIG, "c1", {}))
