"""Spans: joined where they touch, cut where they overlap, added up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.methods.working_time.spans import LATEST, Span, in_utc, joined, total, without

ZERO = datetime(2026, 1, 1, tzinfo=UTC)
PAIRS = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), max_size=8)


def spans(*minutes: tuple[int, int]) -> list[Span]:
    return [(ZERO + timedelta(minutes=a), ZERO + timedelta(minutes=b)) for a, b in minutes]


def held(given_spans: list[Span]) -> set[int]:
    return {m for m in range(60) if any(a <= ZERO + timedelta(minutes=m) < b for a, b in given_spans)}


def test_spans_that_touch_become_one_and_empty_ones_none() -> None:
    assert list(joined(spans((1, 3), (2, 2), (3, 5), (4, 4), (7, 9)))) == spans((1, 5), (7, 9))


def test_a_span_within_another_adds_nothing() -> None:
    assert list(joined(spans((1, 9), (2, 3), (5, 9)))) == spans((1, 9))


def test_a_gap_may_cut_a_span_in_two_or_swallow_it() -> None:
    assert list(without(spans((1, 9), (10, 12)), spans((10, 13), (3, 4)))) == spans((1, 3), (4, 9))


@given(PAIRS)
def test_joining_keeps_the_instants_and_leaves_gaps_between(pairs: list[tuple[int, int]]) -> None:
    made = list(joined(sorted(spans(*pairs))))
    assert held(made) == held(spans(*pairs))
    assert all(earlier[1] < later[0] for earlier, later in pairwise(made))
    assert total(made) == timedelta(minutes=len(held(made)))


@given(PAIRS, PAIRS)
def test_cutting_leaves_the_instants_that_are_in_no_gap(pairs: list[tuple[int, int]], gaps: list[tuple[int, int]]) -> None:
    left = list(without(joined(sorted(spans(*pairs))), spans(*gaps)))
    assert held(left) == held(spans(*pairs)) - held(spans(*gaps))


def test_an_instant_of_any_zone_is_the_same_moment_in_utc() -> None:
    assert in_utc(datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))) == datetime(2026, 7, 1, 10, tzinfo=UTC)
    assert in_utc(datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/Berlin"))).tzinfo is UTC
    assert in_utc(datetime.max.replace(tzinfo=ZoneInfo("America/New_York"))) == LATEST


def test_a_time_of_no_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no moment"):
        in_utc(ZERO.replace(tzinfo=None))
