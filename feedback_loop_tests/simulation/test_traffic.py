"""Tests of who calls which service: shares that add up, and the part of them that a fault reaches."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.simulation import Scenario
from feedback_loop.simulation.planted import Fault
from feedback_loop.simulation.traffic import Owners, Slice, exposed_share, minutes_of, mixes, rhythm, slice_weight, slices


def mix_at(company: Scenario, hour: float) -> list[Owners]:
    steps, during = mixes(company)
    return during[int(np.searchsorted(steps, hour, "right")) - 1]


def slice_of(company: Scenario, service: str, version: str = "", region: str = "") -> Slice:
    return next(one for one in slices(company) if (one.service.name, one.version, one.region) == (service, version, region))


def fault_of(company: Scenario, kind: str = "release_regression", **changed: object) -> Fault:
    return next(fault for fault in company.faults if fault.kind == kind).model_copy(update=changed)


def test_slices_do_not_depend_on_the_planted_faults(company: Scenario) -> None:
    assert slices(company.model_copy(update={"faults": []})) == slices(company)


@pytest.mark.parametrize("hour", [0.0, 24 * 16 + 9.5, 24 * 42 + 9.3, 24 * 59])
def test_the_slices_of_a_service_make_up_all_its_requests(company: Scenario, hour: float) -> None:
    mix, shares = mix_at(company, hour), dict.fromkeys((service.name for service in company.services), 0.0)
    for one in slices(company):
        shares[one.service.name] += slice_weight(company, mix, one)
    assert shares == {name: pytest.approx(1.0) for name in shares}


def test_a_new_version_takes_over_step_by_step(company: Scenario) -> None:
    release = next(release for release in company.releases if release.version == "6.4.0")
    new = slice_of(company, "app", "6.4.0")
    hours = [release.at_hour - 0.1, release.at_hour, release.at_hour + 24, release.at_hour + 48]
    assert [slice_weight(company, mix_at(company, hour), new) for hour in hours] == pytest.approx([0.0, 0.4, 0.8, 1.0])


def test_the_mean_of_a_days_rhythm_is_that_of_its_weekday_and_season(company: Scenario) -> None:
    levels = rhythm(company, 3, 6)
    assert levels.mean() == pytest.approx(company.weekday_levels[6] * company.season_at(84), rel=0.001)
    assert levels.argmax() // 60 in (19, 20)
    assert minutes_of(2)[[0, 60]].tolist() == [48.0, 49.0]


def test_a_fault_of_one_browser_reaches_its_owners_on_the_broken_version_only(company: Scenario) -> None:
    mix, fault = mix_at(company, 24 * 43), fault_of(company)
    reached = exposed_share(company, mix, slice_of(company, "web", "7.2.0"), fault)
    assert reached == pytest.approx(fault_share_of_browser(company, "Safari 18"))
    assert exposed_share(company, mix, slice_of(company, "web", "7.1.0"), fault) == 0.0
    assert exposed_share(company, mix, slice_of(company, "app", "6.5.0"), fault) == 0.0


def fault_share_of_browser(company: Scenario, browser: str) -> float:
    """The share of those who browse, over all devices of the web."""
    return company.browser_shares()[browser]


def test_a_regional_fault_fills_the_slice_of_its_region_and_no_other(company: Scenario) -> None:
    fault = fault_of(company, versions=[], browsers=[], device_kinds=[], regions=["dach"], service="payments-south")
    mix = mix_at(company, 0.0)
    assert exposed_share(company, mix, slice_of(company, "payments-south", region="dach"), fault) == pytest.approx(1.0)
    assert exposed_share(company, mix, slice_of(company, "payments-south", region="iberia"), fault) == 0.0


def test_a_fault_of_one_tier_or_region_is_diluted_where_these_are_not_told_apart(company: Scenario) -> None:
    fault = fault_of(company, versions=[], browsers=[], device_kinds=[], service="uploads", tiers=["pro"], regions=["uk"])
    expected = company.tiers["pro"] / sum(company.tiers.values()) * 0.38
    assert exposed_share(company, mix_at(company, 0.0), slice_of(company, "uploads"), fault) == pytest.approx(expected)
