"""The change log of a made-up company, as its deployment and configuration tools would state it.

Here: who changed what and when, with the instant at which each statement arrives. Incidents: `incidents`; what was a cause: `truth`.
A second statement about the same change says when it was no longer in force: it was over, somebody rolled it back, or the company took it
back itself in the end. The rule that is easy to break: causes, innocent changes and all others are stated in the same way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from feedback_loop.contracts.loop_vocab import ActionKind, ChangeKind
from feedback_loop.simulation.feed import Simulation
from feedback_loop.simulation.planted import PlannedChange
from feedback_loop.simulation.statements import Statement, arrival, instant, iso
from feedback_loop.simulation.streams import stream

ROLL_BACKS = (ActionKind.ROLL_BACK_RELEASE, ActionKind.ROLL_BACK_CONFIG)
REVERSIBLE = (ChangeKind.DEPLOY, ChangeKind.FLAG, ChangeKind.CONFIG, ChangeKind.CAMPAIGN)
LOG_DELAY_MINUTES = (1.0, 5.0)


def _rolled_back_at(simulation: Simulation, change: PlannedChange) -> list[datetime]:
    return [done.at for done in simulation.interventions if done.target == change.change_id and done.action_kind in ROLL_BACKS]


def _given_up_at(simulation: Simulation, change: PlannedChange) -> list[datetime]:
    """When the company takes back, without help, a change that it found to be the cause of a fault."""
    blamed = [fault for fault in simulation.scenario.faults if fault.cause.reference == change.change_id]
    if change.kind not in REVERSIBLE:
        return []
    return [instant(simulation.start_day, fault.onset_hour + 24 * fault.manual_fix_days) for fault in blamed]


def ended_at(simulation: Simulation, change: PlannedChange) -> datetime | None:
    """When a change was no longer in force; null where it stays beyond the last day."""
    started = instant(simulation.start_day, change.at_hour)
    over = [] if change.minutes is None else [started + timedelta(minutes=change.minutes)]
    ends = [*over, *_rolled_back_at(simulation, change), *_given_up_at(simulation, change)]
    return min((end for end in ends if started < end < instant(simulation.start_day, 24 * simulation.scenario.days)), default=None)


def _row(simulation: Simulation, change: PlannedChange, ended: datetime | None) -> dict[str, object]:
    told: dict[str, object] = {
        "change_id": change.change_id,
        "change_kind": change.kind.value,
        "product": simulation.scenario.product,
        "service": change.service,
        "started_at": iso(instant(simulation.start_day, change.at_hour)),
        "ended_at": iso(ended) if ended else None,
        "scope": change.scope,
        "description": change.description,
        "product_version": change.version,
    }
    return told


def _stated(simulation: Simulation, change: PlannedChange, ended: datetime | None) -> Statement:
    """The statement, some minutes after what it tells."""
    what = "end" if ended else "start"
    delay = timedelta(minutes=stream(simulation.seed, "change", change.change_id, what).uniform(*LOG_DELAY_MINUTES))
    told_at = ended or instant(simulation.start_day, change.at_hour)
    return Statement(arrival(simulation.start_day, told_at + delay), _row(simulation, change, ended))


def _statements(simulation: Simulation) -> Iterator[Statement]:
    for change in simulation.scenario.change_log():
        ended = ended_at(simulation, change)
        last = _stated(simulation, change, ended)
        first = _stated(simulation, change, None)
        if first.delivered_at < last.delivered_at:  # the first load tells of what was over by then once, as it stands
            yield first
        yield last


def change_statements(simulation: Simulation) -> list[Statement]:
    """Every row of the change log in the order of its arrival."""
    return sorted(_statements(simulation), key=lambda told: (told.delivered_at, json.dumps(told.row, sort_keys=True)))
