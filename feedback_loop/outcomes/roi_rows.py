"""The comparison of two quarters as rows of `outcomes_roi_comparison`, for every product that is known.

The figures are reckoned in `roi_comparison`. The rule that is easy to break: where nobody named two stretches of days there is no row, for
days that are chosen afterwards prove what one likes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.outcome_vocab import ComparedFigure
from feedback_loop.contracts.tables import TABLES
from feedback_loop.outcomes.assumptions import RoiAssumptions
from feedback_loop.outcomes.period_totals import Known, span_of
from feedback_loop.outcomes.roi_comparison import Comparison, Interval, Line, Varied, compared
from feedback_loop.outcomes.treated import complaints
from feedback_loop.outcomes.unit_values import mean_revenue_usd

_SCHEMA = pl.Schema(TABLES["outcomes_roi_comparison"].schema)
Row = dict[str, Any]


@dataclass(frozen=True)
class Books:
    """What is read, as the tables of these names: of fragments record_id, fragment_id, duplicate_of, product and occurred_at, of
    classifications fragment_id and best_class, of calls asked_at and cost_usd; the others whole.
    """

    events: pl.DataFrame
    customers: pl.DataFrame
    incidents: pl.DataFrame
    fragments: pl.DataFrame
    classifications: pl.DataFrame
    calls: pl.DataFrame

    def products(self) -> list[str]:
        """The products of which anything is known, ascending; one without business events has figures that name what is missing."""
        return sorted({*self.events["product"].drop_nulls().unique(), *self.fragments["product"].drop_nulls().unique()})


def comparison(books: Books, product: str, before: DayRange, with_loop: DayRange, assumptions: RoiAssumptions) -> Comparison:
    """The comparison of one product; calls of language models are shared by its products evenly."""
    heard = span_of(books.fragments.filter(product=product)["occurred_at"])
    known = Known.of(product, books.events, _complaints(books), books.incidents, heard)
    cost = _model_cost(books.calls, with_loop) / max(len(books.products()), 1)
    return compared(known, before, with_loop, assumptions, mean_revenue_usd(books.customers, product), cost)


def comparison_rows(books: Books, assumptions: RoiAssumptions) -> pl.DataFrame:
    """The rows of `outcomes_roi_comparison`; none where the assumptions name no days to compare."""
    if assumptions.compared is None:
        return pl.DataFrame(schema=_SCHEMA)
    before, with_loop = assumptions.compared.before.days(), assumptions.compared.with_loop.days()
    rows = [row for name in books.products() for row in _rows(name, comparison(books, name, before, with_loop, assumptions))]
    return pl.DataFrame(rows, schema=_SCHEMA)


def _complaints(books: Books) -> pl.DataFrame:
    return complaints(books.fragments, books.classifications).select("record_id", "product", "occurred_at").unique("record_id")


def _model_cost(calls: pl.DataFrame, days: DayRange) -> float:
    start, end = (datetime.combine(day, time(), UTC) for day in (days.first, days.last + timedelta(days=1)))
    return float(calls.filter(pl.col("asked_at").is_between(start, end, closed="left"))["cost_usd"].sum())


def _rows(product: str, found: Comparison) -> Iterator[Row]:
    shared = {
        "product": product,
        "compared_per": found.per,
        "season_ratio": found.season,
        "before_from_date": found.before.first,
        "before_to_date": found.before.last,
        "loop_from_date": found.with_loop.first,
        "loop_to_date": found.with_loop.last,
        "event_date": found.with_loop.last,
    }
    for line in found.lines:
        yield shared | _line(line) | {"comparison_id": stable_id("comparison", product, line.figure)}
    for tried in found.sensitivity:
        for figure, value in ((ComparedFigure.TOTAL, tried.total_usd), (ComparedFigure.MULTIPLE, tried.multiple)):
            identity = stable_id("comparison", product, figure, tried.name, repr(tried.value))
            yield shared | _tried(figure, value, tried) | {"comparison_id": identity}


def _line(line: Line) -> Row:
    return {
        "compared_figure": str(line.figure),
        "expected_quantity": line.expected,
        "measured_quantity": line.measured,
        **_ends("roi_quantity", "quantity_low", "quantity_high", line.saved),
        "roi_unit": line.unit,
        **_ends("amount_usd", "amount_low_usd", "amount_high_usd", line.amount),
        "missing_inputs": list(line.missing),
    }


def _ends(value: str, low: str, high: str, found: Interval | None) -> Row:
    return {value: found and found.value, low: found and found.low, high: found and found.high}


def _tried(figure: ComparedFigure, value: float | None, tried: Varied) -> Row:
    return {
        "compared_figure": str(figure),
        "assumption_varied": tried.name,
        "assumption_value": tried.value,
        "roi_quantity": value,
        "roi_unit": "USD" if figure is ComparedFigure.TOTAL else "times",
        "missing_inputs": [],
    }
