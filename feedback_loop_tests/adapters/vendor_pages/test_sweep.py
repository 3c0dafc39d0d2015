"""Runs through what is new: each begins where the last whole one ended, whatever cut one short, and reaches over clocks that differ."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from feedback_loop.adapters.vendor_pages.page_client import SKEW
from feedback_loop.adapters.vendor_pages.sweep import Sweep
from feedback_loop.errors import CursorExpired
from feedback_loop_tests.fakes import START


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def test_a_run_goes_on_until_it_reaches_what_the_last_one_saw_and_the_next_begins_at_its_newest() -> None:
    cursor, is_last = Sweep.at(None, START, "shop").after([at(90), at(60)], "t2", is_ordered=True)
    assert not is_last
    second = Sweep.at(cursor, START, "shop")
    assert (second.token, second.asked_since) == ("t2", START - SKEW)
    cursor, is_last = second.after([at(30), at(-10)], "t3", is_ordered=True)
    assert is_last
    assert Sweep.at(cursor, START, "shop") == Sweep(at(90).isoformat(), at(90).isoformat())


def test_a_list_in_no_order_is_read_to_its_end() -> None:
    cursor, is_last = Sweep.at(None, START, "shop").after([at(-500), at(5)], "t2", is_ordered=False)
    assert not is_last
    assert Sweep.at(cursor, START, "shop").after([], None, is_ordered=False)[1]


def test_nothing_new_leaves_the_place_as_it_was() -> None:
    cursor, is_last = Sweep.at(None, START, "shop").after([], None, is_ordered=True)
    assert is_last
    assert Sweep.at(cursor, at(999), "shop").asked_since == START - SKEW


@pytest.mark.parametrize("cursor", ["", "x", "[]", "{}", '{"since": "x", "newest": "y"}', '{"since": 1, "newest": 2}', "null"])
def test_a_cursor_that_is_none_begins_anew(cursor: str) -> None:
    with pytest.raises(CursorExpired):
        Sweep.at(cursor, START, "shop")
