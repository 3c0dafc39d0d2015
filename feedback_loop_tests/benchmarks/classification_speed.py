"""How fast a user's own labels are learnt and told, at one speed and at two, and what the second speed costs in accuracy.

Run it with `python -m feedback_loop_tests.benchmarks.classification_speed [--data FOLDER] [--cache FILE] [--encoder KIND] [--only TABLE]`.
Banking77's training part: accuracy in five folds beside MiniLM + logistic regression; then seconds to learn 10,000 texts with nothing
cached, and texts per second from the raw text to the answer. Nothing is chosen here. Not here: few examples, out of scope and the promise
over resplits (`text_classification`).
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table as Grid
from sklearn.model_selection import StratifiedKFold

from feedback_loop.adapters.embedding_cache import CachingEmbedder
from feedback_loop.adapters.models import open_uncached
from feedback_loop.analysis.labelled_texts import LabelledText
from feedback_loop.config import EmbedderChoice
from feedback_loop.contracts.routes import Route
from feedback_loop.ports import Embedder, Vectors
from feedback_loop.workflows.try_classify import Speed, answers_of, learn
from feedback_loop.workflows.try_files import Answer, TextRow
from feedback_loop_tests.benchmarks.text_classification import (
    DELTA,
    SEED,
    TARGET,
    Answers,
    Rows,
    all_answers,
    banking_rows,
    difference,
    meaning_alone,
)
from feedback_loop_tests.real_reviews import FOLDER

PEER = "MiniLM + logistic regression"
PARTS = ("accuracy", "telling", "learning")
LIBRARIES = ("onnxruntime", "tokenizers", "numpy", "scikit-learn")


class Remembering:
    """An embedder that asks a cache while it learns, and computes everything once it is told to be cold."""

    def __init__(self, cached: Embedder, cold: Embedder) -> None:
        self._cached, self._cold, self.is_cold = cached, cold, False
        self.model_version, self.dimension = cold.model_version, cold.dimension

    def embed(self, texts: Sequence[str]) -> Vectors:
        """The vectors of the texts."""
        return (self._cold if self.is_cold else self._cached).embed(texts)


@dataclass
class Told:
    """What one method said over the folds."""

    answers: list[Answers] = field(default_factory=list)
    automatic: list[float] = field(default_factory=list)
    precision: list[float] = field(default_factory=list)

    def add(self, answers: Sequence[Answer], asked: Rows) -> None:
        """Adds one fold."""
        right = np.asarray([answer["label"] == one.label for answer, one in zip(answers, asked, strict=True)])
        chosen = np.asarray([answer["route"] == Route.AUTOMATIC for answer in answers])
        self.answers.append(Answers(np.asarray([answer["confidence"] for answer in answers], np.float64), right))
        self.automatic.append(float(chosen.mean()))
        self.precision.append(float(right[chosen].mean()) if chosen.any() else 1.0)


def folds(rows: Rows) -> list[tuple[Rows, Rows]]:
    """Taught and asked rows of each of the five folds."""
    targets = [one.label for one in rows]
    split = StratifiedKFold(5, shuffle=True, random_state=SEED % 2**31).split(targets, targets)
    return [([rows[i] for i in inside], [rows[i] for i in outside]) for inside, outside in split]


def accuracy_grid(parts: Sequence[tuple[Rows, Rows]], speeds: Sequence[Speed], embedder: Embedder) -> Grid:
    """Accuracy, calibration and automatic answers of both speeds beside the peer."""
    columns = ("method", "accuracy", "minus peer, 95 %", "calibration error", "automatic share", "its precision, fold by fold")
    grid = Grid(*columns, title=f"Banking77 training part, {len(parts)} of five folds")
    peer, told = [], {speed: Told() for speed in speeds}
    for taught, asked in parts:
        peer.append(meaning_alone(taught, asked, embedder))
        for speed, one in told.items():
            one.add(answers_of(_rows(asked), learn(taught, embedder, TARGET, DELTA, speed)), asked)
    beside = all_answers(peer)
    grid.add_row(PEER, f"{beside.accuracy:.4f}", "–", f"{beside.calibration_error:.4f}", "–", "–")
    for speed, one in told.items():
        all_folds = all_answers(one.answers)
        figures = (f"{all_folds.accuracy:.4f}", difference(all_folds, beside), f"{all_folds.calibration_error:.4f}")
        shares = (f"{np.mean(one.automatic):.3f}", " ".join(f"{share:.4f}" for share in one.precision))
        grid.add_row(f"{speed} speed", *figures, *shares)
    return grid


def learning_grid(rows: Rows, speeds: Sequence[Speed], embedder: Embedder) -> Grid:
    """Seconds to learn 10,000 texts, embedding included."""
    grid = Grid("learning", "wall", "CPU", title="10,000 labelled texts, nothing cached")
    taught = list(rows)[:10_000]
    for speed in speeds:
        _, wall, cpu = _timed(lambda speed=speed: learn(taught, embedder, TARGET, DELTA, speed))  # type: ignore[misc]
        grid.add_row(f"{speed} speed, {len(taught):,} texts", f"{wall:.1f} s", f"{cpu:.1f} s")
    return grid


def telling_grid(taught: Rows, asked: Rows, speeds: Sequence[Speed], embedder: Remembering) -> Grid:
    """Texts per second from the raw text to the answer."""
    grid = Grid("texts", "speed", "texts/s", "per CPU second", "wall if all cores were its own", title="Held-out texts, nothing cached")
    longer = [one for one in asked if 16 <= len(one.text.split()) <= 30]
    # With a number behind them they are other texts, of which no vector is shared, and enough to fill batches.
    longer = [LabelledText(f"{one.text} {number}", one.label) for one in longer for number in range(8)]
    for speed in speeds:
        embedder.is_cold = False
        decide = learn(taught, embedder, TARGET, DELTA, speed)
        embedder.is_cold = True
        for texts in (asked, longer):
            words = np.mean([len(one.text.split()) for one in texts])
            _, wall, cpu = min((_timed(lambda: answers_of(_rows(texts), decide)) for _ in range(2)), key=lambda one: one[2])  # noqa: B023
            name = f"{len(texts):,} of {words:.1f} words"
            cores = os.cpu_count() or 1
            grid.add_row(name, speed, f"{len(texts) / wall:,.0f}", f"{len(texts) / cpu:,.0f}", f"{len(texts) * cores / cpu:,.0f}/s")
    return grid


def _rows(texts: Rows) -> list[TextRow]:
    return [TextRow(number, one.text, {}) for number, one in enumerate(texts)]


def _timed(work: Callable[[], object]) -> tuple[object, float, float]:
    """What the work gives, its seconds of wall clock, and those of CPU."""
    wall, cpu = time.perf_counter(), time.process_time()
    made = work()
    return made, time.perf_counter() - wall, time.process_time() - cpu


def main() -> int:
    """Prints the tables; 1 where the data are absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=FOLDER.parent, help="folder that holds banking77/")
    parser.add_argument("--cache", type=Path, help="file in which vectors are kept between runs; what is timed never reads it")
    parser.add_argument("--folds", type=int, default=5, help="how many of the five folds are measured")
    parser.add_argument("--only", choices=PARTS, nargs="*", default=PARTS, help="which tables")
    parser.add_argument("--speeds", type=Speed, choices=list(Speed), nargs="*", default=list(Speed), help="which speeds")
    parser.add_argument(
        "--encoder", type=EmbedderChoice, choices=list(EmbedderChoice), default=EmbedderChoice.MINILM, help="kind of vectors"
    )
    options = parser.parse_args()
    console = Console(width=150)
    if not (options.data / "banking77").is_dir():
        console.print(f"no banking77 in {options.data}; nothing measured")
        return 1
    embedder = open_uncached(options.encoder)
    embedder.embed(["warm"])
    cached: Embedder = CachingEmbedder(embedder, options.cache) if options.cache else embedder
    switch = Remembering(cached, embedder)
    rows = banking_rows(options.data)
    parts = folds(rows)
    tables = {
        "accuracy": partial(accuracy_grid, parts[: options.folds], options.speeds, cached),
        "telling": partial(telling_grid, *parts[0], options.speeds, switch),
        "learning": partial(learning_grid, rows, options.speeds, embedder),
    }
    for name in options.only:
        console.print(tables[name]())
    console.print(f"encoder {embedder.model_version}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    console.print(", ".join(f"{name} {version(name)}" for name in LIBRARIES))
    return 0


if __name__ == "__main__":
    sys.exit(main())
