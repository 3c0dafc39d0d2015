import numpy as np
import polars as pl
import pytest

from feedback_loop.analysis.segments import Segments, as_text, scope_of
from feedback_loop.contracts.table_types import SCOPE_DIMENSIONS

WHO: list[dict[str, str | None]] = [
    {"browser": "Safari 18", "region": "uk"},
    {"browser": "Safari 18", "region": None},
    {"browser": "Chrome 126", "region": "uk"},
    {"browser": None, "region": "us"},
]
RECORDS = np.arange(len(WHO))


def segments() -> Segments:
    return Segments.of(pl.DataFrame(WHO, schema_overrides={"browser": pl.String}).with_columns(
        pl.lit(None, pl.String).alias(name) for name in SCOPE_DIMENSIONS if name not in WHO[0]
    ))  # fmt: skip


def test_records_are_counted_by_value_and_those_that_name_any() -> None:
    of = segments()
    assert of.pairs == [("browser", "Chrome 126"), ("browser", "Safari 18"), ("region", "uk"), ("region", "us")]
    assert of.counts(RECORDS).tolist() == [1, 2, 2, 1]
    assert of.named(RECORDS).tolist() == [3, 3, 3, 3]
    assert of.counts(RECORDS[:1]).tolist() == [0, 1, 1, 0]


def test_a_record_that_names_no_value_is_neither_inside_nor_outside() -> None:
    inside, outside = segments().inside({"browser": ["Safari 18"]}, RECORDS)
    assert inside.tolist() == [True, True, False, False]
    assert outside.tolist() == [False, False, True, False]


def test_one_value_outside_is_enough_to_be_outside() -> None:
    inside, outside = segments().inside({"browser": ["Safari 18"], "region": ["uk"]}, RECORDS)
    assert inside.tolist() == [True, False, False, False]
    assert outside.tolist() == [False, False, True, True]


@pytest.mark.parametrize("scope", [{}, {"weather": ["rain"]}])
def test_everybody_is_inside_of_a_scope_that_names_no_known_dimension(scope: dict[str, list[str]]) -> None:
    inside, outside = segments().inside(scope, RECORDS)
    assert inside.all()
    assert not outside.any()


def test_a_value_that_nobody_names_has_everybody_else_outside() -> None:
    inside, outside = segments().inside({"browser": ["Opera 1"]}, RECORDS)
    assert not inside.any()
    assert outside.tolist() == [True, True, True, False]


def test_holding_a_pair_is_to_name_its_value() -> None:
    assert segments().holding(RECORDS, 1).tolist() == [True, True, False, False]


def test_scopes_are_read_and_written_in_order() -> None:
    assert scope_of('{"region": "uk", "browser": ["a", "b"]}') == {"browser": ["a", "b"], "region": ["uk"]}
    assert scope_of("") == {}
    assert as_text({"region": "uk", "browser": "a"}) == '{"browser": "a", "region": "uk"}'
