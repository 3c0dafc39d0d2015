"""A classifier for a user's own labels that decides alone only where it keeps a promised precision.

Here: the split, training, the certified threshold, and a verdict with a route for each text. Training itself is in `blend`, the statistics
are in `methods/statistics/calibration`, what is out of scope is in `scope`. The rule that is easy to break: blend and temperature are
fitted on the training part, the threshold on the calibration part, and neither looks at the other.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from feedback_loop.analysis.blend import NARROW_INTENTS, BlendClassifier, train
from feedback_loop.analysis.classify import has_words
from feedback_loop.analysis.scope import Scope, cut_by_examples, learn_scope
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.errors import BadInput
from feedback_loop.methods.statistics.calibration import Reals, conformal_cutoff, error_upper_bound, selective_threshold
from feedback_loop.ports import Embedder, Vectors

OUT_OF_SCOPE = "out_of_scope"
_CALIBRATION_SHARE = 0.3
_SET_COVERAGE = 0.95
_SHORTLIST = 5
_FEW = 20
_SEPARATORS = re.compile(r"[_\-./:]+")
_DECIMALS = 6


class Split(StrEnum):
    """What a labelled text is used for."""

    TRAIN = "train"
    CALIBRATION = "calibration"


class Route(StrEnum):
    """Who decides."""

    AUTOMATIC = "automatic"
    LLM = "llm"
    HUMAN = "human"


class RouteReason(StrEnum):
    """Why the route was chosen."""

    CERTIFIED = "certified"
    BELOW_THRESHOLD = "below_threshold"
    TARGET_NOT_CERTIFIED = "target_not_certified"
    OUT_OF_SCOPE = "out_of_scope"
    NO_WORDS = "no_words"


@dataclass(frozen=True)
class LabelledText:
    """One text that a person labelled; without a split one is made."""

    text: str
    label: str
    split: Split | None = None


@dataclass(frozen=True)
class Verdict:
    """What was decided on one text; the likeliest label comes first in the prediction set."""

    text_id: str
    label: str
    confidence: float
    prediction_set: tuple[str, ...]
    route: Route
    reason: RouteReason


@dataclass(frozen=True)
class SelectiveClassifier:
    """A trained classifier, its scope, and the threshold that was certified, None where none could be."""

    blend: BlendClassifier
    scope: Scope
    threshold: float | None
    set_cutoff: float


def decide_texts(
    labelled: Sequence[LabelledText],
    texts: Sequence[tuple[str, str]],
    embedder: Embedder,
    target_precision: float = 0.98,
    delta: float = 0.1,
) -> list[Verdict]:
    """One verdict per (text_id, text), in order, by a classifier trained on the labelled texts.

    Of the texts routed `automatic`, at least the target precision is right, wrong with probability `delta` at most over the draw of the
    calibration part, as long as texts and calibration part come from the same stream.
    """
    classifier = train_selective(labelled, embedder, target_precision, delta)
    return decide(classifier, texts, embedder.embed([text for _, text in texts]))


def train_selective(labelled: Sequence[LabelledText], embedder: Embedder, target_precision: float, delta: float) -> SelectiveClassifier:
    """The classifier of the training part, its threshold certified on the calibration part; BadInput where none can be learnt."""
    _require_shares(target_precision, delta)
    parts = split_labelled([one for one in labelled if has_words(one.text)], target_precision, delta)
    inside = [one for one in parts[Split.TRAIN] if one.label != OUT_OF_SCOPE]
    if not inside:
        raise BadInput(f"no text with words and a label other than '{OUT_OF_SCOPE}' to train on. Add labelled rows to the training file.")
    inside += _names_of_rare(inside)
    texts = [one.text for one in inside]
    vectors = embedder.embed(texts)
    blend, held_out = train(texts, vectors, [one.label for one in inside], NARROW_INTENTS)
    scope = _with_outsiders(
        learn_scope(vectors, held_out), blend, [one for one in parts[Split.TRAIN] if one.label == OUT_OF_SCOPE], embedder
    )
    return _certified(SelectiveClassifier(blend, scope, None, 0.0), parts[Split.CALIBRATION], embedder, target_precision, delta)


def split_labelled(labelled: Sequence[LabelledText], target_precision: float, delta: float) -> dict[Split, list[LabelledText]]:
    """Both parts; a split that the texts bring is honoured, otherwise each label gives a fixed share, chosen by content alone.

    Where that share could not certify the target even without an error, all texts are trained on and none is kept.
    """
    if any(one.split for one in labelled):
        return {part: [one for one in labelled if (one.split or Split.TRAIN) is part] for part in Split}
    by_label: dict[str, list[LabelledText]] = defaultdict(list)
    for one in sorted(labelled, key=lambda one: content_hash(f"{one.label}\n{one.text}")):
        by_label[one.label].append(one)
    kept = {label: int(len(group) * _CALIBRATION_SHARE) for label, group in by_label.items()}
    if error_upper_bound(0, sum(kept.values()), delta) > 1 - target_precision:
        kept = dict.fromkeys(kept, 0)
    return {
        Split.TRAIN: [one for label, group in by_label.items() for one in group[kept[label] :]],
        Split.CALIBRATION: [one for label, group in by_label.items() for one in group[: kept[label]]],
    }


def _names_of_rare(labelled: Sequence[LabelledText]) -> list[LabelledText]:
    """The name of each label that has few examples, as one more example of it: names mean something more often than not."""
    counts = Counter(one.label for one in labelled)
    return [
        LabelledText(_SEPARATORS.sub(" ", label), label) for label, count in sorted(counts.items()) if count < _FEW and has_words(label)
    ]


def decide(classifier: SelectiveClassifier, texts: Sequence[tuple[str, str]], vectors: Vectors) -> list[Verdict]:
    """One verdict per (text_id, text) with its vector [n, d]."""
    judged = _judge(classifier, [text for _, text in texts], vectors)
    return [_verdict(classifier, judged, row, text_id, text) for row, (text_id, text) in enumerate(texts)]


@dataclass(frozen=True)
class _Judged:
    """Probabilities [n, labels] and strangeness [n] of texts."""

    probabilities: Reals
    strangeness: Reals


def _judge(classifier: SelectiveClassifier, texts: Sequence[str], vectors: Vectors) -> _Judged:
    if not texts:
        return _Judged(np.zeros((0, len(classifier.blend.labels))), np.zeros(0))
    scores = classifier.blend.models.scores(texts, vectors)
    log_p = classifier.blend.blend.log_probabilities(scores.meaning, scores.wording)
    return _Judged(np.exp(log_p).round(_DECIMALS), classifier.scope.strangeness(vectors, scores).round(_DECIMALS))


def _with_outsiders(scope: Scope, blend: BlendClassifier, outsiders: Sequence[LabelledText], embedder: Embedder) -> Scope:
    if not outsiders:
        return scope
    texts = [one.text for one in outsiders]
    vectors = embedder.embed(texts)
    return replace(scope, cut=cut_by_examples(scope, scope.strangeness(vectors, blend.models.scores(texts, vectors))))


def _certified(
    classifier: SelectiveClassifier, calibration: Sequence[LabelledText], embedder: Embedder, target_precision: float, delta: float
) -> SelectiveClassifier:
    texts = [one.text for one in calibration]
    if not texts:
        return classifier
    judged = _judge(classifier, texts, embedder.embed(texts))
    labels = classifier.blend.labels
    truth = np.asarray([labels.index(one.label) if one.label in labels else -1 for one in calibration])
    accepted = judged.strangeness < classifier.scope.cut
    confidence, is_correct = judged.probabilities.max(axis=1), judged.probabilities.argmax(axis=1) == truth
    threshold = selective_threshold(confidence[accepted], is_correct[accepted], target_precision, delta)
    known = np.flatnonzero(truth >= 0)
    return replace(classifier, threshold=threshold, set_cutoff=conformal_cutoff(judged.probabilities[known, truth[known]], _SET_COVERAGE))


def _verdict(classifier: SelectiveClassifier, judged: _Judged, row: int, text_id: str, text: str) -> Verdict:
    if not has_words(text):
        return Verdict(text_id, OUT_OF_SCOPE, 0.0, (), Route.HUMAN, RouteReason.NO_WORDS)
    probabilities = judged.probabilities[row]
    ranked = np.argsort(-probabilities, kind="stable")
    names = [classifier.blend.labels[i] for i in ranked if probabilities[i] >= classifier.set_cutoff]
    shortlist = tuple(names) or (classifier.blend.labels[ranked[0]],)
    asked = Route.LLM if len(shortlist) <= _SHORTLIST else Route.HUMAN
    if judged.strangeness[row] >= classifier.scope.cut:
        confidence = float(classifier.scope.confidence(judged.strangeness[row : row + 1])[0].round(_DECIMALS))
        return Verdict(text_id, OUT_OF_SCOPE, confidence, (OUT_OF_SCOPE, *shortlist), asked, RouteReason.OUT_OF_SCOPE)
    label, confidence = classifier.blend.labels[ranked[0]], float(probabilities[ranked[0]])
    if classifier.threshold is None:
        return Verdict(text_id, label, confidence, shortlist, asked, RouteReason.TARGET_NOT_CERTIFIED)
    if confidence >= classifier.threshold:
        return Verdict(text_id, label, confidence, shortlist, Route.AUTOMATIC, RouteReason.CERTIFIED)
    return Verdict(text_id, label, confidence, shortlist, asked, RouteReason.BELOW_THRESHOLD)


def _require_shares(target_precision: float, delta: float) -> None:
    for name, value in (("target precision", target_precision), ("delta", delta)):
        if not 0 < value < 1:
            raise BadInput(f"the {name} is {value}. Choose a number between 0 and 1, both excluded.")
