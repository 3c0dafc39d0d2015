"""How well groups of texts are found without labels, by both methods that there are, and what that costs.

Run it with `python -m feedback_loop_tests.benchmarks.clustering [--data FOLDER] [--rows N …]`.
Banking77's training part and CLINC150's, whole and as windows of some hundred to some thousand texts of a few classes of unequal sizes. ARI
with every text of noise counted as a cluster of its own. With `--rows`, time and peak memory for that many shaken copies of the vectors.
Not here: `umap-learn`, `bertopic` and `evoc`, whose figures in RESULTS.md were given. Nothing is chosen here: no number is set per set.
"""

from __future__ import annotations

import argparse
import csv
import json
import resource
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table as Grid
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits

from feedback_loop.adapters.minilm.embedder import open_int8_encoder
from feedback_loop.methods.cleaning import PLAIN
from feedback_loop.methods.grouping import Method, group
from feedback_loop.methods.grouping.rows import Labels, Vectors, unit
from feedback_loop_tests.real_reviews import FOLDER

SEED = 20_261_130
WINDOWS = (100, 300, 1000, 4000)
CLASSES = (8, 20, 60)
SHAKE = 0.02


@dataclass(frozen=True)
class Labelled:
    """Vectors of texts, and the class of each."""

    name: str
    vectors: Vectors
    truth: Labels


def main() -> None:
    """Print one line per set and method."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, default=FOLDER.parent)
    asked.add_argument("--rows", type=int, nargs="*", default=[])
    options, console = asked.parse_args(), Console()
    with threadpool_limits(limits=1):
        whole = [_embedded(name, rows) for name, rows in (("banking77", _banking(options.data)), ("clinc150", _clinc(options.data)))]
        console.print(_quality(whole))
        if options.rows:
            console.print(_cost(whole[0].vectors, options.rows))


def scored(truth: Labels, labels: Labels) -> float:
    """The adjusted Rand index with every row of noise counted as a cluster of its own."""
    noise = labels < 0
    return float(adjusted_rand_score(truth, np.where(noise, labels.max(initial=-1) + np.cumsum(noise), labels)))


def _banking(data: Path) -> list[tuple[str, str]]:
    with (data / "banking77" / "train.csv").open(newline="") as stream:
        return [(row["text"], row["category"]) for row in csv.DictReader(stream)]


def _clinc(data: Path) -> list[tuple[str, str]]:
    return [(text, label) for text, label in json.loads((data / "clinc150" / "train_val.json").read_text())["train"]]


def _embedded(name: str, rows: list[tuple[str, str]]) -> Labelled:
    rows = sorted(rows)
    vectors = open_int8_encoder().embed([PLAIN.clean(text).text for text, _ in rows])
    return Labelled(name, np.asarray(vectors, dtype=np.float32), np.unique([label for _, label in rows], return_inverse=True)[1])


def windows(of: Labelled, rows: int) -> Iterator[Labelled]:
    """Windows of some classes, of which the largest have several times the rows of the smallest."""
    chance = np.random.default_rng(SEED + rows)
    for count in CLASSES:
        shares = np.maximum(chance.dirichlet(np.ones(count)), 0.3 / count)
        weights = np.zeros(of.truth.max() + 1)
        weights[chance.permutation(len(weights))[:count]] = shares
        odds = weights[of.truth] / np.bincount(of.truth)[of.truth]
        if (odds > 0).sum() >= rows:
            kept = np.sort(chance.choice(len(odds), rows, replace=False, p=odds / odds.sum()))
            yield Labelled(f"{of.name}, {rows} of {count} classes", of.vectors[kept], of.truth[kept])


def _quality(whole: list[Labelled]) -> Grid:
    grid = Grid("set", "classes", "method", "ARI", "groups", "noise", "CPU-s", title="ARI, noise counted as clusters of one text")
    for one in [*whole, *(window for rows in WINDOWS for of in whole for window in windows(of, rows))]:
        for method in Method:
            started = time.process_time()
            found = group(one.vectors, method)
            seconds = time.process_time() - started
            classes, noise = str(len(np.unique(one.truth))), f"{(found.labels < 0).mean():.3f}"
            grid.add_row(one.name, classes, method, f"{scored(one.truth, found.labels):.3f}", str(found.count), noise, f"{seconds:.1f}")
    return grid


def _cost(vectors: Vectors, sizes: list[int]) -> Grid:
    grid = Grid("rows", "CPU-s", "groups", "peak GB", title="Shaken copies of the vectors of Banking77, communities")
    for rows in sorted(sizes):
        copies = _shaken(vectors, rows)
        started = time.process_time()
        found = group(copies)
        seconds, peak = time.process_time() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        grid.add_row(f"{rows:,}", f"{seconds:.1f}", str(found.count), f"{peak / 2**20:.2f}")
    return grid


def _shaken(vectors: Vectors, rows: int) -> Vectors:
    chance, copies = np.random.default_rng(SEED), np.empty((rows, vectors.shape[1]), dtype=np.float32)
    for start in range(0, rows, len(vectors)):
        count = min(len(vectors), rows - start)
        noise = chance.normal(scale=SHAKE, size=(count, vectors.shape[1])).astype(np.float32)
        copies[start : start + count] = unit(vectors[:count] + noise)
    return copies


if __name__ == "__main__":
    main()
