"""The incident list of a made-up company: its own incidents and those of providers it depends on, as incident tools would state them.

Here: one statement when an incident is declared and one when it is over. Changes are in `changes`, what was a cause in `truth`.
The rule that is easy to break: an incident is known only once somebody declared it, minutes after it began; nothing may be told earlier.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from feedback_loop.simulation.feed import Simulation
from feedback_loop.simulation.planted import PlannedIncident
from feedback_loop.simulation.statements import Statement, arrival, instant, iso
from feedback_loop.simulation.streams import stream

DECLARED_AFTER_MINUTES = (8.0, 25.0)
CLOSED_AFTER_MINUTES = (2.0, 15.0)


def _row(simulation: Simulation, incident: PlannedIncident, ended: datetime | None) -> dict[str, object]:
    return {
        "incident_id": incident.incident_id,
        "product": simulation.scenario.product,
        "service": incident.service,
        "provider": incident.provider,
        "severity": incident.severity,
        "started_at": iso(instant(simulation.start_day, incident.at_hour)),
        "ended_at": iso(ended) if ended else None,
        "scope": incident.scope,
        "summary": incident.summary,
    }


def _statements(simulation: Simulation) -> Iterator[Statement]:
    for incident in simulation.scenario.incidents:
        began = instant(simulation.start_day, incident.at_hour)
        over = began + timedelta(minutes=incident.minutes)
        rng = stream(simulation.seed, "incident", incident.incident_id)
        declared = began + timedelta(minutes=rng.uniform(*DECLARED_AFTER_MINUTES))
        closed = max(over, declared) + timedelta(minutes=rng.uniform(*CLOSED_AFTER_MINUTES))
        yield Statement(arrival(simulation.start_day, declared), _row(simulation, incident, None))
        yield Statement(arrival(simulation.start_day, closed), _row(simulation, incident, over))


def incident_statements(simulation: Simulation) -> list[Statement]:
    """Every row of the incident list in the order of its arrival."""
    return sorted(_statements(simulation), key=lambda told: (told.delivered_at, json.dumps(told.row, sort_keys=True)))
