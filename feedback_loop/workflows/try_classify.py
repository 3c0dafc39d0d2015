"""`try classify`: a user's own labels with a certified precision, or without labels the classes of the seed taxonomy.

The classifiers are in `analysis/`. The rules that are easy to break: texts are masked before a model sees them, as in the pipeline; without
a user's labels nothing is certified, and the reason says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from feedback_loop.analysis.classify import INPUT_SCHEMA, FragmentClassifier, classify, train_classifier
from feedback_loop.analysis.gates import Route, Verdict
from feedback_loop.analysis.labelled_texts import LabelledText, Split
from feedback_loop.analysis.selective import decide_texts
from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop.contracts.vocab import AbstentionReason
from feedback_loop.errors import UnreadableFile
from feedback_loop.methods.cleaning import PLAIN
from feedback_loop.methods.languages.guessing import determined, guess_languages
from feedback_loop.ports import Embedder
from feedback_loop.workflows.try_files import Answer, TextRow, read_texts

ABOVE_THRESHOLD = "above_threshold"
"""The seed classifier is sure enough; no promise about the user's texts, because none of their labels was seen."""

_ANY_DAY = date(1970, 1, 1)


def read_labelled(path: Path) -> list[LabelledText]:
    """The labelled texts of a training file with columns text, label and, where it has one, split, masked; raises BadInput."""
    return [_labelled(path, number, row) for number, row in enumerate(read_texts(path, ("text", "label")), 1)]


def by_own_labels(
    labelled: Sequence[LabelledText], rows: Sequence[TextRow], embedder: Embedder, target_precision: float, delta: float
) -> list[Answer]:
    """One answer per row, by a classifier trained on the labelled texts."""
    verdicts = decide_texts(labelled, [(str(row.text_id), PLAIN.clean(row.text).text) for row in rows], embedder, target_precision, delta)
    return [_answer(row, verdict) for row, verdict in zip(rows, verdicts, strict=True)]


def by_seed_taxonomy(rows: Sequence[TextRow], embedder: Embedder) -> list[Answer]:
    """One answer per row, by the classifier of the pipeline; what it abstains from goes to a model or to people."""
    classifier = train_classifier(seed_taxonomy(), embedder)
    decided = _classified([row.text for row in rows], embedder, classifier)
    return [_seed_answer(row, one) for row, one in zip(rows, decided, strict=True)]


def _labelled(path: Path, number: int, row: TextRow) -> LabelledText:
    label, split = row.values.get("label"), row.values.get("split")
    if not isinstance(label, str) or not label.strip():
        raise UnreadableFile(path, f"row {number} has no 'label'. Label it, or remove the row")
    if split not in (None, "", *Split):
        raise UnreadableFile(path, f"row {number} has an unknown 'split'. Write {' or '.join(Split)}, or leave it empty")
    return LabelledText(PLAIN.clean(row.text).text, label.strip(), Split(str(split)) if split else None)


def _answer(row: TextRow, verdict: Verdict) -> Answer:
    return {
        "text_id": row.text_id,
        "label": verdict.label,
        "confidence": verdict.confidence,
        "prediction_set": list(verdict.prediction_set),
        "route": str(verdict.route),
        "reason": str(verdict.reason),
    }


def _classified(texts: Sequence[str], embedder: Embedder, classifier: FragmentClassifier) -> list[dict[str, Any]]:
    masked = [PLAIN.clean(text).text for text in texts]
    frame = pl.DataFrame(
        {
            "fragment_id": [str(number) for number in range(len(texts))],
            "masked_text": masked,
            "language": [determined(guess) for guess in guess_languages(masked)],
            "event_date": [_ANY_DAY] * len(texts),
            "vector": embedder.embed(masked).tolist(),
        },
        schema=pl.Schema(INPUT_SCHEMA),
    )
    batch = frame.to_arrow(compat_level=pl.CompatLevel.oldest()).cast(INPUT_SCHEMA).combine_chunks().to_batches()[0]
    found: list[dict[str, Any]] = classify(batch, classifier).to_pylist()
    return found


def _seed_answer(row: TextRow, one: dict[str, Any]) -> Answer:
    reason = one["abstention_reason"]
    is_unsure = reason in (AbstentionReason.AMBIGUOUS, AbstentionReason.LOW_CONFIDENCE)
    routes = {None: Route.AUTOMATIC, str(AbstentionReason.NO_WORDS): Route.HUMAN}
    return {
        "text_id": row.text_id,
        "label": one["best_class"],
        "confidence": one["class_score"],
        "prediction_set": [one["best_class"], one["runner_up_class"]] if is_unsure else [one["best_class"]],
        "route": str(routes.get(reason, Route.LLM)),
        "reason": reason or ABOVE_THRESHOLD,
    }
