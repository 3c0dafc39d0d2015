"""A drawn company with a bad release, cut down to a few days: short enough to be lived through many times in a test."""

from __future__ import annotations

from datetime import date

from feedback_loop.simulation import Scenario, draw_scenario
from feedback_loop.simulation.planted import Fault

SEED, START_DAY = 1, date(2026, 3, 2)
FAULT_DAY = 2


def short_company(days: int = 5, volume: float = 0.2) -> Scenario:
    """The company whose release of the day `FAULT_DAY` breaks something; with fewer messages than usual."""
    drawn = draw_scenario("release_regression", SEED)
    fault = drawn.faults[0]
    earlier = fault.first_day - FAULT_DAY
    releases = [each.model_copy(update={"day": each.day - earlier}) for each in drawn.releases if each.version in fault.versions]
    others = [each for each in drawn.releases if each.version not in fault.versions and each.day < FAULT_DAY]
    changes = [each.model_copy(update={"day": each.day - earlier}) for each in drawn.changes if each.change_id == fault.innocent]
    return drawn.model_copy(
        update={
            "days": days,
            "volume": volume,
            "releases": [*others, *releases],
            "changes": changes,
            "faults": [fault.model_copy(update={"first_day": FAULT_DAY})],
        }
    )


def fault_of(scenario: Scenario) -> Fault:
    """Its one fault."""
    (fault,) = scenario.faults
    return fault
