"""Tests of the seven kinds of faults and of the companies drawn with them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from feedback_loop.contracts.loop_vocab import CauseKind
from feedback_loop.simulation import FAULT_KINDS, draw_company, draw_scenario, scenario_names, scenario_of, simulate
from feedback_loop.simulation.faults import FaultRanges, OnsetRanges, fault_ranges
from feedback_loop.simulation.planted import FaultKind

START = date(2026, 3, 2)
KINDS = st.sampled_from(FAULT_KINDS)
SEEDS = st.integers(0, 10_000)


@settings(max_examples=60, deadline=None)
@given(KINDS, SEEDS)
def test_every_figure_lies_within_the_ranges_that_were_committed(kind: FaultKind, seed: int) -> None:
    ranges, (fault,) = fault_ranges(kind), draw_scenario(kind, seed).faults
    assert ranges.daily_rate[0] <= fault.daily_rate <= ranges.daily_rate[1]
    assert ranges.error_share[0] <= fault.error_share <= ranges.error_share[1]
    assert ranges.manual_fix_days[0] <= fault.manual_fix_days <= ranges.manual_fix_days[1]
    assert fault.topic in {each.topic for each in ranges.slices}
    assert 28 <= fault.first_day <= 35
    if ranges.onset.hours:
        assert ranges.onset.hours[0] <= fault.first_hour <= ranges.onset.hours[1]


@settings(max_examples=60, deadline=None)
@given(KINDS, SEEDS)
def test_the_cause_comes_before_the_onset_and_tells_the_scope_that_its_kind_would(kind: FaultKind, seed: int) -> None:
    drawn = draw_scenario(kind, seed)
    (fault,) = drawn.faults
    changes = {change.change_id: change for change in drawn.change_log()}
    incidents = {incident.incident_id: incident for incident in drawn.incidents}
    assert fault.innocent in changes
    assert 0 < fault.onset_hour - changes[fault.innocent].at_hour <= 5
    if kind == "viral_complaint":
        assert (fault.cause.kind, fault.cause.reference, fault.service) == (CauseKind.UNKNOWN, None, None)
        return
    cause = incidents.get(fault.cause.reference or "") or changes[fault.cause.reference or ""]
    assert -0.01 <= fault.onset_hour - cause.at_hour <= 2
    assert fault.cause.reference != fault.innocent
    assert cause.scope == ({"product_version": fault.versions} if fault.versions else fault.scope)


@settings(max_examples=30, deadline=None)
@given(KINDS, SEEDS)
def test_an_outage_ends_with_its_incident_within_thirty_hours(kind: FaultKind, seed: int) -> None:
    drawn = draw_scenario("provider_outage", seed)
    (fault,) = drawn.faults
    incident = next(each for each in drawn.incidents if each.incident_id == fault.cause.reference)
    assert 6 <= incident.minutes / 60 <= 30
    assert incident.provider
    lasted = fault.onset_hour + incident.minutes / 60
    assert fault.level_at(lasted - 0.1) > 0.5
    assert fault.level_at(lasted + 2 * incident.minutes / 60) == 0


def test_one_seed_is_one_company_whatever_goes_wrong() -> None:
    alone = simulate(draw_company(3), 3, START).messages
    for kind in FAULT_KINDS:
        lived = simulate(draw_scenario(kind, 3), 3, START)
        assert tuple(message for message in lived.messages if not message.fault) == alone
        assert sum(message.fault is not None for message in lived.messages) > 25
        assert all(message.occurred_at.date() >= date(2026, 3, 30) for message in lived.messages if message.fault)


def test_ordinary_days_bring_about_forty_five_messages() -> None:
    company = draw_company(5)
    assert company.faults == []
    assert 40 < len(simulate(company, 5, START).messages) / company.days < 50


def test_another_seed_is_another_fault_and_the_same_seed_the_same() -> None:
    drawn = [draw_scenario("regional_configuration", seed).faults[0] for seed in range(12)]
    assert len({fault.onset_hour for fault in drawn}) > 8
    assert len({tuple(fault.regions) for fault in drawn}) > 2
    assert drawn[0] == draw_scenario("regional_configuration", 0).faults[0]


def test_ids_of_causes_tell_nothing() -> None:
    for kind in FAULT_KINDS:
        drawn = draw_scenario(kind, 1)
        named = [change.change_id for change in drawn.changes] + [incident.incident_id for incident in drawn.incidents]
        assert len(set(named)) == len(named)
        assert all(name[:4] in ("chg-", "inc-") and len(name) <= 8 for name in named)


def test_a_scenario_is_found_by_its_name_and_days() -> None:
    assert scenario_names()[0] == "printwren"
    assert set(scenario_names()[1:]) == set(FAULT_KINDS)
    assert [scenario_of(name, 1, 40).days for name in scenario_names()] == [40] * 8
    assert (scenario_of("printwren", 1).days, scenario_of("entitlement", 1).days) == (60, 42)
    assert scenario_of("entitlement", 4) == draw_scenario("entitlement", 4)
    with pytest.raises(KeyError, match="printwren, release_regression"):
        scenario_of("gremlins", 1)


def test_ranges_that_name_no_onset_or_two_are_refused() -> None:
    with pytest.raises(ValidationError, match="after_release"):
        OnsetRanges(days=(1, 2))
    with pytest.raises(ValidationError, match="after_release"):
        OnsetRanges(days=(1, 2), hours=(3, 4), after_release=(1, 2))
    with pytest.raises(ValidationError):
        FaultRanges.model_validate(fault_ranges("entitlement").model_dump() | {"slices": []})
