"""Working time: its laws, ten zones with their changes, and a count by minutes that knows nothing of how it is computed here."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.working_time.calendar import EVERY_HOUR, BusinessCalendar
from feedback_loop.methods.working_time.counting import LONGEST_SEARCH, due_at, working_time
from feedback_loop.methods.working_time.spans import LATEST
from feedback_loop_tests.methods.working_time.minute_oracle import CHANGES, Case, disagreements, made_up_case

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
OFFICE = BusinessCalendar("Europe/Berlin", (((540, 1020),),) * 5 + ((),) * 2)
FRIDAY = datetime(2026, 3, 27, 16, 0, tzinfo=ZoneInfo("Europe/Berlin"))
CASES = st.builds(made_up_case, st.integers(0, 10**9))
SECONDS = st.integers(0, 10 * 24 * 3600)


def test_five_hundred_made_up_calendars_agree_with_a_count_by_minutes() -> None:
    assert [found for number in range(500) for found in disagreements(made_up_case(number))] == []


def test_the_oracle_sees_a_minute_too_many() -> None:
    case = Case(OFFICE, FRIDAY.astimezone(UTC), 120, ())
    assert disagreements(case) == []
    late = BusinessCalendar(OFFICE.zone, (((540, 1021),),) * 5 + ((),) * 2)
    assert working_time(late, case.start, case.end) != working_time(OFFICE, case.start, case.end)


@given(CASES, SECONDS, SECONDS)
def test_the_time_to_somewhere_and_from_there_on_is_the_whole_time(case: Case, first: int, second: int) -> None:
    a, b, c = (case.start + timedelta(seconds=s) for s in (0, first, first + second))
    whole = working_time(case.calendar, a, c, case.pauses)
    assert working_time(case.calendar, a, b, case.pauses) + working_time(case.calendar, b, c, case.pauses) == whole


@given(CASES, SECONDS, SECONDS)
def test_a_later_end_never_gives_less_and_never_more_than_what_passed(case: Case, first: int, more: int) -> None:
    early, late = (case.start + timedelta(seconds=s) for s in (first, first + more))
    grown = working_time(case.calendar, case.start, late, case.pauses) - working_time(case.calendar, case.start, early, case.pauses)
    assert timedelta() <= grown <= timedelta(seconds=more)


@given(CASES, st.integers(1, 40 * 3600))
def test_until_a_target_is_due_exactly_the_target_was_worked(case: Case, seconds: int) -> None:
    target = timedelta(seconds=seconds)
    due = due_at(case.calendar, case.start, target, case.pauses)
    if due is None:
        assert working_time(case.calendar, case.start, case.start + LONGEST_SEARCH, case.pauses) < target
    else:
        assert working_time(case.calendar, case.start, due, case.pauses) == target
        assert working_time(case.calendar, case.start, due - timedelta(microseconds=1), case.pauses) < target


@given(CASES, SECONDS, SECONDS)
def test_what_is_due_later_is_more(case: Case, first: int, more: int) -> None:
    early, late = (due_at(case.calendar, case.start, timedelta(seconds=s), case.pauses) for s in (first, first + more))
    assert late is None or (early is not None and early <= late)


@given(CASES, SECONDS)
def test_a_pause_takes_away_the_working_time_in_it_and_no_more(case: Case, seconds: int) -> None:
    begin, until, end = case.start + HOUR, case.start + HOUR + timedelta(seconds=seconds), case.start + 12 * 24 * HOUR
    worked = working_time(case.calendar, case.start, end)
    paused = working_time(case.calendar, case.start, end, [(begin, until), (begin, until)])
    assert worked - paused == working_time(case.calendar, begin, until)


@given(CASES, SECONDS, st.sampled_from([*CHANGES]))
def test_the_zone_in_which_an_instant_is_written_changes_nothing(case: Case, seconds: int, zone: str) -> None:
    end = case.start + timedelta(seconds=seconds)
    here, there = (instant.astimezone(ZoneInfo(zone)) for instant in (case.start, end))
    assert working_time(case.calendar, here, there, case.pauses) == working_time(case.calendar, case.start, end, case.pauses)


@pytest.mark.parametrize("zone", CHANGES)
def test_around_the_clock_in_any_zone_is_the_time_that_passed(zone: str) -> None:
    day = datetime.fromisoformat(CHANGES[zone][0]).replace(tzinfo=UTC)
    shifts = BusinessCalendar(zone, (*EVERY_HOUR[:6], ((0, 720), (720, 1440))))
    assert not shifts.never_closes
    assert working_time(shifts, day - 60 * HOUR, day + 60 * HOUR) == 120 * HOUR


def test_a_weekend_that_changes_the_clocks_takes_nothing_from_a_target_of_working_hours() -> None:
    assert due_at(OFFICE, FRIDAY, 2 * HOUR) == datetime(2026, 3, 30, 8, 0, tzinfo=UTC)


def test_a_target_that_is_used_up_at_closing_time_is_due_then() -> None:
    assert due_at(OFFICE, FRIDAY, HOUR) == datetime(2026, 3, 27, 16, 0, tzinfo=UTC)
    assert working_time(OFFICE, FRIDAY, FRIDAY + 40 * HOUR) == HOUR


def test_an_end_before_the_start_has_no_time() -> None:
    assert working_time(OFFICE, FRIDAY, FRIDAY - HOUR) == timedelta()
    assert working_time(BusinessCalendar("UTC", EVERY_HOUR), FRIDAY, FRIDAY - HOUR) == timedelta()


def test_nothing_is_due_at_once() -> None:
    assert due_at(OFFICE, FRIDAY + 10 * HOUR, timedelta()) == FRIDAY + 10 * HOUR


def test_under_a_pause_that_goes_on_nothing_becomes_due() -> None:
    assert due_at(OFFICE, FRIDAY, 30 * MINUTE, [(FRIDAY + 20 * MINUTE, None)]) is None
    assert due_at(OFFICE, FRIDAY, 20 * MINUTE, [(FRIDAY + 20 * MINUTE, None)]) == FRIDAY + 20 * MINUTE


def test_an_instant_of_no_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        working_time(OFFICE, FRIDAY.replace(tzinfo=None), FRIDAY)


def test_the_last_years_that_a_clock_can_show_break_nothing() -> None:
    last = datetime.max.replace(tzinfo=UTC)
    assert due_at(OFFICE, last, HOUR) is None
    assert working_time(BusinessCalendar("UTC", EVERY_HOUR), LATEST - HOUR, last) == HOUR
