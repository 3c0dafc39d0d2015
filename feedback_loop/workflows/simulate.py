"""Simulating: one company per seed, with the loop and without it, scored beside a baseline, its files and truth ready to be written.

How the company lives with the loop is `closed_loop.py`, how well the loop did is `simulation/scoring.py`. The rule that is easy to break: a
scenario is simulated from its seed alone, so that both runs differ by what the loop did and by nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from feedback_loop.ports import TableStore
from feedback_loop.remediation.playbooks import Playbook, seed_playbooks
from feedback_loop.simulation import Scenario, Score, Simulation, baseline, score, score_report, score_rows, source_files, truth_files
from feedback_loop.workflows.as_known import Analysed
from feedback_loop.workflows.closed_loop import Progress, live_with_loop, live_without_loop

START_DAY = date(2026, 3, 2)
WITH_LOOP, WITHOUT_LOOP, BASELINE = "with the loop", "without the loop", "keyword and latest change"


@dataclass(frozen=True)
class Models:
    """What the stages need that is not a function of rows: a past with its models, stores that nobody else sees, and what may be done."""

    analysed: Analysed
    new_store: Callable[[], TableStore]
    playbooks: Sequence[Playbook] = field(default_factory=seed_playbooks)


@dataclass(frozen=True)
class SeedScores:
    """One seed of one scenario: `simulation` is the company with the loop, where it has one; scores by who was scored."""

    simulation: Simulation
    scores: dict[str, list[Score]]

    def files(self) -> dict[str, bytes]:
        """Every file that its sources would deliver, and the truth tables in a folder of their own."""
        truth = {f"truth/{name}": content for name, content in truth_files(self.simulation).items()}
        return {**source_files(self.simulation), **truth}


def scored_seed(scenario: Scenario, seed: int, models: Models | None, progress: Progress | None = None) -> SeedScores:
    """The scores of one seed: of the loop where there are models for it, of the company by hand, and of the baseline."""
    without = live_without_loop(scenario, seed, START_DAY)
    scores = {
        WITHOUT_LOOP: score(without.simulation, without.found),
        BASELINE: score(without.simulation, baseline(without.simulation)),
    }
    if models is None:
        return SeedScores(without.simulation, scores)
    lived = live_with_loop(scenario, seed, START_DAY, models.analysed, models.new_store, progress, models.playbooks)
    return SeedScores(lived.simulation, {WITH_LOOP: score(lived.simulation, lived.found), **scores})


def report_of(scores: Sequence[dict[str, list[Score]]]) -> str:
    """The table over all seeds, one row per kind of fault and per who was scored; every figure is simulated."""
    names = [name for name in (WITH_LOOP, BASELINE, WITHOUT_LOOP) if any(name in by_name for by_name in scores)]
    rows = [row for name in names for row in score_rows(name, [s for by_name in scores for s in by_name.get(name, [])])]
    return score_report(rows)
