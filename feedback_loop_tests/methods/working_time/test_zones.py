"""What a zone's clock shows: whole, in order, and changed to the second where the zone changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from feedback_loop.methods.working_time.zones import steady_spans
from feedback_loop_tests.methods.working_time.minute_oracle import CHANGES

HOUR = timedelta(hours=1)
START, END = datetime(2010, 5, 1, 13, tzinfo=UTC), datetime(2013, 2, 1, 7, tzinfo=UTC)


@pytest.mark.parametrize("zone", [*CHANGES, "UTC", "Asia/Kathmandu", "Africa/Casablanca"])
def test_the_spans_follow_each_other_without_a_hole_and_show_the_zones_time(zone: str) -> None:
    found = list(steady_spans(zone, START, END))
    assert (found[0][0], found[-1][1]) == (START, END)
    assert all(earlier[1] == later[0] for earlier, later in pairwise(found))
    for begin, end, offset in found:
        for instant in (begin, begin + (end - begin) / 2, end - timedelta(seconds=1)):
            assert instant.astimezone(ZoneInfo(zone)).utcoffset() == offset


def test_a_change_lies_where_the_law_puts_it() -> None:
    found = list(steady_spans("Europe/Berlin", datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)))
    assert [span[1] for span in found] == [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)]
    assert [span[2] for span in found] == [HOUR, 2 * HOUR]


def test_the_day_that_samoa_left_out_is_one_change() -> None:
    found = list(steady_spans("Pacific/Apia", datetime(2011, 12, 29, tzinfo=UTC), datetime(2011, 12, 31, tzinfo=UTC)))
    assert [span[2] for span in found] == [-10 * HOUR, 14 * HOUR]


def test_no_time_has_no_span() -> None:
    assert list(steady_spans("UTC", END, START)) == []
