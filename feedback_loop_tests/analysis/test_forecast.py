"""Peaks that came back are foretold with their day and hours, for the product and the class; where too little was seen, that is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl

from feedback_loop.analysis.forecast import AHEAD_DAYS, forecasts
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import SEASON_DAYS, TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop_tests.analysis.scenes import on
from feedback_loop_tests.complaint_stream import Said, Stream, day, stream

WEEKDAY = 3
"""Of the peaks, counted from the stream's first day."""


def peaking(days: int, every: int = 7) -> list[Said]:
    calm = [Said(n, topic, hour=9.0 + k) for n in range(days) for k, topic in enumerate(("refund", "login", "praise", "refund", "login"))]
    return calm + [Said(n, "refund", hour=18.0 + k / 8) for n in range(WEEKDAY, days, every) for k in range(9)]


def foretold(of: Stream, number: int) -> pl.DataFrame:
    return forecasts(of.messages, of.fragments, of.classifications, on(number))


def test_the_next_peaks_are_foretold_with_day_hour_and_count() -> None:
    found = foretold(stream(peaking(71)), 70)
    assert violations(found, TABLES["analysis_forecast"]) == []
    billing = found.filter(forecast_class="billing", season_kind="weekly").sort("expected_peak_at")
    coming = [n for n in range(71, 71 + AHEAD_DAYS) if n % 7 == WEEKDAY]
    assert [at.date() for at in billing["expected_peak_at"]] == [day(n) for n in coming]
    assert {at.hour for at in billing["expected_peak_at"]} <= {17, 18}
    row = billing.row(0, named=True)
    assert row["lowest_count"] <= 11 <= row["highest_count"]
    assert row["repetition_count"] == 10
    assert found.filter(forecast_class="auth").height == 0


def test_too_short_a_past_says_so_and_a_long_one_without_peaks_says_that() -> None:
    young = foretold(stream(peaking(14)), 13)
    assert set(young.filter(season_kind="weekly")["forecast_reason"]) == {"too_few_repetitions"}
    flat = foretold(stream([Said(n, "refund") for n in range(55) for _ in range(6)]), 54)
    assert dict(flat.select("season_kind", "forecast_reason").iter_rows()) == {
        "weekly": "no_repeated_peak", "monthly": "too_few_repetitions"
    }  # fmt: skip
    assert flat["expected_peak_at"].null_count() == flat.height


def test_praise_that_comes_back_is_no_peak_of_complaints() -> None:
    said = [replace(one, rating=5.0) if (one.hour or 0) >= 18 else one for one in peaking(71)]
    assert foretold(stream(said), 70).filter(forecast_class="billing").height == 0


def test_the_first_of_the_month_is_a_peak_of_its_own() -> None:
    days = 110
    said = [Said(n, "refund") for n in range(days) for _ in range(4 if day(n).day > 1 else 16)]
    found = foretold(stream(said), days - 1).filter(season_kind="monthly", forecast_class="billing")
    last = day(days - 1)
    assert all(at.date().day == 1 for at in found["expected_peak_at"])
    assert found.height == sum((last + timedelta(days=n)).day == 1 for n in range(1, AHEAD_DAYS + 1))


def test_days_one_by_one_equal_the_range() -> None:
    of = stream(peaking(40))
    days = DayRange(day(36), day(39))
    alone = [
        forecasts(w.messages, w.fragments, w.classifications, DayRange(d, d))
        for d in days
        for w in [of.within(DayRange(d, d).widened(before=SEASON_DAYS - 1))]
    ]
    assert pl.concat(alone).equals(forecasts(of.messages, of.fragments, of.classifications, days))
