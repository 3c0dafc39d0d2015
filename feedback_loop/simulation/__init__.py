"""A made-up company with known faults: what its customers write, in the formats of its sources, with the truth beside it.

`scenario`, `planted` (what the company is and what goes wrong: data), `faults` (one of seven kinds, drawn from a seed) → `demand` (who has
a reason to write, when) → `interventions` (what an action left of it) → `population` (who they are) → `phrasebook`, `composition`,
`letters`, `handwriting`, `writing` (in which words) → `reactions` (what they do next) → `feed` (all in order) → what surrounds it
(`changes`, `incidents`, `telemetry`, `ledger`, `business_events`, `documents`) → `exports` (files), `deliveries` (hour by hour), `truth` →
`recovery`, `scoring`, `score_report` (scores), `baseline` (what a loop must beat).
Pure: no clock, no files outside of the package, no network. It imports nothing of the stages that its data will measure, and shares no
word list, template or constant with them; else a score would only say that two lists agree.

    simulation = simulate(load_scenario("printwren"), seed=7, start_day=date(2026, 3, 2))
    for name, content in source_files(simulation).items(): ...
"""

from feedback_loop.simulation.baseline import baseline
from feedback_loop.simulation.deliveries import Delivery, arrivals, deliveries
from feedback_loop.simulation.exports import source_files
from feedback_loop.simulation.faults import FAULT_KINDS, draw_company, draw_scenario, scenario_names, scenario_of
from feedback_loop.simulation.feed import Simulation, simulate
from feedback_loop.simulation.interventions import Intervention
from feedback_loop.simulation.message import Message
from feedback_loop.simulation.reactions import Churn, Confirmation
from feedback_loop.simulation.recovery import FaultRecovery, recovery
from feedback_loop.simulation.scenario import Scenario, load_scenario, scenario_from_text
from feedback_loop.simulation.score_report import negative_review_change, score_report, score_rows
from feedback_loop.simulation.scoring import Found, FoundAction, FoundAlert, FoundCause, Score, score
from feedback_loop.simulation.truth import truth_files

__all__ = [
    "FAULT_KINDS",
    "Churn",
    "Confirmation",
    "Delivery",
    "FaultRecovery",
    "Found",
    "FoundAction",
    "FoundAlert",
    "FoundCause",
    "Intervention",
    "Message",
    "Scenario",
    "Score",
    "Simulation",
    "arrivals",
    "baseline",
    "deliveries",
    "draw_company",
    "draw_scenario",
    "load_scenario",
    "negative_review_change",
    "recovery",
    "scenario_from_text",
    "scenario_names",
    "scenario_of",
    "score",
    "score_report",
    "score_rows",
    "simulate",
    "source_files",
    "truth_files",
]
