"""Shares, means and medians per product and week: the shape that every figure of `metrics` has.

The rule that is easy to break: a week is that of the instant that the figure is told of, begins on Monday and counts in UTC.
"""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from feedback_loop.contracts.outcome_vocab import OutcomeMetric

COLUMNS = ("product", "event_date", "value", "numerator", "denominator")
"""Of the rows of a `Figure`."""


class Figure(NamedTuple):
    """One figure; `rows` are per product and week: product, event_date, value, numerator (null of a median), denominator."""

    metric: OutcomeMetric
    rows: pl.DataFrame


def week_of(instant: str) -> pl.Expr:
    """The Monday of the week of the instant."""
    return pl.col(instant).dt.truncate("1w").dt.date()


def share(rows: pl.DataFrame, at: str, is_hit: pl.Expr | str) -> pl.DataFrame:
    """Of the rows with an instant in the column `at`, the share that hits; a null hits nothing."""
    hit = pl.col(is_hit) if isinstance(is_hit, str) else is_hit
    return mean(rows, at, hit.fill_null(False).cast(pl.Float64))


def mean(rows: pl.DataFrame, at: str, worth: pl.Expr) -> pl.DataFrame:
    """The mean worth of the rows with an instant in the column `at`."""
    by_week = rows.drop_nulls(at).group_by("product", week_of(at).alias("event_date"))
    counted = by_week.agg(numerator=worth.sum(), denominator=pl.len().cast(pl.Float64))
    return counted.with_columns(value=pl.col("numerator") / pl.col("denominator")).select(COLUMNS)


def median_hours(rows: pl.DataFrame, start: str, end: str) -> pl.DataFrame:
    """The median hours from start to end of the rows that have both, in the week of the end; what ended before took none."""
    hours = (pl.col(end) - pl.col(start)).dt.total_microseconds().clip(0) / 3.6e9
    by_week = rows.drop_nulls([start, end]).group_by("product", week_of(end).alias("event_date"))
    counted = by_week.agg(value=hours.median(), denominator=pl.len().cast(pl.Float64))
    return counted.with_columns(numerator=pl.lit(None, pl.Float64)).select(COLUMNS)
