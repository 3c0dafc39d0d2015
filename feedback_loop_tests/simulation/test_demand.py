"""Tests of how many write, when and why."""

from __future__ import annotations

import pytest

from feedback_loop.simulation.demand import extra_topics, hour_weights, occasions
from feedback_loop.simulation.scenario import Scenario
from feedback_loop.simulation.streams import stream


def test_weekends_bring_more_than_midweek(company: Scenario) -> None:
    calm = company.model_copy(update={"faults": [], "days": 70, "daily_spread": 0.0})
    by_weekday = [0] * 7
    for occasion in occasions(calm, seed=1, first_weekday=0):
        by_weekday[int(occasion.hour // 24) % 7] += 1
    ratio = by_weekday[6] / by_weekday[4]
    assert ratio == pytest.approx(company.weekday_levels[6] / company.weekday_levels[4], rel=0.1)


def test_nobody_complains_of_a_fault_before_its_hour(company: Scenario) -> None:
    for fault in company.faults:
        assert sum(hour_weights(company, fault, fault.first_day - 1)) == 0
        on_the_day = hour_weights(company, fault, fault.first_day)
        assert sum(on_the_day[: fault.first_hour]) == 0
        assert sum(on_the_day) > 0


def test_a_regression_fades_when_the_mended_release_rolls_out(company: Scenario) -> None:
    regression = next(fault for fault in company.faults if fault.kind == "regression_after_release")
    mended = next(release for release in company.releases if release.day > regression.first_day)
    assert sum(hour_weights(company, regression, mended.day - 1)) > 0
    assert sum(hour_weights(company, regression, mended.day + 2)) == 0


def test_further_topics_come_as_often_as_stated_and_never_twice(company: Scenario) -> None:
    found = [extra_topics(stream(seed), company, "wish") for seed in range(3000)]
    assert sum(bool(topics) for topics in found) / 3000 == pytest.approx(company.second_topic_share, abs=0.03)
    assert all(len(set(topics) | {"wish"}) == len(topics) + 1 for topics in found)
    assert not any("rumour" in topics for topics in found)
