"""The plans that come with the package, and what a plan may not say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from feedback_loop.workflows.report_plan import PLACEHOLDERS, REPORTS, ChartPlan, FigurePlan, filled, report_plan


@pytest.mark.parametrize("report_id", REPORTS)
def test_a_plan_of_the_package_is_read_and_names_each_figure_once(report_id: str) -> None:
    plan = report_plan(report_id)
    ids = [figure.figure_id for figure in plan.figures]
    assert (plan.report_id, sorted(ids)) == (report_id, sorted(set(ids)))


@pytest.mark.parametrize("report_id", REPORTS)
def test_every_query_has_an_order_so_that_a_report_is_the_same_twice(report_id: str) -> None:
    unordered = [one.figure_id for one in report_plan(report_id).figures if "order by" not in one.query]
    assert set(unordered) <= {"targets", "what-it-is"}, "one row, or rows in the order of a union"


def test_a_place_that_nobody_fills_is_refused() -> None:
    with pytest.raises(ValidationError, match="nothing is called first_week"):
        FigurePlan(figure_id="a-figure", title="A", says="b", query="select $first_week", unless_empty="c")


@pytest.mark.parametrize("chart", [{"kind": "bars", "y": "issue"}, {"kind": "bars_by_day", "x": "n", "y": "day"}])
def test_a_chart_without_its_columns_is_refused(chart: dict[str, str]) -> None:
    with pytest.raises(ValidationError, match="bars have x"):
        ChartPlan.model_validate(chart)


def test_values_are_literals_and_what_is_not_known_is_null() -> None:
    assert filled("select $product, $issue_id", {"product": "O'Neill", "issue_id": None}) == "select 'O''Neill', null"


@given(st.text())
def test_no_value_leaves_its_literal(value: str) -> None:
    said = filled("select $product as x", {"product": value})
    inner = said.removeprefix("select '").removesuffix("' as x")
    assert inner.replace("''", "'") == value
    assert "'" not in inner.replace("''", "")


def test_the_places_are_named_once() -> None:
    assert len(set(PLACEHOLDERS)) == len(PLACEHOLDERS)
