"""Tests of the customers of a simulated company."""

from __future__ import annotations

from collections import Counter

import pytest

from feedback_loop.simulation import Scenario
from feedback_loop.simulation.population import customer, draw, population
from feedback_loop.simulation.streams import stream


def test_a_customer_stays_the_same_when_the_company_grows(company: Scenario) -> None:
    few = population(company.model_copy(update={"customers": 20}), seed=3)
    more = population(company.model_copy(update={"customers": 60}), seed=3)
    assert more[:20] == few
    assert customer(company, 3, 19) == few[19]
    assert customer(company, 4, 19) != few[19]


def test_shares_of_regions_and_devices_are_those_of_the_scenario(company: Scenario) -> None:
    people = population(company.model_copy(update={"customers": 4000}), seed=1)
    regions, devices = Counter(person.region.name for person in people), Counter(person.device.kind for person in people)
    assert all(regions[region.name] / 4000 == pytest.approx(region.share, abs=0.03) for region in company.regions)
    for kind in devices:
        share = sum(device.share for device in company.devices if device.kind == kind)
        assert devices[kind] / 4000 == pytest.approx(share, abs=0.03)


def test_browsers_come_in_their_shares_and_on_devices_that_have_them(company: Scenario) -> None:
    people = population(company.model_copy(update={"customers": 4000}), seed=1)
    browsing = [person for person in people if person.device.browsers]
    assert all((person.browser is not None) == (person.device.kind == "web") for person in people)
    assert all(person.browser in person.device.browsers for person in browsing)
    found = Counter(person.browser for person in browsing)
    for browser, share in company.browser_shares().items():
        assert found[browser] / len(browsing) == pytest.approx(share, abs=0.03)


def test_only_somebody_who_fits_is_drawn(company: Scenario) -> None:
    people = population(company.model_copy(update={"customers": 200}), seed=1)
    found = [draw(stream(seed), people, lambda person: person.tier == "pro") for seed in range(20)]
    assert all(person is not None and person.tier == "pro" for person in found)
    assert draw(stream(1), people, lambda person: False, tries=50) is None
