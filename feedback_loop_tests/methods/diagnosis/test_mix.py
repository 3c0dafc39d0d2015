"""History stands for the window as far as the mix of customers stayed, and is reweighted where it moved."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.methods.diagnosis.coding import Coded, Window
from feedback_loop.methods.diagnosis.level import DAY_US
from feedback_loop.methods.diagnosis.mix import History, Mix, expected_mix, raked, with_share
from feedback_loop_tests.methods.diagnosis.made_up_window import SHARES, WINDOW, active_customers, made_up

ROWS = made_up().coded()
BEFORE = ROWS.codes[ROWS.at < WINDOW.start]
VERSION, OS = ROWS.dimensions.index("version"), ROWS.dimensions.index("os")


def test_a_mix_that_stayed_is_left_alone() -> None:
    assert expected_mix(ROWS, WINDOW, None) == expected_mix(ROWS, WINDOW, active_customers()) == Mix()
    assert not raked(BEFORE, Mix(), ROWS.sizes).is_weighted


def test_customers_who_moved_to_a_version_move_its_share_of_what_is_expected() -> None:
    mix = expected_mix(ROWS, WINDOW, active_customers(version={"1.0": 0.2, "1.1": 0.2, "2.0": 0.6}))
    history = raked(BEFORE, mix, ROWS.sizes)
    assert history.margin(VERSION, 3)[:3] == pytest.approx([0.2, 0.2, 0.6], abs=0.03)
    assert history.margin(OS, 3)[:3] == pytest.approx(list(SHARES["os"].values()), abs=0.03)
    assert history.total == pytest.approx(len(BEFORE))


def test_a_version_without_a_past_borrows_the_other_attributes_of_all() -> None:
    rows = made_up().more(60, version="3.0").coded()
    mix = expected_mix(rows, WINDOW, active_customers(version={"1.0": 0.4, "1.1": 0.2, "2.0": 0.1, "3.0": 0.3}))
    history = raked(rows.codes[rows.at < WINDOW.start], mix, rows.sizes)
    new = rows.values[VERSION].index("3.0")
    assert history.margin(VERSION, 4)[new] == pytest.approx(0.3, abs=0.03)
    of_new = history.only(history.codes[:, VERSION] == new)
    assert of_new.margin(OS, 3)[:3] == pytest.approx(list(SHARES["os"].values()), abs=0.05)
    assert mix.variance[(VERSION, new)] > 0


def test_a_drift_that_history_shows_is_carried_on_where_nobody_counts_customers() -> None:
    codes = BEFORE.copy()
    days_ago = (WINDOW.start - ROWS.at[ROWS.at < WINDOW.start]) // (24 * 3_600_000_000)
    rolled_out = (days_ago < 3) & (np.random.default_rng(1).random(len(codes)) < 0.6)
    codes[rolled_out, VERSION] = 2
    moved = ROWS.codes.copy()
    moved[ROWS.at < WINDOW.start] = codes
    mix = expected_mix(Coded(ROWS.dimensions, ROWS.values, ROWS.at, moved), WINDOW, None)
    assert mix.margins[VERSION][2] > 0.5


def test_a_row_never_counts_as_more_than_itself() -> None:
    history = raked(BEFORE, Mix({VERSION: np.array([0.05, 0.05, 0.9, 0.0])}), ROWS.sizes)
    assert history.weights.max() > 2
    assert history.counted.max() == 1


def test_one_share_is_set_and_the_others_keep_their_proportions() -> None:
    margin = with_share(History.plain(BEFORE), OS, 0, 0.9, 3)
    assert margin.sum() == pytest.approx(1)
    assert margin[0] == 0.9
    assert margin[1] / margin[2] == pytest.approx(3, rel=0.15)


@pytest.mark.parametrize("cycle_days", [1, 7])
def test_other_customers_at_other_hours_or_on_other_weekdays_are_expected_then(cycle_days: int) -> None:
    short = Window(WINDOW.first, WINDOW.start, WINDOW.start + DAY_US // (4 if cycle_days == 1 else 1))
    is_same = (ROWS.at - WINDOW.start) % (cycle_days * DAY_US) < short.length
    codes = ROWS.codes.copy()
    codes[is_same & (np.random.default_rng(1).random(len(codes)) < 0.5), OS] = 2
    mix = expected_mix(Coded(ROWS.dimensions, ROWS.values, ROWS.at, codes), short, None)
    usual = np.bincount(codes[is_same & (ROWS.at < WINDOW.start), OS], minlength=4) / (is_same & (ROWS.at < WINDOW.start)).sum()
    assert mix.margins[OS] == pytest.approx(usual, abs=0.03)
    assert list(mix.margins) == [OS]
