"""Verdicts and intervals of `try verify-fix` beside a plain baseline: `python -m feedback_loop_tests.benchmarks.verify_fix_cases [SEED …]`.

Cases are made by the generator of shared/benchmarks/root_cause, scored by its scorer and answered by its baseline, each in a process of its
own; without seeds 1 to 3, three hundred cases each. With `--cases FOLDER …` sets that stand there are: FOLDER/cases, FOLDER/truth.
Not here: the method's own laws (`methods/statistics/difference_in_differences`). Seeds that a change was tuned on prove nothing about it:
name others.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.workflows.try_files import write_json_lines
from feedback_loop.workflows.try_verify_fix import verify_fix_answers
from feedback_loop_tests.benchmarks.root_cause_tools import TOOLS, WHY_ABSENT, Figures, tool

SEEDS, CASES = (1, 2, 3), 300
FIGURES = ("false_fixed_share", "power", "missed_share", "insufficient_share", "interval_coverage")
PEAK = "no_effect_peak"
MOST_FALSE, LEAST_POWER, LEAST_COVERAGE = 0.05, 0.80, 0.95


def made(seed: int, place: Path) -> Path:
    """The folder of the cases of the seed."""
    tool("generate.py", place, "--task", "verify_fix", "--cases", CASES, "--seed", seed)
    return place


def measured(folder: Path, place: Path) -> tuple[Figures, Figures]:
    """The scorer's figures of ours and of the baseline."""
    write_json_lines(place / "ours.jsonl", verify_fix_answers(folder / "cases"))
    tool("baseline.py", folder / "cases", place / "baseline.jsonl")
    ours, baseline = (json.loads(tool("score.py", folder / "truth", place / f"{name}.jsonl")) for name in ("ours", "baseline"))
    return ours, baseline


def peak_share(figures: Figures) -> float | None:
    """How often a fix without effect was called fixed where its start was picked at a peak; None where no case says so."""
    found: float | None = figures["by_feature"].get(PEAK, {}).get("fixed")
    return found


def grid(results: dict[str, tuple[Figures, Figures]]) -> Grid:
    """A row per set of cases, ours / baseline."""
    told = ("false fixed", "power", "missed", "insufficient", "coverage")
    table = Grid("cases", *told, "false fixed at a peak", "log width", "seconds", title="Ours / baseline")
    for name, pair in results.items():
        cells = [" / ".join(f"{figures[key]:.3f}" for figures in pair) for key in FIGURES]
        peaks = " / ".join("–" if (share := peak_share(figures)) is None else f"{share:.3f}" for figures in pair)
        widths = " / ".join(f"{figures['by_feature']['all']['median_log_width']:.2f}" for figures in pair)
        table.add_row(name, *cells, peaks, widths, f"{pair[0]['seconds_median']:.3f}")
    return table


def missed_aims(results: dict[str, tuple[Figures, Figures]]) -> list[str]:
    """The aims that the mean over the sets misses."""
    ours = [pair[0] for pair in results.values()]
    false, power, coverage = (sum(f[key] for f in ours) / len(ours) for key in ("false_fixed_share", "power", "interval_coverage"))
    told = {
        f"false fixed {false:.3f} above {MOST_FALSE}": false > MOST_FALSE,
        f"power {power:.3f} below {LEAST_POWER}": power < LEAST_POWER,
        f"coverage {coverage:.3f} below {LEAST_COVERAGE}": coverage < LEAST_COVERAGE,
    }
    return [text for text, is_missed in told.items() if is_missed]


def main(arguments: list[str]) -> int:
    """Prints the table; 1 where the tools are absent or an aim is missed over all sets."""
    if not TOOLS.is_dir():
        Console().print(f"SKIPPED: {WHY_ABSENT}")
        return 1
    results = {}
    with TemporaryDirectory() as place:
        if arguments[:1] == ["--cases"]:
            results = {folder: measured(Path(folder), Path(place)) for folder in arguments[1:]}
        else:
            results = {f"seed {s}": measured(made(s, Path(place) / str(s)), Path(place)) for s in map(int, arguments or SEEDS)}
    Console().print(grid(results))
    missed = missed_aims(results)
    Console().print("; ".join(missed) or "all aims met")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
