"""Two speeds: a static table of words judges every text, and the encoder only those of which the table is least sure.

Here: which texts go on to the encoder, and the proof behind both. The table is in `quick`, what decides in `verdicts`, the one-speed way in
`selective`. The rules that are easy to break: what goes on is settled by the labelled texts alone, never by the texts to be decided, so
that a text's verdict follows from itself; and each example adds to the proof what the tier that answers it says, having left it out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from feedback_loop.analysis.blend import MOST_EXAMPLES, NARROW_INTENTS, LeftOut, Scores
from feedback_loop.analysis.labelled_texts import LabelledText, Lesson, lesson_of
from feedback_loop.analysis.meaning import MeaningModel, train_meaning
from feedback_loop.analysis.quick import QuickModels, train_quick
from feedback_loop.analysis.scope import Scope, learn_scope, with_outsiders
from feedback_loop.analysis.verdicts import Decider, Judged, Promise, Proof, Verdict, learn_decider
from feedback_loop.methods.statistics.calibration import Blend, Flags, Reals, cross_fitted, fit_blend
from feedback_loop.methods.statistics.kernel_ridge import thin_out
from feedback_loop.ports import Embedder

SHARES = tuple(round(0.05 * step, 2) for step in range(1, 13))
"""The shares of texts for the encoder that are tried, the smallest first; if none is enough, it is asked about every text."""

_NOT_STRANGE = -np.inf


@dataclass(frozen=True)
class QuickTier:
    """The table's models, their temperature and scope, and the probability from which on its answer stands."""

    models: QuickModels
    blend: Blend
    scope: Scope
    cutoff: float

    def log_probabilities(self, scores: Scores) -> Reals:
        """Calibrated log-probabilities [n, labels]."""
        return self.blend.log_probabilities(scores.meaning, np.zeros_like(scores.meaning))

    def goes_on(self, scores: Scores) -> Flags:
        """Which texts [n] the encoder is asked about: those of which the table is unsure, and those that are strange to it."""
        judged = Judged.of(self.log_probabilities(scores), self.scope.strangeness(scores))
        flags: Flags = (judged.probabilities.max(axis=1, initial=0) < self.cutoff) | (judged.strangeness >= self.scope.doubt)
        return flags


@dataclass(frozen=True)
class Tiers:
    """The table's tier and the encoder's, whose scores are blended with the table's, and the encoder's scope."""

    quick: QuickTier
    encoded: MeaningModel
    blend: Blend
    scope: Scope

    def judge(self, texts: Sequence[str], embedder: Embedder) -> Judged:
        """What the tier that answers each text says of it; what the table answers is not strange."""
        scores = self.quick.models.scores(texts)
        log_p, strangeness = self.quick.log_probabilities(scores), np.full(len(texts), _NOT_STRANGE)
        rows = np.flatnonzero(self.quick.goes_on(scores))
        if len(rows):
            meaning = self.encoded.of(embedder.embed([texts[int(row)] for row in rows]))
            slow = Scores(meaning.scores, scores.meaning[rows], meaning.nearness)
            log_p[rows] = self.blend.log_probabilities(slow.meaning, slow.wording)
            strangeness[rows] = self.scope.strangeness(slow)
        return Judged.of(log_p, strangeness)


@dataclass(frozen=True)
class TwoSpeedClassifier:
    """Both tiers, what decides by them, and the share of the labelled texts that the encoder would be asked about."""

    tiers: Tiers
    decider: Decider
    encoder_share: float


def train_two_speed(labelled: Sequence[LabelledText], embedder: Embedder, target_precision: float, delta: float) -> TwoSpeedClassifier:
    """Both tiers of the training part, and a threshold for both together where one can be proven; BadInput where nothing can be learnt."""
    promise, lesson = Promise(target_precision, delta), lesson_of(labelled)
    labels, learnt = _learn(lesson, embedder)
    tiers = learnt.tiers()
    outside = tiers.judge(lesson.outside, embedder)
    scope = with_outsiders(tiers.scope, outside.strangeness[np.isfinite(outside.strangeness)])
    inner = learnt.proof(tiers, outside)
    decider = learn_decider(labels, scope, inner, _held_apart(lesson.calibration, labels, tiers, embedder), promise)
    share = tiers.quick.goes_on(learnt.quick.scores).mean() if len(learnt.quick.rows) else 1.0
    return TwoSpeedClassifier(tiers, decider, float(share))


def two_speed_proof(labelled: Sequence[LabelledText], embedder: Embedder) -> Proof:
    """What the tier that answers each labelled text says of it without it: what a threshold of both tiers is proven on."""
    _, learnt = _learn(lesson_of(labelled), embedder)
    tiers = learnt.tiers()
    return learnt.proof(tiers, tiers.judge([], embedder))


def decide_at_two_speeds(classifier: TwoSpeedClassifier, texts: Sequence[tuple[str, str]], embedder: Embedder) -> list[Verdict]:
    """One verdict per (text_id, text), in order; only what the table is unsure of is embedded."""
    return classifier.decider.verdicts(texts, classifier.tiers.judge([text for _, text in texts], embedder))


@dataclass(frozen=True)
class _Learnt:
    """Both models, and what each says of the same examples [n], having left them out."""

    models: QuickModels
    encoded: MeaningModel
    quick: LeftOut
    slow: LeftOut

    def tiers(self) -> Tiers:
        """Both tiers, with the smallest share for the encoder at which they are right as often as the encoder alone."""
        truth = self.slow.truth
        blend = fit_blend(self.slow.scores.meaning, self.slow.scores.wording, truth)
        quick_blend = fit_blend(self.quick.scores.meaning, np.zeros_like(self.quick.scores.meaning), truth)
        all_on = QuickTier(self.models, quick_blend, learn_scope(self.quick), np.inf)
        return Tiers(self._cut(all_on), self.encoded, blend, learn_scope(self.slow))

    def _cut(self, tier: QuickTier) -> QuickTier:
        if not len(self.quick.rows):
            return tier
        quick_is_right, slow_is_right = (log_p.argmax(axis=1) == self.slow.truth for log_p in self._cross_fitted())
        wanted = np.count_nonzero(self.slow.scores.meaning.argmax(axis=1) == self.slow.truth)
        ranked = np.sort(Judged.of(tier.log_probabilities(self.quick.scores), np.zeros(0)).probabilities.max(axis=1))
        for share in SHARES:
            cut = QuickTier(tier.models, tier.blend, tier.scope, float(ranked[int(share * len(ranked))]))
            if np.count_nonzero(np.where(cut.goes_on(self.quick.scores), slow_is_right, quick_is_right)) >= wanted:
                return cut
        return tier

    def proof(self, tiers: Tiers, outside: Judged) -> Proof:
        """What the tier that answers each example says of it, by blends that other examples fitted, and what is said of known outsiders."""
        if not len(self.quick.rows):
            return Proof(outside, np.full(len(outside.strangeness), -1, np.int64))
        goes_on = tiers.quick.goes_on(self.quick.scores)
        quick, slow = self._cross_fitted()
        strangeness = np.where(goes_on, tiers.scope.strangeness(self.slow.scores), _NOT_STRANGE)
        inside = Judged.of(np.where(goes_on[:, None], slow, quick), strangeness)
        truth = np.concatenate([self.slow.truth, np.full(len(outside.strangeness), -1, np.int64)])
        return Proof(inside.beside(outside), truth)

    def _cross_fitted(self) -> tuple[Reals, Reals]:
        quick, slow = self.quick.scores, self.slow.scores
        alone = cross_fitted(quick.meaning, np.zeros_like(quick.meaning), self.slow.truth)
        return alone, cross_fitted(slow.meaning, slow.wording, self.slow.truth)


def _learn(lesson: Lesson, embedder: Embedder) -> tuple[tuple[str, ...], _Learnt]:
    """The labels by column, and both models of the taught texts."""
    texts = [one.text for one in lesson.taught]
    labels, vectors = tuple(sorted({one.label for one in lesson.taught})), embedder.embed(texts)
    truth = np.searchsorted(np.asarray(labels), np.asarray([one.label for one in lesson.taught])).astype(np.int64)
    models, quick = train_quick(texts, vectors, truth, len(labels))
    chosen = thin_out(truth, MOST_EXAMPLES)
    encoded, meaning = train_meaning(vectors[chosen], truth[chosen], len(labels), NARROW_INTENTS.meaning)
    comparable = np.bincount(truth[chosen], minlength=len(labels))[truth[chosen]] > 1
    rows, meaning = chosen[comparable], meaning.at(comparable)
    slow = Scores(meaning.scores, quick.meaning[rows], meaning.nearness)
    own = len(lesson.inside)
    return labels, _Learnt(models, encoded, *(LeftOut(rows, truth[rows], scores).first(own) for scores in (quick.at(rows), slow)))


def _held_apart(calibration: Sequence[LabelledText], labels: tuple[str, ...], tiers: Tiers, embedder: Embedder) -> Proof | None:
    if not calibration:
        return None
    return Proof.of(tiers.judge([one.text for one in calibration], embedder), [one.label for one in calibration], labels)
