"""Working time counted minute by minute, as slowly and as plainly as it can be: what the fast way is compared with.

Each minute in UTC is turned into the time that the wall clock of the zone shows, and asked whether it counts. Nothing of the package is
used but the fields of a calendar; holidays are asked of the library for each day anew.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays

from feedback_loop.methods.working_time.calendar import EVERY_HOUR, BusinessCalendar, Shift, Week
from feedback_loop.methods.working_time.counting import Pause, due_at, working_time

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

CHANGES = {
    "Europe/Berlin": ("2026-03-29", "2026-10-25"),
    "Europe/London": ("2026-03-29", "2026-10-25"),
    "America/New_York": ("2026-03-08", "2026-11-01"),
    "America/St_Johns": ("2026-03-08", "2026-11-01"),
    "America/Santiago": ("2026-04-05", "2026-09-06"),
    "America/Havana": ("2026-03-08", "2026-11-01"),
    "Australia/Sydney": ("2026-04-05", "2026-10-04"),
    "Australia/Lord_Howe": ("2026-04-05", "2026-10-04"),
    "Pacific/Chatham": ("2026-04-05", "2026-09-27"),
    "Asia/Beirut": ("2026-03-29", "2026-10-25"),
    "Pacific/Apia": ("2011-12-30", "2012-04-01"),
}
"""Zones and the days of two changes of their clocks: by an hour, by half of one, at midnight, and a whole day that never was."""

CHRISTMAS = "2026-12-25"
PLACES = ((None, None), (None, None), ("DE", "BY"), ("US", None), ("AU", "NSW"), ("CL", None), ("GB", "SCT"))


@dataclass(frozen=True)
class Case:
    """One calendar with pauses, and the minutes over which it is asked."""

    calendar: BusinessCalendar
    start: datetime
    minutes: int
    pauses: tuple[Pause, ...]

    @property
    def end(self) -> datetime:
        return self.start + self.minutes * MINUTE


def made_up_case(number: int, most_days: int = 3) -> Case:
    """The case of this number; two windows of three lie around a change of the clocks, the third around Christmas."""
    draw = random.Random(number)
    zone = draw.choice([*CHANGES])
    day = datetime.fromisoformat(draw.choice([*CHANGES[zone], CHRISTMAS])).replace(tzinfo=UTC)
    start = day - draw.randrange(2 * 24 * 60) * MINUTE
    minutes = draw.randrange(1, most_days * 24 * 60)
    pauses = tuple(_pause(draw, start, minutes) for _ in range(draw.choice([0, 0, 1, 2, 4])))
    return Case(_calendar(draw, zone, start), start, minutes, pauses)


def _calendar(draw: random.Random, zone: str, start: datetime) -> BusinessCalendar:
    country, subdivision = draw.choice(PLACES)
    closed = frozenset((start + draw.randrange(5) * DAY).date() for _ in range(draw.choice([0, 0, 1])))
    week = EVERY_HOUR if draw.random() < 0.15 else _week(draw)
    return BusinessCalendar(zone, week, country, subdivision, closed)


def _week(draw: random.Random) -> Week:
    def shifts() -> tuple[Shift, ...]:
        edges = sorted(draw.sample(range(24 * 60 + 1), 2 * draw.choice([0, 1, 1, 2, 3])))
        return tuple(zip(edges[::2], edges[1::2], strict=True))

    return tuple(shifts() for _ in range(7))


def _pause(draw: random.Random, start: datetime, minutes: int) -> Pause:
    begin = start + draw.randrange(-60, minutes) * MINUTE
    return begin, None if draw.random() < 0.1 else begin + draw.randrange(1, 600) * MINUTE


def counted_minutes(case: Case) -> list[bool]:
    """Of each minute of the case whether it counts."""
    zone, closed = ZoneInfo(case.calendar.zone), _Closed(case.calendar)
    counts = []
    for number in range(case.minutes):
        instant = case.start + number * MINUTE
        shown = instant.astimezone(zone)
        minute = shown.hour * 60 + shown.minute
        is_open = any(begin <= minute < end for begin, end in case.calendar.week[shown.weekday()]) and not closed.holds(shown.date())
        counts.append(is_open and not any(begin <= instant and (until is None or instant < until) for begin, until in case.pauses))
    return counts


class _Closed:
    def __init__(self, calendar: BusinessCalendar) -> None:
        self.closed_days = calendar.closed_days
        self.holidays = holidays.country_holidays(calendar.country, calendar.subdivision) if calendar.country else {}

    def holds(self, day: date) -> bool:
        return day in self.closed_days or day in self.holidays


def disagreements(case: Case, targets: int = 3) -> list[str]:
    """What the package says otherwise than the oracle: the time of the whole window, and when some targets are due."""
    counts = counted_minutes(case)
    found = []
    slow, fast = sum(counts) * MINUTE, working_time(case.calendar, case.start, case.end, case.pauses)
    if slow != fast:
        found.append(f"{case}: {fast} instead of {slow}")
    for number in range(1, targets + 1):
        target = sum(counts) * number // targets
        due = due_at(case.calendar, case.start, target * MINUTE, case.pauses)
        if due != case.start + _minutes_until(counts, target) * MINUTE:
            found.append(f"{case}: {target} minutes are due {due} instead of after {_minutes_until(counts, target)}")
    return found


def _minutes_until(counts: list[bool], target: int) -> int:
    """After how many minutes so many have counted."""
    left = target
    for number, is_counted in enumerate(counts):
        if left == 0:
            return number
        left -= is_counted
    return len(counts)
