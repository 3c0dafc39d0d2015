"""How far stated confidence lies from the truth, as a picture by bins and as a test that can say "far off" and mean it.

The distance itself is in `calibration`. The rule that is easy to break: a calibration error is never 0 on a sample, also where nothing is
wrong, and the fewer the labels the larger it is; so it is compared with what chance alone would make of confidences that are as far from
the truth as is tolerated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from feedback_loop.methods.statistics.calibration import Flags, Reals
from feedback_loop.methods.statistics.share_bounds import share_interval

MOST_BINS, FEWEST_IN_BIN = 15, 10
_DRAWS = 2_000
_SEED = 20_170_806


@dataclass(frozen=True)
class Bin:
    """Answers of about the same confidence: how many, what they claim on average, how many were right, and the exact 95 % interval."""

    count: int
    confidence: float
    accuracy: float
    low: float
    high: float


def reliability(confidence: Reals, is_correct: Flags) -> list[Bin]:
    """Bins of about equal mass, ascending by confidence: as many as the answers fill, at most fifteen (Guo et al. 2017)."""
    found = []
    for members in _members(confidence):
        right, count = int(is_correct[members].sum()), len(members)
        found.append(Bin(count, float(confidence[members].mean()), right / count, *share_interval(right, count)))
    return found


def far_off_p_value(confidence: Reals, is_correct: Flags, tolerance: float) -> float:
    """The chance of so much error beyond the tolerance if no confidence were further from the truth than that; 1 where nothing is beyond.

    Consistency resampling (Bröcker and Smith 2007, "Increasing the Reliability of Reliability Diagrams"), from the least favourable truth:
    each bin as far off as is tolerated, towards one half, where chance scatters most. To the side where it was seen would be wrong: a bin
    above .9 that happens to be all right would not scatter at all. The draws have a fixed seed.
    """
    members = _members(confidence)
    observed = _excess(confidence, is_correct[None, :].astype(np.float64), members, tolerance)[0]
    if observed <= 0.0:
        return 1.0
    truth = _least_favourable(confidence, members, tolerance)
    drawn = np.random.default_rng(_SEED).random((_DRAWS, len(confidence))) < truth
    by_chance = _excess(confidence, drawn.astype(np.float64), members, tolerance)
    return float((1 + (by_chance >= observed).sum()) / (1 + _DRAWS))


def _members(confidence: Reals) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """The places of each bin's answers; those of one confidence are never parted, or their order would decide."""
    count = len(confidence)
    bins = min(MOST_BINS, max(1, count // FEWEST_IN_BIN))
    order = np.argsort(confidence, kind="stable")
    ranked = confidence[order]
    cuts = {int(np.searchsorted(ranked, ranked[count * part // bins - 1], side="right")) for part in range(1, bins)}
    return [places for places in np.split(order, sorted(cuts)) if len(places)] if count else []


def _excess(confidence: Reals, answers: Reals, members: list[np.ndarray[tuple[int], np.dtype[np.int64]]], tolerance: float) -> Reals:
    """By row of answers [draws, n]: the mean distance of accuracy from confidence beyond the tolerance, bins weighted by their size."""
    total = np.zeros(len(answers))
    for places in members:
        gap = np.abs(answers[:, places].mean(axis=1) - confidence[places].mean())
        total += np.maximum(gap - tolerance, 0.0) * len(places)
    return total / max(len(confidence), 1)


def _least_favourable(confidence: Reals, members: list[np.ndarray[tuple[int], np.dtype[np.int64]]], tolerance: float) -> Reals:
    truth = confidence.astype(np.float64).copy()
    for places in members:
        truth[places] += tolerance if confidence[places].mean() < 0.5 else -tolerance
    return np.clip(truth, 0.0, 1.0)
