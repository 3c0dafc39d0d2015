"""Days are days in UTC, and ranges of them hold both their ends."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.days import DayRange, contiguous_ranges, day_of, parse_day
from feedback_loop.errors import BadInput

FRIDAY = date(2021, 10, 8)
days = st.dates(date(2020, 1, 1), date(2020, 3, 1))


def test_the_day_of_an_instant_is_the_one_in_utc() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert day_of(datetime(2021, 10, 9, 1, 0, tzinfo=tokyo)) == FRIDAY
    assert day_of(datetime(2021, 10, 8, 23, 59, 59, 999_999, tzinfo=UTC)) == FRIDAY


def test_an_instant_without_a_zone_has_no_day() -> None:
    with pytest.raises(BadInput, match="without a time zone"):
        day_of(datetime(2021, 10, 8))  # noqa: DTZ001


@pytest.mark.parametrize("text", ["2021-13-01", "08.10.2021", "", "today", "2021-10-08T12:00"])
def test_a_word_that_is_no_day_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(BadInput, match="YYYY-MM-DD"):
        parse_day(text)


@given(days)
@settings(max_examples=30)
def test_a_day_survives_being_written_and_read(day: date) -> None:
    assert parse_day(day.isoformat()) == day


def test_a_range_holds_both_ends_and_nothing_beyond() -> None:
    span = DayRange(FRIDAY, FRIDAY + timedelta(days=2))
    assert list(span) == [date(2021, 10, 8), date(2021, 10, 9), date(2021, 10, 10)]
    assert len(span) == 3
    assert [day in span for day in (date(2021, 10, 7), span.first, span.last, date(2021, 10, 11))] == [False, True, True, False]


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadInput, match="Swap the two days"):
        DayRange(FRIDAY, FRIDAY - timedelta(days=1))


def test_a_range_reads_as_its_ends_or_its_only_day() -> None:
    assert str(DayRange(FRIDAY, FRIDAY)) == "2021-10-08"
    assert str(DayRange(FRIDAY, FRIDAY + timedelta(days=1))) == "2021-10-08..2021-10-09"


def test_a_widened_range_grows_at_each_end_by_what_was_asked() -> None:
    span = DayRange(FRIDAY, FRIDAY)
    assert span.widened(before=2) == DayRange(date(2021, 10, 6), FRIDAY)
    assert span.widened(after=1) == DayRange(FRIDAY, date(2021, 10, 9))
    assert span.widened() == span


@given(st.lists(days, max_size=25))
@settings(max_examples=80)
def test_contiguous_ranges_hold_exactly_the_days_and_never_touch(given_days: list[date]) -> None:
    ranges = contiguous_ranges(given_days)
    assert [day for span in ranges for day in span] == sorted(set(given_days))
    gaps = [(later.first - earlier.last).days for earlier, later in pairwise(ranges)]
    assert all(gap > 1 for gap in gaps)
