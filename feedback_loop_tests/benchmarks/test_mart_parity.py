"""The comparison of two engines finds what differs, and nothing in what only looks different."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pyarrow as pa
import pytest

from feedback_loop.contracts.tables import TABLES
from feedback_loop_tests.benchmarks.mart_parity import differences, is_same, kind_of
from feedback_loop_tests.dbt_project.made_up_home import frame_of

TABLE = TABLES["mart_remediation"]
NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)
ROWS = [{"proposal_id": f"p{n}", "confidence_score": n / 7, "proposed_at": NOON, "receipt_id": None} for n in range(3)]


def rows_of(**changed: Any) -> pa.Table:
    """The rows as an engine would leave them, the second one changed."""
    return frame_of(TABLE, [ROWS[0], ROWS[1] | changed, ROWS[2]]).to_arrow().cast(TABLE.schema)


def test_order_zone_and_the_last_bits_of_a_float_are_no_difference() -> None:
    turned = rows_of(confidence_score=1 / 7 + 1e-12).take([2, 0, 1])
    in_berlin = turned["proposed_at"].cast(pa.timestamp("us", tz="Europe/Berlin"))
    found = turned.set_column(turned.column_names.index("proposed_at"), "proposed_at", in_berlin)
    assert differences(TABLE, rows_of(), found) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"confidence_score": 1 / 7 + 1e-6},
        {"refusal_reason": "low_confidence"},
        {"receipt_id": ""},
        {"proposed_at": NOON + timedelta(microseconds=1)},
        {"proposed_at": datetime(2024, 3, 1, 12, tzinfo=timezone(timedelta(hours=-8)))},
        {"is_executable": True},
        {"told_customer_count": 1},
    ],
    ids=str,
)
def test_a_changed_value_is_one_difference_with_its_key_and_column(changed: dict[str, Any]) -> None:
    (found,) = differences(TABLE, rows_of(), rows_of(**changed))
    assert found.startswith(f"p1: {next(iter(changed))}: ")


def test_a_missing_and_a_doubled_row_are_differences() -> None:
    whole = rows_of()
    assert differences(TABLE, whole, whole.slice(0, 2)) == ["p2: 1 rows, 0 found"]
    assert differences(TABLE, whole, pa.concat_tables([whole, whole.slice(0, 1)])) == ["p0: 1 rows, 2 found"]


def test_a_type_or_a_column_that_the_contract_does_not_say_is_a_difference_whatever_the_values() -> None:
    whole = rows_of()
    place = whole.column_names.index("told_customer_count")
    as_float = whole.set_column(place, "told_customer_count", whole["told_customer_count"].cast(pa.float64()))
    assert differences(TABLE, whole, as_float) == ["told_customer_count: double is not int64"]
    assert differences(TABLE, whole, whole.drop_columns(["receipt_id"])) != []


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ([{"a": 1.0, "b": [None]}], [{"a": 1.0 + 1e-12, "b": [None]}], True),
        ([{"a": 1.0}], [{"a": 1.1}], False),
        ([1, 2], [2, 1], False),
        (float("nan"), float("nan"), True),
        (float("nan"), None, False),
        (1, 1.0, False),
        (True, 1, False),
    ],
)
def test_values_are_the_same_by_what_they_mean(one: Any, other: Any, expected: bool) -> None:
    assert is_same(one, other) is expected


def test_a_kind_tells_an_instant_from_a_timestamp_without_zone() -> None:
    assert kind_of(pa.timestamp("us", tz="UTC")) == kind_of(pa.timestamp("us", tz="Etc/UTC")) != kind_of(pa.timestamp("us"))
    assert kind_of(pa.large_list(pa.field("element", pa.large_string()))) == kind_of(pa.list_(pa.string()))
