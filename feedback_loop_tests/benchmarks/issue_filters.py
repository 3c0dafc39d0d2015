"""How long `feedback-loop issues` takes for filters drawn at random, over the marts of a million fragments.

python -m feedback_loop_tests.benchmarks.issue_filters [--fragments 1000000] [--reads 200] [--processes 20] [--seed 1] [--home DIR]

The marts are those that dbt makes of a made-up home (`million_fragments`); with --home they are kept there, and used again by the next
call. A read is what the command does of it, from opening the marts file to the ranked issues with their quotes; a process is the whole
command, its start included. Each filter narrows a range of days by some of product, release, region, tier and class. "CPU" is what an
answer itself computed, on all cores together, which does not depend on what else the machine does. Exit code 1 where the 95th percentile
of either is above one second, or where no filter found anything.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from feedback_loop.adapters.dbt_command import build
from feedback_loop.adapters.issue_reader import IssueFilter, read_issues
from feedback_loop.adapters.marts import publish
from feedback_loop.cli.findings import days_of_marts
from feedback_loop.cli.issues import ISSUES_SHOWN
from feedback_loop.config import Settings
from feedback_loop.contracts.days import DayRange
from feedback_loop_tests.benchmarks import million_fragments as drawn

AIM_SECONDS = 1.0
_NARROWINGS = {
    "product": drawn.PRODUCTS, "release": drawn.VERSIONS, "region": drawn.REGIONS[1:], "tier": drawn.TIERS[1:], "class": drawn.CLASSES,
}  # fmt: skip

console = Console(width=120)


@dataclass(frozen=True)
class Measured:
    """The seconds that each answer took and computed, each ascending, and how many answers held an issue."""

    what: str
    seconds: list[float]
    cpu_seconds: list[float]
    filled_count: int


def percentile(ascending: list[float], percent: int) -> float:
    """The smallest value that this percentage of the values does not exceed."""
    return ascending[max(0, -(-percent * len(ascending) // 100) - 1)]


def drawn_options(rng: random.Random) -> dict[str, str]:
    """The options of one call: days, and each narrowing with an even chance."""
    first = rng.randrange(drawn.DAY_COUNT)
    last = rng.randrange(first, drawn.DAY_COUNT)
    options = {"from": f"{drawn.FIRST_DAY + timedelta(days=first)}", "to": f"{drawn.FIRST_DAY + timedelta(days=last)}"}
    return options | {name: str(rng.choice(values)) for name, values in _NARROWINGS.items() if rng.random() < 0.5}


def read(marts_file: Path, options: dict[str, str]) -> int:
    """How many issues the command would print for the options."""
    narrowed = {name: value for name, value in options.items() if name not in ("from", "to", "class")}
    days: DayRange = days_of_marts(marts_file, options["from"], options["to"])
    return len(read_issues(marts_file, IssueFilter(days=days, issue_class=options.get("class"), **narrowed), ISSUES_SHOWN))


def call(settings: Settings, options: dict[str, str]) -> int:
    """How many issues a process of the command printed, as JSON."""
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    command = [sys.executable, "-m", "feedback_loop.cli", "--home", str(settings.home), "issues", *words, "--json"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.count('"issue_id"')


def measured(what: str, calls: list[dict[str, str]], answer: Callable[[dict[str, str]], int]) -> Measured:
    """Each call timed by itself, in the order in which they were drawn."""
    seconds, cpu_seconds, filled_count = [], [], 0
    for options in calls:
        began, computed = time.perf_counter(), _computed()
        filled_count += answer(options) > 0
        seconds.append(time.perf_counter() - began)
        cpu_seconds.append(_computed() - computed)
    return Measured(what, sorted(seconds), sorted(cpu_seconds), filled_count)


def _computed() -> float:
    """The CPU seconds of this process and of those that it started and that ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def made(home: Path, fragment_count: int, seed: int) -> Settings:
    """The settings of a home whose marts are published; made by dbt where they are not there yet."""
    if not Settings(home=home).marts_file.is_file():
        began = time.perf_counter()
        settings = drawn.write_home_of(home, fragment_count, seed)
        build(settings, ("run",))
        rows = publish(settings.build_file, settings.marts_file)
        console.print(f"made in {time.perf_counter() - began:.0f} s: {rows}")
    return Settings(home=home)


def show(found: list[Measured]) -> None:
    """The table of RESULTS.md."""
    table = Table("", "answers", "with issues", "p50", "p95", "slowest", "CPU p50", "CPU p95")
    for one in found:
        walls = (percentile(one.seconds, 50), percentile(one.seconds, 95), one.seconds[-1])
        figures = (*walls, percentile(one.cpu_seconds, 50), percentile(one.cpu_seconds, 95))
        table.add_row(one.what, str(len(one.seconds)), str(one.filled_count), *(f"{figure * 1000:.0f} ms" for figure in figures))
    console.print(table)


def main() -> int:
    """Prints the percentiles; 1 where they miss the aim."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fragments", type=int, default=1_000_000)
    parser.add_argument("--reads", type=int, default=200)
    parser.add_argument("--processes", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        settings = made(given.home or Path(folder) / "home", given.fragments, given.seed)
        rng = random.Random(given.seed)
        calls = [drawn_options(rng) for _ in range(given.reads + given.processes)]
        found = [
            measured("one read", calls[: given.reads], lambda options: read(settings.marts_file, options)),
            measured("one process", calls[given.reads :], lambda options: call(settings, options)),
        ]
    show(found)
    return int(any(percentile(one.seconds, 95) > AIM_SECONDS or not one.filled_count for one in found))


if __name__ == "__main__":
    sys.exit(main())
