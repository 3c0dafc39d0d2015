"""Tests of the change log: every change is stated soon, once more when it is over, and never with a word of what it caused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from feedback_loop.simulation import Intervention, Scenario, Simulation, simulate
from feedback_loop.simulation.changes import change_statements
from feedback_loop.simulation.statements import Statement, instant, iso


def told(lived: Simulation, change_id: str) -> list[Statement]:
    return [statement for statement in change_statements(lived) if statement.row["change_id"] == change_id]


def with_actions(lived: Simulation, *actions: Intervention) -> Simulation:
    return Simulation(lived.scenario, lived.seed, lived.start_day, lived.messages, interventions=actions)


def rolled_back(lived: Simulation, hours: float = 5) -> tuple[Simulation, datetime]:
    """The regression's release rolled back some hours after its onset."""
    fault = next(fault for fault in lived.scenario.faults if fault.kind == "release_regression")
    at = instant(lived.start_day, fault.onset_hour + hours)
    return with_actions(lived, Intervention(at, "roll_back_release", str(fault.cause.reference))), at


def test_every_release_and_every_planned_change_is_in_the_log(lived: Simulation) -> None:
    known = {str(statement.row["change_id"]) for statement in change_statements(lived)}
    assert known == {change.change_id for change in lived.scenario.change_log()}
    assert {f"deploy-{release.version}" for release in lived.scenario.releases} <= known


def test_a_deployment_names_its_version_as_scope(lived: Simulation) -> None:
    first = told(lived, "deploy-7.2.0")[0].row
    assert (first["change_kind"], first["scope"], first["product_version"]) == ("deploy", {"product_version": ["7.2.0"]}, "7.2.0")
    assert first["ended_at"] is None


def test_a_change_is_stated_one_to_five_minutes_after_it_happened(lived: Simulation) -> None:
    start = instant(lived.start_day, 0)
    for statement in change_statements(lived):
        happened = datetime.fromisoformat(str(statement.row["ended_at"] or statement.row["started_at"]))
        if happened >= start:
            assert timedelta(minutes=1) <= statement.delivered_at - happened <= timedelta(minutes=5, seconds=1)
        else:
            assert statement.delivered_at == start + timedelta(minutes=1)


def test_a_job_is_stated_again_when_it_is_over(lived: Simulation) -> None:
    first, last = told(lived, "chg-47a9")
    assert first.row["ended_at"] is None
    assert last.row["ended_at"] == "2026-03-15T02:09:00Z"
    assert {**first.row, "ended_at": None} == {**last.row, "ended_at": None}


def test_a_rolled_back_release_ends_when_it_was_rolled_back(lived: Simulation) -> None:
    mended, at = rolled_back(lived)
    assert [statement.row["ended_at"] for statement in told(mended, "deploy-7.2.0")] == [None, iso(at)]
    others = [statement for statement in change_statements(lived) if statement.row["change_id"] != "deploy-7.2.0"]
    assert [statement for statement in change_statements(mended) if statement.row["change_id"] != "deploy-7.2.0"] == others


def test_an_action_of_another_kind_ends_no_change(lived: Simulation) -> None:
    at = instant(lived.start_day, 24 * 43)
    assert change_statements(with_actions(lived, Intervention(at, "retry_job", "deploy-7.2.0"))) == change_statements(lived)


def test_an_innocent_change_may_be_rolled_back_too(lived: Simulation) -> None:
    at = instant(lived.start_day, 24 * 43)
    ended = told(with_actions(lived, Intervention(at, "roll_back_config", "chg-d240")), "chg-d240")[-1]
    assert ended.row["ended_at"] == iso(at)


def test_without_help_the_company_takes_its_own_mistake_back(lived: Simulation) -> None:
    fault = next(fault for fault in lived.scenario.faults if fault.kind == "release_regression")
    by_hand = instant(lived.start_day, fault.onset_hour + 24 * fault.manual_fix_days)
    assert told(lived, "deploy-7.2.0")[-1].row["ended_at"] == iso(by_hand)


def test_an_end_beyond_the_last_day_is_not_known(company: Scenario, lived: Simulation) -> None:
    lasting = company.changes[0].model_copy(update={"minutes": 24 * 60 * company.days})
    other = replace(lived, scenario=company.model_copy(update={"changes": [lasting], "faults": []}))
    assert [statement.row["ended_at"] for statement in told(other, lasting.change_id)] == [None]


def test_what_was_over_before_the_first_day_is_stated_once(company: Scenario) -> None:
    old = company.changes[0].model_copy(update={"change_id": "chg-old", "day": -3, "minutes": 20})
    quiet = simulate(company.model_copy(update={"changes": [old], "faults": [], "days": 1, "topics": {}}), 1, date(2026, 3, 2))
    rows: list[Any] = told(quiet, "chg-old")
    assert [row.row["ended_at"] for row in rows] == ["2026-02-27T08:35:00Z"]
