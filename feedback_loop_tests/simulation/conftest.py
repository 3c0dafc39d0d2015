"""The simulated company that these tests look at: simulated once, since every test only reads it."""

from __future__ import annotations

from datetime import date

import pytest

from feedback_loop.simulation import Scenario, Simulation, load_scenario, simulate

START = date(2026, 3, 2)


@pytest.fixture(scope="session")
def company() -> Scenario:
    return load_scenario()


@pytest.fixture(scope="session")
def lived(company: Scenario) -> Simulation:
    return simulate(company, seed=7, start_day=START)


@pytest.fixture(scope="session")
def small_company(company: Scenario) -> Scenario:
    """Twelve days of a company with few customers, one planted fault begun."""
    return company.model_copy(update={"days": 12, "customers": 300})
