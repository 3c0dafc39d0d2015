"""One vendor is down for an hour: do the others' pulls and actions wait any longer, and does its own queue drain in order, without a rush?

python -m feedback_loop_tests.benchmarks.vendor_outage [--minutes 60] [--most-longer-seconds 1]

The same hours are played twice, with the outage and without, on a made-up clock: an hour before it, the outage, an hour after, and time
to finish. Requests go over loopback to real clients; what they take, and how long a client waits for a vendor that gives no answer, passes
on the made-up clock. Tools stand in `vendor_outage_tools`, sources in `vendor_outage_sources`. Exit code 1 where somebody else waits longer
(95th percentile: the first attempt that fails holds up what stands behind it in the same run), where the vendor that was down gets its
backlog in another order or is asked more often in a minute than it may be, or where anything is lost or twice.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table

from feedback_loop_tests.benchmarks.pull_kills_vendors import BEGIN
from feedback_loop_tests.benchmarks.vendor_outage_plan import Plan, Side
from feedback_loop_tests.benchmarks.vendor_outage_sources import FAILING as FAILING_SOURCE
from feedback_loop_tests.benchmarks.vendor_outage_sources import MOST_PAGES_A_MINUTE, sources
from feedback_loop_tests.benchmarks.vendor_outage_tools import FAILING as FAILING_TOOL
from feedback_loop_tests.benchmarks.vendor_outage_tools import MOST_ACTIONS_A_MINUTE, tools

console = Console(width=150)
Run = Callable[[Plan, Path], Mapping[str, Side]]


@dataclass(frozen=True)
class Part:
    """Tools or sources: how they are run, who is down, and how often that one may be asked within a minute."""

    run: Run
    failing: str
    most_in_a_minute: int
    plan: Plan


@dataclass
class Found:
    """The sides of one part without and with the outage."""

    part: Part
    calm: Mapping[str, Side]
    out: Mapping[str, Side]

    def problems(self, most_longer_seconds: float) -> list[str]:
        """What is not as it has to be, a line each."""
        told = [problem for side in (*self.calm.values(), *self.out.values()) for problem in side.problems]
        for name, side in self.out.items():
            longer = side.p95 - self.calm[name].p95
            if name != self.part.failing and longer > most_longer_seconds:
                told.append(f"{side.what} waited {longer:.1f} s longer while another vendor was down")
        failing = self.out[self.part.failing]
        if not failing.is_in_order:
            told.append(f"{failing.what} came in another order than they were made in")
        if failing.most_in_a_minute > self.part.most_in_a_minute:
            told.append(f"{failing.what}: asked {failing.most_in_a_minute} times in a minute, {self.part.most_in_a_minute} are the most")
        if failing.p95 <= self.calm[self.part.failing].p95:
            told.append(f"{failing.what} did not wait, so nothing was down and nothing is shown")
        return told


def parts(minutes: int) -> list[Part]:
    """Both, with an outage of so many minutes and as long before and after it."""
    plan = Plan(minutes_before=minutes, minutes_out=minutes, minutes_after=minutes)
    sourced = replace(plan, begins=BEGIN, spacing=timedelta(seconds=20))
    return [
        Part(tools, FAILING_TOOL, MOST_ACTIONS_A_MINUTE, replace(plan, spacing=timedelta(seconds=67))),
        Part(sources, FAILING_SOURCE, MOST_PAGES_A_MINUTE, sourced),
    ]


def played(part: Part) -> Found:
    """The part, both times."""
    found = []
    for is_any_out in (False, True):
        with tempfile.TemporaryDirectory() as folder:
            found.append(part.run(replace(part.plan, is_any_out=is_any_out), Path(folder)))
    return Found(part, *found)


def printed(found: list[Found], most_longer_seconds: float) -> int:
    """Prints the table; 1 where something is not as it has to be."""
    table = Table("", "how many", "p95 calm (s)", "p95 outage (s)", "longest calm (s)", "outage (s)", "asked", "most a minute", "in order")
    for one in found:
        for name, side in one.out.items():
            calm = one.calm[name]
            figures = (calm.p95, side.p95, max(calm.waited, default=0.0), max(side.waited, default=0.0))
            asked = (len(side.asked), side.most_in_a_minute)
            words = ("yes" if side.is_in_order else "no") if name == one.part.failing else ""
            table.add_row(side.what, f"{len(side.waited):,}", *(f"{figure:,.1f}" for figure in figures), *(f"{n:,}" for n in asked), words)
    console.print(table)
    problems = [problem for one in found for problem in one.problems(most_longer_seconds)]
    for problem in problems:
        console.print(f"not as it has to be: {problem}")
    return int(bool(problems))


def main() -> int:
    """Plays all, prints, and says whether it is as it has to be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--most-longer-seconds", type=float, default=1.0)
    told = parser.parse_args()
    return printed([played(part) for part in parts(told.minutes)], told.most_longer_seconds)


if __name__ == "__main__":
    sys.exit(main())
