"""Tests of planted faults: when they begin and end, whom they name, and that changes and incidents know their instant."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from feedback_loop.contracts.loop_vocab import CauseKind, ChangeKind
from feedback_loop.simulation.planted import TAIL_HOURS, Cause, Fault, PlannedChange, PlannedIncident, Remedy


def fault(**changed: Any) -> Fault:
    values: dict[str, Any] = {"fault": "f", "kind": "billing_sync", "topic": "wish", "cause": Cause(kind=CauseKind.JOB, reference="chg-1")}
    values |= {"is_defect": True, "first_day": 2, "first_hour": 6, "daily_rate": 10, "profile": [(0, 0.5), (1, 1.0), (3, 0.0)]}
    return Fault(**(values | {"manual_fix_days": 60} | changed))


@pytest.mark.parametrize(("hour", "level"), [(53.9, 0.0), (54, 0.5), (66, 0.75), (78, 1.0), (102, 0.5), (126, 0.0), (500, 0.0)])
def test_the_level_follows_the_profile_from_the_onset_on(hour: float, level: float) -> None:
    assert fault().level_at(hour) == pytest.approx(level)


def test_the_onset_is_told_to_the_minute() -> None:
    sharp = fault(first_minute=30)
    assert sharp.onset_hour == 54.5
    assert sharp.level_at(54.49) == 0.0
    assert sharp.level_at(54.5) == 0.5


def test_the_company_mends_a_fault_itself_after_its_days() -> None:
    lasting = fault(profile=[(0, 0.8)], manual_fix_days=2)
    end = lasting.onset_hour + 48
    levels = [lasting.level_at(end + hours) for hours in (0, TAIL_HOURS / 2, TAIL_HOURS, 100)]
    assert levels == pytest.approx([0.8, 0.4, 0.0, 0.0])


def test_a_scope_holds_the_dimensions_that_are_named() -> None:
    assert fault().scope == {}
    named = fault(versions=["7.2.0"], browsers=["Safari 18"], regions=["uk"], tiers=["pro"], device_kinds=["web"])
    assert named.scope == {"product_version": ["7.2.0"], "browser": ["Safari 18"], "region": ["uk"], "tier": ["pro"]}


@pytest.mark.parametrize(
    "changed", [{"kind": "gremlins"}, {"daily_rate": 0}, {"error_share": 1.1}, {"first_minute": 60}, {"profile": []}, {"colour": "blue"}]
)
def test_a_fault_that_makes_no_sense_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        fault(**changed)


def test_a_remedy_names_actions_that_exist() -> None:
    assert Remedy.model_validate({"action_kinds": ["retry_job"], "hours_to_work": 2, "residual": 0.1}).residual == 0.1
    with pytest.raises(ValidationError):
        Remedy.model_validate({"action_kinds": ["pray"], "hours_to_work": 2, "residual": 0.1})


def test_changes_and_incidents_know_their_instant() -> None:
    change = PlannedChange(change_id="c", kind=ChangeKind.CONFIG, service="web", day=1, hour=2, minute=30, description="d")
    incident = PlannedIncident(incident_id="i", day=-1, hour=12, minutes=5, severity="low", summary="s")
    assert (change.at_hour, incident.at_hour) == (26.5, -12.0)
