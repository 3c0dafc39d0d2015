"""Tests of scenarios: what is refused, and what follows from their figures."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from feedback_loop.contracts.loop_vocab import ChangeKind
from feedback_loop.simulation.scenario import Release, Scenario, load_scenario, scenario_from_text

COMPANY = load_scenario()
FAULT = COMPANY.faults[2].model_dump()
CHANGE = COMPANY.changes[0].model_dump()


@pytest.mark.parametrize(
    "changed",
    [
        {"topic": "none"},
        {"versions": ["9.9"]},
        {"device_kinds": ["toaster"]},
        {"browsers": ["Lynx 2"]},
        {"regions": ["moon"]},
        {"tiers": ["gold"]},
        {"service": "tea"},
        {"cause": {"kind": "deploy", "reference": "deploy-9.9"}},
        {"innocent": "inc-118"},
    ],
)
def test_a_fault_is_refused_when_it_names_what_the_company_lacks(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="unknown"):
        Scenario.model_validate(COMPANY.model_dump() | {"faults": [FAULT | changed]})


@pytest.mark.parametrize(
    "changed",
    [
        {"changes": [CHANGE | {"service": "tea"}], "faults": []},
        {"gateways": {"tea": ["uk"]}},
        {"gateways": {"web": ["moon"]}},
        {"prices": {"gold": 99.0}},
        {"channel_delays": {"ticket": [1, 2]}},
    ],
)
def test_a_company_is_refused_when_its_parts_do_not_fit(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="unknown"):
        Scenario.model_validate(COMPANY.model_dump() | changed)


def test_an_unknown_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="extra"):
        Scenario.model_validate(COMPANY.model_dump() | {"colour": "blue"})


def test_a_scenario_of_ones_own_takes_the_rest_from_a_shipped_one() -> None:
    own = scenario_from_text("{based_on: company, name: mine, days: 3}")
    assert (own.name, own.days) == ("mine", 3)
    assert own.model_copy(update={"name": "company", "days": 42}) == load_scenario("company")
    assert scenario_from_text(yaml.safe_dump(COMPANY.model_dump(mode="json"))) == COMPANY


def test_a_rollout_goes_in_steps_from_the_minute_of_release() -> None:
    release = Release(version="2", day=1, hour=8, minute=30, rollout=[(0, 0.1), (1, 0.6)], notes="", service="app")
    assert [release.share_at(hour) for hour in (32.4, 32.5, 56.4, 56.5, 999)] == [0.0, 0.1, 0.1, 0.6, 0.6]


def test_a_customer_moves_to_newer_versions_of_the_own_device_only() -> None:
    for kind, first in (("android", "6."), ("ios", "6."), ("web", "7.")):
        order = [release.version for release in COMPANY.releases_of(kind)]
        assert all(version.startswith(first) for version in order)
        for luck in (0.05, 0.45, 0.95):
            had = [COMPANY.version_at(kind, luck, hour) for hour in range(24 * COMPANY.days)]
            places = [order.index(version) for version in had if version]
            assert places == sorted(places)
            assert len(places) == len(had)


@settings(max_examples=40)
@given(
    st.floats(-100, 1500),
    st.sampled_from(["android", "web"]),
    st.sets(st.sampled_from([release.version for release in COMPANY.releases])),
)
def test_exposure_is_the_share_of_owners_who_run_the_versions(hour: float, kind: str, versions: set[str]) -> None:
    lucks = [(place + 0.5) / 1000 for place in range(1000)]
    running = sum(COMPANY.version_at(kind, luck, hour) in versions for luck in lucks) / 1000
    expected = COMPANY.exposure(sorted(versions), [kind], hour) if versions else 0.0
    assert running == pytest.approx(expected, abs=0.002)
    assert sum(COMPANY.running(kind, hour).values()) == pytest.approx(1.0)


def test_exposure_counts_only_devices_for_which_a_version_exists() -> None:
    after = COMPANY.releases_of("web")[-1].at_hour + 1
    assert COMPANY.exposure(["7.2.0"], [], after) == 1.0
    assert COMPANY.exposure(["7.2.0"], ["android"], after) == 0.0
    assert COMPANY.exposure([], [], after) == 1.0


def test_each_release_is_a_deployment_that_names_its_version_and_no_more() -> None:
    log = COMPANY.change_log()
    assert [change.at_hour for change in log] == sorted(change.at_hour for change in log)
    deployed = {change.version: change for change in log if change.kind is ChangeKind.DEPLOY}
    assert set(deployed) == {release.version for release in COMPANY.releases}
    assert deployed["7.2.0"].change_id == "deploy-7.2.0"
    assert deployed["7.2.0"].scope == {"product_version": ["7.2.0"]}
    assert len(log) == len(deployed) + len(COMPANY.changes)


def test_shares_of_browsers_make_one() -> None:
    assert sum(COMPANY.browser_shares().values()) == pytest.approx(1.0)
    assert COMPANY.browser_shares().keys() == COMPANY.browsers.keys()


def test_the_shipped_company_has_the_planted_stories() -> None:
    faults = {fault.kind: fault for fault in COMPANY.faults}
    at = {change.change_id: change.at_hour for change in COMPANY.change_log()}
    assert set(faults) == {"release_regression", "billing_sync", "broken_article", "viral_complaint"}
    regression = faults["release_regression"]
    assert regression.browsers == ["Safari 18"]
    assert regression.innocent is not None
    assert at[regression.innocent] < at["deploy-7.2.0"] < regression.onset_hour < at["deploy-7.2.0"] + 1
    assert not faults["viral_complaint"].is_defect
    assert faults["viral_complaint"].cause.reference is None


def test_the_volume_follows_its_seasons() -> None:
    assert COMPANY.season_at(0) == 1.0
    assert COMPANY.season_at(24 * 22) == pytest.approx(1.08)
