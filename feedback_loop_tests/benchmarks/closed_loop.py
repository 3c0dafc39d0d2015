"""How well the thin loop does in simulated companies: every kind of planted fault over many seeds, beside a baseline, with and without it.

    python -m feedback_loop_tests.benchmarks.closed_loop [--seeds 20] [--processes 2] [--kinds release_regression,…] [--out FOLDER]

Each run is a company of 42 days with one fault. Figures are simulated; they are first figures, the bar for what comes next. A run that
was done before (its JSON lies in the folder) is not done again, so the command may be stopped and started.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.adapters.models import open_embedder, seed_classifier
from feedback_loop.config import Settings
from feedback_loop.simulation import FAULT_KINDS, Score, negative_review_change, scenario_of
from feedback_loop.workflows.as_known import Analysed
from feedback_loop.workflows.simulate import WITH_LOOP, WITHOUT_LOOP, Models, report_of, scored_seed

Scores = dict[str, list[Score]]


@lru_cache(maxsize=1)
def models_of(seed: int, folder: Path) -> Models:
    """The models with what they made of the seed's ordinary days, which all kinds of fault share."""
    embedder = open_embedder(Settings(home=folder))
    return Models(Analysed(embedder, seed_classifier(embedder)), MemoryTableStore)


def lived(kind: str, seed: int, folder: Path) -> Path:
    """The file that holds the scores of one company."""
    file = folder / f"{kind}-{seed:03d}.json"
    if not file.exists():
        done = scored_seed(scenario_of(kind, seed), seed, models_of(seed, folder))
        file.write_text(json.dumps({name: [asdict(s) for s in scores] for name, scores in done.scores.items()}), encoding="utf-8")
    return file


def read(file: Path) -> Scores:
    """The scores in a file."""
    content = json.loads(file.read_text(encoding="utf-8"))
    return {name: [Score(**row) for row in rows] for name, rows in content.items()}


def main() -> None:
    """Run what is missing and print the table over everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--kinds", default=",".join(FAULT_KINDS))
    parser.add_argument("--out", type=Path, default=None)
    args = parser.parse_args()
    folder = args.out or Path(tempfile.mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    began = time.monotonic()
    # All kinds of one seed share its ordinary days, and so their vectors: they follow each other in one process.
    jobs = [(kind, seed) for seed in range(1, args.seeds + 1) for kind in args.kinds.split(",")]
    with ProcessPoolExecutor(args.processes) as pool:
        files = list(pool.map(lived, *zip(*jobs, strict=True), [folder] * len(jobs), chunksize=len(args.kinds.split(","))))
    told = [read(file) for file in files]
    print(report_of(told))
    for kind in args.kinds.split(","):
        _print_change(kind, [scores for (k, _), scores in zip(jobs, told, strict=True) if k == kind])
    print(f"\n{len(jobs)} companies in {time.monotonic() - began:.0f} s, {args.processes} processes; all figures simulated")


def _print_change(kind: str, runs: list[Scores]) -> None:
    change = negative_review_change(_of(runs, WITHOUT_LOOP), _of(runs, WITH_LOOP))
    if change is not None:
        told = f"{change.value:+.1%} ({change.low:+.1%}…{change.high:+.1%})"
        print(f"{kind}: share of reviews with two stars or fewer after the onset, with the loop minus without (simulated): {told}")


def _of(told: list[Scores], name: str) -> Iterator[Score]:
    return (score for scores in told for score in scores[name])


if __name__ == "__main__":
    main()
