"""Values of nested objects: found, empty, or refused in words that name the field alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources.json_values import flag, part, parts, raw_items, required_part, seconds
from feedback_loop.sources.reading import RowRefused


@pytest.mark.parametrize("values", [{}, {"a": None}, {"a": {}}])
def test_a_part_that_is_not_there_is_empty(values: dict[str, object]) -> None:
    assert part(values, "a") == {}
    with pytest.raises(RowRefused, match="a is empty"):
        required_part(values, "a")


def test_parts_are_found_in_their_order() -> None:
    assert part({"a": {"b": 1}}, "a") == required_part({"a": {"b": 1}}, "a") == {"b": 1}
    assert parts({"a": [{"b": 1}, {}]}, "a") == [{"b": 1}, {}]
    assert parts({"a": None}, "a") == parts({}, "a") == []
    assert [flag({"a": value}, "a") for value in (True, False, None)] == [True, False, None]


@pytest.mark.parametrize(
    ("read", "value"),
    [
        (part, "x"),
        (part, []),
        (part, True),
        (required_part, "x"),
        (parts, {}),
        (parts, ["x"]),
        (parts, [{}, None]),
        (flag, "yes"),
        (flag, "1"),
    ],
)
def test_a_part_of_another_type_is_refused_without_its_value(read: Callable[[dict[str, object], str], object], value: object) -> None:
    with pytest.raises(RowRefused) as refused:
        read({"field": value}, "field")
    assert refused.value.problem.reason is QuarantineReason.MALFORMED_ROW
    assert refused.value.problem.detail.startswith("field is n")
    assert "yes" not in refused.value.problem.detail


def test_seconds_are_an_instant() -> None:
    assert seconds({"at": "0"}, "at") == datetime(1970, 1, 1, tzinfo=UTC)
    assert seconds({"at": "1772524800"}, "at") == datetime(2026, 3, 3, 8, tzinfo=UTC)
    assert seconds({"at": "4102444799"}, "at") == datetime(2099, 12, 31, 23, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, QuarantineReason.MISSING_REQUIRED_VALUE),
        ("", QuarantineReason.MISSING_REQUIRED_VALUE),
        ("-1", QuarantineReason.UNREADABLE_DATE),
        ("1.5", QuarantineReason.UNREADABLE_DATE),
        ("2026-03-03", QuarantineReason.UNREADABLE_DATE),
        ("9" * 13, QuarantineReason.UNREADABLE_DATE),
        ("٣", QuarantineReason.UNREADABLE_DATE),
        ("4102444800", QuarantineReason.VALUE_OUT_OF_RANGE),
        ("9" * 12, QuarantineReason.VALUE_OUT_OF_RANGE),
        (True, QuarantineReason.MALFORMED_ROW),
        ({}, QuarantineReason.MALFORMED_ROW),
    ],
)
def test_what_is_no_instant_is_refused(value: object, reason: QuarantineReason) -> None:
    with pytest.raises(RowRefused) as refused:
        seconds({"at": value}, "at")
    assert refused.value.problem.reason is reason


def test_items_are_taken_as_they_are_written() -> None:
    assert raw_items('{"a": {"b": [ {"n":1.10} , "x"]}}', "a", "b") == ['{"n":1.10}', '"x"']


@pytest.mark.parametrize("payload", ["{}", '{"a": 1}', '{"a": {"b": {}}}', "[", '{"a":' + "[" * 100_000])
def test_what_can_not_be_taken_apart_is_refused(payload: str) -> None:
    with pytest.raises(RowRefused, match="b is no list"):
        raw_items(payload, "a", "b")
