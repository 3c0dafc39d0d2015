"""A classifier for a user's own labels that decides alone only where it keeps a promised precision.

Here: what proves the threshold, and a verdict with a route for each text. Training itself is in `blend`, the statistics are in
`methods/statistics/calibration`, what is out of scope is in `scope`. The rule that is easy to break: the probability that an example adds
to the proof comes from models that had left it out and from a blend that other examples fitted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np

from feedback_loop.analysis.blend import NARROW_INTENTS, BlendClassifier, LeftOut, Scores, train
from feedback_loop.analysis.classify import has_words
from feedback_loop.analysis.scope import Scope, learn_scope, with_outsiders
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.routes import Route
from feedback_loop.errors import BadInput
from feedback_loop.methods.statistics.calibration import (
    Certainty,
    Indices,
    Reals,
    conformal_cutoff,
    cross_fitted,
    fit_certainty,
    selective_threshold,
)
from feedback_loop.ports import Embedder, Vectors

OUT_OF_SCOPE = "out_of_scope"
_SET_COVERAGE = 0.95
_SHORTLIST = 5
_FEW = 20
_SEPARATORS = re.compile(r"[_\-./:]+")
_DECIMALS = 6


class Split(StrEnum):
    """What a labelled text is used for."""

    TRAIN = "train"
    CALIBRATION = "calibration"


class RouteReason(StrEnum):
    """Why the route was chosen."""

    CERTIFIED = "certified"
    BELOW_THRESHOLD = "below_threshold"
    TARGET_NOT_CERTIFIED = "target_not_certified"
    OUT_OF_SCOPE = "out_of_scope"
    NO_WORDS = "no_words"


@dataclass(frozen=True)
class LabelledText:
    """One text that a person labelled; without a split it is trained on."""

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
    """A trained classifier, its scope, how sure it may be, and the threshold that was certified, None where none could be."""

    blend: BlendClassifier
    scope: Scope
    certainty: Certainty
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
    labelled texts, as long as these and the texts come from the same stream.
    """
    classifier = train_selective(labelled, embedder, target_precision, delta)
    return decide(classifier, texts, embedder.embed([text for _, text in texts]))


def train_selective(labelled: Sequence[LabelledText], embedder: Embedder, target_precision: float, delta: float) -> SelectiveClassifier:
    """The classifier of the training part, with a certified threshold where one can be proven; BadInput where nothing can be learnt.

    A calibration part that the texts bring proves it; without one the left-out scores of all texts do.
    """
    _require_shares(target_precision, delta)
    parts = _parts([one for one in labelled if has_words(one.text)])
    inside = [one for one in parts[Split.TRAIN] if one.label != OUT_OF_SCOPE]
    if not inside:
        raise BadInput(f"no text with words and a label other than '{OUT_OF_SCOPE}' to train on. Add labelled rows to the training file.")
    taught = inside + _names_of_rare(inside)
    texts = [one.text for one in taught]
    blend, left_out = train(texts, embedder.embed(texts), [one.label for one in taught], NARROW_INTENTS)
    left_out = left_out.first(len(inside))
    outsiders = _scores_of([one for one in parts[Split.TRAIN] if one.label == OUT_OF_SCOPE], blend, embedder)
    scope = learn_scope(left_out)
    scope = with_outsiders(scope, scope.strangeness(outsiders))
    inner = _left_out(left_out, outsiders, blend)
    classifier = SelectiveClassifier(blend, scope, _certainty(inner), None, 0.0)
    return _certified(classifier, _held_apart(parts[Split.CALIBRATION], blend, embedder) or inner, target_precision, delta)


def _parts(labelled: Sequence[LabelledText]) -> dict[Split, list[LabelledText]]:
    """Both parts, in an order that does not depend on the file's; what brings no split is trained on."""
    ordered = sorted(labelled, key=lambda one: content_hash(f"{one.label}\n{one.text}"))
    return {part: [one for one in ordered if (one.split or Split.TRAIN) is part] for part in Split}


def _names_of_rare(labelled: Sequence[LabelledText]) -> list[LabelledText]:
    """The name of each label that has few examples, as one more example of it: names mean something more often than not."""
    counts = Counter(one.label for one in labelled)
    return [
        LabelledText(_SEPARATORS.sub(" ", label), label) for label, count in sorted(counts.items()) if count < _FEW and has_words(label)
    ]


def _scores_of(labelled: Sequence[LabelledText], blend: BlendClassifier, embedder: Embedder) -> Scores:
    texts = [one.text for one in labelled]
    return blend.models.scores(texts, embedder.embed(texts) if texts else np.zeros((0, 0), np.float32))


@dataclass(frozen=True)
class _Proof:
    """Probabilities [n, labels] of texts that they had no part in, their scores, and the truth's column, -1 for none."""

    probabilities: Reals
    scores: Scores
    truth: Indices


def _held_apart(calibration: Sequence[LabelledText], blend: BlendClassifier, embedder: Embedder) -> _Proof | None:
    if not calibration:
        return None
    scores = _scores_of(calibration, blend, embedder)
    truth = [blend.labels.index(one.label) if one.label in blend.labels else -1 for one in calibration]
    return _Proof(np.exp(blend.blend.log_probabilities(scores.meaning, scores.wording)), scores, np.asarray(truth, np.int64))


def _left_out(left_out: LeftOut, outsiders: Scores, blend: BlendClassifier) -> _Proof:
    inside = np.exp(cross_fitted(left_out.scores.meaning, left_out.scores.wording, left_out.truth))
    outside = np.exp(blend.blend.log_probabilities(outsiders.meaning, outsiders.wording))
    nowhere = np.full(len(outside), -1, np.int64)
    return _Proof(np.concatenate([inside, outside]), left_out.scores.beside(outsiders), np.concatenate([left_out.truth, nowhere]))


def decide(classifier: SelectiveClassifier, texts: Sequence[tuple[str, str]], vectors: Vectors) -> list[Verdict]:
    """One verdict per (text_id, text) with its vector [n, d]."""
    judged = _judge(classifier, [text for _, text in texts], vectors)
    return [_verdict(classifier, judged, row, text_id, text) for row, (text_id, text) in enumerate(texts)]


@dataclass(frozen=True)
class _Judged:
    """Probabilities [n, labels], confidence [n] in the likeliest label and strangeness [n] of texts."""

    probabilities: Reals
    confidence: Reals
    strangeness: Reals


def _judge(classifier: SelectiveClassifier, texts: Sequence[str], vectors: Vectors) -> _Judged:
    scores = classifier.blend.models.scores(texts, vectors)
    log_p = classifier.blend.blend.log_probabilities(scores.meaning, scores.wording)
    probabilities = np.exp(log_p).round(_DECIMALS)
    confidence = classifier.certainty.of(probabilities.max(axis=1)).round(_DECIMALS)
    return _Judged(probabilities, confidence, classifier.scope.strangeness(scores).round(_DECIMALS))


def _certainty(proof: _Proof) -> Certainty:
    """How often the likeliest label of a text in scope is right."""
    inside = proof.truth >= 0
    best = proof.probabilities[inside].max(axis=1, initial=0)
    return fit_certainty(best, proof.probabilities[inside].argmax(axis=1) == proof.truth[inside])


def _certified(classifier: SelectiveClassifier, proof: _Proof, target_precision: float, delta: float) -> SelectiveClassifier:
    probabilities = proof.probabilities.round(_DECIMALS)
    if not len(probabilities):
        return classifier
    accepted = classifier.scope.strangeness(proof.scores).round(_DECIMALS) < classifier.scope.doubt
    confidence = classifier.certainty.of(probabilities.max(axis=1)).round(_DECIMALS)
    is_correct = probabilities.argmax(axis=1) == proof.truth
    threshold = selective_threshold(confidence[accepted], is_correct[accepted], target_precision, delta)
    known = np.flatnonzero(proof.truth >= 0)
    return replace(classifier, threshold=threshold, set_cutoff=conformal_cutoff(probabilities[known, proof.truth[known]], _SET_COVERAGE))


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
    label, confidence = classifier.blend.labels[ranked[0]], float(judged.confidence[row])
    if judged.strangeness[row] >= classifier.scope.doubt:
        return Verdict(text_id, label, confidence, (*shortlist, OUT_OF_SCOPE), asked, RouteReason.OUT_OF_SCOPE)
    if classifier.threshold is None:
        return Verdict(text_id, label, confidence, shortlist, asked, RouteReason.TARGET_NOT_CERTIFIED)
    if confidence >= classifier.threshold:
        return Verdict(text_id, label, confidence, shortlist, Route.AUTOMATIC, RouteReason.CERTIFIED)
    return Verdict(text_id, label, confidence, shortlist, asked, RouteReason.BELOW_THRESHOLD)


def _require_shares(target_precision: float, delta: float) -> None:
    for name, value in (("target precision", target_precision), ("delta", delta)):
        if not 0 < value < 1:
            raise BadInput(f"the {name} is {value}. Choose a number between 0 and 1, both excluded.")
