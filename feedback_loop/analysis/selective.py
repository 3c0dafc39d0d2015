"""A classifier for a user's own labels that decides alone only where it keeps a promised precision.

Here: how its models, its scope and its proof are put together. Training itself is in `blend`, what decides is in `verdicts`, what is out of
scope is in `scope`, the faster way is in `two_speed`. The rule that is easy to break: the probability that an example adds to the proof
comes from models that had left it out and from a blend that other examples fitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from feedback_loop.analysis.blend import NARROW_INTENTS, BlendClassifier, LeftOut, Scores, train
from feedback_loop.analysis.labelled_texts import LabelledText, lesson_of
from feedback_loop.analysis.scope import Scope, learn_scope, with_outsiders
from feedback_loop.analysis.verdicts import Decider, Judged, Promise, Proof, Verdict, learn_decider
from feedback_loop.methods.statistics.calibration import cross_fitted
from feedback_loop.ports import Embedder, Vectors


@dataclass(frozen=True)
class SelectiveClassifier:
    """A trained classifier and what decides by it."""

    blend: BlendClassifier
    decider: Decider

    @property
    def threshold(self) -> float | None:
        """The confidence from which on it decides alone; None where none could be certified."""
        return self.decider.threshold


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
    promise = Promise(target_precision, delta)
    lesson = lesson_of(labelled)
    texts = [one.text for one in lesson.taught]
    blend, left_out = train(texts, embedder.embed(texts), [one.label for one in lesson.taught], NARROW_INTENTS)
    left_out = left_out.first(len(lesson.inside))
    outsiders = _scores_of(lesson.outside, blend, embedder)
    scope = learn_scope(left_out)
    scope = with_outsiders(scope, scope.strangeness(outsiders))
    inner = _left_out(left_out, outsiders, blend, scope)
    held_apart = _held_apart(lesson.calibration, blend, scope, embedder)
    return SelectiveClassifier(blend, learn_decider(blend.labels, scope, inner, held_apart, promise))


def _scores_of(texts: Sequence[str], blend: BlendClassifier, embedder: Embedder) -> Scores:
    return blend.models.scores(texts, embedder.embed(texts) if texts else np.zeros((0, 0), np.float32))


def _held_apart(calibration: Sequence[LabelledText], blend: BlendClassifier, scope: Scope, embedder: Embedder) -> Proof | None:
    if not calibration:
        return None
    judged = _judged(_scores_of([one.text for one in calibration], blend, embedder), blend, scope)
    return Proof.of(judged, [one.label for one in calibration], blend.labels)


def _left_out(left_out: LeftOut, outsiders: Scores, blend: BlendClassifier, scope: Scope) -> Proof:
    inside = cross_fitted(left_out.scores.meaning, left_out.scores.wording, left_out.truth)
    outside = blend.blend.log_probabilities(outsiders.meaning, outsiders.wording)
    strangeness = scope.strangeness(left_out.scores.beside(outsiders))
    nowhere = np.full(len(outside), -1, np.int64)
    return Proof(Judged.of(np.concatenate([inside, outside]), strangeness), np.concatenate([left_out.truth, nowhere]))


def decide(classifier: SelectiveClassifier, texts: Sequence[tuple[str, str]], vectors: Vectors) -> list[Verdict]:
    """One verdict per (text_id, text) with its vector [n, d]."""
    scores = classifier.blend.models.scores([text for _, text in texts], vectors)
    return classifier.decider.verdicts(texts, _judged(scores, classifier.blend, classifier.decider.scope))


def _judged(scores: Scores, blend: BlendClassifier, scope: Scope) -> Judged:
    return Judged.of(blend.blend.log_probabilities(scores.meaning, scores.wording), scope.strangeness(scores))
