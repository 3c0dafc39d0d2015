"""Probabilities that mean what they say, and thresholds that keep a promise.

Here: how two models' scores are blended into probabilities, how sure the likeliest label is, how far stated confidence is from the truth,
and the confidence above which a target precision holds. Which models are blended is in `analysis/blend`, the bounds are in `share_bounds`.
The rule that is easy to break: data that fitted the blend must not choose the threshold as well, or the promise fails about half of the
time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, log_softmax

from feedback_loop.methods.statistics.share_bounds import fewest_of, upper_bound

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]

_PRIOR_BLEND = (12.0, 4.0)
_PRIOR_STRENGTH = 4.0
_HIGHEST_WEIGHT = 100.0
_SMALLEST_PROBABILITY = 1e-6
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
        return float(-log_p[rows, truth].sum() + _PRIOR_STRENGTH * ((weights / prior - 1) ** 2).sum())

    found = minimize(loss, prior, method="L-BFGS-B", bounds=[(0.0, _HIGHEST_WEIGHT)] * 2)
    return Blend(float(found.x[0]), float(found.x[1]))


@dataclass(frozen=True)
class Certainty:
    """How often the likeliest label is right, given its probability p: log-odds `held` ln p - `doubted` ln(1 - p) + `offset`.

    Beta calibration (Kull, Silva Filho and Flach 2017). It never changes the order of confidences.
    """

    held: float = 1.0
    doubted: float = 1.0
    offset: float = 0.0

    def of(self, probability: Reals) -> Reals:
        """The calibrated confidence [n] of probabilities [n]."""
        confidence: Reals = expit(_log_odds_parts(probability) @ np.asarray([self.held, self.doubted, self.offset]))
        return confidence


def fit_certainty(probability: Reals, is_correct: Flags) -> Certainty:
    """The certainty with the least log-loss on answers that no model was taught; a weak pull towards no change decides where few."""
    parts, sign = _log_odds_parts(probability), np.where(is_correct, 1.0, -1.0)
    unchanged = np.asarray([1.0, 1.0, 0.0])

    def loss(weights: Reals) -> float:
        return float(np.logaddexp(0, -(parts @ weights) * sign).sum() + _PRIOR_STRENGTH * ((weights - unchanged) ** 2).sum())

    found = minimize(loss, unchanged, method="L-BFGS-B", bounds=[(0.0, None), (0.0, None), (None, None)])
    return Certainty(*(float(weight) for weight in found.x))


def _log_odds_parts(probability: Reals) -> Reals:
    inside = np.clip(probability, _SMALLEST_PROBABILITY, 1 - _SMALLEST_PROBABILITY)
    return np.stack([np.log(inside), -np.log1p(-inside), np.ones(len(inside))], axis=1)


def cross_fitted(first: Reals, second: Reals, truth: Indices) -> Reals:
    """Log-probabilities [n, k] of examples, each by the blend that the other half of them fits."""
    made = np.empty_like(first)
    for part in (0, 1):
        here, there = slice(part, None, 2), slice(1 - part, None, 2)
        made[here] = fit_blend(first[there], second[there], truth[there]).log_probabilities(first[here], second[here])
    return made


def expected_calibration_error(confidence: Reals, is_correct: Flags, bins: int = 15) -> float:
    """Mean distance between confidence and accuracy over bins of equal mass, weighted by their size; 0 where there is nothing.

    Where a bin ends among answers of one confidence, each counts with the accuracy of them all, or their order would decide.
    """
    if not len(confidence):
        return 0.0
    stated, group, size = np.unique(confidence, return_inverse=True, return_counts=True)
    surplus = np.repeat(stated - np.bincount(group, weights=is_correct) / size, size)
    return sum(abs(float(members.sum())) for members in np.array_split(surplus, bins)) / len(confidence)


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
        if upper_bound(int(errors[count - 1]), count, delta) > 1 - target_precision:
            return certified
        certified = float(ranked[count - 1])
    return certified


def _sequence(ranked: Reals, tolerated: float, delta: float) -> list[int]:
    """Numbers of accepted examples, ascending; examples of equal confidence are accepted together."""
    total = len(ranked)
    bearable = min(fewest_of(total, _SPARE_ERRORS, tolerated, delta), total // 2)
    start = max(fewest_of(total, 0, tolerated, delta), bearable, int(np.ceil(_FIRST_SHARE * total)))
    counts = range(min(start, total), total + 1, max(1, round(_STEP_SHARE * total))) if total else range(0)
    return sorted({int(np.searchsorted(-ranked, -ranked[count - 1], side="right")) for count in [*counts, total] if count})


def conformal_cutoff(truth_probability: Reals, coverage: float) -> float:
    """The probability from which on a label belongs to the prediction set, so that the set holds the truth with at least `coverage`.

    Split conformal prediction with the least-ambiguous score; 0 (every label) where the examples are too few for the coverage.
    """
    count = len(truth_probability)
    # 1 - coverage is a little below the decimal that was meant, which would cost a rank wherever (count + 1) * coverage is whole.
    rank = count + 1 - int(np.ceil((count + 1) * coverage))
    return float(np.sort(truth_probability)[rank - 1]) if rank >= 1 else 0.0
