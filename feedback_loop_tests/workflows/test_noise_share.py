"""Complaints that fit no cluster are counted by their own day, and warned of where they are more than usual."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from feedback_loop.contracts.days import DayRange
from feedback_loop.workflows.noise_share import CLUSTER, noise_by_day, noise_judgement
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import FakeTableStore

FIRST = date(2026, 1, 1)


def clusters(noise_by_number: dict[int, int], per_day: int = 40) -> FakeTableStore:
    """Days with so many of forty complaints in no cluster."""
    store = FakeTableStore()
    for number, noise in noise_by_number.items():
        day = FIRST + timedelta(days=number)
        sizes = {True: noise, False: per_day - noise}
        rows = [
            {"cluster_id": f"c{number}{is_noise}", "is_catch_all": is_noise, "event_date": day, "day_fragment_ids": ["f"] * count,
             "member_fragment_ids": ["f"] * 500}
            for is_noise, count in sizes.items()
        ]  # fmt: skip
        store.append(CLUSTER, frame_of(CLUSTER, *rows))
    return store


def judged(noise_by_number: dict[int, int]) -> bool:
    last = FIRST + timedelta(days=max(noise_by_number))
    return noise_judgement(clusters(noise_by_number), DayRange(last, last)).is_passed


def test_a_days_own_complaints_are_counted_and_days_without_any_are_not() -> None:
    store = clusters({0: 10, 1: 0})
    empty = {"cluster_id": "e", "is_catch_all": True, "event_date": FIRST + timedelta(days=2), "day_fragment_ids": []}
    store.append(CLUSTER, frame_of(CLUSTER, empty))
    assert noise_by_day(store.read(CLUSTER)).rows() == [(FIRST, 10, 40), (FIRST + timedelta(days=1), 0, 40)]


@pytest.mark.parametrize(("last", "is_passed"), [(12, True), (34, False)])
def test_more_noise_than_usual_is_warned_of(last: int, is_passed: bool) -> None:
    assert judged({**dict.fromkeys(range(20), 10), 20: last}) is is_passed


@pytest.mark.parametrize(("noise", "is_passed"), [(30, True), (40, False)])
def test_a_young_home_is_warned_only_where_nearly_nothing_fits(noise: int, is_passed: bool) -> None:
    assert judged({0: noise}) is is_passed


def test_the_warning_says_which_day_and_stops_nothing() -> None:
    found = noise_judgement(clusters({0: 40}), DayRange(FIRST, FIRST))
    assert not found.is_error
    assert "in no cluster (2026-01-01: 100% of 40" in found.said
