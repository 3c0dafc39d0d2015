"""Random and mutated inputs through every parser and step: `python -m feedback_loop_tests.benchmarks.fuzz`.

Most inputs are mutated (bits, splices, repeated blocks, grammar tokens), one in ten is made by Hypothesis. Each step runs in a process of
its own, which ends where one input takes too much of its time or takes the process along; the run goes on behind it. A finding is written
to a temporary folder, with its input. Not here: files too large for this (`hostile_files`). Exits 1 where there is a finding.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import platform
import random
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from multiprocessing.sharedctypes import Synchronized
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded_by
from rich.console import Console
from rich.table import Table

from feedback_loop_tests.benchmarks.fuzz_steps import NAMES, Broken, Input, Parser, Step, step_named

SECONDS_AN_INPUT = 20.0
"""Of computing; a process that only waits is stopped after ten times as long, so that a busy machine is no finding."""

_WAITS = 10
MAX_FINDINGS = 20
"""A step that breaks this often is broken; it stops."""

_HYPOTHESIS_SHARE = 10
_POLL_SECONDS = 0.1
LIBRARIES = ("hypothesis", "polars", "pyarrow", "phonenumbers")


@dataclass
class Told:
    """What a process tells when it is through: rows of all its files, and the input that took longest, in ms of computing."""

    rows: int = 0
    quarantined: int = 0
    refused: int = 0
    slowest_ms: float = 0.0

    def __add__(self, other: Told) -> Told:
        counts = (self.rows + other.rows, self.quarantined + other.quarantined, self.refused + other.refused)
        return Told(*counts, max(self.slowest_ms, other.slowest_ms))


@dataclass
class Outcome:
    """What became of one step."""

    step: str
    inputs: int = 0
    seconds: float = 0.0
    findings: list[str] = field(default_factory=list)
    told: Told = field(default_factory=lambda: Told())


@dataclass(frozen=True)
class Task:
    """Which inputs of a step a process works through, and where it tells what it does."""

    step: str
    seed: int
    inputs: int
    folder: Path

    @property
    def found(self) -> Path:
        """One JSON object a line: a law that was broken, and the input."""
        return self.folder / f"{self.step}.jsonl"

    @property
    def current(self) -> Path:
        """The last input that Hypothesis made, which can't be made again from its number."""
        return self.folder / f"{self.step}.input"

    @property
    def told(self) -> Path:
        """What each process that worked through inputs counted, a line each."""
        return self.folder / f"{self.step}.told"


def input_of(step: Step, name: str, seed: int, number: int) -> Input:
    """The mutated input of that number."""
    return step.make(random.Random(f"{seed} {name} {number}"))


def work(task: Task, start: int, done: Synchronized[int], began: Synchronized[float]) -> None:
    """Works through the inputs from `start`; ends where whoever started this process is gone."""
    warnings.simplefilter("ignore")
    timed, parent = _Timed(step_named(task.step).check), os.getppid()
    step = step_named(task.step)._replace(check=timed)
    mutated = task.inputs - task.inputs // _HYPOTHESIS_SHARE
    for number in range(start, mutated):
        if os.getppid() != parent:
            return
        done.value, began.value = number, time.monotonic()
        _try(step, input_of(step, task.step, task.seed, number), task)
    began.value = time.monotonic()
    done.value = mutated
    _run_hypothesis(step, task, done, began)
    parser = timed.check
    if isinstance(parser, Parser):
        _try(step._replace(check=lambda _: parser.land()), b"", task, seconds=0)
    _write_told(task, timed)
    done.value = task.inputs


class _Timed:
    """A check that remembers how long the longest took; landing, which comes after hundreds of files, is no part of one."""

    def __init__(self, check: Callable[[Input], None]) -> None:
        self.check, self.slowest_ms = check, 0.0

    def __call__(self, data: Input) -> None:
        begun = time.process_time()
        self.check(data)
        landed = self.check.landing_seconds if isinstance(self.check, Parser) else 0.0
        self.slowest_ms = max(self.slowest_ms, 1000 * (time.process_time() - begun - landed))


def _write_told(task: Task, timed: _Timed) -> None:
    parser = timed.check
    counts = (parser.read_count, parser.quarantined_count, parser.refused_count) if isinstance(parser, Parser) else (0, 0, 0)
    with task.told.open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(Told(*counts, timed.slowest_ms))) + "\n")


def _told(task: Task) -> Told:
    lines = task.told.read_text("utf-8").splitlines() if task.told.exists() else []
    return sum((Told(**json.loads(line)) for line in lines), start=Told())


def _run_hypothesis(step: Step, task: Task, done: Synchronized[int], began: Synchronized[float]) -> None:
    count = task.inputs // _HYPOTHESIS_SHARE

    @seeded_by(task.seed)
    @settings(max_examples=max(1, count), database=None, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(step.strategy)
    def each(data: Input) -> None:
        task.current.write_bytes(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
        began.value = time.monotonic()
        done.value = min(done.value + 1, task.inputs - 1)
        _try(step, data, task)

    each()


def _try(step: Step, data: Input, task: Task, seconds: float = SECONDS_AN_INPUT) -> None:
    """Writes what is broken; ends this process after so many seconds of computing (0: never)."""
    try:
        signal.setitimer(signal.ITIMER_PROF, seconds)
        step.check(data)
    except Exception as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = "" if isinstance(error, Broken) else f" ({Path(where.filename).name}:{where.lineno})"
        _write(task, f"{type(error).__name__}: {error}{place}", data)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _write(task: Task, law: str, data: Input) -> None:
    with task.found.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"step": task.step, "law": law[:300], "input": repr(data)}) + "\n")


def run_step(task: Task, seconds: float = _WAITS * SECONDS_AN_INPUT) -> Outcome:
    """Runs one step to its end, over as many processes as crash or hang."""
    started, context = time.perf_counter(), multiprocessing.get_context("spawn")
    done, began = context.Value("i", 0), context.Value("d", time.monotonic())
    start = 0
    while start < task.inputs and len(_findings(task)) < MAX_FINDINGS:
        began.value = time.monotonic() + 60  # to import everything takes its time
        process = context.Process(target=work, args=(task, start, done, began))
        process.start()
        why = _watched(process, began, seconds, task)
        if why is None:
            break
        mutated = task.inputs - task.inputs // _HYPOTHESIS_SHARE
        is_mutated = done.value < mutated
        step = step_named(task.step)
        data = input_of(step, task.step, task.seed, done.value) if is_mutated else task.current.read_bytes()
        _write(task, why, data)
        start = done.value + 1 if is_mutated else task.inputs
    return Outcome(task.step, done.value, time.perf_counter() - started, _findings(task), _told(task))


def _watched(process: multiprocessing.process.BaseProcess, began: Synchronized[float], seconds: float, task: Task) -> str | None:
    """None once the process is through; else why it is not."""
    while process.is_alive():
        process.join(_POLL_SECONDS)
        if process.is_alive() and time.monotonic() - began.value > seconds:
            process.kill()
            process.join()
            return f"no end after {seconds:.0f} s"
        if len(_findings(task)) >= MAX_FINDINGS:
            process.kill()
            process.join()
            return None
    if process.exitcode == -signal.SIGPROF:
        return f"no end after {SECONDS_AN_INPUT:.0f} s of computing"
    return None if process.exitcode == 0 else f"the process died with {process.exitcode}"


def _findings(task: Task) -> list[str]:
    return task.found.read_text("utf-8").splitlines() if task.found.exists() else []


def fuzz(steps: list[str], inputs: int, seed: int, folder: Path, processes: int, console: Console) -> list[Outcome]:
    """The outcome of every step, in their order; each is told when it ends."""

    def one(step: str) -> Outcome:
        outcome = run_step(Task(step, seed, inputs, folder))
        console.print(
            f"{step}: {outcome.inputs:,} inputs, {len(outcome.findings)} findings, {outcome.seconds:.0f} s, {_words(outcome.told)}"
        )
        return outcome

    with ThreadPoolExecutor(processes) as pool:
        return list(pool.map(one, steps))


def _words(told: Told) -> str:
    return f"{told.rows:,} rows, {told.quarantined:,} quarantined, {told.refused:,} refused, slowest {told.slowest_ms:.0f} ms"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=100_000, help="inputs of each step")
    parser.add_argument("--seed", type=int, default=20_261_129)
    parser.add_argument("--steps", default=",".join(NAMES), help=f"some of {', '.join(NAMES)}; a name without a form means all its forms")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


def _chosen(asked: str) -> list[str]:
    """The steps that are meant; exits where a word means none."""
    words = asked.split(",")
    unknown = [word for word in words if word not in NAMES and not any(name.startswith(f"{word}.") for name in NAMES)]
    if unknown:
        raise SystemExit(f"{unknown[0]} is no step. Choose among {', '.join(NAMES)}")
    return [name for name in NAMES if any(name == word or name.startswith(f"{word}.") for word in words)]


def main() -> None:
    """Prints the table; exits 1 where a law is broken."""
    options, console = _arguments(), Console(width=140)
    folder = Path(tempfile.mkdtemp(prefix="feedback_loop_fuzz_"))
    console.print(f"seed {options.seed}, {options.inputs:,} inputs of each step, findings go to {folder}")
    outcomes = fuzz(_chosen(options.steps), options.inputs, options.seed, folder, options.processes, console)
    table = Table(
        "step", "inputs", "rows", "quarantined", "files refused", "slowest (ms)", "s", "inputs/s", "findings", title=f"seed {options.seed}"
    )
    for outcome in outcomes:
        rate = f"{outcome.inputs / outcome.seconds:,.0f}"
        told = outcome.told
        counts = (f"{number:,}" for number in (outcome.inputs, told.rows, told.quarantined, told.refused, round(told.slowest_ms)))
        table.add_row(outcome.step, *counts, f"{outcome.seconds:.0f}", rate, str(len(outcome.findings)))
    table.caption = ", ".join(f"{name} {version(name)}" for name in LIBRARIES) + f", Python {platform.python_version()}"
    console.print(table)
    for line in (line for outcome in outcomes for line in outcome.findings):
        console.print(line[:400], markup=False)
    sys.exit(1 if any(outcome.findings for outcome in outcomes) else 0)


if __name__ == "__main__":
    main()
