"""Only today and yesterday are live, and what was decided on earlier days stays as it was."""

from __future__ import annotations

from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from feedback_loop.contracts.days import DayRange
from feedback_loop.workflows.live_days import live_part, undecided, with_decided_kept
from feedback_loop_tests.fakes import START

TODAY = START.date()
SCHEMA = {"alert_id": pl.String, "row_id": pl.String, "count": pl.Int64, "event_date": pl.Date}
NAMES = ("a", "b", "c", "d", "e", "f")


def days(first: int, last: int) -> DayRange:
    return DayRange(TODAY + timedelta(days=first), TODAY + timedelta(days=last))


@pytest.mark.parametrize(
    ("asked", "live"),
    [
        (days(-30, -2), None),
        (days(-30, -1), days(-1, -1)),
        (days(-30, 0), days(-1, 0)),
        (days(-30, 9), days(-1, 0)),
        (days(-1, 0), days(-1, 0)),
        (days(0, 0), days(0, 0)),
        (days(0, 9), days(0, 0)),
        (days(1, 9), None),
    ],
    ids=["long past", "until yesterday", "until today", "all", "just these", "today", "from today on", "future"],
)
def test_only_today_and_yesterday_are_live(asked: DayRange, live: DayRange | None) -> None:
    assert live_part(asked, START) == live


def test_yesterday_is_live_until_the_last_instant_of_today() -> None:
    end = START.replace(hour=23, minute=59)
    assert live_part(days(-1, -1), end) == days(-1, -1)
    assert live_part(days(-1, -1), end + timedelta(minutes=1)) is None


def rows(ages: dict[str, int], alerts: dict[str, int], version: int) -> pl.DataFrame:
    """So many rows of each alert; the count tells who computed them."""
    found = [(name, f"{name}{n}", version, TODAY - timedelta(days=ages[name])) for name, many in alerts.items() for n in range(many)]
    return pl.DataFrame(found, schema=SCHEMA, orient="row")


ages = st.fixed_dictionaries({name: st.integers(0, 4) for name in NAMES})
alerts = st.dictionaries(st.sampled_from(NAMES), st.integers(1, 3))
decisions = st.lists(st.sampled_from(NAMES), unique=True)


@given(ages, alerts, alerts, decisions)
def test_decided_rows_of_past_days_stay_and_all_others_are_as_found(
    age: dict[str, int], before: dict[str, int], now: dict[str, int], decided: list[str]
) -> None:
    held, found = rows(age, before, version=1), rows(age, now, version=2)
    kept = with_decided_kept(found, held, decided, START)
    frozen = [name for name in before if name in decided and age[name] > 1]
    of_frozen = pl.col("alert_id").is_in(frozen)
    assert_frame_equal(kept.filter(of_frozen), held.filter(of_frozen), check_row_order=False)
    assert_frame_equal(kept.filter(~of_frozen), found.filter(~of_frozen), check_row_order=False)
    assert not kept["row_id"].is_duplicated().any()


@given(ages, alerts, alerts, decisions)
def test_keeping_twice_is_keeping_once(age: dict[str, int], before: dict[str, int], now: dict[str, int], decided: list[str]) -> None:
    held, found = rows(age, before, version=1), rows(age, now, version=2)
    once = with_decided_kept(found, held, decided, START)
    assert_frame_equal(with_decided_kept(found, once, decided, START), once, check_row_order=False)


@given(ages, alerts, decisions)
def test_an_alert_is_looked_at_anew_unless_it_is_decided_and_past(age: dict[str, int], now: dict[str, int], decided: list[str]) -> None:
    looked_at = set(undecided(rows(age, now, version=2), decided, START)["alert_id"])
    assert looked_at == {name for name in now if name not in decided or age[name] <= 1}
