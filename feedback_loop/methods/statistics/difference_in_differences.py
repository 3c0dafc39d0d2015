"""Did a fix work? Treated against control around it, with the long time before the symptom as the judge of whether there was a symptom.

What the treated would have had is told by the control (`control_levels`), which traffic, season and holidays hit alike. Two readings of the
symptom are weighed: a real rise, against which the time after the fix is compared; and a chance peak above the level of the history,
against which it is compared then, so that a mere return to the mean is no effect. Which counts are treated is the business of
`outcomes/effect`. The rule that is easy to break: bins are independent of each other only where they are long enough; a day is, an hour
is not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt
from scipy.signal import fftconvolve
from scipy.special import logsumexp
from scipy.stats import norm

from feedback_loop.contracts.loop_vocab import EffectVerdict
from feedback_loop.methods.statistics.control_levels import Expected, expected
from feedback_loop.methods.statistics.negative_binomial import dispersion_log_prior, log_chances

Reals = npt.NDArray[np.float64]
Instants = npt.NDArray[np.int64]
"""Microseconds since 1970-01-01, UTC."""

BIN = timedelta(days=1)
"""Shorter bins would not be independent: what happens in one hour goes on in the next."""

RISE_SCALE = 1.5
"""Scale of the half-normal prior of a real rise, in log: half of all rises are up to 2.7-fold, one in twenty is above 19-fold."""

SYMPTOM_AT_LEAST = 0.4
"""Probability of a real symptom below which nothing is called fixed: what rather was a chance peak went away by itself."""

HELPED_AT_LEAST = 0.93
"""Probability that the fix helped from which on it counts as fixed. One in fourteen of those just above it is wrong; over all fixes without
effect fewer than one in twenty are called fixed, as the two other conditions keep most of them out."""

FIXED_AT_MOST = 0.7
"""Ratio above which a fix that certainly helped still did not fix: less than a third is gone."""

GONE_AT_LEAST = 0.5
"""A fix did not work where the interval rules out that half of the complaints are gone."""

TREND_LEVEL = 0.01
"""p-value below which the history drifts too surely for a comparison with it."""

VERSION = f"did-rates-rise{RISE_SCALE}-helped{HELPED_AT_LEAST}-2"

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_STEP = 0.02
"""Of the grid of log levels: two hundredths of the ratio, below any interval that counts and drift allow."""

_BELOW, _ABOVE = 8.0, 3.0
"""How far the grid reaches beyond the periods: down to where no complaint is left, up to beyond all but improbable rises."""

_RATIOS = np.arange(-14.0, 14.0 + _STEP / 2, _STEP)
"""The log ratios of which the density is told."""

_TAIL = 0.025
_FEWEST_BINS = 8
"""Bins below which a drift can't be told from chance."""

_LEAST_WEIGHT = 1e-3
"""Share of the probability below which a reading is left out."""

_ROUNDING = 1e-13
"""What the Fourier transform leaves of zero."""


@dataclass(frozen=True)
class Period:
    """Counts of consecutive bins, float64 [bins] each; `lengths` are those of the bins, 1 each where it is None."""

    treated: Reals
    control: Reals
    lengths: Reals | None = None

    @classmethod
    def of(cls, treated: Instants, control: Instants, start: datetime, end: datetime, bin_length: timedelta = BIN) -> Period:
        """The counts from start to end, the end excluded; the last bin may be a part of one."""
        first, length = (start - _EPOCH) // _MICROSECOND, bin_length // _MICROSECOND
        last = max((end - _EPOCH) // _MICROSECOND, first)
        bins = -(-(last - first) // length)

        def counts(instants: Instants) -> Reals:
            within = instants[(instants >= first) & (instants < last)]
            return np.bincount((within - first) // length, minlength=bins).astype(np.float64)

        lengths = np.minimum((last - first) / length - np.arange(bins), 1.0)
        return cls(counts(treated), counts(control), lengths)

    @property
    def treated_total(self) -> float:
        """Treated counts of all bins."""
        return float(self.treated.sum())

    @property
    def control_total(self) -> float:
        """Control counts of all bins."""
        return float(self.control.sum())

    @property
    def bin_lengths(self) -> Reals:
        """The length of each bin, 1 for a whole one."""
        return np.ones(self.treated.size) if self.lengths is None else self.lengths


@dataclass(frozen=True)
class FixEffect:
    """What became of the treated: `ratio` of what came after the fix to what would have come without it, with its 95 % interval.

    `helped_probability` is that of a ratio below 1, `symptom_probability` says whether there was a symptom at all, `trend_p_value` whether
    treated and control had drifted apart before it. All but this and the verdict are None where a period has no counts.
    """

    ratio: float | None
    low: float | None
    high: float | None
    helped_probability: float | None
    symptom_probability: float | None
    trend_p_value: float
    verdict: EffectVerdict


@dataclass(frozen=True)
class _Reading:
    """One explanation of the counts: how the levels without and after the fix are distributed over the grid, and the error between them."""

    log_weight: float
    real: bool
    without: Reals
    after: Reals
    error: float


def fix_effect(history: Period, before: Period, after: Period) -> FixEffect:
    """The effect of a fix between `before` (from the symptom on) and `after`; `history` is the time before the symptom.

    Sources: difference in differences on the log rates of negative binomial counts (Hilbe, "Negative Binomial Regression", 2011); real rise
    or chance peak, shared noise or own, and how much the bins vary are averaged by their posterior probability (Hoeting et al., "Bayesian
    model averaging", Statistical Science 14, 1999).
    """
    trend = trend_p_value(history)
    if min(p.treated_total + p.control_total for p in (before, after)) == 0 or before.treated_total == 0:
        return FixEffect(None, None, None, None, None, trend, EffectVerdict.INSUFFICIENT_EVIDENCE)
    readings = list(_readings((history, before, after)))
    log_weights = np.array([r.log_weight for r in readings])
    weights = np.exp(log_weights - logsumexp(log_weights))
    real = min(float(sum(w for w, r in zip(weights, readings, strict=True) if r.real)), 1.0)
    reached = np.cumsum(sum(w * _ratios(r) for w, r in zip(weights, readings, strict=True) if w > _LEAST_WEIGHT))
    reached /= reached[-1]
    low, ratio, high = (float(np.exp(np.interp(level, reached, _RATIOS))) for level in (_TAIL, 0.5, 1.0 - _TAIL))
    helped = float(np.interp(0.0, _RATIOS, reached))
    verdict = _verdict(low, ratio, helped, real) if trend >= TREND_LEVEL else EffectVerdict.INSUFFICIENT_EVIDENCE
    return FixEffect(ratio, low, high, helped, real, trend, verdict)


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


def _verdict(low: float, ratio: float, helped: float, real: float) -> EffectVerdict:
    if helped >= HELPED_AT_LEAST and ratio <= FIXED_AT_MOST:
        return EffectVerdict.FIXED if real >= SYMPTOM_AT_LEAST else EffectVerdict.INSUFFICIENT_EVIDENCE
    return EffectVerdict.NOT_FIXED if low > GONE_AT_LEAST else EffectVerdict.INSUFFICIENT_EVIDENCE


def _real_prior(history: Period, before: Period) -> float:
    """The prior probability that the symptom is real.

    Even odds if its start was given from outside; if it was picked as the highest of all periods of its length, a chance peak explains it
    as many times better as there are periods. Which of the two it was is not known, so the geometric middle counts.
    """
    periods = 1.0 + history.treated.size / max(before.treated.size, 1)
    return float(1.0 / (1.0 + np.sqrt(periods)))


def _readings(periods: tuple[Period, Period, Period]) -> Iterator[_Reading]:
    """Every explanation of the counts: noise shared or not, each dispersion, symptom real or not."""
    history, before, after = periods
    lengths = (history.bin_lengths, before.bin_lengths, after.bin_lengths)
    prior = _real_prior(history, before)
    for told in expected((history.control, before.control, after.control), lengths):
        yield from _readings_of((history.treated, before.treated, after.treated), told, prior)


def _readings_of(treated: tuple[Reals, Reals, Reals], told: Expected, prior: float) -> Iterator[_Reading]:
    centres = [np.log((t.sum() + 0.5) / (e.sum() + 0.5)) for t, e in zip(treated, told.exposures, strict=True)]
    grid = np.arange(min(centres) - _BELOW, max(centres) + _ABOVE, _STEP)
    jeffreys = np.exp(0.5 * (grid - max(centres)))
    chances = [log_chances(t, e, grid) for t, e in zip(treated, told.exposures, strict=True)]
    for row, log_prior in enumerate(dispersion_log_prior()):
        tops = [float(chance[row].max()) for chance in chances]
        past, then, now = (np.exp(chance[row] - top) for chance, top in zip(chances, tops, strict=True))
        past, now = past * jeffreys, now * jeffreys
        log_weight = float(log_prior + sum(tops) + np.log(now.sum()))
        risen, same = prior * then * _blurred(_risen(past), told.errors[0]), (1.0 - prior) * past * _blurred(then, told.errors[0])
        if risen.sum() + same.sum() <= 0.0:
            # Far below the history neither reading has any chance; then the time before the fix speaks for itself.
            same = then * _ROUNDING**2
        for real, without, error in ((True, risen, told.errors[2]), (False, same, told.errors[1])):
            if (mass := float(without.sum())) > 0.0:
                yield _Reading(log_weight + float(np.log(mass)), real, without / mass, now / now.sum(), error)


def _ratios(reading: _Reading) -> Reals:
    """The density of the log ratio under this reading, over `_RATIOS`, summing up to 1."""
    density = _blurred(np.maximum(fftconvolve(reading.after, reading.without[::-1]), 0.0), reading.error)
    differences = (np.arange(density.size) - (reading.without.size - 1)) * _STEP
    found = np.interp(_RATIOS, differences, density, left=0.0, right=0.0)
    return np.asarray(found / found.sum())


def _risen(past: Reals) -> Reals:
    """The density of a level that rose from one of the past."""
    rise = np.exp(-0.5 * (np.arange(past.size) * _STEP / RISE_SCALE) ** 2)
    found: Reals = fftconvolve(past, rise / rise.sum())[: past.size]
    return np.where(found > _ROUNDING * past.max(), found, 0.0)


def _blurred(density: Reals, variance: float) -> Reals:
    """The density of what is off by a normal error of this variance."""
    deviation = float(np.sqrt(variance)) / _STEP
    reach = min(int(4 * deviation) + 1, density.size)
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / deviation) ** 2)
    found: Reals = fftconvolve(np.pad(density, reach, mode="edge"), kernel / kernel.sum(), mode="valid")
    return np.where(found > _ROUNDING * density.max(), found, 0.0)
