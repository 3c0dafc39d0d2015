"""What the weeks before let expect of a day's count, and how unlikely a count on either side of it is.

Here: a level that follows the recent days, a factor for the weekday, and a spread that the model's own past errors set. Shares of a day's
records are in `count_models`; which counts are compared, the caller decides. The rule that is easy to break: the last count of the history
is that of the day right before the judged one, silent days included as zeros.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc
from scipy.stats import nbinom

Reals = npt.NDArray[np.float64]

SEASON_DAYS = 56
"""Length of the history that is looked at: eight of each weekday."""

_HALF_LIFE_DAYS = 14.0
_WEEK = 7
_WARM_UP = 14
_OUTLIER = 2.58
_PRIOR_DISPERSION, _PRIOR_WEIGHT = 0.1, 3.0


@dataclass(frozen=True)
class SeasonFit:
    """A negative binomial prediction of one day's count; its variance is `expected + dispersion · expected²`."""

    expected: float
    dispersion: float

    def low_p(self, count: float) -> float:
        """P(X ≤ count)."""
        size = 1.0 / self.dispersion
        return float(betainc(size, count + 1.0, size / (size + self.expected)))

    def high_p(self, count: float) -> float:
        """P(X ≥ count)."""
        return 1.0 if count <= 0 else 1.0 - self.low_p(count - 1.0)

    def two_sided_p(self, count: float) -> float:
        """Twice the smaller of both, at most 1."""
        return min(1.0, 2.0 * min(self.low_p(count), self.high_p(count)))

    def limits(self, chance: float) -> tuple[float, float]:
        """The lowest and the highest count whose two-sided p-value is above the chance."""
        size = 1.0 / self.dispersion
        low, high = nbinom.ppf((chance / 2.0, 1.0 - chance / 2.0), size, size / (size + self.expected))
        return float(low), float(high)


def fit_season(counts: Reals) -> SeasonFit:
    """What the counts of the days before, oldest first, say of the next day; at least two weeks, of which the last eight count.

    The spread is that of the one-step predictions of the days themselves, so that drift and doubt about the level widen it; days far above
    their prediction weigh less, as in Noufaily et al., Statistics in Medicine 32 (2013), so that an outbreak does not hide the next one.
    """
    recent = counts[-SEASON_DAYS:]
    factors = _weekday_factors(recent)
    seasonal = factors[np.arange(len(recent)) % _WEEK]
    levels = _levels_before(recent, seasonal)
    predicted = np.maximum(levels[:-1] * seasonal, 0.5)[_WARM_UP:]
    dispersion = _dispersion(recent[_WARM_UP:], predicted)
    return SeasonFit(max(float(levels[-1] * factors[len(recent) % _WEEK]), 0.5), dispersion)


def _weekday_factors(counts: Reals) -> Reals:
    """Each weekday's share of the mean, by position modulo 7, pulled towards 1 as far as chance alone could have made them differ.

    Source: the positive-part empirical Bayes estimate of Efron & Morris, JASA 70 (1975).
    """
    capped = np.minimum(counts, 3.0 * max(float(np.median(counts)), 1.0))
    days = [capped[n::_WEEK] for n in range(_WEEK)]
    means, mean = np.asarray([day.mean() for day in days]), max(float(capped.mean()), 1e-9)
    within = sum(float(((day - day.mean()) ** 2).sum()) for day in days) / (len(capped) - _WEEK)
    noise = within * _WEEK / len(capped)
    between = max(float(means.var(ddof=1)) - noise, 0.0)
    trusted = between / max(between + noise, 1e-9)
    return np.asarray(1.0 + trusted * (means / mean - 1.0))


def _levels_before(counts: Reals, seasonal: Reals) -> Reals:
    """The level that is known before each day, and at the end that before the next: float64 [days + 1]; outbreaks are capped.

    A sum of counts over a sum of factors, the estimate of greatest likelihood under Poisson: the mean of each day's own ratio has no value
    where a weekday is always silent, and lets the quiet weekdays say as much about the level as the busy ones.
    """
    keep = 0.5 ** (1.0 / _HALF_LIFE_DAYS)
    levels = np.empty(len(counts) + 1)
    total = weight = 0.0
    for n, (count, factor) in enumerate(zip(counts, seasonal, strict=True)):
        levels[n] = total / weight if weight else count
        expected = levels[n] * factor
        ceiling = expected + _OUTLIER * np.sqrt(expected + 4.0 * _PRIOR_DISPERSION * expected**2) + 1.0
        total, weight = keep * total + min(count, ceiling), keep * weight + factor
    levels[-1] = total / weight
    return levels


def _dispersion(counts: Reals, predicted: Reals) -> float:
    deviation = (counts - predicted) / np.sqrt(predicted + 4.0 * _PRIOR_DISPERSION * predicted**2)
    weight = np.where(deviation > _OUTLIER, (_OUTLIER / np.maximum(deviation, _OUTLIER)) ** 2, 1.0)
    surplus = float((weight * ((counts - predicted) ** 2 - predicted)).sum())
    squares = float((weight * predicted**2).sum())
    prior = _PRIOR_WEIGHT * float(np.mean(predicted**2)) if len(predicted) else 1.0
    return max((surplus + _PRIOR_DISPERSION * prior) / max(squares + prior, 1e-9), 0.01)
