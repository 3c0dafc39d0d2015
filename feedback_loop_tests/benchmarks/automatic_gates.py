"""Whether the automatic gates keep their promise: how often a gate opens though it is right less often than promised.

Run it with `python -m feedback_loop_tests.benchmarks.automatic_gates [--data FOLDER] [--cache FILE]`.
Two populations whose true precision is known. A made-up one: classes of different size and difficulty, of which the chance to be right at
a confidence is written down. And public data: the left-out answers about Banking77 and CLINC150 are the population, labels are drawn from
it with replacement, so that each draw is one of independent labels and the truth is a count. A gate misses in a
draw where it opens and its true precision lies below the target: of a class proven alone that of the class, of a pool that of all its open
classes together. Not here: `try classify`, whose one
threshold `text_classification` measures.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table as Grid
from scipy.stats import binom

from feedback_loop.adapters.embedding_cache import CachingEmbedder
from feedback_loop.adapters.minilm.embedder import MiniLmEmbedder
from feedback_loop.analysis.automatic_gates import GatePolicy, gates
from feedback_loop.analysis.blend import NARROW_INTENTS, train
from feedback_loop.contracts.routes import GateScope
from feedback_loop.methods.statistics.calibration import Reals, cross_fitted
from feedback_loop.ports import Embedder
from feedback_loop_tests.benchmarks.text_classification import Rows, banking_rows, clinc_rows
from feedback_loop_tests.real_reviews import FOLDER

SEED = 20_261_130
DRAWS = 200
POOL = "the pool"
POLICIES = (GatePolicy(), GatePolicy(0.98, 0.1))
LABEL_COUNTS = (200, 1_000, 4_000)

_SIZES = {"large_easy": 0.3, "large_hard": 0.25, "middle_at_target": 0.2, "middle_below": 0.15, "small_easy": 0.05, "small_below": 0.05}
_RIGHT = {"large_easy": 0.995, "large_hard": 0.9, "middle_at_target": 0.955, "middle_below": 0.93, "small_easy": 0.99, "small_below": 0.93}
_SLOPE = {"large_hard": 0.2, "large_easy": 0.01}
"""How much likelier the surest answers of a class are right than its middle ones; none where confidence tells nothing."""


@dataclass(frozen=True)
class Population:
    """Answers: taxonomy_class, class_score, is_right, and `chance`, how likely such an answer is right."""

    answers: pl.DataFrame

    def drawn(self, count: int, seed: int) -> pl.DataFrame:
        """So many independent labels, each right as often as its chance says."""
        rng = np.random.default_rng([SEED, seed])
        rows = self.answers[rng.integers(0, self.answers.height, count)]
        return rows.with_columns(is_right=pl.Series(rng.random(count) < rows["chance"].to_numpy()))

    def precision(self, of: Mapping[str, float]) -> float:
        """The true precision at or above these gates, by class."""
        passed, right = self._passed(of)
        return right / passed if passed else 1.0

    def share(self, of: Mapping[str, float]) -> float:
        """The share of all answers at or above these gates."""
        return self._passed(of)[0] / self.answers.height

    def _passed(self, of: Mapping[str, float]) -> tuple[int, float]:
        passed, right = 0, 0.0
        for name, gate in of.items():
            falling, chances = self._by_class[name]
            count = int(np.searchsorted(-falling, -gate, side="right"))
            passed, right = passed + count, right + (float(chances[count - 1]) if count else 0.0)
        return passed, right

    @cached_property
    def _by_class(self) -> dict[str, tuple[Reals, Reals]]:
        """Falling confidences of each class, and how many of the answers down to each are right."""
        ordered = self.answers.sort("class_score", descending=True).partition_by("taxonomy_class", as_dict=True)
        return {str(name): (rows["class_score"].to_numpy(), rows["chance"].to_numpy().cumsum()) for (name,), rows in ordered.items()}


@dataclass
class Tally:
    """In how many of the draws a gate opened, and in how many it opened below its target; what never opens can't miss."""

    opened: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    automatic: list[float] = field(default_factory=list)

    def add(self, unit: str, is_missed: bool) -> None:
        """One gate that opened."""
        self.opened[unit] += 1
        self.missed[unit] += is_missed

    def broken(self, delta: float) -> list[str]:
        """The gates that miss more often than chance lets a kept promise look like, all gates together (Bonferroni, 1 %)."""
        return [unit for unit, count in self.missed.items() if binom.sf(count - 1, DRAWS, delta) < 0.01 / len(self.opened)]


def made_up(count: int = 200_000) -> Population:
    """Six classes; within one the chance to be right rises with the confidence, or does not."""
    rng = np.random.default_rng(SEED)
    names = rng.choice(list(_SIZES), count, p=list(_SIZES.values()))
    score = rng.random(count).round(6)
    middle, slope = (np.asarray([part.get(name, 0.0) for name in names]) for part in (_RIGHT, _SLOPE))
    chance = np.clip(middle + slope * (score - 0.5), 0, 1)
    return Population(pl.DataFrame({"taxonomy_class": names, "class_score": score, "chance": chance}))


def left_out(rows: Rows, embedder: Embedder) -> Population:
    """What a classifier of these rows says of each of them without it, and whether that is right."""
    texts, labels = [one.text for one in rows], [one.label for one in rows]
    _, found = train(texts, embedder.embed(texts), labels, NARROW_INTENTS)
    log_p = cross_fitted(found.scores.meaning, found.scores.wording, found.truth)
    said, is_right = np.asarray(sorted(set(labels)))[log_p.argmax(axis=1)], log_p.argmax(axis=1) == found.truth
    score = np.exp(log_p.max(axis=1)).round(6)
    return Population(pl.DataFrame({"taxonomy_class": said, "class_score": score, "chance": is_right.astype(float)}))


def tallied(population: Population, count: int, policy: GatePolicy) -> Tally:
    """What became of the gates of each class alone, and of the pool, over all draws."""
    names = population.answers["taxonomy_class"].unique().sort().to_list()
    found = Tally()
    for seed in range(DRAWS):
        opened = {one.gate_class: one for one in gates(population.drawn(count, seed), names, (), policy) if one.score is not None}
        scores = {name: one.score or 0.0 for name, one in opened.items()}
        units = {name: {name: scores[name]} for name, one in opened.items() if one.scope is GateScope.CLASS}
        pooled = {name: scores[name] for name, one in opened.items() if one.scope is GateScope.POOLED}
        for unit, of in (units | ({POOL: pooled} if pooled else {})).items():
            found.add(unit, population.precision(of) < policy.target_precision)
        found.automatic.append(population.share(scores))
    return found


def measured(name: str, population: Population) -> tuple[Grid, list[str]]:
    """One row for each promise and number of held-out labels; and the gates that break theirs."""
    columns = ("promise", "held-out labels", "automatic share", "own gates open", "they miss, mean", "worst", "pool opens", "pool misses")
    made, broken = Grid(*columns, title=f"{name}: share of {DRAWS} draws"), list[str]()
    class_count = population.answers["taxonomy_class"].n_unique()
    for policy in POLICIES:
        for count in LABEL_COUNTS:
            found = tallied(population, count, policy)
            alone = [unit for unit in found.opened if unit != POOL]
            worst = max(alone, key=lambda unit: found.missed[unit], default=None)
            shares = (
                sum(found.opened[unit] for unit in alone) / class_count, sum(found.missed[unit] for unit in alone) / class_count,
                found.missed[worst] if worst else 0, found.opened[POOL], found.missed[POOL],
            )  # fmt: skip
            figures = [f"{share / DRAWS:.3f}" for share in shares]
            figures[2] += f" ({worst})" if worst else ""
            made.add_row(f"≥ {policy.target_precision}, δ = {policy.delta}", f"{count:,}", f"{np.mean(found.automatic):.3f}", *figures)
            broken += [f"{name}, {count}, ≥ {policy.target_precision}: {unit}" for unit in found.broken(policy.delta)]
    return made, broken


def main() -> int:
    """Prints the tables; 1 where a promise is broken, or the public data are absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=FOLDER.parent, help="folder that holds banking77/ and clinc150/")
    parser.add_argument("--cache", type=Path, help="file in which vectors are kept between runs")
    options = parser.parse_args()
    console, populations = Console(width=180), {"made-up population": made_up()}
    has_data = (options.data / "banking77").is_dir() and (options.data / "clinc150").is_dir()
    if has_data:
        embedder: Embedder = CachingEmbedder(MiniLmEmbedder(), options.cache) if options.cache else MiniLmEmbedder()
        populations |= {"Banking77": left_out(banking_rows(options.data), embedder)}
        populations |= {"CLINC150": left_out(clinc_rows(options.data)["train"], embedder)}
    broken = list[str]()
    for name, population in populations.items():
        made, misses = measured(name, population)
        console.print(made)
        broken += misses
    console.print(f"promises broken: {'; '.join(broken) or 'none'}{'' if has_data else f'; no banking77 and clinc150 in {options.data}'}")
    return int(bool(broken) or not has_data)


if __name__ == "__main__":
    sys.exit(main())
