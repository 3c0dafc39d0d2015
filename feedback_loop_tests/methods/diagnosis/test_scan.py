"""All hypotheses share one probability, and a value whose share moved by itself is an innocent one of them."""

from __future__ import annotations

import polars as pl
import pytest

from feedback_loop.methods.diagnosis.change_log import LOGGED, Change, Log, no_log, read_log
from feedback_loop.methods.diagnosis.level import STEPS, usual_level
from feedback_loop.methods.diagnosis.mix import Mix, raked
from feedback_loop.methods.diagnosis.scan import Scan, same_members, scan
from feedback_loop_tests.methods.diagnosis.made_up_window import WINDOW, MadeUp, at_hour, made_up


def scanned(told: MadeUp, *changes: Change, log: Log | None = None) -> Scan:
    rows = told.coded()
    history = raked(rows.codes[rows.at < WINDOW.start], Mix(), rows.sizes)
    level = usual_level(rows.at, WINDOW)
    return scan(rows, rows.at >= WINDOW.start, history, WINDOW, level, Mix(), log or read_log(changes, WINDOW))


@pytest.mark.parametrize("told", [made_up(), made_up().more(50, os="web"), made_up().more(300), made_up().more(60, os=None)])
def test_probabilities_sum_to_one(told: MadeUp) -> None:
    found = scanned(told)
    assert found.nothing + found.everybody + found.somebody + found.hidden == pytest.approx(1)
    assert found.onset.sum(axis=1) == pytest.approx(1)


def test_each_kind_of_rise_is_told_by_its_own_hypothesis() -> None:
    assert scanned(made_up()).nothing > 0.5
    assert scanned(made_up().more(50, os="web")).somebody > 0.9
    assert scanned(made_up().more(300)).everybody > 0.9
    assert scanned(made_up().more(60, os=None)).hidden > 0.9


def test_a_change_that_fits_makes_a_faint_rise_likelier_and_is_blamed_for_it() -> None:
    told = made_up().more(14, since_hour=10, os="web", area="login")
    alone = scanned(told)
    explained = scanned(told, Change("c", at_hour(9.8), {"os": ["web"], "area": ["login"]}))
    assert explained.somebody > alone.somebody
    assert explained.blamed[explained.probability[:-1].argmax(), 0] > 0.9


def test_rise_weighs_less_beside_an_empty_log_than_where_none_was_read() -> None:
    told = made_up()
    unread, empty = scanned(told, log=no_log(STEPS)), scanned(told)
    odds = [(1 - found.nothing) / found.nothing for found in (unread, empty)]
    assert odds[1] / odds[0] == pytest.approx(1 - LOGGED)


def test_a_new_version_that_takes_its_customers_with_it_moved_by_itself() -> None:
    told = made_up()
    is_new = (pl.col("occurred_at").dt.epoch("us") >= WINDOW.start) & (pl.int_range(pl.len()) % 2 == 0)
    rolled_out = told.frame.with_columns(version=pl.when(is_new).then(pl.lit("3.0")).otherwise("version"))
    found = scanned(MadeUp(rolled_out, told.rng))
    assert found.moved is not None
    assert found.moved.probability > 0.5
    assert found.somebody < 0.5


def test_conjunctions_that_select_the_same_complaints_are_known_as_such() -> None:
    told = made_up().more(50, os="web", area="login")
    told = MadeUp(told.frame.with_columns(region=told.frame["os"]), told.rng)
    rows = told.coded()
    found = scanned(told)
    by_name = {tuple(rows.named(one.pairs).items()): k for k, one in enumerate(found.candidates) if one.is_known}
    now, before = rows.codes[rows.at >= WINDOW.start], rows.codes[rows.at < WINDOW.start]
    one, other = by_name[(("os", "web"), ("area", "login"))], by_name[(("region", "web"), ("area", "login"))]
    assert same_members(found, one, other, now, before, rows.sizes)
    assert not same_members(found, one, by_name[(("area", "login"),)], now, before, rows.sizes)
