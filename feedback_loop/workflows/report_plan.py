"""What a report shows, as data: figures with the SQL that each is made of, a sentence on how to read it, and a chart where one helps.

The plans lie in `report_texts/`, one YAML file each; asking the marts and writing the page is `report`. The rule that is easy to break: a
figure is nothing but what its query says, so that whoever doubts it can run the query; words that are no placeholder are never filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from feedback_loop.methods.yaml_texts import yaml_content

REPORTS = ("control-room", "weekly", "pilot", "issue")
PLACEHOLDERS = ("first_day", "last_day", "day_after", "before_first_day", "middle_day", "product", "issue_id")

_PLACE = re.compile(r"\$([a-z_]+)")
Named = Annotated[str, Field(pattern=r"\S")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ChartPlan(_Strict):
    """How the rows of a figure are drawn: lying bars by name, or by `event_date`; the columns are those of the query."""

    kind: Literal["bars", "bars_by_day", "line_by_day"]
    y: Named
    x: str | None = None
    colour: str | None = None

    @model_validator(mode="after")
    def _has_its_columns(self) -> ChartPlan:
        if (self.kind == "bars") != (self.x is not None):
            raise ValueError("bars have x, the value, and y, the name; charts by day have y alone")
        return self


class FigurePlan(_Strict):
    """One figure; where `is_required`, a report without rows in it is about nothing."""

    figure_id: Annotated[str, Field(pattern=r"^[a-z][a-z-]+$")]
    title: Named
    says: Named
    query: Named
    unless_empty: Named
    chart: ChartPlan | None = None
    is_required: bool = False

    @model_validator(mode="after")
    def _knows_its_places(self) -> FigurePlan:
        unknown = sorted(set(_PLACE.findall(self.query)) - set(PLACEHOLDERS))
        if unknown:
            raise ValueError(f"nothing is called {', '.join(unknown)}; the places are {', '.join(PLACEHOLDERS)}")
        return self


class ReportPlan(_Strict):
    """One report over so many days, its figures in their order."""

    report_id: Named
    title: Named
    days: Annotated[int, Field(ge=1, le=366)]
    figures: Annotated[tuple[FigurePlan, ...], Field(min_length=1)]


@cache
def report_plan(report_id: str) -> ReportPlan:
    """The plan that comes with the package."""
    text = (files("feedback_loop.workflows") / "report_texts" / f"{report_id}.yaml").read_text("utf-8")
    return ReportPlan.model_validate(yaml_content(text))


def filled(query: str, values: Mapping[str, str | None]) -> str:
    """The query with each value in its place as an SQL literal, so that it can be run as it is shown."""
    return _PLACE.sub(lambda place: _literal(values[place[1]]), query).strip()


def _literal(value: str | None) -> str:
    return "null" if value is None else "'" + value.replace("'", "''") + "'"
