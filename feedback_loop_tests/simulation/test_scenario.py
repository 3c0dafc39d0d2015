"""Tests of scenarios: what is refused, and what follows from their figures."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from feedback_loop.simulation.scenario import Cause, Fault, Release, Scenario, load_scenario

COMPANY = load_scenario()


def fault(**changed: Any) -> Fault:
    values: dict[str, Any] = {"fault": "f", "kind": "k", "topic": "wish", "cause": Cause(kind="c", reference="r"), "is_defect": True}
    values |= {"first_day": 2, "first_hour": 6, "daily_rate": 10, "profile": [(0, 0.5), (1, 1.0), (3, 0.0)]}
    return Fault(**(values | changed))


@pytest.mark.parametrize(
    "changed", [{"topic": "none"}, {"versions": ["9.9"]}, {"device_kinds": ["toaster"]}, {"regions": ["moon"]}, {"tiers": ["gold"]}]
)
def test_a_fault_is_refused_when_it_names_what_the_company_lacks(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="unknown"):
        Scenario.model_validate(COMPANY.model_dump() | {"faults": [fault(**changed).model_dump()]})


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="extra"):
        Scenario.model_validate(COMPANY.model_dump() | {"colour": "blue"})


@pytest.mark.parametrize(("hour", "level"), [(53.9, 0.0), (54, 0.5), (66, 0.75), (78, 1.0), (102, 0.5), (126, 0.0), (500, 0.0)])
def test_the_level_follows_the_profile_from_the_onset_on(hour: float, level: float) -> None:
    assert fault().level_at(hour) == pytest.approx(level)


def test_a_rollout_goes_in_steps_from_the_hour_of_release() -> None:
    release = Release(version="2", day=1, hour=9, rollout=[(0, 0.1), (1, 0.6)], notes="")
    assert [release.share_at(hour) for hour in (32.9, 33, 56.9, 57, 999)] == [0.0, 0.1, 0.1, 0.6, 0.6]


def test_a_customer_moves_to_newer_versions_only() -> None:
    order = [release.version for release in COMPANY.releases]
    for luck in (0.05, 0.45, 0.95):
        had = [COMPANY.version_at(luck, hour) for hour in range(24 * COMPANY.days)]
        places = [order.index(version) for version in had if version]
        assert places == sorted(places)
        assert len(places) == len(had)


@settings(max_examples=40)
@given(st.floats(-100, 800), st.sets(st.sampled_from([release.version for release in COMPANY.releases])))
def test_exposure_is_the_share_of_customers_who_run_the_versions(hour: float, versions: set[str]) -> None:
    lucks = [(place + 0.5) / 1000 for place in range(1000)]
    running = sum(COMPANY.version_at(luck, hour) in versions for luck in lucks) / 1000
    expected = COMPANY.exposure(sorted(versions), hour) if versions else 0.0
    assert running == pytest.approx(expected, abs=0.002)


def test_the_shipped_company_has_the_planted_stories() -> None:
    faults = {fault.kind: fault for fault in COMPANY.faults}
    release = {release.version: release.day for release in COMPANY.releases}
    regression, regional = faults["regression_after_release"], faults["regional_configuration"]
    assert release[regression.cause.reference] == regression.first_day
    assert regional.innocent is not None
    assert 0 <= regional.first_day - release[regional.innocent] <= 2
    assert not faults["viral_complaint"].is_defect
    assert "capacity_drift" in faults
