"""How well the seed classifier does on fragments of real reviews that were labelled twice: accuracy, abstention, agreement.

Run it with `python -m feedback_loop_tests.benchmarks.classification`. Prints one table over all labels, by language and by label; one of
what the seed examples show by language, which decides on which languages the classifier may decide; and what is known by language of other
steps. Accuracy counts all fragments by their likeliest class; selective accuracy only those that the classifier decided. Agreement is
Cohen's kappa (Cohen 1960).
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from functools import partial
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.adapters.minilm.embedder import open_encoder
from feedback_loop.adapters.models import seed_classifier
from feedback_loop.analysis import classify
from feedback_loop.analysis.classify import FragmentClassifier
from feedback_loop.analysis.embed import embeddings
from feedback_loop.analysis.taxonomy import MIN_EXAMPLES_PER_CLASS
from feedback_loop.bronze.landing import landing_batch
from feedback_loop.config import load_settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.methods.batches import apply_step
from feedback_loop.methods.cleaning import Cleaner
from feedback_loop.ports import Embedder
from feedback_loop.silver.fragments import INPUT_SCHEMA, fragments
from feedback_loop.silver.messages import INPUT_SCHEMA as MESSAGE_INPUT
from feedback_loop.silver.messages import messages
from feedback_loop.sources.reading import Reading
from feedback_loop.sources.registry import source_named
from feedback_loop_tests.real_reviews import LANDED_AT, PRODUCTS, WHY_ABSENT, are_absent, export_of

BY_LANGUAGE_ELSEWHERE = {
    "language itself": "24 languages: benchmarks.language",
    "personal data, addresses of mails": "patterns of many countries; the labelled texts are English",
    "quoted replies and signatures": "labelled mails are English but for a few in other languages",
    "segmentation": "labelled sentences are English",
    "near duplicates, grouping, alerts, causes": "no labels by language; simulated companies write English, German and Spanish",
}
"""What is known by language of the steps beside classification; nothing is claimed where nobody labelled."""

LABELS = Path(__file__).resolve().parents[1] / "labels"


def labels(labeller: str) -> pl.DataFrame:
    """The fragment ids and labels of one labeller."""
    with (LABELS / f"play_reviews_{labeller}_labeller.csv").open() as lines:
        return pl.DataFrame([*csv.DictReader(lines)])


def reviewed_fragments() -> pl.DataFrame:
    """All fragments of the three exports, as the silver stage cuts them."""
    made = []
    for product in PRODUCTS:
        source = source_named("google-play")
        reading = Reading(source=source.name, file_name=f"{product}.csv", form=source.form_of(export_of(product)), product=product)
        with export_of(product).open("rb") as stream:
            records = landing_batch(list(source.read(stream, reading)), LANDED_AT).records
        spoken = records.with_columns(removed_spans=pl.lit(None, pl.Schema(TABLES["silver_message"].schema)["removed_spans"]))
        said = apply_step(partial(messages, cleaner=Cleaner()), spoken, MESSAGE_INPUT, TABLES["silver_message"].schema)
        made.append(apply_step(fragments, said, INPUT_SCHEMA, TABLES["silver_fragment"].schema))
    return pl.concat(made)


def judged(chosen: pl.DataFrame, embedder: Embedder) -> pl.DataFrame:
    """The fragments with the classifier's judgement beside their label."""
    classifier = seed_classifier(embedder)
    texts = chosen.join(embeddings(chosen, embedder).select("fragment_id", "vector"), on="fragment_id")
    decided = apply_step(lambda batch: classify.classify(batch, classifier), texts, classify.INPUT_SCHEMA, classify.OUTPUT_SCHEMA)
    return texts.join(decided.drop("event_date"), on="fragment_id")


def kappa(first: list[str], second: list[str]) -> float:
    """Cohen's kappa of two labellings of the same things."""
    observed = sum(a == b for a, b in zip(first, second, strict=True)) / len(first)
    one, two = Counter(first), Counter(second)
    expected = sum(one[label] * two[label] for label in one) / len(first) ** 2
    return (observed - expected) / (1 - expected)


def figures(rows: pl.DataFrame) -> list[str]:
    """Count, accuracy, macro F1 over the classes that occur, abstention, coverage and accuracy where decided."""
    right = (rows["best_class"] == rows["label"]).mean()
    decided = rows.filter(~pl.col("is_abstained"))
    selective = (decided["complaint_class"] == decided["label"]).mean() if decided.height else None
    shares = [right, macro_f1(rows), rows["is_abstained"].mean(), selective]
    return [str(rows.height), *("–" if share is None else f"{float(str(share)):.3f}" for share in shares)]


def macro_f1(rows: pl.DataFrame) -> float:
    """The mean over the labels that occur of the F1 of each."""
    scores = []
    for label in rows["label"].unique().sort():
        hits = rows.filter((pl.col("label") == label) & (pl.col("best_class") == label)).height
        named, said = rows.filter(pl.col("label") == label).height, rows.filter(pl.col("best_class") == label).height
        scores.append(2 * hits / (named + said))
    return sum(scores) / len(scores)


def label_grid(rows: pl.DataFrame) -> Grid:
    """The labelled fragments: all of them, by language, by kind and by label."""
    columns = ("what", "fragments", "accuracy", "macro F1", "abstained", "accuracy where decided")
    grid = Grid(*columns, title="Seed classifier on labelled reviews")
    grid.add_row("all", *figures(rows))
    for language in (*rows["language"].drop_nulls().value_counts(sort=True)["language"], None):
        grid.add_row(f"language {language or 'not determinable'}", *figures(rows.filter(pl.col("language").eq_missing(pl.lit(language)))))
    issue_like = rows.filter(~pl.col("label").is_in([ComplaintClass.PRAISE, ComplaintClass.OTHER]))
    grid.add_row("labelled as one of the seven issue classes", *figures(issue_like))
    for label in ComplaintClass:
        if rows.filter(pl.col("label") == label).height:
            count, recall, _, abstained, decided = figures(rows.filter(pl.col("label") == label))
            grid.add_row(f"label {label} (recall)", count, recall, "–", abstained, decided)
    return grid


def evidence_grid(classifier: FragmentClassifier) -> Grid:
    """What examples that the classifier had not seen show by language."""
    least, delta = classifier.policy.least_language_precision, classifier.policy.delta
    columns = ("language", "examples", "decided", "right of decided", f"lower bound ({1 - delta:.0%})", "decided on")
    grid = Grid(*columns, title=f"Held-out seed examples; a language needs {MIN_EXAMPLES_PER_CLASS} per class and a bound of {least}")
    for one in classifier.evidence:
        share = f"{one.right_count / one.decided_count:.3f}" if one.decided_count else "–"
        bound = f"{one.precision_lower_bound(delta):.3f}"
        is_in = "yes" if one.language in classifier.languages else "no: language_unsupported"
        grid.add_row(one.language, str(one.example_count), str(one.decided_count), share, bound, is_in)
    return grid


def elsewhere_grid() -> Grid:
    """What is known by language of the other steps."""
    grid = Grid("step", "what is known by language", title="Steps beside classification")
    for step, known in BY_LANGUAGE_ELSEWHERE.items():
        grid.add_row(step, known)
    return grid


def main() -> int:
    """Prints the tables; 1 where the data are absent or a labelled fragment no longer exists."""
    console = Console()
    if are_absent():
        console.print(WHY_ABSENT)
        return 1
    first, second = labels("first"), labels("second")
    found = reviewed_fragments().join(first, on="fragment_id", maintain_order="left")
    embedder = open_encoder(load_settings().encoder_folder)
    rows = judged(found, embedder)
    console.print(label_grid(rows), evidence_grid(seed_classifier(embedder)), elsewhere_grid())
    both = second.join(first, on="fragment_id", suffix="_first")
    same = float(str((both["label"] == both["label_first"]).mean()))
    agreement = kappa([*both["label"]], [*both["label_first"]])
    console.print(f"two labellers: {both.height} fragments, same label {same:.3f}, kappa {agreement:.3f}")
    lost = first.height - rows.height
    console.print(f"labelled fragments that no longer exist: {lost}; encoder {embedder.model_version}")
    return int(lost > 0)


if __name__ == "__main__":
    sys.exit(main())
