"""Shares, means and medians per product and week."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl

from feedback_loop.outcomes.weekly import mean, median_hours, share

MONDAY = datetime(2026, 3, 9, tzinfo=UTC)


def rows(*hit_at: tuple[bool | None, float]) -> pl.DataFrame:
    """One row of the shop per answer, so many days after the Monday."""
    told = [{"product": "shop", "hit": hit, "at": MONDAY + timedelta(days=days)} for hit, days in hit_at]
    return pl.DataFrame(told, schema={"product": pl.String, "hit": pl.Boolean, "at": pl.Datetime("us", "UTC")})


def test_a_week_begins_on_monday_at_midnight_in_utc() -> None:
    found = share(rows((True, -1e-6), (False, 0), (True, 6.9)), "at", "hit").sort("event_date")
    assert found.select("event_date", "value").rows() == [(date(2026, 3, 2), 1.0), (date(2026, 3, 9), 0.5)]


def test_what_is_not_known_hits_nothing_but_is_counted() -> None:
    assert share(rows((True, 0), (None, 0)), "at", "hit").select("numerator", "denominator", "value").row(0) == (1.0, 2.0, 0.5)


def test_without_an_instant_a_row_is_of_no_week() -> None:
    assert share(rows((True, 0)).with_columns(at=pl.lit(None, pl.Datetime("us", "UTC"))), "at", "hit").is_empty()


def test_a_mean_adds_up_the_worth_of_each_row_once() -> None:
    found = mean(rows((True, 0), (False, 1), (True, 2)).with_columns(worth=pl.Series([1.0, 2.0, 6.0])), "at", pl.col("worth"))
    assert found.select("numerator", "denominator", "value").row(0) == (9.0, 3.0, 3.0)


def test_the_median_is_told_in_the_week_of_the_end_and_is_never_negative() -> None:
    spans = pl.DataFrame(
        {
            "product": ["shop"] * 4,
            "start": [MONDAY - timedelta(hours=2), MONDAY, MONDAY + timedelta(hours=5), MONDAY],
            "end": [MONDAY + timedelta(hours=2), MONDAY + timedelta(hours=1), MONDAY, None],
        }
    )
    found = median_hours(spans, "start", "end")
    assert found.select("event_date", "value", "numerator", "denominator").rows() == [(MONDAY.date(), 1.0, None, 3.0)]
