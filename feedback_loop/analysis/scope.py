"""Whether a text belongs to any of the known labels at all.

Here: the out-of-scope score, a sum of three z-scores (distance to the nearest examples, highest logit, highest TF-IDF margin) and its
cut. Which label a text in scope gets is in `blend`; what follows from being out of scope is in `selective`. The rule that is easy to
break: the z-scores are standardised on scores of examples that their model had not seen, else everything new looks out of scope.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from feedback_loop.analysis.blend import OutOfFold, Scores
from feedback_loop.methods.statistics.calibration import Reals
from feedback_loop.ports import Vectors

_NEIGHBOURS = 5
_ROWS_AT_ONCE = 1024
_REJECTED_SHARE = 0.01
_OUTSIDER_SHARE = 0.25
_SMALLEST_SPREAD = 1e-6


@dataclass(frozen=True)
class Scope:
    """The examples in scope, how their signals are spread, and the strangeness from which on a text is out of scope."""

    examples: Vectors
    mean: Reals
    spread: Reals
    cut: float
    usual: Reals

    def strangeness(self, vectors: Vectors, scores: Scores) -> Reals:
        """The out-of-scope score [n] of texts: 0 for a usual text in scope, higher for a stranger one."""
        signals = _signals(_nearness(vectors, self.examples, skip_first=False), scores)
        return _strangeness(signals, self.mean, self.spread)

    def confidence(self, strangeness: Reals) -> Reals:
        """The share of examples in scope that are less strange."""
        shares: Reals = np.searchsorted(self.usual, strangeness) / max(1, len(self.usual))
        return shares


def learn_scope(examples: Vectors, held_out: OutOfFold) -> Scope:
    """The scope of the examples, cut where one in a hundred of them would be turned away; nothing is, while fewer than that were scored."""
    if not len(held_out.rows):
        return Scope(examples, np.zeros(3), np.ones(3), float("inf"), np.zeros(0))
    signals = _signals(_nearness(examples[held_out.rows], examples, skip_first=True), held_out.scores)
    mean, spread = signals.mean(axis=0), np.maximum(signals.std(axis=0), _SMALLEST_SPREAD)
    usual = np.sort(_strangeness(signals, mean, spread))
    cut = float(np.quantile(usual, 1 - _REJECTED_SHARE)) if len(usual) * _REJECTED_SHARE >= 1 else float("inf")
    return Scope(examples, mean, spread, cut, usual)


def cut_by_examples(scope: Scope, outside: Reals) -> float:
    """The cut with the fewest mistakes between known outsiders and the examples in scope; the usual one without outsiders.

    Outsiders weigh as if they were a quarter of the texts, however many were collected.
    """
    if not len(outside) or not len(scope.usual):
        return scope.cut
    candidates = np.unique(np.concatenate([outside, scope.usual]))
    missed = np.searchsorted(np.sort(outside), candidates) / len(outside)
    wronged = 1 - np.searchsorted(scope.usual, candidates) / len(scope.usual)
    return float(candidates[np.argmin(_OUTSIDER_SHARE * missed + (1 - _OUTSIDER_SHARE) * wronged)])


def _signals(nearness: Reals, scores: Scores) -> Reals:
    return np.stack([nearness, scores.meaning.max(axis=1), scores.wording.max(axis=1)], axis=1)


def _strangeness(signals: Reals, mean: Reals, spread: Reals) -> Reals:
    summed: Reals = -((signals - mean) / spread).sum(axis=1)
    return summed


def _nearness(vectors: Vectors, examples: Vectors, *, skip_first: bool) -> Reals:
    """Mean cosine to the nearest examples; `skip_first` leaves out the text itself."""
    first = int(skip_first)
    count = min(_NEIGHBOURS + first, len(examples))
    means = [np.zeros(0)]
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        cosines = vectors[start : start + _ROWS_AT_ONCE] @ examples.T
        nearest = -np.sort(-np.partition(cosines, len(examples) - count, axis=1)[:, -count:], axis=1)
        means.append(nearest[:, first:].mean(axis=1) if count > first else np.zeros(len(nearest)))
    return np.concatenate(means).astype(np.float64)
