"""Values of OTLP as JSON: numbers as text or not, enumerations by number or name, instants that are not known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import otlp_values as told
from feedback_loop.sources.minute_counts import Where
from feedback_loop.sources.reading import RowRefused
from feedback_loop_tests.sources.otlp_requests import attrs, nanos, resource

KINDS = {"INTERNAL": 1, "SERVER": 2}


def test_a_resource_names_the_service_its_version_and_its_region() -> None:
    assert told.where(resource()) == Where("web", "2.10", "eu")
    assert told.where({"attributes": attrs(service__name="web")}) == Where("web", "", "")
    assert told.where(told.named_resource(Where("web", "", "eu"))) == Where("web", "", "eu")
    with pytest.raises(RowRefused):
        told.where({})


def test_an_attribute_is_the_first_plain_one_of_its_keys() -> None:
    found = told.attributes({"attributes": [*attrs(a=1, b="x", c=True), {"key": "d", "value": {"arrayValue": {}}}]})
    assert [told.attribute(found, key) for key in "abcde"] == ["1", "x", "true", None, None]
    assert told.attribute(found, "e", "d", "b") == "x"


@pytest.mark.parametrize(("written", "found"), [("2", 2), ("SPAN_KIND_SERVER", 2), ("SERVER", 2), (None, 0), ("0", 0)])
def test_an_enumeration_comes_by_number_or_by_name(written: str | None, found: int) -> None:
    assert told.enumeration({"kind": written}, "kind", "SPAN_KIND_", KINDS) == found


@pytest.mark.parametrize("written", ["7", "CLIENT", "-1", [], True])
def test_what_it_does_not_know_is_refused(written: Any) -> None:
    with pytest.raises(RowRefused):
        told.enumeration({"kind": written}, "kind", "SPAN_KIND_", KINDS)


def test_an_instant_of_zero_is_not_known() -> None:
    assert told.nanos({"t": "0"}, "t") is None
    with pytest.raises(RowRefused, match="t is empty"):
        told.required_nanos({"t": "0"}, "t")


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("9" * 19, QuarantineReason.VALUE_OUT_OF_RANGE),
        ("9" * 30, QuarantineReason.UNREADABLE_DATE),
        ("-1", QuarantineReason.UNREADABLE_DATE),
    ],
)
def test_an_instant_that_is_none_is_refused(written: str, reason: QuarantineReason) -> None:
    with pytest.raises(RowRefused) as caught:
        told.nanos({"t": written}, "t")
    assert caught.value.problem.reason is reason


def test_the_minute_that_a_time_ends_in() -> None:
    first = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
    assert told.minute_before(int(nanos(60))) == first
    assert told.minute_before(int(nanos(0.000001))) == first
    assert told.minute_before(int(nanos(60.5))) == first.replace(minute=1)


@pytest.mark.parametrize("written", ["inf", "1e999", "nan", "", None, "x", {}])
def test_a_bound_is_a_finite_number(written: Any) -> None:
    with pytest.raises(RowRefused):
        told.numbers({"b": [written]}, "b", float)
    assert told.numbers({"b": ["-1.5e2", "3"]}, "b", float) == (-150.0, 3.0)


def test_a_count_that_can_not_be_added_up_is_refused() -> None:
    assert told.count({}, "n") == 0
    with pytest.raises(RowRefused):
        told.count({"n": str(2**53 + 1)}, "n")


@pytest.mark.parametrize(
    ("of_request", "failed"),
    [
        ({"http__response__status_code": 500}, True),
        ({"http__response__status_code": 404, "error__type": "404"}, False),
        ({"http__status_code": 503}, True),
        ({"error__type": "timeout"}, True),
        ({}, False),
    ],
    ids=str,
)
def test_a_request_failed_where_the_server_did(of_request: dict[str, Any], failed: bool) -> None:
    assert told.is_failure(told.attributes({"attributes": attrs(**of_request)})) is failed


def test_only_what_is_nested_without_end_is_deep() -> None:
    deep: dict[str, Any] = {}
    for _ in range(200):
        deep = {"a": [deep]}
    assert told.is_deep(deep)
    assert not told.is_deep(resource())
