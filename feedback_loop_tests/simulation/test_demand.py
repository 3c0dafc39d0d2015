"""Tests of how many write, when and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from feedback_loop.simulation.demand import extra_topics, hour_weights, is_affected, occasions, version_of
from feedback_loop.simulation.population import Customer, population
from feedback_loop.simulation.scenario import Scenario
from feedback_loop.simulation.streams import stream


def people(company: Scenario) -> Iterator[Customer]:
    return iter(population(company.model_copy(update={"customers": 1500}), seed=1))


def test_weekends_bring_more_than_midweek(company: Scenario) -> None:
    level = {"faults": [], "days": 70, "daily_spread": 0.0, "seasons": []}
    by_weekday = [0] * 7
    for occasion in occasions(company.model_copy(update=level), seed=1, first_weekday=0):
        by_weekday[int(occasion.hour // 24) % 7] += 1
    ratio = by_weekday[6] / by_weekday[4]
    assert ratio == pytest.approx(company.weekday_levels[6] / company.weekday_levels[4], rel=0.1)


def test_a_season_and_the_size_of_the_company_move_the_volume(company: Scenario) -> None:
    level = {"faults": [], "days": 40, "daily_spread": 0.0}

    def written(**changed: object) -> int:
        return sum(1 for _ in occasions(company.model_copy(update=level | changed), seed=1, first_weekday=0))

    assert written(seasons=[(0, 1.5)]) / written(seasons=[(0, 1.0)]) == pytest.approx(1.5, rel=0.06)
    assert written(volume=0.64) / written(volume=1.28) == pytest.approx(0.5, rel=0.06)


def test_nobody_complains_of_a_fault_before_its_minute(company: Scenario) -> None:
    for fault in company.faults:
        assert sum(hour_weights(company, fault, fault.first_day - 1)) == 0
        on_the_day = hour_weights(company, fault, fault.first_day)
        assert sum(on_the_day[: fault.first_hour]) == 0
        assert sum(on_the_day) > 0
    first = {fault.fault: min(o.hour for o in occasions(company, 7, 0) if o.fault == fault) for fault in company.faults}
    assert all(0 <= first[fault.fault] - fault.onset_hour < 6 for fault in company.faults)


def test_the_hour_of_the_onset_counts_for_the_part_that_is_left(company: Scenario) -> None:
    sharp = company.faults[0].model_copy(update={"first_hour": 9, "first_minute": 45, "profile": [(0, 1.0)], "versions": []})
    weights = hour_weights(company, sharp, sharp.first_day)
    assert weights[9] == pytest.approx(0.25 * company.hour_levels[9])
    assert weights[10] == company.hour_levels[10]


def test_a_regression_fades_when_a_later_release_rolls_out(company: Scenario) -> None:
    regression = next(fault for fault in company.faults if fault.kind == "release_regression")
    broken = next(release for release in company.releases if release.version in regression.versions)
    mended = broken.model_copy(update={"version": "7.2.1", "day": broken.day + 3, "rollout": [(0, 0.5), (1, 1.0)]})
    later = company.model_copy(update={"releases": [*company.releases, mended]})
    usual, half, gone = (sum(hour_weights(later, regression, mended.day + days)) for days in (-1, 1, 2))
    assert 0 < half < usual
    assert gone == 0


@pytest.mark.parametrize(
    ("where", "inside"),
    [
        ({"browsers": ["Safari 18"]}, lambda person: person.browser == "Safari 18"),
        ({"device_kinds": ["ios"]}, lambda person: person.device.kind == "ios"),
        ({"regions": ["uk", "us"]}, lambda person: person.region.name in ("uk", "us")),
        ({"tiers": ["pro"]}, lambda person: person.tier == "pro"),
        ({}, lambda person: True),
    ],
)
def test_exactly_the_slice_is_affected(company: Scenario, where: dict[str, object], inside: Callable[[Customer], bool]) -> None:
    everywhere: dict[str, object] = {"versions": [], "device_kinds": [], "browsers": [], "regions": [], "tiers": []}
    fault = company.faults[0].model_copy(update=everywhere | where)
    for person in people(company):
        assert is_affected(company, fault, person, 1000.0) == inside(person)
        assert is_affected(company, None, person, 1000.0)


def test_a_version_is_that_of_the_persons_own_kind_of_device(company: Scenario) -> None:
    hour = 24.0 * company.days
    seen = {(person.device.kind, version_of(company, person, hour)) for person in people(company)}
    assert seen == {("android", "6.6.0"), ("ios", "6.6.0"), ("web", "7.2.0")}


def test_further_topics_come_as_often_as_stated_and_never_twice(company: Scenario) -> None:
    found = [extra_topics(stream(seed), company, "wish") for seed in range(3000)]
    assert sum(bool(topics) for topics in found) / 3000 == pytest.approx(company.second_topic_share, abs=0.03)
    assert all(len(set(topics) | {"wish"}) == len(topics) + 1 for topics in found)
    assert not any("rumour" in topics for topics in found)
