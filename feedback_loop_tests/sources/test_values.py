from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.vocab import QuarantineReason, Severity
from feedback_loop.sources import values as read
from feedback_loop.sources.reading import RowRefused

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def reason_of(function: str, value: object) -> QuarantineReason:
    with pytest.raises(RowRefused) as raised:
        getattr(read, function)({"c": value}, "c")
    return raised.value.problem.reason


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-01 12:00", "2026-03-01T12:00:00", "2026-03-01T12:00:00Z", "2026-03-01 12:00:00 UTC", "2026-03-01 12:00:00.000000",
        "2026-03-01T13:00:00+01:00", "2026-03-01 07:00:00 -0500", "2026-03-01T17:30:00+05:30", "2026-03-01T12:00:00,000Z",
    ],
)  # fmt: skip
def test_instant_is_read_in_utc_whatever_its_zone(written: str) -> None:
    found = read.instant({"c": written}, "c")
    assert found == NOON
    assert found.tzinfo is UTC


def test_day_alone_is_its_first_instant() -> None:
    assert read.instant({"c": "2026-03-01"}, "c") == datetime(2026, 3, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["1614600000", "01/03/2026", "2026-13-01", "2026-03-01 25:00", "٢٠٢٦-٠٣-٠١", "2026-W09-7", "now", "2026-03-01x12:00"]
)
def test_date_in_another_writing_is_unreadable(written: str) -> None:
    assert reason_of("instant", written) is QuarantineReason.UNREADABLE_DATE


@pytest.mark.parametrize("written", ["1969-12-31T23:59:59Z", "9998-12-31 23:59", "2100-01-01", "1970-01-01T00:30:00+01:00"])
def test_date_outside_of_all_sense_is_out_of_range(written: str) -> None:
    assert reason_of("instant", written) is QuarantineReason.VALUE_OUT_OF_RANGE


@pytest.mark.parametrize("written", ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"])
def test_date_that_no_calendar_holds_in_utc_is_unreadable(written: str) -> None:
    assert reason_of("instant", written) is QuarantineReason.UNREADABLE_DATE


def test_date_in_the_future_is_landed() -> None:
    assert read.instant({"c": "2099-12-31T23:59:59Z"}, "c").year == 2099


@pytest.mark.parametrize(
    ("value", "expected"), [(7, "7"), (7.0, "7"), ("7.0", "7.0"), (" a b ", "a b"), (None, None), ("", None), (float("nan"), None)]
)
def test_word_is_the_value_as_text(value: object, expected: str | None) -> None:
    assert read.word({"c": value}, "c") == expected


def test_word_of_an_absent_column_is_none() -> None:
    assert read.word({}, "c") is None


@pytest.mark.parametrize("value", [True, ["a"], {"a": 1}, b"a", "a\x00b", "a\tb", "a\x1b[31mb"])
def test_nested_values_truth_values_and_control_characters_are_no_words(value: object) -> None:
    assert reason_of("word", value) is QuarantineReason.MALFORMED_ROW


def test_overlong_word_is_out_of_range() -> None:
    assert reason_of("word", "x" * 1001) is QuarantineReason.VALUE_OUT_OF_RANGE
    assert read.word({"c": "x" * 1000}, "c") == "x" * 1000


@pytest.mark.parametrize("function", ["word", "words"])
def test_half_a_surrogate_pair_is_broken_encoding(function: str) -> None:
    assert reason_of(function, "a\ud800") is QuarantineReason.BROKEN_ENCODING


@pytest.mark.parametrize(("value", "expected"), [("1", 1.0), ("4.5", 4.5), (5, 5.0), (3.5, 3.5), ("", None), (None, None)])
def test_rating_is_a_number_from_one_to_five(value: object, expected: float | None) -> None:
    assert read.rating({"c": value}, "c") == expected


@pytest.mark.parametrize("value", ["0.99", "5.01", "inf", "1e0", "1_0", "５", "-3", "+3"])
def test_rating_outside_of_its_range_is_refused(value: str) -> None:
    assert reason_of("rating", value) is QuarantineReason.VALUE_OUT_OF_RANGE


def test_choice_is_read_whatever_its_case_and_refused_when_unknown() -> None:
    assert read.choice({"c": " Urgent "}, "c", Severity) is Severity.URGENT
    with pytest.raises(RowRefused) as raised:
        read.choice({"c": "blocker"}, "c", Severity)
    assert raised.value.problem.reason is QuarantineReason.UNKNOWN_VALUE
    assert "blocker" not in raised.value.problem.detail


@pytest.mark.parametrize(("value", "expected"), [("DE", "de"), ("en-US", "en"), ("pt_BR", "pt"), ("German", None), ("", None)])
def test_language_is_an_iso_code_or_nothing(value: str, expected: str | None) -> None:
    assert read.language({"c": value}, "c") == expected


@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none(), st.lists(st.integers()), st.binary()))
def test_any_value_is_read_or_refused_and_nothing_else(value: object) -> None:
    for function in (read.word, read.words, read.instant, read.rating, read.language):
        try:
            function({"c": value}, "c")
        except RowRefused as refusal:
            assert refusal.problem.detail.startswith("c ")  # noqa: PT017 - the refusal is one of two good outcomes


@pytest.mark.parametrize(
    ("written", "expected"), [("0", 0.0), ("12.50", 12.5), (3, 3.0), (0.25, 0.25), ("1e3", 1000.0), (None, None), (" ", None)]
)
def test_amount_is_a_number_of_zero_or_more(written: object, expected: float | None) -> None:
    assert read.amount({"c": written}, "c") == expected


@pytest.mark.parametrize("written", ["-1", "+1", "1,5", "$5", "inf", "1e999", "٣", "0x10", "1_000"])
def test_amount_in_another_writing_is_refused(written: str) -> None:
    assert reason_of("amount", written) is QuarantineReason.VALUE_OUT_OF_RANGE


def test_optional_instant_may_be_absent_but_not_wrong() -> None:
    assert read.optional_instant({}, "c") is None
    assert read.optional_instant({"c": "2026-03-01T12:00Z"}, "c") == NOON
    assert reason_of("optional_instant", "soon") is QuarantineReason.UNREADABLE_DATE


def test_required_choice_is_never_empty() -> None:
    with pytest.raises(RowRefused, match="c is empty"):
        read.required_choice({"c": ""}, "c", Severity)
    assert read.required_choice({"c": "HIGH"}, "c", Severity) is Severity.HIGH
