"""How a share changed, and what part of the change is owed to whom was asked and what part to who answered.

Here: the change between two groups, the change of the same things judged twice, and a share reweighted to another mix of groups. What
judges and things are is the business of `analysis/drift`. The rule that is easy to break: things that were judged twice are pairs, and
only those whose judgement differs say anything (McNemar 1947); two separate intervals that overlap say little.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest, fisher_exact, norm

from feedback_loop.methods.statistics.calibration import Reals

LEAST_COVERED = 0.8
"""So much of the earlier mix must be there in the later one as well, or a share can't be reweighted to it."""

_CONFIDENCE = 0.95
_DRAWS = 500
_SEED = 19_550_901


@dataclass(frozen=True)
class Change:
    """Points by which a share moved, their 95 % interval, and the chance of such a move or a larger one if nothing had changed."""

    points: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True)
class Reweighted:
    """A share as it would be under another mix, its 95 % interval, and how much of that mix was there to reweight to."""

    share: float
    low: float
    high: float
    covered_share: float


def change_between(hits_before: int, count_before: int, hits_after: int, count_after: int) -> Change:
    """The change between two groups of different things: interval by Newcombe (1998), method 10, p-value by Fisher's exact test."""
    before, after = hits_before / count_before, hits_after / count_after
    low_before, high_before = _wilson(hits_before, count_before)
    low_after, high_after = _wilson(hits_after, count_after)
    down = float(np.hypot(after - low_after, high_before - before))
    up = float(np.hypot(high_after - after, before - low_before))
    table = [[hits_after, count_after - hits_after], [hits_before, count_before - hits_before]]
    return Change(after - before, after - before - down, after - before + up, float(fisher_exact(table).pvalue))


def change_of_same(gained: int, lost: int, count: int) -> Change:
    """The change among the same things judged twice, of which so many came and so many went.

    McNemar's exact p-value; the interval is the adjusted Wald one of Bonett and Price, "Adjusted Wald Confidence Interval for a Difference
    of Binomial Proportions Based on Paired Data", Journal of Educational and Behavioral Statistics 37 (2012).
    """
    came, went = (gained + 1) / (count + 2), (lost + 1) / (count + 2)
    half = float(norm.ppf((1 + _CONFIDENCE) / 2)) * float(np.sqrt((came + went - (came - went) ** 2) / (count + 2)))
    low, high = max(came - went - half, -1.0), min(came - went + half, 1.0)
    p_value = float(binomtest(gained, gained + lost).pvalue) if gained + lost else 1.0
    return Change((gained - lost) / count, low, high, p_value)


def reweighted_shares(after: Reals, mix_before: Reals) -> list[Reweighted] | None:
    """Each class's share had the mix of groups stayed as before: counts [groups, classes] of after, [groups] of before.

    Direct standardisation, the composition part of Kitagawa, "Components of a Difference Between Two Rates", JASA 50 (1955): the later
    shares within each group, weighted by the earlier mix. Intervals by the bootstrap over things of both periods (Efron 1979), fixed seed.
    None where too little of the earlier mix occurs later.
    """
    present = after.sum(axis=1) > 0
    covered = float(mix_before[present].sum() / mix_before.sum()) if mix_before.sum() else 0.0
    if covered < LEAST_COVERED:
        return None
    counts, weights = after[present], mix_before[present]
    shares = _standardised(counts[None], weights[None])[0]
    generator = np.random.default_rng(_SEED)
    drawn = generator.multinomial(int(counts.sum()), (counts / counts.sum()).ravel(), _DRAWS).reshape(_DRAWS, *counts.shape)
    drawn_weights = generator.multinomial(int(weights.sum()), weights / weights.sum(), _DRAWS)
    low, high = np.quantile(_standardised(drawn.astype(np.float64), drawn_weights.astype(np.float64)), [0.025, 0.975], axis=0)
    return [Reweighted(float(share), float(one), float(other), covered) for share, one, other in zip(shares, low, high, strict=True)]


def adjusted(p_values: Sequence[float]) -> list[float]:
    """The p-values after Holm (1979), in their order: each may be compared with the level that all of them share."""
    order = np.argsort(p_values, kind="stable")
    stepped = np.maximum.accumulate(np.asarray(p_values, np.float64)[order] * np.arange(len(p_values), 0, -1)) if len(p_values) else order
    found = np.empty(len(p_values))
    found[order] = np.minimum(stepped, 1.0)
    return [float(value) for value in found]


def _standardised(counts: Reals, weights: Reals) -> Reals:
    """Shares [draws, classes] of counts [draws, groups, classes] under weights [draws, groups]; a group that a draw missed weighs 0."""
    totals = counts.sum(axis=2, keepdims=True)
    within = np.divide(counts, totals, out=np.zeros_like(counts), where=totals > 0)
    mix = weights[:, :, None] * (totals > 0)
    return np.asarray((within * mix).sum(axis=1) / np.maximum(mix.sum(axis=1), 1e-12))


def _wilson(hits: int, count: int) -> tuple[float, float]:
    """The score interval of a share (Wilson 1927)."""
    z = float(norm.ppf((1 + _CONFIDENCE) / 2))
    share, square = hits / count, z * z / count
    middle, half = share + square / 2, z * float(np.sqrt(share * (1 - share) / count + square / (4 * count)))
    return (middle - half) / (1 + square), (middle + half) / (1 + square)
