"""What the demo does without Dagster: the simulated company's files on disk, and what was planted beside what was found.

The company itself is `simulation/`; landing and running are the real commands. The rule that is easy to break: the truth is written and
read for the comparison at the end only; nothing that is landed may come from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import TableStore
from feedback_loop.simulation import FaultRecovery, Simulation, load_scenario, recovery, simulate, source_files, truth_files

SCENARIO, SEED, START_DAY = "printwren", 7, date(2026, 3, 2)
TRUTH_FOLDER = "truth"

_SOURCES = {"releases.csv": "releases", "reviews.csv": "google_play", "tickets.jsonl": "records", "chats.jsonl": "records"}
"""The source that each file is landed as, releases first, as a team would have them."""

_WITH_PRODUCT = ("google_play", "releases")


@dataclass(frozen=True)
class DemoFile:
    """One file to land; `product` where its rows don't name it."""

    source: str
    path: Path
    product: str | None


@dataclass(frozen=True)
class PlantedFault:
    """One planted fault with its true cause and the issue that fits it best; `innocent` is a change that only looks like the cause."""

    fault: str
    first_day: date
    cause: str
    innocent: str | None
    recovery: FaultRecovery


@cache
def demo_simulation() -> Simulation:
    """The company's thirty days, the same on every machine."""
    return simulate(load_scenario(SCENARIO), seed=SEED, start_day=START_DAY)


def demo_days(simulation: Simulation) -> DayRange:
    """The days that the company lived through."""
    return DayRange(simulation.start_day, simulation.start_day + timedelta(days=simulation.scenario.days - 1))


def write_demo_files(simulation: Simulation, folder: Path) -> list[DemoFile]:
    """The files to land, written into the folder, with the truth in a folder of its own beside them."""
    contents = source_files(simulation)
    (folder / TRUTH_FOLDER).mkdir(parents=True, exist_ok=True)
    for name, content in [*contents.items(), *((f"{TRUTH_FOLDER}/{name}", content) for name, content in truth_files(simulation).items())]:
        (folder / name).write_bytes(content)
    product = simulation.scenario.product
    return [DemoFile(source, folder / name, product if source in _WITH_PRODUCT else None) for name, source in _SOURCES.items()]


def messages_of_issues(store: TableStore, held: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Pairs (id of the message in its source, issue), from pairs (record_id, issue)."""
    landed = store.read(TABLES["bronze_feedback_record"], columns=["record_id", "source_record_id"]).unique()
    pairs = pl.DataFrame(list(held), schema={"record_id": pl.String, "issue_id": pl.String}, orient="row")
    return list(landed.join(pairs, on="record_id").select("source_record_id", "issue_id").sort(pl.all()).iter_rows())


def planted_and_found(simulation: Simulation, found: Iterable[tuple[str, str]]) -> list[PlantedFault]:
    """The planted faults in the order of the scenario, from pairs (message id, issue)."""
    scores = {score.fault: score for score in recovery(simulation, found)}
    return [
        PlantedFault(
            fault=fault.fault,
            first_day=simulation.start_day + timedelta(days=fault.first_day),
            cause=f"{fault.cause.kind}: {fault.cause.reference}",
            innocent=fault.innocent,
            recovery=scores[fault.fault],
        )
        for fault in simulation.scenario.faults
        if fault.fault in scores
    ]
