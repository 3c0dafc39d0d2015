"""Whether a text belongs to any of the known labels at all.

Here: the out-of-scope score, a sum of three z-scores (nearness to examples, highest score by meaning, highest by wording), and its two
cuts. Which label a text in scope gets is in `blend`; what follows from being out of scope is in `selective`. The rule that is easy to
break: the z-scores are standardised on scores of examples that were left out of training, else everything new looks out of scope.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace

import numpy as np

from feedback_loop.analysis.blend import LeftOut, Scores
from feedback_loop.methods.statistics.calibration import Reals
from feedback_loop.methods.statistics.share_bounds import upper_bound

_DOUBTED_SHARE = 0.025
_DELTA = 0.1
_OUTSIDER_SHARE = 0.25
_SMALLEST_SPREAD = 1e-6


@dataclass(frozen=True)
class Scope:
    """How the signals of texts in scope are spread, and from which strangeness on a text is doubted, and called out of scope.

    At most one in forty examples is doubted, which costs a question: new texts are stranger than examples, many of which come from few
    writers, and about one in twenty of them is to be. Being called out of scope costs a text its label: none is while no outsider is known.
    """

    mean: Reals
    spread: Reals
    doubt: float
    cut: float
    usual: Reals

    def strangeness(self, scores: Scores) -> Reals:
        """The out-of-scope score [n] of texts: 0 for a usual text in scope, higher for a stranger one."""
        return _strangeness(_signals(scores), self.mean, self.spread)

    def confidence(self, strangeness: Reals) -> Reals:
        """The share of examples in scope that are less strange."""
        shares: Reals = np.searchsorted(self.usual, strangeness) / max(1, len(self.usual))
        return shares


def learn_scope(left_out: LeftOut) -> Scope:
    """The scope of the examples; nothing is doubted while they are too few to tell."""
    if not len(left_out.rows):
        return Scope(np.zeros(3), np.ones(3), float("inf"), float("inf"), np.zeros(0))
    signals = _signals(left_out.scores)
    mean, spread = signals.mean(axis=0), np.maximum(signals.std(axis=0), _SMALLEST_SPREAD)
    usual = np.sort(_strangeness(signals, mean, spread))
    return Scope(mean, spread, _doubt(usual), float("inf"), usual)


def with_outsiders(scope: Scope, outside: Reals) -> Scope:
    """The same scope, cut with the fewest mistakes between the strangeness of known outsiders and of the examples in scope.

    Outsiders weigh as if they were a quarter of the texts, however many were collected.
    """
    if not len(outside) or not len(scope.usual):
        return scope
    candidates = np.unique(np.concatenate([outside, scope.usual]))
    missed = np.searchsorted(np.sort(outside), candidates) / len(outside)
    wronged = 1 - np.searchsorted(scope.usual, candidates) / len(scope.usual)
    cut = float(candidates[np.argmin(_OUTSIDER_SHARE * missed + (1 - _OUTSIDER_SHARE) * wronged)])
    cut = cut if scope.doubt == float("inf") else max(cut, scope.doubt)
    return replace(scope, cut=cut, doubt=min(cut, scope.doubt))


def _doubt(usual: Reals) -> float:
    """The least strangeness that at most the doubted share of texts in scope reaches, but for a chance of `_DELTA`."""
    count = len(usual)
    bearable = bisect_right(range(count), _DOUBTED_SHARE, key=lambda doubted: upper_bound(doubted, count, _DELTA)) - 1
    if bearable < 0:
        return float("inf")
    return float(np.nextafter(usual[-1], np.inf)) if not bearable else float(usual[count - bearable])


def _signals(scores: Scores) -> Reals:
    return np.stack([scores.nearness, scores.meaning.max(axis=1), scores.wording.max(axis=1)], axis=1)


def _strangeness(signals: Reals, mean: Reals, spread: Reals) -> Reals:
    summed: Reals = -((signals - mean) / spread).sum(axis=1)
    return summed
