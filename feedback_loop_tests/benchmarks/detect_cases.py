"""False alarms and catches of `try detect` beside a plain baseline: `python -m feedback_loop_tests.benchmarks.detect_cases [SEED …]`.

Streams are made by the generator of shared/benchmarks/root_cause, scored by its scorer and answered by its baseline, each in a process of
its own; without seeds 1 to 5, sixty streams each. Causality is checked on the same streams cut short. Not here: the method's own laws
(`methods/statistics/rate_alarms`). Seeds that a change was tuned on prove nothing about it: name others.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table as Grid
from scipy.stats import beta, chi2

from feedback_loop.workflows.try_detect import detect_answers
from feedback_loop.workflows.try_files import write_json_lines
from feedback_loop_tests.benchmarks.root_cause_tools import TOOLS, WHY_ABSENT, Figures, tool

SEEDS, CASES, CUT_DAYS = (1, 2, 3, 4, 5), 60, 23
AIM_FALSE, AIM_CAUGHT = 1.0, 0.92


def answered(cases: Path, out: Path) -> Path:
    """The file of our answers."""
    write_json_lines(out, detect_answers(cases))
    return out


def measured(seed: int, place: Path) -> tuple[Figures, Figures]:
    """The scorer's figures of ours, with causality, and of the baseline."""
    for name, more in (("whole", ()), ("cut", ("--cut-days", CUT_DAYS))):
        tool("generate.py", place / name, "--task", "detect", "--cases", CASES, "--seed", seed, *more)
    whole, cut, truth = place / "whole" / "cases", place / "cut" / "cases", place / "whole" / "truth"
    tool("baseline.py", whole, place / "baseline.jsonl")
    ours, again = answered(whole, place / "ours.jsonl"), answered(cut, place / "again.jsonl")
    return (
        json.loads(tool("score.py", truth, ours, "--rerun", again, "--cut", cut)),
        json.loads(tool("score.py", truth, place / "baseline.jsonl")),
    )


def caught_interval(figures: list[Figures]) -> str:
    """Clopper and Pearson's 95 % interval of the share caught within four hours."""
    events = sum(f["events"] for f in figures)
    caught = round(sum(f["caught_within_4h"] * f["events"] for f in figures))
    low = beta.ppf(0.025, caught, events - caught + 1)
    high = beta.ppf(0.975, caught + 1, events - caught) if caught < events else 1.0
    return f"{caught / events:.3f} ({low:.3f} to {high:.3f})"


def false_interval(figures: list[Figures]) -> str:
    """Garwood's 95 % interval of the false alarms in thirty days."""
    days = sum(f["quiet_days"] for f in figures) / 30
    false = round(sum(f["false_alarms_per_30_days"] * f["quiet_days"] / 30 for f in figures))
    return f"{false / days:.2f} ({chi2.ppf(0.025, 2 * false) / 2 / days:.2f} to {chi2.ppf(0.975, 2 * false + 2) / 2 / days:.2f})"


def grid(results: dict[int, tuple[Figures, Figures]]) -> Grid:
    """A row per seed, ours / baseline, and one of all."""
    table = Grid("seed", "false alarms in 30 days", "caught within 1 h", "within 4 h", "not causal", "seconds", title="Ours / baseline")
    for seed, pair in results.items():
        told = ("false_alarms_per_30_days", "caught_within_1h", "caught_within_4h")
        cells = [f"{pair[0][name]:.2f} / {pair[1][name]:.2f}" for name in told]
        table.add_row(str(seed), *cells, str(len(pair[0]["causality"]["not_causal"])), f"{pair[0]['seconds_median']:.2f}")
    for name, side in (("ours", 0), ("baseline", 1)):
        figures = [pair[side] for pair in results.values()]
        table.add_row(f"all, {name}", false_interval(figures), "", caught_interval(figures), "", "")
    return table


def main(arguments: list[str]) -> int:
    """Prints the table; 1 where the tools are absent, an alarm is not causal, or an aim is missed over all seeds."""
    if not TOOLS.is_dir():
        Console().print(f"SKIPPED: {WHY_ABSENT}")
        return 1
    results = {}
    for seed in [int(argument) for argument in arguments] or SEEDS:
        with TemporaryDirectory() as place:
            results[seed] = measured(seed, Path(place))
    Console().print(grid(results))
    ours = [pair[0] for pair in results.values()]
    false, caught = (float(interval(ours).split()[0]) for interval in (false_interval, caught_interval))
    Console().print(f"aims: at most {AIM_FALSE} false alarms in 30 days together with {AIM_CAUGHT} caught within 4 h, all causal")
    return int(false > AIM_FALSE or caught < AIM_CAUGHT or any(f["causality"]["not_causal"] for f in ours))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
