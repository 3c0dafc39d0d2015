"""Business calendars: faults that other systems published, each as a test; what is counted between two instants is in `test_counting`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.working_time.calendar import EVERY_HOUR, BusinessCalendar, Week
from feedback_loop.methods.working_time.counting import due_at, working_time
from feedback_loop.methods.working_time.spans import LATEST, Span
from feedback_loop_tests.methods.working_time.minute_oracle import Case, made_up_case

HOUR = timedelta(hours=1)
NINE_TO_FIVE: Week = (((540, 1020),),) * 5 + ((),) * 2
SPLIT: Week = (((540, 720), (780, 1020)),) * 5 + ((),) * 2
BERLIN = BusinessCalendar("Europe/Berlin", NINE_TO_FIVE)


def at(text: str, zone: str = "Europe/Berlin") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def test_split_shifts_are_not_lost() -> None:
    split = replace(BERLIN, week=SPLIT)
    assert working_time(split, at("2026-06-01 00:00"), at("2026-06-02 00:00")) == 7 * HOUR
    assert working_time(split, at("2026-06-01 12:00"), at("2026-06-01 13:00")) == timedelta()
    assert due_at(split, at("2026-06-01 11:30"), HOUR) == at("2026-06-01 13:30")


def test_business_hours_are_not_ignored() -> None:
    assert working_time(BERLIN, at("2026-06-05 16:00"), at("2026-06-08 10:00")) == 2 * HOUR
    assert due_at(BERLIN, at("2026-06-06 03:00"), HOUR) == at("2026-06-08 10:00")


def test_a_holiday_is_a_day_of_the_calendars_own_zone() -> None:
    sydney = BusinessCalendar("Australia/Sydney", NINE_TO_FIVE, "AU", "NSW")
    # Australia Day of 2026, a Monday there, began on Sunday at 13:00 in UTC and was over on Monday at 13:00.
    assert working_time(sydney, at("2026-01-26 00:00", "Australia/Sydney"), at("2026-01-27 00:00", "Australia/Sydney")) == timedelta()
    assert due_at(sydney, at("2026-01-25 20:00", "UTC"), HOUR) == at("2026-01-26 23:00", "UTC")
    assert working_time(sydney, at("2026-01-27 00:00", "Australia/Sydney"), at("2026-01-28 00:00", "Australia/Sydney")) == 8 * HOUR


def test_a_holiday_of_another_zone_closes_nobody_here() -> None:
    new_york = BusinessCalendar("America/New_York", NINE_TO_FIVE, "US")
    assert working_time(new_york, at("2026-01-26 00:00", "America/New_York"), at("2026-01-27 00:00", "America/New_York")) == 8 * HOUR
    assert working_time(new_york, at("2026-07-03 00:00", "America/New_York"), at("2026-07-04 00:00", "America/New_York")) == timedelta()


def test_an_hour_that_the_clocks_leave_out_is_not_counted() -> None:
    night = replace(BERLIN, week=(((60, 300),),) * 7)
    assert working_time(night, at("2026-03-28 00:00"), at("2026-03-29 00:00")) == 4 * HOUR
    assert working_time(night, at("2026-03-29 00:00"), at("2026-03-30 00:00")) == 3 * HOUR
    assert working_time(replace(BERLIN, week=(((120, 180),),) * 7), at("2026-03-29 00:00"), at("2026-03-30 00:00")) == timedelta()


def test_an_hour_that_the_clocks_show_twice_is_counted_twice() -> None:
    night = replace(BERLIN, week=(((60, 300),),) * 7)
    assert working_time(night, at("2026-10-25 00:00"), at("2026-10-26 00:00")) == 5 * HOUR
    assert working_time(replace(BERLIN, week=(((120, 150),),) * 7), at("2026-10-25 00:00"), at("2026-10-26 00:00")) == HOUR


def test_a_day_around_the_clock_has_as_many_hours_as_it_had() -> None:
    around = replace(BERLIN, week=EVERY_HOUR)
    days = [("2026-03-29", "2026-03-30"), ("2026-10-25", "2026-10-26"), ("2026-06-01", "2026-06-02")]
    hours = [working_time(around, at(f"{a} 00:00"), at(f"{b} 00:00")) / HOUR for a, b in days]
    assert hours == [23, 25, 24]


def test_own_closed_days_and_holidays_close_what_never_closes_otherwise() -> None:
    closed = replace(BERLIN, week=EVERY_HOUR, closed_days=frozenset({date(2026, 6, 1)}))
    assert not closed.never_closes
    assert not replace(BERLIN, week=EVERY_HOUR, country="DE").never_closes
    assert replace(BERLIN, week=EVERY_HOUR).never_closes
    assert working_time(closed, at("2026-05-31 12:00"), at("2026-06-02 12:00")) == 24 * HOUR


def test_shifts_that_meet_at_midnight_are_one_span() -> None:
    nights: Week = (((0, 360), (1320, 1440)),) * 7
    spans = list(BusinessCalendar("UTC", nights).working_spans(datetime(2026, 6, 1, 12, tzinfo=UTC), datetime(2026, 6, 2, 12, tzinfo=UTC)))
    assert spans == [(datetime(2026, 6, 1, 22, tzinfo=UTC), datetime(2026, 6, 2, 6, tzinfo=UTC))]


def test_spans_are_made_as_they_are_asked_for() -> None:
    first: list[Span] = list(islice(BERLIN.working_spans(at("2026-06-01 00:00").astimezone(UTC), LATEST), 1))
    assert first == [(at("2026-06-01 09:00"), at("2026-06-01 17:00"))]


@pytest.mark.parametrize("calendar", [BERLIN, BusinessCalendar("UTC", EVERY_HOUR)])
def test_from_a_later_instant_to_an_earlier_one_nothing_is_worked(calendar: BusinessCalendar) -> None:
    assert list(calendar.working_spans(datetime(2026, 6, 2, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))) == []


@given(st.builds(made_up_case, st.integers(0, 10**9)))
def test_spans_lie_within_the_window_in_order_and_apart(case: Case) -> None:
    spans = list(case.calendar.working_spans(case.start, case.end))
    assert all(case.start <= begin < end <= case.end for begin, end in spans)
    assert all(earlier[1] < later[0] for earlier, later in pairwise(spans))
