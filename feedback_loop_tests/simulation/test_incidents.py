"""Tests of the incident list: declared late, closed later, stated once more when it is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from feedback_loop.simulation import Scenario, Simulation
from feedback_loop.simulation.incidents import incident_statements


def test_each_incident_is_declared_and_closed(lived: Simulation) -> None:
    for incident in lived.scenario.incidents:
        first, last = (told for told in incident_statements(lived) if told.row["incident_id"] == incident.incident_id)
        assert (first.row["ended_at"], last.row["provider"]) == (None, incident.provider)
        began, over = (datetime.fromisoformat(str(last.row[name])) for name in ("started_at", "ended_at"))
        assert over - began == timedelta(minutes=incident.minutes)
        assert timedelta(minutes=8) <= first.delivered_at - began <= timedelta(minutes=25)
        assert last.delivered_at > max(over, first.delivered_at)


def test_an_incident_that_is_over_at_once_is_declared_before_it_is_closed(company: Scenario, lived: Simulation) -> None:
    short = company.incidents[0].model_copy(update={"minutes": 1})
    quick = Simulation(company.model_copy(update={"incidents": [short]}), 7, lived.start_day, ())
    first, last = incident_statements(quick)
    assert first.row["ended_at"] is None
    assert last.row["ended_at"] is not None
    assert first.delivered_at < last.delivered_at


def test_statements_come_in_the_order_of_their_arrival(lived: Simulation) -> None:
    moments = [told.delivered_at for told in incident_statements(lived)]
    assert moments == sorted(moments)
