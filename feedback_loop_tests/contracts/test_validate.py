"""Each rule of a contract fails on a frame that breaks it, says which column and key, and never repeats a customer's words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from feedback_loop.contracts.tables import TABLES, Table
from feedback_loop.contracts.validate import Violation, conform, violations
from feedback_loop_tests.contracts.rows import frame_of, valid_row

CLASSES = TABLES["analysis_classification"]
BRONZE = TABLES["bronze_feedback_record"]
SECRET = "my card is 4111"


def classes(*changes: dict[str, Any]) -> pl.DataFrame:
    """One row per change, with keys k0, k1, …."""
    return frame_of(CLASSES, *({"fragment_id": f"k{n}", **change} for n, change in enumerate(changes)))


def broken(frame: pl.DataFrame, table: Table = CLASSES) -> list[tuple[str, str, int]]:
    return [(v.column, v.rule, v.row_count) for v in violations(frame, table)]


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_frame_of_valid_rows_breaks_nothing(table: Table) -> None:
    assert violations(frame_of(table, {}), table) == []


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_an_empty_frame_of_the_right_shape_breaks_nothing(table: Table) -> None:
    assert violations(frame_of(table), table) == []


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_null_is_caught_in_every_column_that_allows_none(table: Table) -> None:
    for field in table.fields:
        frame = frame_of(table, {}).with_columns(pl.lit(None, dtype=pl.Schema(table.schema)[field.name]).alias(field.name))
        caught = any(v.column == field.name and v.rule.startswith("null") for v in violations(frame, table))
        assert caught != field.is_nullable, field.name


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_word_outside_of_its_vocabulary_is_caught_in_every_column(table: Table) -> None:
    for name in [field.name for field in table.fields if field.vocabulary is not None]:
        assert (name, "value outside of its vocabulary", 1) in broken(frame_of(table, {name: "no such word"}), table)


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_repeated_key_is_caught_in_every_table(table: Table) -> None:
    found = [v for v in violations(frame_of(table, {}, {}), table) if v.rule == "key is not unique"]
    assert [(v.column, v.row_count) for v in found] == [(", ".join(table.key), 2)]


def test_a_missing_and_a_surplus_column_are_named() -> None:
    frame = classes({}).drop("class_score").with_columns(extra=pl.lit(1))
    assert broken(frame) == [("class_score", "column is missing", 1), ("extra", "column is not in the contract", 1)]


def test_a_column_of_another_type_is_named_with_both_types() -> None:
    found = violations(classes({}).with_columns(pl.col("class_score").cast(pl.Float32)), CLASSES)
    assert [v.column for v in found] == ["class_score"]
    assert found[0].rule == "type Float32 is not double"


def test_an_instant_of_another_unit_or_without_a_zone_is_another_type() -> None:
    for wrong in (pl.Datetime("ms", "UTC"), pl.Datetime("us"), pl.Datetime("us", "Europe/Berlin")):
        frame = frame_of(BRONZE, {}).with_columns(pl.lit(datetime(2026, 1, 2)).cast(wrong).alias("occurred_at"))  # noqa: DTZ001
        assert [v.column for v in violations(frame, BRONZE) if v.rule.startswith("type")] == ["occurred_at"]


@pytest.mark.parametrize("score", [-0.01, 1.01, float("nan")])
def test_a_score_outside_of_its_bounds_is_caught(score: float) -> None:
    assert broken(classes({"class_score": score}, {})) == [("class_score", "value outside of 0..1", 1)]


def test_a_score_at_its_bounds_is_fine() -> None:
    assert broken(classes({"class_score": 0.0}, {"class_score": 1.0})) == []


def test_a_negative_count_is_caught() -> None:
    table = TABLES["gold_issue"]
    assert broken(frame_of(table, {"fragment_count": -1}), table) == [("fragment_count", "negative count", 1)]


def test_a_day_that_is_not_the_day_of_its_instant_is_caught() -> None:
    late = datetime(2026, 1, 2, 23, 59, 59, tzinfo=UTC)
    good = {"occurred_at": late, "event_date": late.date()}
    assert broken(frame_of(BRONZE, good), BRONZE) == []
    for day, instant in (("event_date", "occurred_at"), ("landed_date", "landed_at")):
        bad = {day: late.date() + timedelta(days=1), instant: late}
        assert broken(frame_of(BRONZE, bad), BRONZE) == [(day, f"is not the UTC day of {instant}", 1)]


def test_a_violation_names_up_to_five_keys_and_no_value() -> None:
    frame = frame_of(BRONZE, *({"record_version_id": f"v{n}", "text": SECRET, "channel": SECRET} for n in range(8)))
    said = [str(v) for v in violations(frame, BRONZE)]
    assert said == ["channel: value outside of its vocabulary in 8 row(s), for example v0, v1, v2, v3, v4"]


def test_a_key_of_several_columns_is_named_whole() -> None:
    table = TABLES["gold_issue"]
    (found,) = violations(frame_of(table, {"issue_id": "i1", "event_date": date(2026, 1, 2), "trend": "sideways"}), table)
    assert found.sample_keys == ("2026-01-02/i1",)


def test_all_that_is_broken_is_reported_at_once() -> None:
    found = broken(classes({"class_score": 2.0, "best_class": "nonsense"}, {"fragment_id": "k0"}))
    assert {column for column, _, _ in found} == {"class_score", "best_class", "fragment_id"}


def test_a_violation_without_keys_reads_well() -> None:
    assert str(Violation("column is missing", "text", 3)) == "text: column is missing in 3 row(s)"


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.name)
def test_a_conforming_table_has_the_order_and_types_of_the_contract(table: Table) -> None:
    made = conform(frame_of(table, {}).select(reversed(table.columns)), table)
    assert made.schema.names == list(table.columns)
    assert made.schema.types == [field.dtype for field in table.fields]


def test_a_cast_that_would_lose_a_value_raises() -> None:
    table = TABLES["silver_fragment"]
    with pytest.raises(pa.ArrowInvalid):
        conform(frame_of(table, {}).with_columns(fragment_index=pl.lit(1.5)), table)


def test_valid_rows_are_made_of_every_column() -> None:
    assert set(valid_row(BRONZE)) == set(BRONZE.columns)
