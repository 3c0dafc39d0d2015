"""A report is what its queries say: rows, pictures of rows, words where there are none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl
import pytest

from feedback_loop.contracts.days import DayRange
from feedback_loop.errors import NothingLanded
from feedback_loop.workflows.report import Report, Scope, files_of, last_day, report
from feedback_loop.workflows.report_plan import ChartPlan, FigurePlan, ReportPlan

WEEK = DayRange(date(2026, 4, 24), date(2026, 4, 30))
CHART = ChartPlan(kind="bars", x="complaints", y="issue")


@dataclass
class FakeAnswer:
    columns: tuple[str, ...]
    rows: list[tuple[object, ...]]


class FakeMarts:
    """Gives the same rows to every query, and keeps the queries."""

    def __init__(self, *rows: tuple[object, ...]) -> None:
        self.rows, self.asked = list(rows), list[str]()

    def __call__(self, query: str) -> FakeAnswer:
        self.asked.append(query)
        return FakeAnswer(("issue", "complaints"), self.rows)


def plan(chart: ChartPlan | None = None, *, is_required: bool = False) -> ReportPlan:
    figure = FigurePlan(
        figure_id="open-issues",
        title="Open issues",
        says="By priority.",
        query="select issue, complaints from mart_issue where product = $product and day >= $first_day",
        unless_empty="Nobody complained.",
        chart=chart,
        is_required=is_required,
    )
    return ReportPlan(report_id="weekly", title="The week", days=7, figures=(figure,))


def drawn(kind: str, frame: pl.DataFrame, title: str, *, x: str | None, y: str, colour: str | None) -> bytes:
    return f"{kind} {title} {frame.height} {x} {y} {colour}".encode()


def made(marts: FakeMarts, of: ReportPlan, scope: Scope | None = None) -> Report:
    return report(of, scope or Scope(WEEK, "Lumen"), marts, drawn)


def test_a_figure_is_its_rows_with_the_query_that_gave_them() -> None:
    marts = FakeMarts(("login", 3))
    (section,) = made(marts, plan()).page.sections
    assert (section.title, section.columns, section.rows) == ("Open issues", ["issue", "complaints"], [("login", 3)])
    assert section.query == marts.asked[0]
    assert "product = 'Lumen' and day >= '2026-04-24'" in marts.asked[0]


def test_a_figure_without_rows_says_so() -> None:
    (section,) = made(FakeMarts(), plan(CHART)).page.sections
    assert (list(section.lines), section.picture) == (["By priority.", "Nobody complained."], None)


def test_a_chart_is_drawn_of_the_rows_that_stand_beside_it() -> None:
    found = made(FakeMarts(("login", 3), ("pay", 2)), plan(CHART))
    assert found.pictures == {"weekly-open-issues.svg": b"bars Open issues 2 complaints issue None"}
    assert (found.page.sections[0].picture, found.figure_count, found.filled_count) == ("weekly-open-issues.svg", 1, 1)


def test_html_holds_its_pictures_and_markdown_has_them_beside_it() -> None:
    found = made(FakeMarts(("login", 3)), plan(CHART))
    (page,) = files_of(found, "week.html").values()
    assert b"data:image/svg+xml;base64," in page
    assert set(files_of(found, "week.md")) == {"week.md", "week-weekly-open-issues.svg"}


def test_a_report_of_something_that_nobody_knows_is_none() -> None:
    with pytest.raises(NothingLanded, match="no weekly is called issue_9"):
        made(FakeMarts(), plan(is_required=True), Scope(WEEK, None, "issue_9"))


def test_the_days_of_the_places_follow_from_the_first_and_the_last() -> None:
    values = Scope(WEEK).values()
    assert (values["day_after"], values["before_first_day"], values["middle_day"]) == ("2026-05-01", "2026-04-17", "2026-04-27")
    assert values["product"] is None


def test_the_last_day_is_that_of_the_marts() -> None:
    marts = FakeMarts()
    marts.rows = [(date(2026, 4, 30),)]
    assert last_day(marts, "Lumen") == date(2026, 4, 30)
    marts.rows = [(None,)]
    with pytest.raises(NothingLanded, match="no message of this product"):
        last_day(marts, "Lumen")


def test_two_reports_in_one_folder_keep_their_pictures_apart() -> None:
    first, second = (files_of(made(FakeMarts((name, 3)), plan(CHART)), f"{name} 1.md") for name in ("login", "pay"))
    assert not set(first) & set(second)
    assert b"(login%201-weekly-open-issues.svg)" in first["login 1.md"]
