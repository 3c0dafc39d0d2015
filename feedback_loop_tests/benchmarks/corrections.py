"""What a hundred corrections are worth: the seed classifier before and after, on labelled reviews that it did not learn from.

Run it with `python -m feedback_loop_tests.benchmarks.corrections [--draws N]`. Corrections are drawn at random, and once as the review
queue asks, the least sure first; both classifiers answer the same rest. Not here: the classifier alone (`classification`), a user's own
classes (`text_classification`).
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from statistics import mean

import polars as pl
from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.adapters.minilm.embedder import open_encoder
from feedback_loop.analysis.classify import FragmentClassifier, train_classifier
from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop.config import load_settings
from feedback_loop.ports import Embedder
from feedback_loop.workflows.model_recipes import ActiveModel, classified, examples_of
from feedback_loop_tests.benchmarks.classification import labels, reviewed_fragments
from feedback_loop_tests.real_reviews import WHY_ABSENT, are_absent

CORRECTIONS, DRAWS = 100, 10
GROUPS: dict[str, pl.Expr] = {
    "all": pl.lit(value=True),
    "English": pl.col("language") == "en",
    "language not determinable": pl.col("language").is_null(),
    "labelled as an issue class": ~pl.col("label").is_in(["praise", "other"]),
}
FIGURES: dict[str, Callable[[pl.DataFrame], float | None]] = {
    "accuracy": lambda rows: _share(rows["best_class"] == rows["label"]),
    "decided": lambda rows: _share(~rows["is_abstained"]),
    "right of decided": lambda rows: _share(
        rows.filter(~pl.col("is_abstained")).select(pl.col("best_class") == pl.col("label")).to_series()
    ),
    "agrees with second labeller": lambda rows: _share(
        rows.filter(pl.col("second").is_not_null()).select(pl.col("best_class") == pl.col("second")).to_series()
    ),
}


def _share(hits: pl.Series) -> float | None:
    return float(hits.sum()) / len(hits) if len(hits) else None


def taught_by(corrections: pl.DataFrame, embedder: Embedder) -> FragmentClassifier:
    """The seed classifier after the corrections."""
    gold = examples_of(corrections.rename({"label": "labelled_class"}))
    return train_classifier(replace(seed_taxonomy(), gold=gold), embedder)


def said_of(rows: pl.DataFrame, classifier: FragmentClassifier, embedder: Embedder) -> pl.DataFrame:
    """The rows with what the classifier says of them."""
    said = classified(rows, ActiveModel("benchmark", classifier, seed_taxonomy()), embedder)
    return rows.join(said.select("fragment_id", "best_class", "class_score", "is_abstained"), on="fragment_id")


def figures_of(rows: pl.DataFrame) -> dict[tuple[str, str], float | None]:
    """Each figure of each group."""
    return {(group, name): figure(rows.filter(is_in)) for group, is_in in GROUPS.items() for name, figure in FIGURES.items()}


def grid(title: str, before: list[dict[tuple[str, str], float | None]], after: list[dict[tuple[str, str], float | None]]) -> Grid:
    """Means over the draws, and the smallest and the largest change of one draw."""
    made = Grid("what", "figure", "before", "after", "change, least to most", title=title)
    for group in GROUPS:
        for name in FIGURES:
            pairs = [(one[group, name], other[group, name]) for one, other in zip(before, after, strict=True)]
            known = [(one, other) for one, other in pairs if one is not None and other is not None]
            if known:
                changes = sorted(other - one for one, other in known)
                means = (f"{mean(one for one, _ in known):.3f}", f"{mean(other for _, other in known):.3f}")
                made.add_row(group, name, *means, f"{changes[0]:+.3f} to {changes[-1]:+.3f}")
    return made


def main() -> int:
    """Prints the tables; 1 where the data are absent."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--draws", type=int, default=DRAWS)
    draws, console = options.parse_args().draws, Console(width=120)
    if are_absent():
        console.print(WHY_ABSENT)
        return 1
    second = labels("second").rename({"label": "second"})
    rows = reviewed_fragments().join(labels("first"), on="fragment_id").join(second, on="fragment_id", how="left").sort("fragment_id")
    embedder = open_encoder(load_settings().encoder_folder)
    seed = said_of(rows, train_classifier(seed_taxonomy(), embedder), embedder)
    asked = {f"at random, {draws} draws": [seed.sample(CORRECTIONS, seed=draw) for draw in range(draws)]}
    asked["the least sure first, as the queue asks"] = [
        seed.sort("is_abstained", -pl.col("class_score"), descending=True).head(CORRECTIONS)
    ]
    for how, chosen in asked.items():
        before, after = [], []
        for corrections in chosen:
            rest = seed.join(corrections, on="fragment_id", how="anti")
            before.append(figures_of(rest))
            plain = rest.drop("best_class", "class_score", "is_abstained")
            after.append(figures_of(said_of(plain, taught_by(corrections, embedder), embedder)))
        console.print(grid(f"{CORRECTIONS} corrections {how}; the other {rows.height - CORRECTIONS} fragments", before, after))
    console.print(f"encoder {embedder.model_version}, seed taxonomy {seed_taxonomy().version}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
