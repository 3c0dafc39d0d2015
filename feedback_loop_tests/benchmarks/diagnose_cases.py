"""`try diagnose` beside a plain baseline: `python -m feedback_loop_tests.benchmarks.diagnose_cases [--cases N] [SEED …]`.

Cases are made by the generator of shared/benchmarks/root_cause, answered by its baseline and scored by its scorer, each in a process of its
own; without seeds five of 400 cases. Not here: the method's own laws (`methods/diagnosis`). Seeds that a change was tuned on prove nothing
about it: name others.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.workflows.try_diagnose import diagnose_answers
from feedback_loop.workflows.try_files import write_json_lines
from feedback_loop_tests.benchmarks.root_cause_tools import TOOLS, WHY_ABSENT, Figures, tool

SEEDS = (1, 2, 3, 4, 5)
TOLD = {
    "F1 of cases with a fault": "micro_f1_non_null",
    "verdict right": "verdict_accuracy",
    "alarms without a fault": "null_alarm_share",
    "insufficient without a fault": "null_insufficient_share",
    "innocent change blamed": "decoy_blame_share",
    "cause precision": "cause_precision",
    "cause recall": "cause_recall",
    "cause recall, clear faults": "cause_recall_clear",
    "calibration error": "ece",
    "seconds, median": "seconds_median",
    "seconds, 95 %": "seconds_p95",
}


def measured(seed: int, count: int, place: Path) -> tuple[Figures, Figures]:
    """The scorer's figures of ours and of the baseline."""
    tool("generate.py", place, "--task", "diagnose", "--cases", count, "--seed", seed)
    write_json_lines(place / "ours.jsonl", diagnose_answers(place / "cases"))
    tool("baseline.py", place / "cases", place / "baseline.jsonl")
    ours, baseline = (json.loads(tool("score.py", place / "truth", place / f"{name}.jsonl")) for name in ("ours", "baseline"))
    return ours, baseline


def grid(results: dict[int, tuple[Figures, Figures]]) -> Grid:
    """A column per seed, ours / baseline; the mean of the seeds, which have as many cases each."""
    table = Grid("figure", *(f"seed {seed}" for seed in results), "mean", title="Ours / baseline")
    for label, name in TOLD.items():
        pairs = [(ours[name], baseline[name]) for ours, baseline in results.values()]
        table.add_row(label, *(_pair(pair) for pair in pairs), _pair(_means(pairs)))
    for band in ("3-6", "6-12", ">=12"):
        pairs = [(_first_right(ours, band), _first_right(baseline, band)) for ours, baseline in results.values()]
        table.add_row(f"first cohort right, excess/√expected {band}", *(_pair(pair) for pair in pairs), _pair(_means(pairs)))
    plans = {"tiny or hidden": ("tiny", "masked"), "faint": ("weak",)}
    for label, features in plans.items():
        pairs = [(_right_of(ours, features), _right_of(baseline, features)) for ours, baseline in results.values()]
        table.add_row(f"insufficient where {label}", *(_pair(pair) for pair in pairs), _pair(_means(pairs)))
    return table


def _first_right(figures: Figures, band: str) -> float | None:
    found = figures["top1_exact_by_snr"].get(band)
    return None if found is None else float(found["share"])


def _right_of(figures: Figures, features: tuple[str, ...]) -> float | None:
    found = [figures["right_by_feature"][name] for name in features if name in figures["right_by_feature"]]
    count = sum(one["cases"] for one in found)
    return sum(one["cases"] * one["share"] for one in found) / count if count else None


def _means(pairs: list[tuple[float | None, float | None]]) -> tuple[float | None, float | None]:
    sides = [[value for value in side if value is not None] for side in zip(*pairs, strict=True)]
    ours, baseline = (sum(side) / len(side) if side else None for side in sides)
    return ours, baseline


def _pair(pair: tuple[float | None, float | None]) -> str:
    return " / ".join("–" if value is None else f"{value:.3f}" for value in pair)


def main() -> int:
    """Prints the table; 1 where the tools are absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("seeds", type=int, nargs="*", default=SEEDS)
    parser.add_argument("--cases", type=int, default=400, help="cases for each seed")
    options = parser.parse_args()
    if not TOOLS.is_dir():
        Console().print(f"SKIPPED: {WHY_ABSENT}")
        return 1
    results = {}
    for seed in options.seeds:
        with TemporaryDirectory() as place:
            results[seed] = measured(seed, options.cases, Path(place))
    Console(width=180).print(grid(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
