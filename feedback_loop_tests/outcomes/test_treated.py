"""Who is treated and who is control."""

from __future__ import annotations

import json

import polars as pl
import pytest

from feedback_loop.outcomes.effect import Feedback
from feedback_loop.outcomes.treated import about, complaining_records, scope_text, sides, treated_scope
from feedback_loop_tests.outcomes.one_loop import DAY, ONSET, Row
from feedback_loop_tests.outcomes.spoken import FIREFOX, SAFARI, feedback_of


def spoken(**values: object) -> Row:
    return {"occurred_at": ONSET, "best_class": "billing", "browser": SAFARI, "product": "shop"} | values


def classified(*rows: Row) -> Feedback:
    return feedback_of(rows)


def flags(rows: list[Row], scope: dict[str, list[str]], alerted_class: str | None = "billing") -> list[tuple[bool, bool]]:
    said = classified(*rows)
    complaining = complaining_records(said.fragments, said.classifications)
    is_about = about(said.messages, complaining, alerted_class)
    return sides(said.messages, is_about, scope).select("is_treated", "is_control").rows()


TREATED, CONTROL, NEITHER = (True, False), (False, True), (False, False)


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        ({}, TREATED),
        ({"browser": FIREFOX}, CONTROL),
        ({"browser": FIREFOX, "best_class": "crash"}, CONTROL),
        ({"best_class": "crash"}, NEITHER),
        ({"browser": None}, NEITHER),
        ({"browser": None, "best_class": "crash"}, NEITHER),
        ({"duplicate_of": "earlier"}, NEITHER),
        ({"best_class": "praise"}, NEITHER),
    ],
)
def test_a_record_is_of_one_side_or_of_none(record: Row, expected: tuple[bool, bool]) -> None:
    assert flags([spoken(**record)], {"browser": [SAFARI]}) == ([] if expected is NEITHER else [expected])


def test_one_value_outside_of_the_scope_is_enough_to_be_outside() -> None:
    scope = {"browser": [SAFARI], "region": ["EU"]}
    rows = [spoken(region="EU"), spoken(region="US"), spoken(region=None), spoken(browser=FIREFOX, region=None)]
    assert flags(rows, scope) == [TREATED, CONTROL, CONTROL]


def test_where_everybody_is_treated_other_subjects_are_the_control() -> None:
    assert flags([spoken(), spoken(best_class="crash"), spoken(best_class="praise")], {}) == [TREATED, CONTROL, CONTROL]


def test_a_customer_counts_once_a_day_on_each_side_and_an_unknown_one_each_time() -> None:
    known, other = spoken(customer_id="c1"), spoken(customer_id="c1", browser=FIREFOX)
    rows = [known, known, known | {"occurred_at": ONSET + DAY}, other, spoken(), spoken()]
    assert sorted(flags(rows, {"browser": [SAFARI]})) == [CONTROL, *[TREATED] * 4]


def test_an_alert_about_a_whole_product_counts_every_complaint_and_no_praise() -> None:
    assert flags([spoken(best_class="crash"), spoken(best_class="praise")], {"browser": [SAFARI]}, None) == [TREATED]


def test_each_record_complains_once_per_class() -> None:
    said = classified(spoken(), spoken())
    doubled = pl.concat([said.fragments, said.fragments.with_columns(fragment_id=pl.lit("f0") + pl.col("fragment_id"))])
    assert complaining_records(doubled, said.classifications).height == 2


@pytest.mark.parametrize(
    ("cause", "cohort", "expected"),
    [
        (None, None, {}),
        ("{}", '{"browser": "Safari 18"}', {"browser": ["Safari 18"]}),
        ('{"region": ["EU", "US"]}', '{"region": "US"}', {"region": ["US"]}),
        ('{"region": ["US", "EU"]}', '{"browser": "Safari 18"}', {"browser": ["Safari 18"], "region": ["EU", "US"]}),
        ('{"region": ["EU"]}', '{"region": "US"}', {"region": ["EU"]}),
        ('{"plan": ["old"]}', '{"mood": "bad"}', {}),
    ],
)
def test_the_treated_are_those_whom_the_cause_reached_and_in_whom_it_showed(
    cause: str | None, cohort: str | None, expected: dict[str, list[str]]
) -> None:
    assert json.loads(scope_text(treated_scope(cause, cohort))) == expected


def test_a_scope_has_one_text_whatever_its_order() -> None:
    assert scope_text(treated_scope('{"region": ["US", "EU"], "os": ["ios"]}', None)) == '{"os":["ios"],"region":["EU","US"]}'
