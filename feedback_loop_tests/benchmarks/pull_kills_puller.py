"""The process that pulls in `pull_kills`, and that is killed: all sources of a home, one after the other, until it is told to stop."""

from __future__ import annotations

import random
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

import stamina

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.adapters.pulling import Pulling
from feedback_loop.adapters.vendor_pages.page_client import PageClient
from feedback_loop.cli.places import SystemClock
from feedback_loop.config import load_settings
from feedback_loop.sources.pulled_rules import PulledRule
from feedback_loop.workflows.pulled_sources import pull_all, read_sources

PATIENCE_SECONDS = 0.2


@dataclass(frozen=True)
class Job:
    """The home, what the environment says, and how often all sources are asked; 0 asks until the process is killed."""

    home: Path
    environment: dict[str, str]
    rounds: int
    seed: int = 0


def _shuffled(sources_file: Path, seed: int) -> dict[str, PulledRule]:
    """The sources in another order each time, so that kills reach them all."""
    rules = list(read_sources(sources_file).items())
    random.Random(seed).shuffle(rules)
    return dict(rules)


def work(job: Job, told: Connection) -> None:
    """Pulls; says when it begins, and after its last round why sources gave nothing."""
    PageClient.__init__.__kwdefaults__["timeout_seconds"] = PATIENCE_SECONDS  # type: ignore[index]
    settings = load_settings(job.home, job.environment)
    store = DeltaTableStore(settings.tables_folder, settings.locks_folder)
    clock = SystemClock()
    pulling = Pulling(settings, clock)
    told.send("begun")
    done = 0
    with stamina.set_testing(True, attempts=4, cap=True):
        while job.rounds == 0 or done < job.rounds:
            outcome = pull_all(_shuffled(settings.sources_file, job.seed + done), pulling.opened, pulling.spool_of, store, clock)
            done += 1
    told.send(outcome.refused)
