"""The life of a version of the classifier: trained, evaluated on the hold-out, promoted by a person or refused; each an audited row.

What a version follows from is in `model_recipes`, the figures are in `analysis/model_evaluation`. The rules that are easy to break: only a
named person promotes, the loop never; a version that is worse on the hold-out is refused whoever asks; and no version brings a policy of
its own, what it abstains from follows from the one policy of `analysis/classify`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from feedback_loop.analysis.gold_labels import HOW_TO_LABEL, same_words_other_label, that_prove
from feedback_loop.analysis.model_evaluation import Answers, Comparison, answers, compared
from feedback_loop.analysis.platform_classes import platform_words
from feedback_loop.contracts.decisions import LOOP
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.vocab import ModelEvent
from feedback_loop.errors import BadInput, ModelRefused
from feedback_loop.ports import Embedder, StateStore, TableStore
from feedback_loop.workflows.gates import Gated, gated, put_in_force
from feedback_loop.workflows.model_recipes import (
    LABEL,
    MODEL,
    ActiveModel,
    Gold,
    active_model,
    classified,
    gold_of,
    promoted_version,
    recipe,
    recipe_of,
    trained,
    trained_event,
)
from feedback_loop.workflows.people import People, roles_of
from feedback_loop.workflows.taxonomies import keep_taxonomy, read_taxonomy


@dataclass(frozen=True)
class Home:
    """What a step in the life of a version reads and writes."""

    tables: TableStore
    state: StateStore
    embedder: Embedder
    taxonomy_file: Path
    taxonomies_folder: Path


@dataclass(frozen=True)
class Trained:
    """A version that was trained, and what its labels look like."""

    model_version: str
    is_new: bool
    class_count: int
    gold: Gold
    contradictions: tuple[tuple[str, str], ...]
    """Pairs of fragments with the same words and different labels."""


@dataclass(frozen=True)
class Evaluated:
    """A version on the hold-out, beside the one that is promoted at present; no comparison where it is the same."""

    model_version: str
    answers: Answers
    compared_version: str | None
    comparison: Comparison | None
    gated: Gated
    """The gates that its answers would give."""


def model_in_use(home: Home) -> tuple[ActiveModel, Embedder]:
    """The classifier that the assets use, and the vectors that it reads."""
    return active_model(home.state, home.tables, home.taxonomies_folder, home.embedder), home.embedder


def train_version(home: Home, at: datetime) -> Trained:
    """The version that the home's taxonomy and the labels of this moment give; the same content again is the same version."""
    taxonomy = read_taxonomy(home.taxonomy_file)
    gold = gold_of(home.state.snapshot(LABEL, at), home.tables, taxonomy)
    made = recipe(taxonomy, gold, home.embedder)
    trained(made, home.embedder)  # what can't be trained is no version
    keep_taxonomy(home.taxonomies_folder, taxonomy)
    learnt = gold.part(held_out=False)
    row = _event(made.model_version, ModelEvent.TRAINED, LOOP, at) | {
        "model_event_id": stable_id("model_event", made.model_version, ModelEvent.TRAINED),
        "taxonomy_version": taxonomy.version,
        "embedding_model_version": home.embedder.model_version,
        "training_data_hash": made.training_data_hash,
        "gold_label_count": made.gold_count,
        "model_metrics": json.dumps({"unknown_labels": gold.unknown_count, "lost_labels": gold.lost_count}),
    }
    is_new = home.state.record(MODEL, [row], LOOP, at) > 0
    ids = learnt["fragment_id"].to_list()
    pairs = same_words_other_label(learnt["masked_text"].to_list(), learnt["labelled_class"].to_list())
    return Trained(made.model_version, is_new, len(taxonomy.classes), gold, tuple((ids[one], ids[other]) for one, other in pairs))


def evaluate_version(home: Home, version: str, at: datetime, actor: str = LOOP) -> Evaluated:
    """What the version says of the held-out labels of this moment, compared with the present one; recorded."""
    found = _evaluated(home, version)
    _record(home, found, ModelEvent.EVALUATED, actor, at, None)
    return found


def promote_version(home: Home, version: str, person: str, people: People, why: str, at: datetime) -> Evaluated:
    """The evaluation under which the person promoted it; raises ModelRefused where it is worse, which is recorded too."""
    roles_of(person, people)
    if person == LOOP or not why.strip():
        raise BadInput("only a person promotes a model, and says why. Name yourself with --as and your grounds with --why.")
    if promoted_version(home.state.snapshot(MODEL)) == version:
        raise ModelRefused(version, "is promoted already", "Nothing was changed.")
    found = _evaluated(home, version)
    if found.comparison is None:
        raise ModelRefused(version, "can't be compared with itself", "Nothing was changed.")
    if problems := found.comparison.problems:
        _record(home, found, ModelEvent.REFUSED, person, at, "; ".join(problems))
        advice = HOW_TO_LABEL if found.comparison.missing_count else "The present version stays."
        raise ModelRefused(version, "; ".join(problems), advice)
    _record(home, found, ModelEvent.PROMOTED, person, at, why.strip())
    put_in_force(home.state, found.gated, person, why, at)
    return found


def gates_now(home: Home) -> Gated:
    """The gates that the held-out labels of this moment give the version in use; nothing is put in force."""
    present = active_model(home.state, home.tables, home.taxonomies_folder, home.embedder)
    rows, truth = _said(home, present, _held_out(home, present))
    return gated(present.classifier.classifier_version, rows, truth, present.taxonomy)


def put_gates_in_force(home: Home, person: str, people: People, why: str, at: datetime) -> Gated:
    """The gates that the person put in force: those that the held-out labels of this moment give the version in use."""
    roles_of(person, people)
    if person == LOOP or not why.strip():
        raise BadInput("only a person puts gates in force, and says why. Name yourself with --as and your grounds with --why.")
    found = gates_now(home)
    put_in_force(home.state, found, person, why, at)
    return found


def latest_version(history: pl.DataFrame) -> str:
    """The version that was trained last; raises BadInput where none was."""
    found = history.filter(pl.col("model_event") == ModelEvent.TRAINED).sort("model_event_at", "model_event_id")
    if found.is_empty():
        raise BadInput("no version was trained yet. Run `model train` first.")
    return str(found["model_version"][-1])


def _evaluated(home: Home, version: str) -> Evaluated:
    candidate = trained(recipe_of(version, home.state, home.tables, home.taxonomies_folder, home.embedder), home.embedder)
    held_out = _held_out(home, candidate)
    rows, truth = _said(home, candidate, held_out)
    found, gates = answers(rows, truth), gated(candidate.classifier.classifier_version, rows, truth, candidate.taxonomy)
    present = active_model(home.state, home.tables, home.taxonomies_folder, home.embedder)
    if present.model_version == version:
        return Evaluated(version, found, None, None, gates)
    return Evaluated(version, found, present.model_version, _compared(home, candidate, present, held_out, rows, truth), gates)


def _held_out(home: Home, model: ActiveModel) -> pl.DataFrame:
    held_out = gold_of(home.state.snapshot(LABEL), home.tables, model.taxonomy).part(held_out=True)
    return that_prove(held_out, model.learnt)


def _said(home: Home, model: ActiveModel, held_out: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, str]]:
    """What the version says of the held-out fragments, and what they are truly about."""
    return classified(held_out, model, home.embedder), dict(held_out.select("fragment_id", "labelled_class").iter_rows())


def _compared(
    home: Home, candidate: ActiveModel, present: ActiveModel, held_out: pl.DataFrame, rows: pl.DataFrame, truth: Mapping[str, str]
) -> Comparison:
    """Label for label where both know the same classes, otherwise by what their classes are handled as."""
    others = classified(held_out, present, home.embedder)
    if set(present.taxonomy.names) == set(candidate.taxonomy.names):
        return compared(answers(others, truth), answers(rows, truth), "taxonomy_class")
    words = platform_words(candidate.taxonomy)
    handled = {fragment_id: words[name] for fragment_id, name in truth.items()}
    return compared(answers(others, handled, "best_class"), answers(rows, handled, "best_class"), "best_class")


def _record(home: Home, found: Evaluated, event: ModelEvent, actor: str, at: datetime, why: str | None) -> None:
    before = trained_event(home.state.snapshot(MODEL), found.model_version)
    comparison = {} if found.comparison is None else {"comparison": found.comparison.metrics}
    row = before | _event(found.model_version, event, actor, at) | found.answers.counts
    metrics = found.answers.metrics | comparison | {"gates": found.gated.metrics}
    row |= {"model_metrics": json.dumps(metrics, sort_keys=True), "compared_version": found.compared_version}
    home.state.record(MODEL, [row | {"model_event_why": why}], actor, at)


def _event(version: str, event: ModelEvent, actor: str, at: datetime) -> dict[str, Any]:
    nothing = dict.fromkeys(
        ("held_out_count", "held_out_right_count", "held_out_decided_count", "held_out_decided_right_count", "compared_version",
         "model_event_why")
    )  # fmt: skip
    return nothing | {
        "model_event_id": stable_id("model_event", version, event, actor, at),
        "model_version": version,
        "model_event": str(event),
        "model_event_by": actor,
        "model_event_at": at,
    }
