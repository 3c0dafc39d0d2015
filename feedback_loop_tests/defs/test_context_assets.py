"""Context as assets: of all that landed, whatever the days of the run."""

from __future__ import annotations

import pytest

from feedback_loop_tests.defs.homes import Home
from feedback_loop_tests.defs.made_up_feedback import context, day, days, record, release


def test_releases_are_those_fed_and_those_inferred_from_records_of_any_day(home: Home) -> None:
    home.land([release("1.0", 0), *(record(f"r{n}", n, "It crashes.", product_version="2.0") for n in (6, 4, 9))])
    home.run(days(9, 9))
    rows = home.table("context_release").select("release_version", "event_date", "is_inferred").sort("release_version").rows()
    assert rows == [("1.0", day(0), False), ("2.0", day(4), True)]


def test_release_that_is_fed_later_takes_the_place_of_the_inferred_one(home: Home) -> None:
    home.land([record("r", 4, "It crashes.", product_version="2.0")])
    home.run(days(4, 4))
    home.land([release("2.0", 3)])
    assert home.run(days(4, 4)).rows["context_release"] == 1
    assert home.table("context_release").select("event_date", "is_inferred").rows() == [(day(3), False)]


TOLD = ("context_change", "context_incident", "context_customer", "context_business_event", "context_document")


@pytest.mark.parametrize("name", TOLD)
def test_statements_stand_in_the_table_of_their_kind_whatever_their_day(home: Home, name: str) -> None:
    home.land(context(5))
    assert home.run(days(9, 9)).rows[name] == 1
    assert home.table(name)["event_date"].to_list() == [day(5)]


def test_home_without_context_has_empty_tables_and_no_failure(home: Home) -> None:
    home.land([record("r", 4, "It crashes.")])
    summary = home.run(days(4, 4))
    assert summary.failed_checks == []
    assert {summary.rows[name] for name in TOLD} == {0}
