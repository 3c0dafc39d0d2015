"""Did a fix work? Treated against control around it, with the long time before the symptom as the judge of whether there was a symptom.

What is looked at is the log odds of a treated among all counts of a bin: whatever hits treated and control alike (traffic, season, a
holiday) cancels there. Two readings of the symptom are weighed: a real rise, against which the time after the fix is compared; and a
chance peak above the level of the history, against which it is compared then, so that a mere return to the mean is no effect. Which
counts are treated is the business of `outcomes/effect`. The rule that is easy to break: bins are independent of each other only where
they are long enough; a day is, an hour is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
from scipy.signal import fftconvolve
from scipy.special import gammaln, logsumexp
from scipy.stats import norm

from feedback_loop.contracts.loop_vocab import EffectVerdict

Reals = npt.NDArray[np.float64]
Instants = npt.NDArray[np.int64]
"""Microseconds since 1970-01-01, UTC."""

BIN = timedelta(days=1)
"""Shorter bins would not be independent: what happens in one hour goes on in the next."""

REAL_SYMPTOM = 0.5
"""Prior probability that the symptom is real. The same counts that raised an alert judge it here, so that the alert adds nothing."""

RISE_SCALE = 1.5
"""Scale of the half-normal prior of a real rise, in log: half of all rises are up to 2.7-fold, one in twenty is above 19-fold."""

SPREAD_SCALE = 0.5
"""Scale of the half-normal prior of how much the log odds vary from bin to bin beyond chance."""

SYMPTOM_AT_LEAST = 0.5
"""Probability of a real symptom below which nothing is called fixed: what rather was a chance peak went away by itself."""

FIXED_AT_MOST = 0.7
"""Ratio above which a fix that certainly helped still did not fix: less than a third is gone."""

GONE_AT_LEAST = 0.5
"""A fix did not work where the interval rules out that half of the complaints are gone."""

TREND_LEVEL = 0.01
"""p-value below which the history drifts too surely for a comparison with it."""

VERSION = f"did-odds-rise{RISE_SCALE}-spread{SPREAD_SCALE}-1"

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_STEP = 0.01
"""Of the grid of log odds: a hundredth of the ratio, far below any interval that counts allow."""

_BELOW, _ABOVE = 10.0, 5.0
"""How far the grid reaches beyond the periods: down to where no complaint is left, up to beyond all but improbable rises."""

_SPREADS = np.linspace(0.0, 1.2, 25)
_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(15)
_TAIL = 0.025
_FEWEST_BINS = 8
"""Bins below which a drift can't be told from chance."""

_ROUNDING = 1e-13
"""What the Fourier transform leaves of zero."""


@dataclass(frozen=True)
class Period:
    """Counts of consecutive bins, float64 [bins] each."""

    treated: Reals
    control: Reals

    @classmethod
    def of(cls, treated: Instants, control: Instants, start: datetime, end: datetime, bin_length: timedelta = BIN) -> Period:
        """The counts from start to end, the end excluded; the last bin may be a part of one."""
        first, length = (start - _EPOCH) // _MICROSECOND, bin_length // _MICROSECOND
        last = max((end - _EPOCH) // _MICROSECOND, first)
        bins = -(-(last - first) // length)

        def counts(instants: Instants) -> Reals:
            within = instants[(instants >= first) & (instants < last)]
            return np.bincount((within - first) // length, minlength=bins).astype(np.float64)

        return cls(counts(treated), counts(control))

    @property
    def treated_total(self) -> float:
        """Treated counts of all bins."""
        return float(self.treated.sum())

    @property
    def control_total(self) -> float:
        """Control counts of all bins."""
        return float(self.control.sum())

    @property
    def log_odds(self) -> float:
        """Treated over control, in log, each with half a count more so that it exists."""
        return float(np.log((self.treated_total + 0.5) / (self.control_total + 0.5)))


@dataclass(frozen=True)
class FixEffect:
    """What became of the treated: `ratio` of what came after the fix to what would have come without it, with its 95 % interval.

    `symptom_probability` says whether there was a symptom at all, `trend_p_value` whether treated and control had drifted apart before it.
    The three figures are None where a period has no counts.
    """

    ratio: float | None
    low: float | None
    high: float | None
    symptom_probability: float | None
    trend_p_value: float
    verdict: EffectVerdict


def fix_effect(history: Period, before: Period, after: Period) -> FixEffect:
    """The effect of a fix between `before` (from the symptom on) and `after`; `history` is the time before the symptom.

    Sources: difference in differences on odds, with the counts of a period as binomial and a normal deviation per bin (Breslow & Clayton,
    "Approximate inference in generalized linear mixed models", JASA 88, 1993); the two readings are averaged by their posterior
    probability (Hoeting et al., "Bayesian model averaging", Statistical Science 14, 1999).
    """
    trend = trend_p_value(history)
    if min(p.treated_total + p.control_total for p in (before, after)) == 0 or before.treated_total == 0:
        return FixEffect(None, None, None, None, trend, EffectVerdict.INSUFFICIENT_EVIDENCE)
    grid = _grid(history, before, after)
    density, real = _posterior(grid, history, before, after)
    low, ratio, high = (float(np.exp(q)) for q in _quantiles(grid, density, (_TAIL, 0.5, 1.0 - _TAIL)))
    return FixEffect(ratio, low, high, real, trend, _verdict((low, ratio, high), real, trend))


def trend_p_value(history: Period) -> float:
    """The two-sided p-value that the odds drift over the bins of the history: a score test, scaled by how much the bins vary; 1 for few."""
    total = history.treated + history.control
    share = history.treated_total / max(total.sum(), 1.0)
    if total.size < _FEWEST_BINS or not 0.0 < share < 1.0:
        return 1.0
    position = np.arange(total.size) - np.average(np.arange(total.size), weights=total)
    residual = history.treated - share * total
    variance = share * (1.0 - share) * total
    dispersion = max(1.0, float((residual**2).sum() / variance.sum()) * total.size / (total.size - 1))
    score = float((position * residual).sum() / np.sqrt(dispersion * (position**2 * variance).sum()))
    return float(2.0 * norm.sf(abs(score)))


def _verdict(interval: tuple[float, float, float], real: float, trend: float) -> EffectVerdict:
    low, ratio, high = interval
    if trend < TREND_LEVEL:
        return EffectVerdict.INSUFFICIENT_EVIDENCE
    if high < 1.0 and ratio <= FIXED_AT_MOST:
        return EffectVerdict.FIXED if real >= SYMPTOM_AT_LEAST else EffectVerdict.INSUFFICIENT_EVIDENCE
    return EffectVerdict.NOT_FIXED if low > GONE_AT_LEAST else EffectVerdict.INSUFFICIENT_EVIDENCE


def _grid(*periods: Period) -> Reals:
    centres = [p.log_odds for p in periods]
    return np.arange(min(centres) - _BELOW, max(centres) + _ABOVE, _STEP)


def _posterior(grid: Reals, history: Period, before: Period, after: Period) -> tuple[Reals, float]:
    """The density of the log ratio over the differences of the grid's points, and the probability that the symptom is real."""
    density, real = np.zeros(2 * grid.size - 1), 0.0
    for spread, weight in _spread_weights(history, before, after):
        past, then, now = (_likelihood(grid, p, spread) for p in (history, before, after))
        level, chance = _level_without_fix(past * _jeffreys(grid), then)
        now = now * _jeffreys(grid)
        density += weight * np.maximum(fftconvolve(now / now.sum(), level[::-1]), 0.0)
        real += weight * chance
    return density, float(real)


def _level_without_fix(past: Reals, then: Reals) -> tuple[Reals, float]:
    """The density of the level that would have gone on, over both readings of the symptom, and the probability that it is real."""
    risen, same = REAL_SYMPTOM * then * _risen(past), (1.0 - REAL_SYMPTOM) * then * past
    total = float(risen.sum() + same.sum())
    # Far below the history neither reading has any chance; then the time before the fix speaks for itself.
    return ((risen + same) / total, float(risen.sum()) / total) if total > 0.0 else (then / then.sum(), 0.0)


def _likelihood(grid: Reals, period: Period, spread: float) -> Reals:
    """How well each log odds of the grid explains the counts of the period, the largest value being 1."""
    bins = period.treated + period.control
    log_chance = period.treated_total * grid - bins.sum() * np.logaddexp(0.0, grid)
    found: Reals = np.exp(log_chance - log_chance.max())
    # The more bins, the better their deviations average out; a period that one bin dominates keeps all of them.
    deviation = spread * float(np.sqrt((bins**2).sum())) / max(float(bins.sum()), 1.0)
    if deviation < _STEP:
        return found
    reach = np.arange(-int(4 * deviation / _STEP), int(4 * deviation / _STEP) + 1) * _STEP
    kernel = np.exp(-0.5 * (reach / deviation) ** 2)
    padded = np.pad(found, reach.size // 2, mode="edge")
    smoothed: Reals = fftconvolve(padded, kernel / kernel.sum(), mode="valid")
    return np.maximum(smoothed, 0.0)


def _risen(past: Reals) -> Reals:
    """The density of a level that rose from one of the past."""
    rise = np.exp(-0.5 * (np.arange(past.size) * _STEP / RISE_SCALE) ** 2)
    found: Reals = fftconvolve(past, rise / rise.sum())[: past.size]
    return np.where(found > _ROUNDING, found, 0.0)


def _jeffreys(grid: Reals) -> Reals:
    prior: Reals = np.exp(0.5 * grid - np.logaddexp(0.0, grid))
    return prior


def _spread_weights(*periods: Period) -> Iterator[tuple[float, float]]:
    """How much the log odds may vary from bin to bin, each with its posterior probability."""
    log_weight = -0.5 * (_SPREADS / SPREAD_SCALE) ** 2
    for period in periods:
        if period.treated.size > 1:
            log_weight = log_weight + _log_evidence(period)
    weight = np.exp(log_weight - logsumexp(log_weight))
    return ((float(s), float(w)) for s, w in zip(_SPREADS, weight, strict=True) if w > 1e-4)


def _log_evidence(period: Period) -> Reals:
    """The log probability of the counts per spread, whatever the period's level: float64 [spreads]."""
    error = np.sqrt(1.0 / (period.treated_total + 0.5) + 1.0 / (period.control_total + 0.5) + 1.0 / period.treated.size)
    levels = period.log_odds + np.linspace(-3.0, 3.0, 31) * error
    # [spreads, levels, nodes, bins]
    odds = levels[None, :, None] + _SPREADS[:, None, None] * _NODES[None, None, :]
    counts, totals = period.treated, period.treated + period.control
    log_choose = gammaln(totals + 1.0) - gammaln(counts + 1.0) - gammaln(totals - counts + 1.0)
    log_chance = odds[..., None] * counts - np.logaddexp(0.0, odds)[..., None] * totals + log_choose
    per_bin = logsumexp(log_chance + np.log(_NODE_WEIGHTS / _NODE_WEIGHTS.sum())[:, None], axis=2)
    return np.asarray(logsumexp(per_bin.sum(axis=2), axis=1))


def _quantiles(grid: Reals, density: Reals, levels: tuple[float, ...]) -> list[float]:
    ratios = (np.arange(density.size) - (grid.size - 1)) * _STEP
    reached = np.cumsum(density) / density.sum()
    return [float(np.interp(level, reached, ratios)) for level in levels]
