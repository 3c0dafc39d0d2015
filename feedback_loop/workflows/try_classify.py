"""`try classify`: a user's own labels with a certified precision, or without labels the classes of the seed taxonomy.

The classifiers are in `analysis/`. The rules that are easy to break: texts are masked before a model sees them, as in the pipeline; without
a user's labels nothing is certified, and the reason says so.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from feedback_loop.analysis.classify import INPUT_SCHEMA, FragmentClassifier, classify, has_words, train_classifier
from feedback_loop.analysis.labelled_texts import OUT_OF_SCOPE, LabelledText, Split, unexampled
from feedback_loop.analysis.selective import SelectiveClassifier, decide, train_selective
from feedback_loop.analysis.taxonomy import seed_taxonomy
from feedback_loop.analysis.two_speed import TwoSpeedClassifier, decide_at_two_speeds, train_two_speed
from feedback_loop.analysis.verdicts import Verdict, VerdictReason
from feedback_loop.contracts.routes import Route
from feedback_loop.contracts.vocab import AbstentionReason
from feedback_loop.errors import UnreadableFile
from feedback_loop.methods.cleaning import PLAIN
from feedback_loop.methods.languages.guessing import determined, guess_languages
from feedback_loop.methods.statistics.share_bounds import fewest_trials
from feedback_loop.ports import Embedder
from feedback_loop.workflows.try_files import Answer, TextRow, read_texts

ABOVE_THRESHOLD = "above_threshold"
"""The seed classifier is sure enough; no promise about the user's texts, because none of their labels was seen."""

Decide = Callable[[Sequence[tuple[str, str]]], list[Verdict]]

# Large enough that texts of one length fill the encoder's batches, small enough that all cores have one.
_PORTION = 1_024
_LABELS_ALONE = frozenset({"text_id", "text", "label", "split"})
_SHOWN_LABELS = 5
_ANY_DAY = date(1970, 1, 1)


class Speed(StrEnum):
    """Whether the encoder reads every text, or only those of which a static table of words is unsure."""

    ONE = "one"
    TWO = "two"


def read_labelled(path: Path) -> list[LabelledText]:
    """The labelled texts of a training file with columns text, label and, where it has one, split, masked; raises BadInput.

    A text may be empty, and a file of labels alone lacks the column: then the label's name is learnt.
    """
    return [_labelled(path, number, row) for number, row in enumerate(read_texts(path, ("label", "text"), _LABELS_ALONE), 1)]


def by_own_labels(
    labelled: Sequence[LabelledText],
    rows: Sequence[TextRow],
    embedder: Embedder,
    target_precision: float,
    delta: float,
    speed: Speed = Speed.ONE,
) -> list[Answer]:
    """One answer per row, by a classifier trained on the labelled texts."""
    return answers_of(rows, learn(labelled, embedder, target_precision, delta, speed))


def route_lines(answers: Sequence[Answer]) -> list[str]:
    """How many answers took which route, for which reason, the most frequent first."""
    counts = Counter((str(one["route"]), str(one["reason"])) for one in answers)
    return [f"{count:,} {route} ({reason})" for (route, reason), count in counts.most_common()]


def label_lines(labelled: Sequence[LabelledText], answers: Sequence[Answer], target_precision: float, delta: float) -> list[str]:
    """What the labelled texts are too few for, as sentences; none where nothing is missing."""
    labels = sorted({one.label for one in labelled})
    lines = _lines_about_names(labelled)
    if len(labels) == 1:
        lines.append(f"All labelled texts have one label, {labels[0]}, so nothing else can be answered. Add texts of another label.")
    if any(one["reason"] == VerdictReason.TARGET_NOT_CERTIFIED for one in answers):
        texts = [one for one in labelled if has_words(one.text)]
        calibration = sum(one.split is Split.CALIBRATION for one in texts)
        count, fewest = calibration or len(texts), fewest_trials(0, 1 - target_precision, delta)
        missing = f"at least {fewest - count} more are needed" if count < fewest else "they are answered wrongly too often"
        lines.append(f"No label is decided alone: a precision of {target_precision:g} is proven by {fewest} labelled texts at the least, "
                     f"all answered right; of {count} {missing}.")  # fmt: skip
    return lines


def _lines_about_names(labelled: Sequence[LabelledText]) -> list[str]:
    """Which labels were learnt by their names alone, and which not at all."""
    found, count, lines = unexampled(labelled), len({one.label for one in labelled} - {OUT_OF_SCOPE}), []
    if found.named:
        what = "no label came with a text" if len(found.named) == count else f"{_few(found.named)} came without a text"
        lines.append(f"Names alone were learnt of {len(found.named)} of {count} labels: {what}. One text each says more than its name.")
    if found.unknown:
        lines.append(f"Nothing was learnt of {_few(found.unknown)}: neither a text nor the name has words. Add texts.")
    return lines


def _few(labels: Sequence[str]) -> str:
    more = f" and {len(labels) - _SHOWN_LABELS} more" if len(labels) > _SHOWN_LABELS else ""
    return ", ".join(labels[:_SHOWN_LABELS]) + more


def learn(labelled: Sequence[LabelledText], embedder: Embedder, target_precision: float, delta: float, speed: Speed) -> Decide:
    """What decides (text_id, text), trained on the labelled texts; it may be asked by several threads at once."""
    if speed is Speed.TWO:
        return partial(_at_two_speeds, train_two_speed(labelled, embedder, target_precision, delta), embedder)
    return partial(_at_one_speed, train_selective(labelled, embedder, target_precision, delta), embedder)


def answers_of(rows: Sequence[TextRow], decide_portion: Decide) -> list[Answer]:
    """One answer per row. Portions are decided side by side: which one a text is in changes nothing about it."""
    portions = [rows[start : start + _PORTION] for start in range(0, len(rows), _PORTION)]
    # A limit that one thread lifts would be lifted for all, so it is set around them.
    with threadpool_limits(limits=1), ThreadPoolExecutor(os.cpu_count()) as pool:
        return [answer for answers in pool.map(partial(_answers, decide_portion), portions) for answer in answers]


def _answers(decide_portion: Decide, rows: Sequence[TextRow]) -> list[Answer]:
    verdicts = decide_portion([(str(row.text_id), PLAIN.clean(row.text).text) for row in rows])
    return [_answer(row, verdict) for row, verdict in zip(rows, verdicts, strict=True)]


def _at_one_speed(classifier: SelectiveClassifier, embedder: Embedder, texts: Sequence[tuple[str, str]]) -> list[Verdict]:
    return decide(classifier, texts, embedder.embed([text for _, text in texts]))


def _at_two_speeds(classifier: TwoSpeedClassifier, embedder: Embedder, texts: Sequence[tuple[str, str]]) -> list[Verdict]:
    return decide_at_two_speeds(classifier, texts, embedder)


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
