"""Models of counts per day: what the days before let expect, how unlikely a day is, how many alarms a day of tests may raise.

Here: overdispersed predictions of a day's share of records (beta-binomial), exact tails, the Benjamini–Hochberg rule. What is counted, and
what an alarm then means, is the business of `analysis/detect`. The rule that is easy to break: a tail is P(X ≥ observed), the observed
value included.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, betaln, gammaln, ndtr
from scipy.stats import hypergeom

Reals = npt.NDArray[np.float64]

PRIOR = 0.5
"""Both parameters of the beta prior of a share (Jeffreys): a subject never seen before is expected half a time per baseline, not never."""

PRIOR_DISPERSION, PRIOR_WEIGHT = 0.1, 10.0
"""Dispersion of a subject too rare to show its own, and how many squared expected records it takes to outweigh it."""

_OUTLIER = 2.58
_ROUNDS = 2


@dataclass(frozen=True)
class ShareFit:
    """What the baseline says of each subject: its `share` of the records, how much that varies from day to day, and the records behind it.

    `dispersion` is the variance of a day's share over its squared mean; `trials` float64 [subjects].
    """

    share: Reals
    dispersion: Reals
    trials: Reals

    def only(self, subject: int) -> ShareFit:
        """What it says of one of the subjects."""
        return ShareFit(*(values[[subject]] for values in (self.share, self.dispersion, self.trials)))

    def expected(self, records: float) -> Reals:
        """Records of the subject on a day with so many records in all."""
        return self.share * records

    def tail(self, observed: Reals, records: float) -> Reals:
        """P(X ≥ observed) per subject on a day with so many records in all."""
        varies = self.dispersion * self.share / (1.0 - self.share)
        # The correlation within a day and the doubt about the share itself add up; together they set how wide the beta distribution is.
        correlation = np.minimum(varies + 1.0 / (self.trials + 2.0 * PRIOR + 1.0), 0.99)
        return beta_binomial_tail(observed, records, self.share, 1.0 / correlation - 1.0)


def fit_shares(counts: Reals, records: Reals) -> ShareFit:
    """The share and its dispersion of each subject over its baseline days: counts float64 [subjects, days], records float64 [days].

    Days far above the rest weigh less, judged by the prior dispersion, so that an outbreak does not hide its own second day. Sources: the
    down-weighting of past outbreaks in Noufaily et al., "An improved algorithm for outbreak detection in multiple surveillance systems",
    Statistics in Medicine 32 (2013); the beta-binomial, of which the gamma–Poisson is the limit for rare subjects, and its moments in
    Griffiths, "Maximum likelihood estimation for the beta-binomial distribution", Biometrics 29 (1973).
    """
    weight = np.ones_like(counts)
    for _ in range(_ROUNDS):
        trials = (weight * records).sum(axis=1)
        share = ((weight * counts).sum(axis=1) + PRIOR) / (trials + 2.0 * PRIOR)
        mean = share[:, None] * records
        spread = np.sqrt(mean * (1.0 - share[:, None]) + PRIOR_DISPERSION * mean**2)
        deviation = (counts - mean) / np.maximum(spread, 1e-9)
        weight = np.where(deviation > _OUTLIER, (_OUTLIER / np.maximum(deviation, _OUTLIER)) ** 2, 1.0)
    # Squared once more: a gross outlier must not come back as a large dispersion either.
    return ShareFit(share, _dispersion(counts, records, share[:, None], weight**2), trials)


def _dispersion(counts: Reals, records: Reals, share: Reals, weight: Reals) -> Reals:
    mean = share * records
    surplus = (weight * ((counts - mean) ** 2 - mean * (1.0 - share))).sum(axis=1)
    squares = (weight * records * np.maximum(records - 1.0, 0.0) * share**2).sum(axis=1)
    return np.asarray(np.maximum((surplus + PRIOR_DISPERSION * PRIOR_WEIGHT) / (squares + PRIOR_WEIGHT), 0.0))


def beta_binomial_tail(observed: Reals, records: float, share: Reals, concentration: Reals) -> Reals:
    """P(X ≥ observed) of the beta-binomial with so many trials, this mean share and a + b = concentration."""
    above = np.arange(records + 1.0)
    a, b = (share * concentration)[:, None], ((1.0 - share) * concentration)[:, None]
    log_choose = gammaln(records + 1.0) - gammaln(above + 1.0) - gammaln(records - above + 1.0)
    chance = np.exp(log_choose + betaln(above + a, records - above + b) - betaln(a, b))
    return np.asarray(np.minimum(np.where(above >= observed[:, None], chance, 0.0).sum(axis=1), 1.0))


def binomial_tail(successes: int, trials: int, chance: float) -> float:
    """P(X ≥ successes) among the trials, each with this chance."""
    if successes <= 0:
        return 1.0
    return float(betainc(successes, trials - successes + 1, chance)) if successes <= trials else 0.0


def higher_share_p_value(with_count: int, with_total: int, without_count: int, without_total: int) -> float:
    """The one-sided p-value of Fisher's exact test that the share is higher in the first group; 1 where a group is empty."""
    if not with_total or not without_total:
        return 1.0
    return float(hypergeom.sf(with_count - 1, with_total + without_total, with_count + without_count, with_total))


def discoveries(p_values: Reals, false_share: float) -> npt.NDArray[np.bool_]:
    """Which tests stand out when at most `false_share` of those named may be false: Benjamini & Hochberg, JRSS B 57 (1995)."""
    if not p_values.size:
        return np.zeros(0, dtype=bool)
    ranked = np.sort(p_values)
    passing = np.flatnonzero(ranked <= false_share * np.arange(1, ranked.size + 1) / ranked.size)
    return np.asarray(p_values <= ranked[passing[-1]]) if passing.size else np.zeros(p_values.size, dtype=bool)


def overdispersed_rise_p_value(errors: Reals, trials: Reals, errors_after: float, trials_after: float) -> float:
    """Probability of as high a share after or higher if it were that of the bins before, whose own variation widens the normal tail.

    Errors and trials float64 [bins]. Source: the quasi-binomial of McCullagh & Nelder, "Generalized Linear Models", 2nd ed. (1989), 4.5.
    """
    total, total_after = float(trials.sum()), trials_after
    share = (float(errors.sum()) + PRIOR) / (total + 2.0 * PRIOR)
    variance = share * (1.0 - share)
    squares = ((errors - share * trials) ** 2 / np.maximum(trials * variance, 1e-12)).sum()
    dispersion = max(1.0, float(squares) / max(len(trials) - 1, 1))
    spread = np.sqrt(dispersion * variance * (1.0 / max(total, 1.0) + 1.0 / max(total_after, 1.0)))
    return float(ndtr((share - errors_after / max(total_after, 1.0)) / spread))


def concentrated_over_common(inside: int, outside: int, usual_inside: float, usual_outside: float) -> float:
    """Log-likelihood ratio of "only those inside rose, the others stayed as usual" over "both rose by the same factor", given the total.

    Below 0 where the rise is outside as well; 0 where there is no more than usual, so that nothing can be told apart.
    """
    total, usual = inside + outside, usual_inside + usual_outside
    if total <= usual or usual <= 0.0:
        return 0.0
    common = min(max(usual_inside / usual, 1e-6), 1.0 - 1e-6)
    narrow = min(max(1.0 - usual_outside / total, common), 1.0 - 1e-6)
    return float(inside * np.log(narrow / common) + outside * np.log((1.0 - narrow) / (1.0 - common)))
