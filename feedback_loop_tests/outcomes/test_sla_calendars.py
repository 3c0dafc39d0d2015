"""Calendars as they are written: read as they are meant, or refused with what to write instead."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from feedback_loop.methods.working_time.calendar import EVERY_HOUR
from feedback_loop.outcomes.sla_calendars import CalendarText, shift_of

OFFICE: dict[str, Any] = {"zone": "Europe/Berlin", "hours": {"mon": ["13:00-17:30", "09:00-12:00"], "wed": ["00:00-24:00"]}}


def read(**changes: Any) -> CalendarText:
    return CalendarText.model_validate(OFFICE | changes)


def test_split_shifts_are_read_in_their_order_and_days_left_out_are_free() -> None:
    hours = read().calendar().hours
    assert hours.week == (((540, 720), (780, 1050)), (), ((0, 1440),), (), (), (), ())
    assert (hours.zone, hours.country, hours.closed_days) == ("Europe/Berlin", None, frozenset())


def test_the_hours_can_be_shown_in_one_line() -> None:
    assert read().hours_text == "mon 13:00-17:30, 09:00-12:00; wed 00:00-24:00"
    assert read(hours="around the clock").hours_text == "around the clock"


def test_around_the_clock_is_every_hour() -> None:
    hours = read(hours="around the clock").calendar().hours
    assert hours.week == EVERY_HOUR
    assert hours.never_closes


def test_holidays_and_closed_days_are_kept() -> None:
    hours = read(country="DE", subdivision="BY", closed_days=["2026-12-24"]).calendar().hours
    assert (hours.country, hours.subdivision, hours.closed_days) == ("DE", "BY", frozenset({date(2026, 12, 24)}))


def test_the_daily_review_is_held_where_the_day_has_its_hours() -> None:
    written = read(
        hours={"mon": ["09:00-12:00", "12:00-17:00"], "tue": ["09:00-11:30"], "wed": ["11:00-13:00"]}, daily_review="11:00-13:00"
    )
    calendar = written.calendar()
    assert calendar.reviews is not None
    assert calendar.reviews.week == (((660, 780),), (), ((660, 780),), (), (), (), ())
    assert calendar.hours.week[0] == ((540, 1020),)
    assert read().calendar().reviews is None


def test_a_holiday_has_no_review() -> None:
    reviews = read(hours="around the clock", country="DE", daily_review="15:00-16:00").calendar().reviews
    assert reviews is not None
    held = reviews.working_spans(datetime(2026, 12, 24, tzinfo=UTC), datetime(2026, 12, 28, tzinfo=UTC))
    assert [begin.date().isoformat() for begin, _ in held] == ["2026-12-24", "2026-12-27"]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"zone": "Berlin"}, "no zone is called 'Berlin'"),
        ({"hours": "round the clock"}, "write `around the clock`"),
        ({"hours": {}}, "no weekday has a shift"),
        ({"hours": {"mon": []}}, "no weekday has a shift"),
        ({"hours": {"monday": ["09:00-17:00"]}}, "Input should be 'mon'"),
        ({"hours": {"mon": ["09:00-12:00", "11:59-17:00"]}}, "shifts of mon overlap"),
        ({"hours": {"mon": ["22:00-06:00"]}}, "one past midnight as two"),
        ({"hours": {"mon": ["09:00-24:01"]}}, "is no shift"),
        ({"hours": {"mon": ["9-17"]}}, "is no shift"),
        ({"hours": {"mon": ["09:00-09:00"]}}, "is no shift"),
        ({"subdivision": "BY"}, "needs its country"),
        ({"country": "XX"}, "no holidays are known of XX;"),
        ({"country": "DE", "subdivision": "XX"}, "no holidays are known of DE XX;"),
        ({"country": False}, "valid string"),
        ({"hours": {"mon": ["09:00-12:30"]}, "daily_review": "12:00-13:00"}, "the daily review has to lie within a shift"),
        ({"hours": "around the clock", "daily_review": "00:00-24:00"}, "the daily review has to lie within a shift"),
        ({"holidays": "DE"}, "Extra inputs"),
    ],
)
def test_what_is_wrong_with_a_calendar_is_named(changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValidationError) as refused:
        read(**changes)
    assert problem in str(refused.value)


@given(st.integers(0, 1439), st.integers(1, 1440))
def test_a_shift_is_read_as_the_minutes_that_it_names(begin: int, length: int) -> None:
    end = min(begin + length, 1440)
    assert shift_of(f"{begin // 60:02d}:{begin % 60:02d}-{end // 60:02d}:{end % 60:02d}") == (begin, end)
