"""A made-up company with known faults: what its customers write, in the formats of its sources, with the truth beside it.

`scenario` (what the company is and what goes wrong: data) → `demand` (who has a reason to write, when) → `population` (who they are) →
`phrasebook`, `composition`, `letters`, `handwriting` (in which words) → `feed` (all in order) → `exports` (files), `recovery` (scores).
Pure: no clock, no files outside of the package, no network. It imports nothing of the stages that its data will measure, and shares no
word list, template or constant with them; else a score would only say that two lists agree.

    simulation = simulate(load_scenario("printwren"), seed=7, start_day=date(2026, 3, 2))
    for name, content in source_files(simulation).items(): ...
"""

from feedback_loop.simulation.exports import source_files, truth_files
from feedback_loop.simulation.feed import Message, Simulation, simulate
from feedback_loop.simulation.recovery import FaultRecovery, recovery
from feedback_loop.simulation.scenario import Scenario, load_scenario

__all__ = ["FaultRecovery", "Message", "Scenario", "Simulation", "load_scenario", "recovery", "simulate", "source_files", "truth_files"]
