"""A whole column says of each value what `values` says of it alone, whatever type the column has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.vocab import QuarantineReason
from feedback_loop.sources import columns, values
from feedback_loop.sources.columns import NO_TEXT, Column
from feedback_loop.sources.reading import RowRefused

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def required_word(frame: pl.DataFrame, name: str) -> Column:
    return columns.word(frame, name, is_required=True)


def verdicts(given_values: pl.Series, make: Callable[[pl.DataFrame, str], Column]) -> list[object]:
    """For each value what it becomes, or the reason why it can't."""
    frame = pl.DataFrame({"c": given_values})
    column = make(frame, "c")
    found: list[object] = frame.with_columns(v=column.value)["v"].to_list()
    for check in reversed(column.checks):
        broken = frame.with_columns(b=check.is_broken)["b"]
        assert broken.null_count() == 0, "a null would let a bad row pass"
        found = [check.problem.reason if is_broken else value for value, is_broken in zip(found, broken, strict=True)]
    return found


def alone(make: Callable[[values.Values, str], object], value: object) -> object:
    try:
        return make({"c": value}, "c")
    except RowRefused as refusal:
        return refusal.problem.reason


texts = st.one_of(
    st.none(),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.sampled_from(["", " ", "1", " 2 ", "1.0", "1.5", "-1", "1e3", "1e400", "NaN", "inf", "9" * 15, "9" * 16, "a\x00", "x" * 1001]),
    st.sampled_from(
        ["2026-03-01", "2026-03-01T12:00Z", "2026-03-01 13:00+01:00", "soon", "2026-13-01", "1900-01-01", "2026-03-01T12:00:30Z"]
    ),
)


@given(st.lists(texts, min_size=1, max_size=8))
@settings(max_examples=150, deadline=None)
def test_words_and_amounts_are_those_of_single_values(given_values: list[str | None]) -> None:
    series = pl.Series(given_values, dtype=pl.String)
    assert verdicts(series, required_word) == [alone(values.required_word, value) for value in given_values]
    assert verdicts(series, columns.amount) == [alone(values.amount, value) for value in given_values]


@given(st.lists(texts, min_size=1, max_size=8))
@settings(max_examples=100, deadline=None)
def test_minutes_are_the_instants_of_single_values_that_begin_a_minute(given_values: list[str | None]) -> None:
    expected = [alone(values.instant, value) for value in given_values]
    within = [
        QuarantineReason.VALUE_OUT_OF_RANGE if isinstance(found, datetime) and (found.second or found.microsecond) else found
        for found in expected
    ]
    assert verdicts(pl.Series(given_values, dtype=pl.String), columns.minute) == within


@pytest.mark.parametrize(
    ("given_values", "expected"),
    [
        (pl.Series(["3", " 4 ", "5.0", "1.5", "-1", "", None, "x"]), [3, 4, 5, "out", "out", "missing", "missing", "out"]),
        (pl.Series([3, 0, -1, None]), [3, 0, "out", "missing"]),
        (pl.Series([3.0, 1.5, float("nan"), float("inf"), 1e300]), [3, "out", "missing", "out", "out"]),
        (pl.Series([3, 250], dtype=pl.UInt8), [3, 250]),
        (pl.Series([True, None]), ["malformed", "missing"]),
        (pl.Series([[1], None]), ["malformed", "missing"]),
        (pl.Series([None, None]), ["missing", "missing"]),
    ],
    ids=lambda value: str(value.dtype) if isinstance(value, pl.Series) else "",
)
def test_counts_are_whole_numbers_of_any_column_type(given_values: pl.Series, expected: list[object]) -> None:
    names = {
        "out": QuarantineReason.VALUE_OUT_OF_RANGE,
        "missing": QuarantineReason.MISSING_REQUIRED_VALUE,
        "malformed": QuarantineReason.MALFORMED_ROW,
    }
    assert verdicts(given_values, columns.count) == [names.get(str(value), value) for value in expected]


@pytest.mark.parametrize(
    "given_values",
    [
        pl.Series([NOON]),
        pl.Series([NOON]).dt.cast_time_unit("ms"),
        pl.Series([NOON]).dt.cast_time_unit("ns").dt.convert_time_zone("Asia/Tokyo"),
        pl.Series([NOON]).dt.replace_time_zone(None),
        pl.Series(["2026-03-01T13:00:00+01:00"]),
        pl.Series(["2026-03-01T12:00Z"], dtype=pl.Categorical),
    ],
    ids=lambda series: str(series.dtype),
)
def test_minutes_of_any_column_type_are_read_in_utc(given_values: pl.Series) -> None:
    assert verdicts(given_values, columns.minute) == [NOON]


@pytest.mark.parametrize(
    ("given_values", "reason"),
    [
        (pl.Series([None], dtype=pl.Datetime("us", "UTC")), QuarantineReason.MISSING_REQUIRED_VALUE),
        (pl.Series([2**62]).cast(pl.Datetime("ms")), QuarantineReason.VALUE_OUT_OF_RANGE),
        (pl.Series([-(2**62)]).cast(pl.Datetime("us", "UTC")), QuarantineReason.VALUE_OUT_OF_RANGE),
        (pl.Series([NOON.replace(second=1)]), QuarantineReason.VALUE_OUT_OF_RANGE),
        (pl.Series([date(1900, 1, 1)]), QuarantineReason.VALUE_OUT_OF_RANGE),
        (pl.Series([NOON.time()]), QuarantineReason.UNREADABLE_DATE),
        (pl.Series([1_772_366_400]), QuarantineReason.UNREADABLE_DATE),
    ],
    ids=lambda value: str(value.dtype) if isinstance(value, pl.Series) else value,
)
def test_instant_that_is_none_is_refused(given_values: pl.Series, reason: QuarantineReason) -> None:
    assert verdicts(given_values, columns.minute) == [reason]


def test_days_begin_at_their_first_minute() -> None:
    assert verdicts(pl.Series([date(2026, 3, 1)]), columns.minute) == [datetime(2026, 3, 1, tzinfo=UTC)]


def test_words_of_any_column_type() -> None:
    assert verdicts(pl.Series([12, None]), required_word) == ["12", QuarantineReason.MISSING_REQUIRED_VALUE]
    assert verdicts(pl.Series([2.0, 2.5]), required_word) == ["2", "2.5"]
    assert verdicts(pl.Series([["web"]]), required_word) == [QuarantineReason.MALFORMED_ROW]
    assert verdicts(pl.Series([NO_TEXT]), required_word) == [QuarantineReason.MALFORMED_ROW]


def test_amounts_of_any_column_type() -> None:
    assert verdicts(pl.Series([1, 0, None]), columns.amount) == [1.0, 0.0, None]
    assert verdicts(pl.Series([1.5, float("nan"), None]), columns.amount) == [1.5, None, None]
    assert verdicts(pl.Series([-0.5, float("inf")]), columns.amount) == [QuarantineReason.VALUE_OUT_OF_RANGE] * 2


def test_column_that_a_file_lacks_is_empty_in_every_row() -> None:
    frame = pl.DataFrame({"other": [1, 2]})
    assert frame.with_columns(v=columns.word(frame, "c", is_required=False).value)["v"].to_list() == ["", ""]
    assert frame.with_columns(v=columns.amount(frame, "c").value)["v"].to_list() == [None, None]
    checks = columns.minute(frame, "c").checks
    assert frame.with_columns(b=checks[0].is_broken)["b"].to_list() == [True, True]
