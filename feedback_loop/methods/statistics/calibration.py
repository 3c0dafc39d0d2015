"""Probabilities that mean what they say, and thresholds that keep a promise.

Here: how two models' scores are blended into calibrated probabilities, how far stated confidence is from the truth, and the confidence
above which a target precision holds. Which models are blended is in `analysis/blend`. The rule that is easy to break: data that fitted
the blend must not choose the threshold as well, or the promise fails about half of the time.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import log_softmax
from scipy.stats import beta

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]

_PRIOR_BLEND = (1.0, 2.0)
_PRIOR_STRENGTH = 4.0
_HIGHEST_WEIGHT = 20.0
_FIRST_SHARE = 0.3
_STEP_SHARE = 0.01
_SPARE_ERRORS = 2


@dataclass(frozen=True)
class Blend:
    """Weights of two models' scores in one log-probability; both together are its inverse temperature."""

    first: float
    second: float

    def log_probabilities(self, first: Reals, second: Reals) -> Reals:
        """Log-probabilities [n, k] of the two scores [n, k]."""
        blended: Reals = log_softmax(self.first * first + self.second * second, axis=1)
        return blended


def fit_blend(first: Reals, second: Reals, truth: Indices) -> Blend:
    """The blend with the least log-loss on scores [n, k] of examples that neither model was trained on.

    A weak pull towards a usual blend decides where the examples are few; without any, it is that blend. The loss is convex, so there is
    one answer (temperature scaling after Guo et al. 2017, with one temperature per model).
    """
    if not len(truth):
        return Blend(*_PRIOR_BLEND)
    rows = np.arange(len(truth))
    prior = np.asarray(_PRIOR_BLEND)

    def loss(weights: Reals) -> float:
        log_p = log_softmax(weights[0] * first + weights[1] * second, axis=1)
        return float(-log_p[rows, truth].sum() + _PRIOR_STRENGTH * ((weights - prior) ** 2).sum())

    found = minimize(loss, prior, method="L-BFGS-B", bounds=[(0.0, _HIGHEST_WEIGHT)] * 2)
    return Blend(float(found.x[0]), float(found.x[1]))


def expected_calibration_error(confidence: Reals, is_correct: Flags, bins: int = 15) -> float:
    """Mean distance between confidence and accuracy over bins of equal width, weighted by their size; 0 where there is nothing."""
    if not len(confidence):
        return 0.0
    places = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    distances = [abs(float(confidence[places == b].sum() - is_correct[places == b].sum())) for b in range(bins)]
    return sum(distances) / len(confidence)


def error_upper_bound(errors: int, trials: int, delta: float) -> float:
    """The error rate that is exceeded with probability `delta` at most, after so many errors in so many trials.

    The one-sided bound of Clopper and Pearson (1934).
    """
    return 1.0 if errors >= trials else float(beta.ppf(1 - delta, errors + 1, trials - errors))


def selective_threshold(confidence: Reals, is_correct: Flags, target_precision: float, delta: float) -> float | None:
    """The lowest confidence from which on decisions reach the target precision, but for a chance of `delta`; None where unproven.

    Fixed-sequence testing (Bauer 1991; Angelopoulos et al. 2021, "Learn then Test"): thresholds are tried from strict to lax, each with an
    exact binomial bound at the full `delta`, and the first failure ends the walk. The sequence depends on the confidences, never on the
    answers, and begins where a few errors are bearable, because a walk that begins on the fewest examples usually ends there.
    """
    order = np.argsort(-confidence, kind="stable")
    ranked, errors = confidence[order], np.cumsum(~is_correct[order])
    certified: float | None = None
    for count in _sequence(ranked, 1 - target_precision, delta):
        if error_upper_bound(int(errors[count - 1]), count, delta) > 1 - target_precision:
            return certified
        certified = float(ranked[count - 1])
    return certified


def _sequence(ranked: Reals, tolerated: float, delta: float) -> list[int]:
    """Numbers of accepted examples, ascending; examples of equal confidence are accepted together."""
    total = len(ranked)
    bearable = min(_fewest(_SPARE_ERRORS, tolerated, delta, total), total // 2)
    start = max(_fewest(0, tolerated, delta, total), bearable, int(np.ceil(_FIRST_SHARE * total)))
    counts = range(min(start, total), total + 1, max(1, round(_STEP_SHARE * total))) if total else range(0)
    return sorted({int(np.searchsorted(-ranked, -ranked[count - 1], side="right")) for count in [*counts, total] if count})


def _fewest(errors: int, tolerated: float, delta: float, most: int) -> int:
    """The fewest examples that can bear so many errors; `most` where even those can't."""
    counts = range(errors + 1, max(errors + 1, most))
    return min(most, errors + 1 + bisect_left(counts, True, key=lambda count: error_upper_bound(errors, count, delta) <= tolerated))


def conformal_cutoff(truth_probability: Reals, coverage: float) -> float:
    """The probability from which on a label belongs to the prediction set, so that the set holds the truth with at least `coverage`.

    Split conformal prediction with the least-ambiguous score; 0 (every label) where the examples are too few for the coverage.
    """
    count = len(truth_probability)
    rank = int(np.floor((count + 1) * (1 - coverage)))
    return float(np.sort(truth_probability)[rank - 1]) if rank >= 1 else 0.0
