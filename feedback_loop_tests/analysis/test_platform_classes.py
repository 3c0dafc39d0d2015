"""A company's word and the platform's word stand side by side, and a new version's difference is told by row and by class."""

from __future__ import annotations

from datetime import date
from functools import cache

import polars as pl
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.analysis.classify import INPUT_SCHEMA, FragmentClassifier, classify, train_classifier
from feedback_loop.analysis.platform_classes import class_changes, classify_under, platform_words, relabelled
from feedback_loop.analysis.taxonomy import Taxonomy, seed_taxonomy
from feedback_loop.analysis.taxonomy_file import read_taxonomy_text
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop_tests.analysis.fakes import WordHashEmbedder

EMBEDDER = WordHashEmbedder()
OWN = """
classes:
  - {id: money_back, counts_as: billing, examples: [where is my refund, refund not here yet, money not returned]}
  - {id: closes_itself, counts_as: crash, examples: [the app closes at once, it shuts itself down, app keeps closing]}
  - {id: wishes, counts_as: feature_request, examples: [please add dark mode, I wish it had widgets, add an export]}
"""


@cache
def _own() -> tuple[Taxonomy, FragmentClassifier]:
    taxonomy = read_taxonomy_text(OWN)
    return taxonomy, train_classifier(taxonomy, EMBEDDER)


def _batch(texts: list[str]) -> pa.RecordBatch:
    rows = [
        {"fragment_id": f"fragment_{n}", "masked_text": text, "language": None, "event_date": date(2024, 5, 1), "vector": vector.tolist()}
        for n, (text, vector) in enumerate(zip(texts, EMBEDDER.embed(texts), strict=True))
    ]
    return pa.RecordBatch.from_pylist(rows, schema=INPUT_SCHEMA)


def _frame(batch: pa.RecordBatch) -> pl.DataFrame:
    return pl.DataFrame(pa.Table.from_batches([batch]))


@given(st.lists(st.sampled_from(["refund please", "it closes", "add a widget", "what", "👍"]), min_size=1, max_size=6))
def test_both_words_are_said_and_agree(texts: list[str]) -> None:
    taxonomy, classifier = _own()
    made = _frame(classify_under(_batch(texts), classifier, taxonomy))
    words = platform_words(taxonomy)
    assert violations(made, TABLES["analysis_classification"]) == []
    assert made["best_class"].to_list() == [words[name] for name in made["taxonomy_class"]]
    assert made.drop("complaint_class", "best_class", "runner_up_class").equals(
        _frame(classify(_batch(texts), classifier)).drop("complaint_class", "best_class", "runner_up_class")
    )


def test_under_the_seed_nothing_changes() -> None:
    classifier = train_classifier(seed_taxonomy(), EMBEDDER)
    batch = _batch(["the app crashes", "charged twice"])
    assert classify_under(batch, classifier, seed_taxonomy()) == classify(batch, classifier)
    assert _frame(classify(batch, classifier))["taxonomy_class"].to_list() == _frame(classify(batch, classifier))["best_class"].to_list()


def test_what_a_new_version_would_label_differently() -> None:
    schema = {"fragment_id": pl.String, "taxonomy_class": pl.String, "is_abstained": pl.Boolean, "class_score": pl.Float64}
    before = pl.DataFrame([("f1", "a", False, 0.9), ("f2", "a", False, 0.9), ("f3", "a", True, 0.1)], schema=schema, orient="row")
    after = pl.DataFrame([("f1", "a", False, 0.8), ("f2", "b", False, 0.7), ("f3", "b", False, 0.6)], schema=schema, orient="row")
    assert relabelled(before, after).rows() == [("f2", "a", "b", 0.7), ("f3", None, "b", 0.6)]
    assert relabelled(before, before).is_empty()


def test_what_became_of_each_class() -> None:
    after = read_taxonomy_text(
        """
classes:
  - {id: refunds, counts_as: billing, formerly: [money_back], examples: [where is my refund]}
  - {id: closes_itself, counts_as: crash, owner: apps, examples: [the app closes at once]}
  - {id: slow, counts_as: latency}
"""
    )
    assert class_changes(_own()[0], after) == [
        ("refunds", "renamed from money_back"),
        ("closes_itself", "changed: examples, owner"),
        ("slow", "added"),
        ("wishes", "removed"),
    ]
    assert class_changes(after, after) == []
