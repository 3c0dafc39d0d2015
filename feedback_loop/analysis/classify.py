"""Fragments to classes of a taxonomy, the seed or a company's, with a calibrated confidence and the right to abstain.

Here: the classifier trained from the taxonomy's examples, and the row-wise step that writes `analysis_classification`. The model itself is
in `blend`, the classes are in `taxonomy`, a user's own labels are served by `selective`. The rule that is easy to break: stars are never
looked at, because a rating tells the mood and not the symptom (R38).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import polars as pl
import pyarrow as pa

from feedback_loop.analysis.blend import CODE_VERSION, BlendClassifier, train
from feedback_loop.analysis.language_evidence import LanguageEvidence, count_by_language, shown
from feedback_loop.analysis.taxonomy import Taxonomy
from feedback_loop.contracts.fields import FIELDS
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import AbstentionReason
from feedback_loop.methods.personal_data.masking import PLACEHOLDER
from feedback_loop.methods.statistics.calibration import Reals, selective_threshold
from feedback_loop.ports import Embedder, Vectors

INPUT_SCHEMA = pa.schema(
    [pa.field(name, FIELDS[name].dtype) for name in ("fragment_id", "masked_text", "language", "event_date", "vector")]
)
OUTPUT_SCHEMA = TABLES["analysis_classification"].schema

_STEP_VERSION = "classify-1"
_VERSION_DIGITS = 12
_SCORE_DECIMALS = 6
_UNUSUAL_SHARE = 0.05


@dataclass(frozen=True)
class AbstentionPolicy:
    """When the classifier leaves a fragment to people; the threshold that follows from it is stored with each row as applied."""

    target_precision: float = 0.85
    delta: float = 0.1
    threshold_where_unproven: float = 0.6
    close_share: float = 0.5
    least_language_precision: float = 0.65
    """What held-out examples of a language must show, at the least, before fragments in it are decided at all."""


@dataclass(frozen=True)
class FragmentClassifier:
    """The trained classifier with all that decides beside it."""

    blend: BlendClassifier
    threshold: float
    policy: AbstentionPolicy
    languages: frozenset[str]
    taxonomy_version: str
    classifier_version: str
    evidence: tuple[LanguageEvidence, ...] = ()
    """What decided which languages these are."""
    lowest_usual_score: float = 0.0
    """The class score that all but one in twenty left-out examples reach; below it a fragment is like nothing that was taught."""


def train_classifier(taxonomy: Taxonomy, embedder: Embedder, policy: AbstentionPolicy | None = None) -> FragmentClassifier:
    """The classifier that the taxonomy's examples teach; a function of taxonomy, embedding model and policy alone.

    Threshold and languages are proven on left-out predictions of the examples, which also fitted the blend: good enough to abstain by,
    no promise about a customer's texts (that needs labels of their own, see `selective`).
    """
    policy = policy or AbstentionPolicy()
    texts, targets = zip(*taxonomy.training_examples(), strict=True)
    blend, left_out = train(texts, embedder.embed(texts), targets)
    log_p = blend.blend.log_probabilities(left_out.scores.meaning, left_out.scores.wording)
    confidence, is_correct = np.exp(log_p.max(axis=1)), np.asarray(blend.labels)[log_p.argmax(axis=1)] == np.asarray(targets)[left_out.rows]
    proven = selective_threshold(confidence, is_correct, policy.target_precision, policy.delta)
    threshold = round(policy.threshold_where_unproven if proven is None else proven, _SCORE_DECIMALS)
    spoken = np.asarray(taxonomy.example_languages())[left_out.rows]
    evidence = count_by_language(spoken.tolist(), confidence >= threshold, is_correct)
    languages = taxonomy.languages & shown(evidence, policy.least_language_precision, policy.delta)
    version = classifier_version(taxonomy, embedder.model_version, policy)
    lowest = round(float(np.quantile(confidence, _UNUSUAL_SHARE)), _SCORE_DECIMALS) if len(confidence) else 0.0
    return FragmentClassifier(blend, threshold, policy, languages, taxonomy.version, version, evidence, lowest)


def classifier_version(taxonomy: Taxonomy, embedding_model_version: str, policy: AbstentionPolicy | None = None) -> str:
    """The version that a classifier trained so would carry, without training it."""
    parts = [_STEP_VERSION, CODE_VERSION, taxonomy.version, embedding_model_version, asdict(policy or AbstentionPolicy())]
    return f"{_STEP_VERSION}-{content_hash(json.dumps(parts))[:_VERSION_DIGITS]}"


def classify(batch: pa.RecordBatch, classifier: FragmentClassifier) -> pa.RecordBatch:
    """The class of each fragment, as `OUTPUT_SCHEMA`, from `INPUT_SCHEMA`; a row's result is a function of that row alone."""
    frame = pl.DataFrame(pa.Table.from_batches([batch]))
    texts = frame["masked_text"].to_list()
    vectors = _vectors(batch)
    log_p = classifier.blend.log_probabilities([PLACEHOLDER.sub(" ", t) for t in texts], vectors) if texts else np.zeros((0, 2))
    scored = _best_two(log_p, classifier).with_columns(frame["fragment_id"], frame["event_date"], frame["language"])
    decided = scored.with_columns(pl.Series("has_words", [has_words(t) for t in texts], pl.Boolean)).with_columns(_reason(classifier))
    return _as_batch(decided, classifier)


def shortlists(masked_texts: Sequence[str], vectors: Vectors, classifier: FragmentClassifier, size: int) -> list[tuple[str, ...]]:
    """The likeliest classes of each text, words of its taxonomy, the likeliest first."""
    if not masked_texts:
        return []
    log_p = classifier.blend.log_probabilities([PLACEHOLDER.sub(" ", text) for text in masked_texts], vectors)
    ranked = np.argsort(-log_p, axis=1, kind="stable")[:, :size]
    return [tuple(classifier.blend.labels[column] for column in row) for row in ranked]


def has_words(masked_text: str) -> bool:
    """Whether anything but masks, symbols and numbers is left to read."""
    return any(character.isalpha() for character in PLACEHOLDER.sub("", masked_text))


def _vectors(batch: pa.RecordBatch) -> Vectors:
    column = batch.column("vector")
    values = column.flatten().to_numpy(zero_copy_only=False).astype(np.float32)
    return values.reshape(len(column), -1) if len(column) else np.zeros((0, 1), np.float32)


def _best_two(log_p: Reals, classifier: FragmentClassifier) -> pl.DataFrame:
    ranked = np.argsort(-log_p, axis=1, kind="stable")[:, :2]
    names = np.asarray([*classifier.blend.labels])[ranked] if len(log_p) else np.zeros((0, 2), dtype=str)
    scores = np.exp(np.take_along_axis(log_p, ranked, axis=1)).round(_SCORE_DECIMALS)
    return pl.DataFrame(
        {"best_class": names[:, 0], "class_score": scores[:, 0], "runner_up_class": names[:, 1], "runner_up_score": scores[:, 1]},
        schema={"best_class": pl.String, "class_score": pl.Float64, "runner_up_class": pl.String, "runner_up_score": pl.Float64},
    )


def _reason(classifier: FragmentClassifier) -> pl.Expr:
    best, second = pl.col("class_score"), pl.col("runner_up_score")
    is_unsure = best < classifier.threshold
    is_between_two = (best + second >= classifier.threshold) & (second >= classifier.policy.close_share * best)
    is_foreign = pl.col("language").is_not_null() & ~pl.col("language").is_in(sorted(classifier.languages))
    return (
        pl.when(~pl.col("has_words"))
        .then(pl.lit(AbstentionReason.NO_WORDS.value))
        .when(is_foreign)
        .then(pl.lit(AbstentionReason.LANGUAGE_UNSUPPORTED.value))
        .when(is_unsure & is_between_two)
        .then(pl.lit(AbstentionReason.AMBIGUOUS.value))
        .when(is_unsure)
        .then(pl.lit(AbstentionReason.LOW_CONFIDENCE.value))
        .alias("abstention_reason")
    )


def _as_batch(decided: pl.DataFrame, classifier: FragmentClassifier) -> pa.RecordBatch:
    is_abstained = pl.col("abstention_reason").is_not_null()
    frame = decided.select(
        "fragment_id",
        pl.when(~is_abstained).then(pl.col("best_class")).alias("complaint_class"),
        pl.col("best_class", "class_score", "runner_up_class", "runner_up_score"),
        is_abstained.alias("is_abstained"),
        "abstention_reason",
        pl.lit(classifier.threshold).alias("threshold_applied"),
        pl.lit(classifier.classifier_version).alias("classifier_version"),
        pl.lit(classifier.taxonomy_version).alias("taxonomy_version"),
        pl.col("best_class").alias("taxonomy_class"),
        "event_date",
    )
    table = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(OUTPUT_SCHEMA)
    return pa.RecordBatch.from_arrays([column.combine_chunks() for column in table.columns], schema=OUTPUT_SCHEMA)
