"""The shapes in which ServiceNow is told of an action: everything fits whole, and nothing but ids, figures and labels is in it."""

from __future__ import annotations

import pytest

from feedback_loop.adapters.action_words import Unfit
from feedback_loop.adapters.servicenow.record_bodies import (
    Place,
    asking_key,
    canceling,
    place_of,
    record_of,
    short_key,
    table_of,
    tables_of,
    taken_back_under,
)
from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.loop_vocab import ActionKind
from feedback_loop.remediation.connectors import WORK_ITEMS


def asked(key: str = "key_1", **arguments: object) -> ActionRequest:
    return ActionRequest(key, ActionKind.RETRY_JOB, "sync", arguments)


def test_rollbacks_are_changes_and_everything_else_is_an_incident() -> None:
    changes = {kind for kind in WORK_ITEMS if table_of(kind, {}) == "change_request"}
    assert changes == {ActionKind.ROLL_BACK_RELEASE, ActionKind.ROLL_BACK_CONFIG}
    assert tables_of({"table": "u_a", "change_table": "u_b"}) == ("u_a", "u_b")


def test_a_record_has_the_fields_of_its_table_and_no_others() -> None:
    plain = {"short_description", "description", "correlation_id", "correlation_display"}
    assert set(record_of(asked(), "incident", {})) == plain
    assert set(record_of(asked(), "change_request", {"category": "x"})) == plain | {"type"}
    assert set(record_of(asked(), "incident", {"category": "x", "assignment_group": "g"})) == plain | {"category", "assignment_group"}


def test_a_long_subject_is_cut_and_a_long_text_refused() -> None:
    long = ActionRequest("key_1", ActionKind.RETRY_JOB, "x" * 200, {})
    assert len(record_of(long, "incident", {})["short_description"]) == 160
    with pytest.raises(Unfit, match="arguments"):
        record_of(asked(**{f"n{n}": "x" * 190 for n in range(21)}), "incident", {})
    with pytest.raises(Unfit, match="arguments"):
        canceling(asked(**{f"n{n}": "x" * 190 for n in range(21)}), "incident")


@pytest.mark.parametrize("key", ["", "a b", "a^b", "a=b", "x" * 81])
def test_a_key_that_does_not_fit_a_query_or_its_field_is_refused(key: str) -> None:
    for make in (short_key, taken_back_under, lambda k: record_of(asked(k), "incident", {})):
        with pytest.raises(Unfit, match="idempotency_key"):
            make(key)


def test_the_longest_key_fits_with_what_stands_before_it() -> None:
    assert len(taken_back_under("x" * 80)) <= 100
    assert asking_key("key_1") != "key_1"


def test_a_place_is_read_back_from_its_receipt() -> None:
    place = Place("CHG0000002", "change_request", "0f" * 16, 4)
    assert place_of(place.receipt_id) == place
    assert place.receipt_id.partition("/")[0] == "CHG0000002"
    for other in (None, 3, "CHG0000002", place.receipt_id + "/1", place.receipt_id.replace("change_request", "../x")):
        with pytest.raises(Unfit, match="undone_receipt_id"):
            place_of(other)
