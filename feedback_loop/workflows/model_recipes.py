"""What a version of the classifier follows from, and the classifier that follows from it: no file of weights is kept.

A version is a recipe: a taxonomy, the gold labels that counted at an instant, and the vectors. Training takes seconds and gives the same
classifier each time, so that what was promoted is trained again where it is needed, no unpickled file has to be trusted, and whoever was
erased is forgotten by the next training too. The rule that is easy to break: nothing that is held out enters a recipe.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from feedback_loop.analysis.classify import INPUT_SCHEMA, FragmentClassifier, classifier_version, train_classifier
from feedback_loop.analysis.gold_labels import counting, in_words_of, of_hold_out
from feedback_loop.analysis.platform_classes import classify_under
from feedback_loop.analysis.taxonomy import UNDETERMINED, GoldExample, Taxonomy, seed_taxonomy
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ModelEvent
from feedback_loop.errors import ModelRefused
from feedback_loop.methods.personal_data.masking import PLACEHOLDER, without_tokens
from feedback_loop.ports import Embedder, StateStore, TableStore
from feedback_loop.workflows.taxonomies import kept_taxonomy

LABEL, MODEL = TABLES["state_label"], TABLES["state_model"]
SEED = "seed"
"""What stands for the classifier of the seed taxonomy, which counts as long as nothing was promoted."""

_FRAGMENT = TABLES["silver_fragment"]
_READ = ("fragment_id", "masked_text", "language")
_MOST_LOST_SHARE = 0.1
"""Of its gold texts so many may be gone (erased, cut anew); beyond it, what is trained is no longer what was promoted."""

_VERSION_DIGITS = 12


@dataclass(frozen=True)
class Gold:
    """Labels that count with their texts, by fragment_id: fragment_id, labelled_class, masked_text, language."""

    rows: pl.DataFrame
    unknown_count: int = 0
    """Labels of classes that the taxonomy neither has nor had."""
    lost_count: int = 0
    """Labels of fragments that are no longer there."""

    def part(self, *, held_out: bool) -> pl.DataFrame:
        """The rows that are held out, or those that may be learnt from."""
        return self.rows.filter(of_hold_out() == held_out)


@dataclass(frozen=True)
class Recipe:
    """What a version follows from."""

    taxonomy: Taxonomy
    model_version: str
    training_data_hash: str
    learnt: pl.DataFrame = field(compare=False)
    """The gold labels that it learns from, as `Gold.rows`."""

    @property
    def gold_count(self) -> int:
        """How many gold labels it learns from."""
        return len(self.taxonomy.gold)


@dataclass(frozen=True)
class ActiveModel:
    """The classifier that the assets use, and the taxonomy in whose words it speaks."""

    model_version: str
    classifier: FragmentClassifier
    taxonomy: Taxonomy
    learnt: pl.DataFrame = field(default_factory=lambda: _no_gold(), compare=False)
    """The gold labels that it learnt from, as `Gold.rows`."""


def gold_of(labels: pl.DataFrame, tables: TableStore, taxonomy: Taxonomy) -> Gold:
    """The labels that count, in words of the taxonomy, with the present texts of their fragments."""
    known, unknown_count = in_words_of(taxonomy, counting(labels))
    texts = tables.read(_FRAGMENT, columns=_READ, matching=known.select("fragment_id")) if known.height else _nothing()
    rows = known.select("fragment_id", "labelled_class").join(texts.select(_READ), on="fragment_id").sort("fragment_id")
    return Gold(rows, unknown_count, known.height - rows.height)


def _nothing() -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(_READ, pl.String))


def _no_gold() -> pl.DataFrame:
    return pl.DataFrame(schema=dict.fromkeys(("fragment_id", "labelled_class", *_READ[1:]), pl.String))


def recipe(taxonomy: Taxonomy, gold: Gold, embedder: Embedder) -> Recipe:
    """The recipe of the taxonomy and of what may be learnt of the gold labels."""
    learnt = gold.part(held_out=False)
    data_hash = content_hash(json.dumps(learnt.select(sorted(learnt.columns)).rows(), ensure_ascii=False))
    parts = [classifier_version(taxonomy, embedder.model_version), data_hash]
    version = f"model-{content_hash(json.dumps(parts))[:_VERSION_DIGITS]}"
    return Recipe(replace(taxonomy, gold=examples_of(learnt)), version, data_hash, learnt)


def examples_of(gold: pl.DataFrame) -> tuple[GoldExample, ...]:
    """Rows of gold labels as examples, without the masks, which tell nothing of a class."""
    return tuple(
        GoldExample(row["language"] or UNDETERMINED, PLACEHOLDER.sub(" ", row["masked_text"]), row["labelled_class"])
        for row in gold.iter_rows(named=True)
    )


def trained(made: Recipe, embedder: Embedder) -> ActiveModel:
    """The classifier of the recipe, whose rows say its version; trained once per process."""
    classifier = replace(_trained(made.taxonomy, embedder), classifier_version=made.model_version)
    return ActiveModel(made.model_version, classifier, made.taxonomy, made.learnt)


def _trained(taxonomy: Taxonomy, embedder: Embedder) -> FragmentClassifier:
    key = (taxonomy, embedder.model_version)
    if key not in _TRAINED:
        while len(_TRAINED) >= _MOST_TRAINED:
            _TRAINED.pop(next(iter(_TRAINED)))
        _TRAINED[key] = train_classifier(taxonomy, embedder)
    return _TRAINED[key]


_TRAINED: dict[tuple[Taxonomy, str], FragmentClassifier] = {}
_MOST_TRAINED = 4
"""So many are remembered, the oldest is forgotten first: enough for a present and another version under two taxonomies."""


def recipe_of(version: str, state: StateStore, tables: TableStore, folder: Path, embedder: Embedder) -> Recipe:
    """The recipe of a version that was trained before, from the labels that counted then; raises ModelRefused where it can't be made."""
    event = trained_event(state.snapshot(MODEL), version)
    if event["embedding_model_version"] != embedder.model_version:
        why = f"was trained on vectors of {event['embedding_model_version']}, the settings name {embedder.model_version}"
        raise ModelRefused(version, why, "Set FEEDBACK_LOOP_EMBEDDER as it was, or train and promote another version.")
    taxonomy = kept_taxonomy(folder, event["taxonomy_version"], version)
    made = recipe(taxonomy, gold_of(state.snapshot(LABEL, event["model_event_at"]), tables, taxonomy), embedder)
    lost = event["gold_label_count"] - made.gold_count
    if lost > _MOST_LOST_SHARE * event["gold_label_count"]:
        why = f"{lost} of the {event['gold_label_count']} gold texts that it learnt from are gone"
        raise ModelRefused(version, why, "Train another version with `model train`, and promote it.")
    return made


def trained_event(history: pl.DataFrame, version: str) -> dict[str, Any]:
    """The row that tells of its training; raises ModelRefused where nobody trained it."""
    found = history.filter((pl.col("model_version") == version) & (pl.col("model_event") == ModelEvent.TRAINED)).to_dicts()
    if not found:
        raise ModelRefused(version, "no such version was trained here", "See `model history`, or train one with `model train`.")
    return found[0]


def promoted_version(history: pl.DataFrame) -> str | None:
    """The version that was promoted last; None where none ever was."""
    promoted = history.filter(pl.col("model_event") == ModelEvent.PROMOTED).sort("model_event_at", "model_event_id")
    return promoted["model_version"][-1] if promoted.height else None


def active_model(state: StateStore | None, tables: TableStore, folder: Path, embedder: Embedder) -> ActiveModel:
    """The promoted classifier; that of the seed taxonomy where none was promoted, or nothing was ever decided."""
    version = promoted_version(state.snapshot(MODEL)) if state is not None else None
    if state is None or version is None:
        return ActiveModel(SEED, _trained(seed_taxonomy(), embedder), seed_taxonomy())
    return trained(recipe_of(version, state, tables, folder, embedder), embedder)


def classified(fragments: pl.DataFrame, model: ActiveModel, embedder: Embedder) -> pl.DataFrame:
    """Rows of `analysis_classification` of fragments with fragment_id, masked_text and language, whatever their day."""
    texts: Sequence[str] = [without_tokens(text) for text in fragments["masked_text"]]  # as the assets embed them
    frame = fragments.select("fragment_id", "masked_text", "language").with_columns(
        pl.lit(date(1970, 1, 1)).alias("event_date"), pl.Series("vector", embedder.embed(texts).tolist(), dtype=pl.List(pl.Float32))
    )
    table = frame.select(INPUT_SCHEMA.names).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(INPUT_SCHEMA).combine_chunks()
    batches = table.to_batches() or [pa.RecordBatch.from_pylist([], schema=INPUT_SCHEMA)]
    return pl.concat([pl.DataFrame(pa.Table.from_batches([classify_under(b, model.classifier, model.taxonomy)])) for b in batches])
