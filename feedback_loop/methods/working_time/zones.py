"""What the wall clock of a zone shows: stretches of time during which it differs from UTC by the same.

Zones come from the IANA database by `zoneinfo`. The rule that is easy to break: an hour that a change leaves out never was, and one that it
repeats was twice; whoever turns a time of the wall clock into one instant has to guess, so here instants are turned into times only.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY, _SECOND = timedelta(days=1), timedelta(seconds=1)

SteadySpan = tuple[datetime, datetime, timedelta]


def steady_spans(zone: str, start: datetime, end: datetime) -> Iterator[SteadySpan]:
    """From start to end in UTC, in order: beginning, end, and what is added to UTC in between to get the time of the zone."""
    for year in range(start.year, end.year + 1):
        for begin, finish, offset in _of_year(zone, year):
            if begin < end and finish > start:
                yield max(begin, start), min(finish, end), offset


@lru_cache(maxsize=4096)
def _of_year(zone: str, year: int) -> tuple[SteadySpan, ...]:
    """The spans of a year. No zone has changed twice within a week since 1970, so that a look each day misses no change."""
    rules = ZoneInfo(zone)
    begin, last = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    spans, day = list[SteadySpan](), begin
    while day < last:
        following = day + _DAY
        if _offset(rules, day) != _offset(rules, following):
            change = _change_between(rules, day, following)
            spans.append((begin, change, _offset(rules, day)))
            begin = change
        day = following
    return *spans, (begin, last, _offset(rules, last - _SECOND))


def _offset(rules: ZoneInfo, instant: datetime) -> timedelta:
    return instant.astimezone(rules).utcoffset() or timedelta()


def _change_between(rules: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second with the later offset."""
    old = _offset(rules, before)
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        before, after = (middle, after) if _offset(rules, middle) == old else (before, middle)
    return after
