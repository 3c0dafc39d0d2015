"""Who decides on a text: the certified threshold, the sets that people are shown, and a verdict with its route and reason.

For a user's own labels, in `try classify`. Not here: where probabilities come from (`selective`, `two_speed`), the statistics
(`methods/statistics/calibration`), nor who decides about a fragment of the pipeline (`automatic_gates`, `routes`). The rule that is easy to
break: the probability that an example adds to the proof comes from models that had left it out, from a blend that other examples fitted,
and from the very tier that would have answered it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from feedback_loop.analysis.classify import has_words
from feedback_loop.analysis.labelled_texts import OUT_OF_SCOPE
from feedback_loop.analysis.scope import Scope
from feedback_loop.contracts.routes import Route
from feedback_loop.errors import BadInput
from feedback_loop.methods.statistics.calibration import (
    Certainty,
    Indices,
    Reals,
    conformal_cutoff,
    fit_certainty,
    selective_threshold,
)

_SET_COVERAGE = 0.95
_SHORTLIST = 5
_DECIMALS = 6


class VerdictReason(StrEnum):
    """Why the route was chosen."""

    CERTIFIED = "certified"
    BELOW_THRESHOLD = "below_threshold"
    TARGET_NOT_CERTIFIED = "target_not_certified"
    OUT_OF_SCOPE = "out_of_scope"
    NO_WORDS = "no_words"


@dataclass(frozen=True)
class Verdict:
    """What was decided on one text; the likeliest label comes first in the prediction set."""

    text_id: str
    label: str
    confidence: float
    prediction_set: tuple[str, ...]
    route: Route
    reason: VerdictReason


@dataclass(frozen=True)
class Promise:
    """The precision that automatic decisions reach, wrong with probability `delta` at most."""

    target_precision: float
    delta: float

    def __post_init__(self) -> None:
        """Raises BadInput where one of them is no share."""
        for name, value in (("target precision", self.target_precision), ("delta", self.delta)):
            if not 0 < value < 1:
                raise BadInput(f"the {name} is {value}. Choose a number between 0 and 1, both excluded.")


@dataclass(frozen=True)
class Judged:
    """Probabilities [n, labels] and strangeness [n] of texts, rounded, so that what the last bits say decides nothing."""

    probabilities: Reals
    strangeness: Reals

    @classmethod
    def of(cls, log_probabilities: Reals, strangeness: Reals) -> Judged:
        """The same numbers, rounded."""
        return cls(np.exp(log_probabilities).round(_DECIMALS), strangeness.round(_DECIMALS))

    def beside(self, other: Judged) -> Judged:
        """These texts, then the others."""
        both = np.concatenate([self.probabilities, other.probabilities])
        return Judged(both, np.concatenate([self.strangeness, other.strangeness]))


@dataclass(frozen=True)
class Proof:
    """What was judged of texts that had no part in it, and the truth's column, -1 for none."""

    judged: Judged
    truth: Indices

    @classmethod
    def of(cls, judged: Judged, truth: Sequence[str], labels: tuple[str, ...]) -> Proof:
        """That of texts with their true labels, some of which nobody learnt."""
        columns = {label: column for column, label in enumerate(labels)}
        return cls(judged, np.asarray([columns.get(label, -1) for label in truth], np.int64))


@dataclass(frozen=True)
class Decider:
    """The labels by column, the scope, how sure a label may be, and the threshold that was certified, None where none could be."""

    labels: tuple[str, ...]
    scope: Scope
    certainty: Certainty
    threshold: float | None
    set_cutoff: float

    def confidence(self, judged: Judged) -> Reals:
        """The calibrated confidence [n] in the likeliest label."""
        confidence: Reals = self.certainty.of(judged.probabilities.max(axis=1, initial=0)).round(_DECIMALS)
        return confidence

    def verdicts(self, texts: Sequence[tuple[str, str]], judged: Judged) -> list[Verdict]:
        """One verdict per (text_id, text), in order."""
        confidence = self.confidence(judged)
        return [self._verdict(judged, float(confidence[row]), row, text_id, text) for row, (text_id, text) in enumerate(texts)]

    def _verdict(self, judged: Judged, confidence: float, row: int, text_id: str, text: str) -> Verdict:
        if not has_words(text):
            return Verdict(text_id, OUT_OF_SCOPE, 0.0, (), Route.HUMAN, VerdictReason.NO_WORDS)
        shortlist = self._shortlist(judged.probabilities[row])
        asked = Route.LLM if len(shortlist) <= _SHORTLIST else Route.HUMAN
        if judged.strangeness[row] >= self.scope.cut:
            outside = float(self.scope.confidence(judged.strangeness[row : row + 1])[0].round(_DECIMALS))
            return Verdict(text_id, OUT_OF_SCOPE, outside, (OUT_OF_SCOPE, *shortlist), asked, VerdictReason.OUT_OF_SCOPE)
        if judged.strangeness[row] >= self.scope.doubt:
            return Verdict(text_id, shortlist[0], confidence, (*shortlist, OUT_OF_SCOPE), asked, VerdictReason.OUT_OF_SCOPE)
        if self.threshold is None:
            return Verdict(text_id, shortlist[0], confidence, shortlist, asked, VerdictReason.TARGET_NOT_CERTIFIED)
        if confidence >= self.threshold:
            return Verdict(text_id, shortlist[0], confidence, shortlist, Route.AUTOMATIC, VerdictReason.CERTIFIED)
        return Verdict(text_id, shortlist[0], confidence, shortlist, asked, VerdictReason.BELOW_THRESHOLD)

    def _shortlist(self, probabilities: Reals) -> tuple[str, ...]:
        """The labels that the truth may be, the likeliest first; never none."""
        likeliest = int(probabilities.argmax())
        if np.count_nonzero(probabilities >= self.set_cutoff) <= 1:
            return (self.labels[likeliest],)
        ranked = np.argsort(-probabilities, kind="stable")
        return tuple(self.labels[i] for i in ranked if probabilities[i] >= self.set_cutoff)


def learn_decider(labels: tuple[str, ...], scope: Scope, inner: Proof, held_apart: Proof | None, promise: Promise) -> Decider:
    """What decides: its confidence is calibrated by the examples of the training part, and proven by those held apart, or else by these."""
    decider = Decider(labels, scope, _certainty(inner), None, 0.0)
    return _certified(decider, held_apart or inner, promise)


def _certainty(proof: Proof) -> Certainty:
    """How often the likeliest label of a text in scope is right."""
    inside = proof.truth >= 0
    probabilities = proof.judged.probabilities[inside]
    return fit_certainty(probabilities.max(axis=1, initial=0), probabilities.argmax(axis=1) == proof.truth[inside])


def _certified(decider: Decider, proof: Proof, promise: Promise) -> Decider:
    probabilities = proof.judged.probabilities
    if not len(probabilities):
        return decider
    accepted = proof.judged.strangeness < decider.scope.doubt
    is_correct = probabilities.argmax(axis=1) == proof.truth
    confidence = decider.confidence(proof.judged)
    threshold = selective_threshold(confidence[accepted], is_correct[accepted], promise.target_precision, promise.delta)
    known = np.flatnonzero(proof.truth >= 0)
    cutoff = conformal_cutoff(probabilities[known, proof.truth[known]], _SET_COVERAGE)
    return Decider(decider.labels, decider.scope, decider.certainty, threshold, cutoff)
