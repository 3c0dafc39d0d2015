"""The review queue of a home, with the texts that are asked about, and what its labels amount to.

The order and its formula are in `analysis/review_queue`, what counts is in `analysis/gold_labels`; here the tables are read. The rule that
is easy to break: whoever reads a second time, or for the hold-out, is shown neither the first label nor the model's word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from feedback_loop.analysis.classify import train_classifier
from feedback_loop.analysis.gold_labels import (
    Agreement,
    agreement,
    counting,
    in_words_of,
    of_hold_out,
    said_of,
    same_words_other_label,
)
from feedback_loop.analysis.label_sets import LabelSets, calibrated
from feedback_loop.analysis.platform_classes import platform_words
from feedback_loop.analysis.review_queue import Asked, Doubt, queue_candidates, review_queue
from feedback_loop.analysis.taxonomy import Taxonomy
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.roles import Role
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import QueueReason
from feedback_loop.methods.statistics.label_doubts import label_doubts
from feedback_loop.ports import Embedder, TableStore
from feedback_loop.workflows.model_recipes import examples_of, gold_of
from feedback_loop.workflows.people import People

LABELLER = Role.LABELLER
"""The role of whom the queue is shared out to; where nobody has it, everybody labels."""

_FOLDS = 5
_FEWEST_LABELS = 10
_FRAGMENT_COLUMNS = ("fragment_id", "duplicate_of")
_CLASS_COLUMNS = ("fragment_id", "taxonomy_class", "best_class", "class_score", "is_abstained", "abstention_reason")


@dataclass(frozen=True)
class Question:
    """One place of the queue with the masked text that is asked about."""

    asked: Asked
    masked_text: str
    label_set: tuple[str, ...] = ()
    """What it may be about, with a promised coverage; empty where the reader is to see nothing of the model."""


def open_questions(
    tables: TableStore,
    labels: pl.DataFrame,
    taxonomy: Taxonomy,
    people: People,
    days: DayRange | None = None,
    doubts: Mapping[str, Doubt] | None = None,
) -> list[Asked]:
    """The whole queue of the days, or of all; a label of a class that the taxonomy neither has nor had counts as not given."""
    known, _ = in_words_of(taxonomy, labels)
    candidates = queue_candidates(
        tables.read(TABLES["silver_fragment"], days, columns=_FRAGMENT_COLUMNS),
        tables.read(TABLES["analysis_classification"], days, columns=_CLASS_COLUMNS),
        tables.read(TABLES["analysis_triage"], days, columns=("fragment_id", "urgency", "owner")),
        tables.read(TABLES["analysis_cluster"], days, columns=("member_fragment_ids",)),
    )
    return review_queue(candidates, known, readers(people), doubts)


def with_texts(asked: list[Asked], tables: TableStore, sets: LabelSets | None = None) -> list[Question]:
    """The places with their texts, in their order; with the label set of those whom the classifier's doubt brought here."""
    if not asked:
        return []
    wanted = pl.DataFrame({"fragment_id": [one.fragment_id for one in asked]})
    texts = tables.read(TABLES["silver_fragment"], columns=("fragment_id", "masked_text"), matching=wanted)
    by_id = dict(texts.select("fragment_id", "masked_text").iter_rows())
    unsure = [one.fragment_id for one in asked if one.reason is QueueReason.UNSURE]
    shown = {name: sets.of(row) for name, row in _classified(tables, unsure).items()} if sets else {}
    return [Question(one, by_id.get(one.fragment_id, ""), shown.get(one.fragment_id, ())) for one in asked]


def label_sets(tables: TableStore, labels: pl.DataFrame, taxonomy: Taxonomy) -> LabelSets:
    """The sets, calibrated on the held-out fragments that were left open, by what people said of them."""
    known, _ = in_words_of(taxonomy, counting(labels))
    truth = dict(known.filter(of_hold_out()).select("fragment_id", "labelled_class").iter_rows())
    rows = [row for row in _classified(tables, sorted(truth)).values() if row["is_abstained"]]
    return calibrated(rows, [truth[row["fragment_id"]] for row in rows], platform_words(taxonomy))


def _classified(tables: TableStore, fragment_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Rows of `analysis_classification` by fragment_id."""
    wanted = pl.DataFrame({"fragment_id": fragment_ids}, schema={"fragment_id": pl.String})
    rows = tables.read(TABLES["analysis_classification"], matching=wanted).to_dicts() if fragment_ids else []
    return {row["fragment_id"]: row for row in rows}


def readers(people: People) -> list[str]:
    """Whom the queue is shared out to, in alphabetical order."""
    named = sorted(person for person, roles in people.items() if LABELLER in roles)
    return named or sorted(people)


def doubted_labels(tables: TableStore, labels: pl.DataFrame, taxonomy: Taxonomy, embedder: Embedder) -> dict[str, Doubt]:
    """The gold labels outside of the hold-out that contradict what all others and the taxonomy teach, by fragment_id.

    Each fifth of them is judged by a classifier that was trained without it. None where there are too few to say anything.
    """
    gold = gold_of(labels, tables, taxonomy).part(held_out=False)
    if gold.height < _FEWEST_LABELS:
        return {}
    judged = [_judged_fold(gold, fold, taxonomy, embedder) for fold in range(_FOLDS)]
    found = pl.concat(judged)
    names = list(judged[0].columns[2:])
    given = found["labelled_class"].replace_strict(names, range(len(names)), return_dtype=pl.Int64).to_numpy()
    doubts = label_doubts(found.select(names).to_numpy(), given)
    return {found["fragment_id"][doubt.row]: Doubt(names[doubt.likelier], doubt.margin) for doubt in doubts}


def _judged_fold(gold: pl.DataFrame, fold: int, taxonomy: Taxonomy, embedder: Embedder) -> pl.DataFrame:
    """fragment_id, labelled_class and a probability per class of the fold's labels, by a classifier of all others."""
    numbered = gold.with_row_index("number")
    inside, others = numbered.filter(pl.col("number") % _FOLDS == fold), numbered.filter(pl.col("number") % _FOLDS != fold)
    classifier = train_classifier(replace(taxonomy, gold=examples_of(others)), embedder)
    texts = [example.text for example in examples_of(inside)]
    log_p = classifier.blend.log_probabilities(texts, embedder.embed(texts))
    probabilities = pl.DataFrame(log_p, schema=list(classifier.blend.labels)).select(pl.all().exp())
    return pl.concat([inside.select("fragment_id", "labelled_class"), probabilities], how="horizontal")


@dataclass(frozen=True)
class LabelStatistics:
    """What the labels of a home amount to."""

    by_class: Mapping[str, tuple[int, ...]]
    """Labels that may be learnt from, and held-out ones, by class of the taxonomy."""
    by_person: Mapping[str, int]
    agreement: Agreement
    unknown_count: int
    lost_count: int
    contradictions: tuple[tuple[str, str], ...]


def label_statistics(tables: TableStore, labels: pl.DataFrame, taxonomy: Taxonomy) -> LabelStatistics:
    """The figures of the labels, in words of the taxonomy."""
    gold, (known, _) = gold_of(labels, tables, taxonomy), in_words_of(taxonomy, labels)
    sides = [counting(known).filter(of_hold_out() == is_held_out) for is_held_out in (False, True)]
    counts = {name: tuple(side.filter(labelled_class=name).height for side in sides) for name in taxonomy.names}
    ids, texts = gold.rows["fragment_id"].to_list(), gold.rows["masked_text"].to_list()
    pairs = same_words_other_label(texts, gold.rows["labelled_class"].to_list())
    persons = pl.Series([person for said in said_of(known).values() for person in said], dtype=pl.String).value_counts(sort=True)
    return LabelStatistics(
        counts,
        dict(sorted(persons.iter_rows())),
        agreement(known),
        gold.unknown_count,
        gold.lost_count,
        tuple((ids[one], ids[other]) for one, other in pairs),
    )
