"""Who decides on a text: the certified threshold, the sets that people are shown, and a verdict with its route and reason.

Not here: where probabilities come from (`selective`, `two_speed`), nor the statistics (`methods/statistics/calibration`). The rule that
is easy to break: the probability that an example adds to the proof comes from models that had left it out, from a blend that other
examples fitted, and from the very tier that would have answered it.
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


class RouteReason(StrEnum):
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
    reason: RouteReason


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


@dataclass(frozen=True)
class Gates:
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
            return Verdict(text_id, OUT_OF_SCOPE, 0.0, (), Route.HUMAN, RouteReason.NO_WORDS)
        shortlist = self._shortlist(judged.probabilities[row])
        asked = Route.LLM if len(shortlist) <= _SHORTLIST else Route.HUMAN
        if judged.strangeness[row] >= self.scope.cut:
            outside = float(self.scope.confidence(judged.strangeness[row : row + 1])[0].round(_DECIMALS))
            return Verdict(text_id, OUT_OF_SCOPE, outside, (OUT_OF_SCOPE, *shortlist), asked, RouteReason.OUT_OF_SCOPE)
        if judged.strangeness[row] >= self.scope.doubt:
            return Verdict(text_id, shortlist[0], confidence, (*shortlist, OUT_OF_SCOPE), asked, RouteReason.OUT_OF_SCOPE)
        if self.threshold is None:
            return Verdict(text_id, shortlist[0], confidence, shortlist, asked, RouteReason.TARGET_NOT_CERTIFIED)
        if confidence >= self.threshold:
            return Verdict(text_id, shortlist[0], confidence, shortlist, Route.AUTOMATIC, RouteReason.CERTIFIED)
        return Verdict(text_id, shortlist[0], confidence, shortlist, asked, RouteReason.BELOW_THRESHOLD)

    def _shortlist(self, probabilities: Reals) -> tuple[str, ...]:
        """The labels that the truth may be, the likeliest first; never none."""
        likeliest = int(probabilities.argmax())
        if np.count_nonzero(probabilities >= self.set_cutoff) <= 1:
            return (self.labels[likeliest],)
        ranked = np.argsort(-probabilities, kind="stable")
        return tuple(self.labels[i] for i in ranked if probabilities[i] >= self.set_cutoff)


def learn_gates(labels: tuple[str, ...], scope: Scope, inner: Proof, held_apart: Proof | None, promise: Promise) -> Gates:
    """The gates whose confidence the examples of the training part calibrate, and which those held apart prove, or else the same ones."""
    gates = Gates(labels, scope, _certainty(inner), None, 0.0)
    return _certified(gates, held_apart or inner, promise)


def _certainty(proof: Proof) -> Certainty:
    """How often the likeliest label of a text in scope is right."""
    inside = proof.truth >= 0
    probabilities = proof.judged.probabilities[inside]
    return fit_certainty(probabilities.max(axis=1, initial=0), probabilities.argmax(axis=1) == proof.truth[inside])


def _certified(gates: Gates, proof: Proof, promise: Promise) -> Gates:
    probabilities = proof.judged.probabilities
    if not len(probabilities):
        return gates
    accepted = proof.judged.strangeness < gates.scope.doubt
    is_correct = probabilities.argmax(axis=1) == proof.truth
    confidence = gates.confidence(proof.judged)
    threshold = selective_threshold(confidence[accepted], is_correct[accepted], promise.target_precision, promise.delta)
    known = np.flatnonzero(proof.truth >= 0)
    cutoff = conformal_cutoff(probabilities[known, proof.truth[known]], _SET_COVERAGE)
    return Gates(gates.labels, gates.scope, gates.certainty, threshold, cutoff)
