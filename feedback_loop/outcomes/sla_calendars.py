"""How a business calendar is written down: zone, shifts of each weekday, holidays of a place, closed days, the daily review.

What a calendar counts is in `methods/working_time`. The rule that is easy to break: a shift ends at midnight at the latest; one that goes
on past it is written as two, because the next day may be a holiday.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, model_validator

from feedback_loop.methods.working_time.calendar import MINUTES_OF_DAY, BusinessCalendar, Shift
from feedback_loop.methods.working_time.public_holidays import is_known_place

AROUND_THE_CLOCK, WHOLE_DAY = "around the clock", "00:00-24:00"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_SHIFT = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class Strict(BaseModel):
    """What is written by hand: a word that nobody knows is refused, because it may be a promise that is spelt wrong."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _known_zone(zone: str) -> str:
    if zone not in available_timezones():
        raise ValueError(f"no zone is called '{zone}'; take a name of the IANA database such as Europe/Berlin")
    return zone


def _readable_shift(text: str) -> str:
    shift_of(text)
    return text


def shift_of(text: str) -> Shift:
    """The minutes since midnight of a text such as `09:00-17:30`; raises ValueError where it is none."""
    found = _SHIFT.fullmatch(text)
    hour, minute, last_hour, last_minute = (int(part) for part in found.groups()) if found else (0, 0, 0, 0)
    begin, end = hour * 60 + minute, last_hour * 60 + last_minute
    if not begin < end <= MINUTES_OF_DAY:
        raise ValueError(f"'{text}' is no shift; write it as 09:00-17:30, until 24:00 at most, and one past midnight as two")
    return begin, end


def _shifts_by_weekday(hours: object) -> object:
    if hours == AROUND_THE_CLOCK:
        return {day: [WHOLE_DAY] for day in WEEKDAYS}
    if not isinstance(hours, dict):
        raise ValueError(f"write `{AROUND_THE_CLOCK}`, or the shifts of each weekday such as mon: [09:00-17:00]")
    return hours


ShiftText = Annotated[str, AfterValidator(_readable_shift)]


@dataclass(frozen=True)
class WorkCalendar:
    """When somebody works, and in which hours of it the daily review is held, where there is one."""

    hours: BusinessCalendar
    reviews: BusinessCalendar | None = None


class CalendarText(Strict):
    """One calendar as it is written."""

    zone: Annotated[str, AfterValidator(_known_zone)]
    hours: Annotated[Mapping[Weekday, tuple[ShiftText, ...]], BeforeValidator(_shifts_by_weekday)]
    country: str | None = None
    subdivision: str | None = None
    closed_days: tuple[date, ...] = ()
    daily_review: ShiftText | None = None

    @model_validator(mode="after")
    def _can_be_kept(self) -> CalendarText:
        if problem := self._problem():
            raise ValueError(problem)
        return self

    def _problem(self) -> str | None:
        if not any(self._shifts(day) for day in WEEKDAYS):
            return "no weekday has a shift, so nothing would ever be due; name one"
        if overlapping := [day for day in WEEKDAYS if _overlap(self._shifts(day))]:
            return f"shifts of {overlapping[0]} overlap; join them"
        if self.subdivision is not None and self.country is None:
            return "a subdivision needs its country"
        if self.country is not None and not is_known_place(self.country, self.subdivision):
            return f"no holidays are known of {self.country} {self.subdivision or ''}".rstrip() + "; take ISO codes such as DE and BY"
        if self.daily_review == WHOLE_DAY or (self.daily_review and not any(self._has_review(day) for day in WEEKDAYS)):
            return "the daily review has to lie within a shift, and to end before the next begins"
        return None

    @property
    def hours_text(self) -> str:
        """The shifts in one line, weekdays in their order."""
        if all(self._shifts(day) == [(0, MINUTES_OF_DAY)] for day in WEEKDAYS):
            return AROUND_THE_CLOCK
        texts = {str(day): ", ".join(shifts) for day, shifts in self.hours.items() if shifts}
        return "; ".join(f"{day} {texts[day]}" for day in WEEKDAYS if day in texts)

    def calendar(self) -> WorkCalendar:
        """What it says, to be counted with."""
        week = tuple(tuple(self._shifts(day)) for day in WEEKDAYS)
        hours = BusinessCalendar(self.zone, week, self.country, self.subdivision, frozenset(self.closed_days))
        if self.daily_review is None:
            return WorkCalendar(hours)
        review = shift_of(self.daily_review)
        return WorkCalendar(hours, replace(hours, week=tuple((review,) if self._has_review(day) else () for day in WEEKDAYS)))

    def _shifts(self, day: str) -> list[Shift]:
        """The shifts in their order, those that touch joined."""
        joined = list[Shift]()
        for begin, end in sorted(shift_of(text) for written, texts in self.hours.items() if written == day for text in texts):
            touches = bool(joined) and joined[-1][1] == begin
            joined.append((joined.pop()[0], end) if touches else (begin, end))
        return joined

    def _has_review(self, day: str) -> bool:
        review = shift_of(self.daily_review or WHOLE_DAY)
        return any(begin <= review[0] and review[1] <= end for begin, end in self._shifts(day))


def _overlap(shifts: list[Shift]) -> bool:
    return any(later[0] < earlier[1] for earlier, later in pairwise(shifts))
