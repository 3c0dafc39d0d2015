"""Reports: the figures of a plan asked of the marts, and written as one page with the query of each beside it.

What a report shows is `report_plan`, how a page looks is `page`. The rule that is easy to break: nothing is computed here but what a query
says; a figure without rows says so in its own words and is never left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import NamedTuple, Protocol

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.errors import NothingLanded
from feedback_loop.workflows.page import Page, Section, as_html, as_markdown
from feedback_loop.workflows.report_plan import FigurePlan, ReportPlan, filled, report_plan

LAST_DAY = "select max(event_date) from mart_feedback_daily where $product is null or product = $product"


class Asked(Protocol):
    """What a query of the marts gives."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Their names, in their order."""
        ...

    @property
    def rows(self) -> list[tuple[object, ...]]:
        """The rows."""
        ...


Ask = Callable[[str], Asked]


class Draw(Protocol):
    """Draws the rows of a figure as SVG."""

    def __call__(self, kind: str, frame: pl.DataFrame, title: str, *, x: str | None, y: str, colour: str | None) -> bytes:
        """The picture of the chart of this kind; x, y and colour are columns."""
        ...


class Report(NamedTuple):
    """The page, the days that it is about, its pictures by name, and how many figures have rows."""

    page: Page
    days: DayRange
    pictures: Mapping[str, bytes]
    figure_count: int
    filled_count: int


@dataclass(frozen=True)
class Scope:
    """What a report is about: its days, and one product or issue where they are named."""

    days: DayRange
    product: str | None = None
    issue_id: str | None = None

    def values(self) -> dict[str, str | None]:
        """What stands in the places of the queries."""
        first, last = self.days.first, self.days.last
        length = last - first + timedelta(days=1)
        return {
            "first_day": first.isoformat(),
            "last_day": last.isoformat(),
            "day_after": (last + timedelta(days=1)).isoformat(),
            "before_first_day": (first - length).isoformat(),
            "middle_day": (first + length / 2).isoformat(),
            "product": self.product,
            "issue_id": self.issue_id,
        }


def last_day(ask: Ask, product: str | None) -> date:
    """The last day of which the marts know; raises NothingLanded where they know of none."""
    ((found,),) = ask(filled(LAST_DAY, {"product": product})).rows
    if not isinstance(found, date):
        raise NothingLanded("the marts hold no message" + (" of this product" if product else ""), "Run `feedback-loop run` first.")
    return found


def report_until(
    last: date | None, report_id: str, ask: Ask, draw: Draw, product: str | None = None, issue_id: str | None = None
) -> Report:
    """The report that comes with the package, up to the day; without one up to the last of which the marts know. Raises NothingLanded."""
    plan, known = report_plan(report_id), last_day(ask, product)
    end = last or known
    return report(plan, Scope(DayRange(end - timedelta(days=plan.days - 1), end), product, issue_id), ask, draw)


def report(plan: ReportPlan, scope: Scope, ask: Ask, draw: Draw) -> Report:
    """The report of the plan over the scope; raises NothingLanded where a figure that is required has no rows."""
    sections: list[Section] = []
    pictures: dict[str, bytes] = {}
    filled_count = 0
    for figure in plan.figures:
        section, picture = _section(plan, figure, scope, ask, draw)
        sections.append(section)
        pictures |= picture
        filled_count += bool(section.rows)
    return Report(Page(_title(plan, scope), sections), scope.days, pictures, len(sections), filled_count)


def _title(plan: ReportPlan, scope: Scope) -> str:
    if scope.issue_id is not None:
        return f"{plan.title} {scope.issue_id}, as known on {scope.days.last}"
    return f"{plan.title}: {scope.product or 'all products'}, {scope.days.first} to {scope.days.last}"


def files_of(made: Report, name: str) -> dict[str, bytes]:
    """The report as files by name: one of HTML that holds its pictures, or one of Markdown with its pictures beside it."""
    if name.endswith(".md"):
        # Named after the file, or two reports in one folder would show each other's pictures.
        beside = {picture: f"{name.removesuffix('.md')}-{picture}" for picture in made.pictures}
        sections = [replace(section, picture=beside.get(section.picture or "")) for section in made.page.sections]
        page = as_markdown(replace(made.page, sections=sections))
        return {name: page.encode(), **{beside[picture]: content for picture, content in made.pictures.items()}}
    return {name: as_html(made.page, made.pictures).encode()}


def _section(plan: ReportPlan, figure: FigurePlan, scope: Scope, ask: Ask, draw: Draw) -> tuple[Section, dict[str, bytes]]:
    query = filled(figure.query, scope.values())
    found = ask(query)
    if figure.is_required and not found.rows:
        raise NothingLanded(f"no {plan.report_id} is called {scope.issue_id}", figure.unless_empty)
    name = f"{plan.report_id}-{figure.figure_id}.svg"
    picture = _drawn(figure, found, draw)
    section = Section(
        figure.title,
        [figure.says] if found.rows else [figure.says, figure.unless_empty],
        [column.replace("_", " ") for column in found.columns],
        found.rows,
        name if picture else None,
        query,
    )
    return section, {name: picture} if picture else {}


def _drawn(figure: FigurePlan, found: Asked, draw: Draw) -> bytes | None:
    if figure.chart is None or not found.rows:
        return None
    chart, frame = figure.chart, pl.DataFrame(found.rows, schema=list(found.columns), orient="row", infer_schema_length=None)
    return draw(chart.kind, frame, figure.title, x=chart.x, y=chart.y, colour=chart.colour)
