"""Tests of telemetry and logs: as much as stated, spoiled where a fault is and nowhere else, the same before an action."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from feedback_loop.simulation import Intervention, Simulation
from feedback_loop.simulation.statements import instant
from feedback_loop.simulation.telemetry import SLOWDOWN, Measured, fault_levels, measured
from feedback_loop.simulation.traffic import minutes_of

KEY = ["service", "version", "region", "minute"]
BROKEN_DAYS = range(41, 44)


@pytest.fixture(scope="module")
def days(lived: Simulation) -> Measured:
    return measured(lived, BROKEN_DAYS)


def mended(lived: Simulation, hours: float) -> Simulation:
    fault = next(fault for fault in lived.scenario.faults if fault.kind == "release_regression")
    at = instant(lived.start_day, fault.onset_hour + hours)
    action = Intervention(at, "roll_back_release", str(fault.cause.reference))
    return Simulation(lived.scenario, lived.seed, lived.start_day, lived.messages, interventions=(action,))


def test_frames_have_the_columns_of_their_sources_and_unique_keys(days: Measured) -> None:
    assert days.telemetry.columns == ["product", *KEY, "requests", "errors", "latency_p95_ms"]
    assert days.logs.columns == ["product", *KEY, "error", "lines"]
    assert days.telemetry.schema["minute"] == pl.Datetime("us", "UTC")
    assert not days.telemetry.select(KEY).is_duplicated().any()
    assert not days.logs.select([*KEY, "error"]).is_duplicated().any()
    assert days.telemetry["minute"].is_sorted()
    assert days.logs["minute"].is_sorted()
    assert days.telemetry.null_count().sum_horizontal().sum() == 0


def test_errors_never_exceed_requests_and_each_has_a_line(days: Measured) -> None:
    assert days.telemetry.select(
        ((pl.col("errors") >= 0) & (pl.col("errors") <= pl.col("requests")) & (pl.col("requests") > 0)).all()
    ).item()
    errors = days.telemetry.filter(pl.col("errors") > 0).select(*KEY, pl.col("errors")).sort(KEY)
    lines = days.logs.group_by(KEY).agg(pl.sum("lines").alias("errors")).sort(KEY)
    assert_frame_equal(errors, lines)


def test_requests_come_as_often_as_stated(lived: Simulation) -> None:
    week = measured(lived, range(14))
    for service in lived.scenario.services:
        found = week.telemetry.filter(pl.col("service") == service.name)["requests"].sum() / (14 * 1440)
        assert found == pytest.approx(service.requests_per_minute, rel=0.12)
    quiet = week.telemetry.filter(pl.col("service") == "uploads").sum()
    assert quiet["errors"].item() / quiet["requests"].item() == pytest.approx(0.009, rel=0.05)


def test_the_broken_version_fails_from_the_onset_on(lived: Simulation, days: Measured) -> None:
    fault = next(fault for fault in lived.scenario.faults if fault.kind == "release_regression")
    onset = instant(lived.start_day, fault.onset_hour)
    broken = days.telemetry.filter((pl.col("service") == "web") & (pl.col("version") == "7.2.0"))
    before = broken.filter(pl.col("minute") < onset).sum()
    after = broken.filter(pl.col("minute").is_between(onset, onset + timedelta(hours=6), closed="left")).sum()
    assert before["errors"].item() / before["requests"].item() < 0.01
    reached = lived.scenario.browser_shares()["Safari 18"]
    assert after["errors"].item() / after["requests"].item() == pytest.approx(fault.error_share * reached + 0.004, rel=0.1)
    said = days.logs.filter(pl.col("error") == fault.error)
    assert (said["minute"].min(), said["service"].unique().to_list(), said["version"].unique().to_list()) == (onset, ["web"], ["7.2.0"])


def test_latency_rises_where_requests_fail(days: Measured) -> None:
    web = days.telemetry.filter(pl.col("service") == "web").group_by("version").agg(pl.mean("latency_p95_ms")).sort("version")
    old, new = web["latency_p95_ms"].to_list()
    assert old == pytest.approx(320, rel=0.05)
    assert new > 1.1 * old


def test_latency_grows_with_the_share_that_fails(lived: Simulation, days: Measured) -> None:
    fault = next(fault for fault in lived.scenario.faults if fault.kind == "release_regression")
    onset = instant(lived.start_day, fault.onset_hour)
    early = days.telemetry.filter((pl.col("version") == "7.2.0") & pl.col("minute").is_between(onset, onset + timedelta(hours=6)))
    failing = fault.error_share * lived.scenario.browser_shares()["Safari 18"]
    assert early["latency_p95_ms"].mean() == pytest.approx(320 * (1 + SLOWDOWN * failing), rel=0.03)


def test_weekends_bring_more_requests_whatever_the_first_day_is(lived: Simulation) -> None:
    later = replace(lived, start_day=lived.start_day + timedelta(days=2))
    daily = measured(later, range(28)).telemetry.group_by(pl.col("minute").dt.weekday().alias("weekday")).agg(pl.sum("requests"))
    by_day = dict(daily.iter_rows())
    assert by_day[7] / by_day[5] == pytest.approx(1.12 / 0.93, rel=0.06)


def test_an_action_changes_nothing_before_it(lived: Simulation, days: Measured) -> None:
    other = mended(lived, 5.13)
    at = other.interventions[0].at
    with_action = measured(other, BROKEN_DAYS)
    for frame, told in ((days.telemetry, with_action.telemetry), (days.logs, with_action.logs)):
        assert_frame_equal(frame.filter(pl.col("minute") < at), told.filter(pl.col("minute") < at))
        assert not frame.filter(pl.col("minute") >= at).equals(told.filter(pl.col("minute") >= at))
    elsewhere = pl.col("service") != "web"
    assert_frame_equal(days.telemetry.filter(elsewhere), with_action.telemetry.filter(elsewhere))


def test_a_right_action_brings_the_errors_down(lived: Simulation) -> None:
    other = mended(lived, 5)
    settled = other.interventions[0].at + timedelta(hours=5)
    late = measured(other, [43]).telemetry.filter((pl.col("service") == "web") & (pl.col("minute") >= settled)).sum()
    assert late["errors"].item() / late["requests"].item() < 0.012


def test_a_level_is_zero_before_the_onset_minute_and_at_most_one(lived: Simulation) -> None:
    fault = next(fault for fault in lived.scenario.faults if fault.kind == "release_regression")
    levels = fault_levels(lived, fault, minutes_of(fault.first_day))
    minute = 60 * fault.first_hour + fault.first_minute
    assert levels[:minute].max() == 0.0
    assert levels[minute] > 0.0
    assert levels.max() <= 1.0


def test_days_alone_and_together_say_the_same(lived: Simulation, days: Measured) -> None:
    alone = [measured(lived, [day]) for day in BROKEN_DAYS]
    assert_frame_equal(pl.concat([day.telemetry for day in alone]), days.telemetry)
    assert_frame_equal(pl.concat([day.logs for day in alone]), days.logs)


def test_sixty_days_are_few_enough_to_land(lived: Simulation) -> None:
    whole = measured(lived)
    assert 900_000 < whole.telemetry.height < 1_500_000
    assert whole.logs.height < 500_000
