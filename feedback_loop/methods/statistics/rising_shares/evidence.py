"""How much the records of an open day speak for a rise of each stream, at the end of every bin: an e-process.

While nothing rises it is 1 on average at any moment at which somebody looks, so that it passes 1/α on at most a share α of the days,
however often they look (Ville's inequality). The rule that is easy to break: onset, size of the rise and both unknown levels are averaged
over within one ratio of probabilities; the largest over onsets would be no such process.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from feedback_loop.methods.statistics.rising_shares.usual import Usual

Reals = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

RATIOS: Reals = np.array([1.5, 2.0, 3.0, 4.5, 7.0, 11.0, 16.0])
_ONSET_EVERY, _SINCE_MIDNIGHT = 12, 0.5

_FAR_OFF = 2.0
"""Standard deviations from which on the day's other records themselves show how much its level may be off."""


@dataclass(frozen=True)
class DayEvidence:
    """Natural logs at the end of each bin: of a rise since midnight by size, float64 [streams, bins, ratios], and of a later one.

    `later` float64 [streams, bins] is averaged over sizes and onsets. Both are -inf in bins without a complaint but the last: nothing is
    raised there.
    """

    since_midnight: Reals
    later: Reals

    @property
    def closing(self) -> Reals:
        """Of a rise since midnight, at the end of the day: float64 [streams, ratios]."""
        return np.asarray(self.since_midnight[:, -1])

    def of(self, streams: Ints) -> DayEvidence:
        """That of some of the streams."""
        return DayEvidence(self.since_midnight[streams], self.later[streams])

    def log_process(self, before: Reals | None = None, tempered: Reals | None = None) -> Reals:
        """The e-process of the day; with `before`, closings of days before added up, the one that began on the first of those.

        `tempered` float64 [streams] is what the evidence of several days is multiplied by for being of one expectation (`tempered_by`).
        """
        if before is None:
            both = np.stack([logsumexp(self.since_midnight, axis=2) - np.log(len(RATIOS)), self.later])
            return np.asarray(logsumexp(both, axis=0, b=np.array([_SINCE_MIDNIGHT, 1.0 - _SINCE_MIDNIGHT])[:, None, None]))
        grown = self.since_midnight + before[:, None, :]
        grown = grown if tempered is None else grown * tempered[:, None, None]
        return np.asarray(logsumexp(grown, axis=2) + np.log(_SINCE_MIDNIGHT / len(RATIOS)))


def day_evidence(counts: Ints, records: Ints, usual: Usual) -> DayEvidence:
    """The evidence in counts int64 [streams, bins] among the records int64 [bins] of a day."""
    onsets, bins = np.arange(0, counts.shape[1], _ONSET_EVERY), counts.shape[1]
    since_midnight, later = np.full((*counts.shape, len(RATIOS)), -np.inf), np.full(counts.shape, -np.inf)
    for n, of_stream in enumerate(counts):
        told = np.union1d(np.flatnonzero(of_stream), [bins - 1])
        ratio = _log_ratios(of_stream, records, usual, n, onsets, told)
        since_midnight[n, told] = ratio[:, 0]
        later[n, told] = logsumexp(ratio[:, 1:], axis=(1, 2)) - np.log((len(onsets) - 1) * len(RATIOS))
    return DayEvidence(since_midnight, later)


def tempered_by(usual: Usual, days: int) -> Reals:
    """By what the added evidence of so many days is multiplied, since they were foretold at once and are off together: float64 [streams].

    1 / (1 + (days - 1) ρ) with ρ the part of a day's variance that lasts, by which the variance of the sum of equally correlated figures
    exceeds that of independent ones.
    """
    share, mean = usual.shares, np.maximum(usual.means.sum(axis=1), 1e-9)
    alone = (1.0 - share) ** 2
    lasting = usual.lasting_odds_variance * alone + usual.lasting_volume_variance * share**2
    of_day = usual.odds_variance * alone + usual.volume_variance * share**2 + 1.0 / mean
    return np.asarray(1.0 / (1.0 + (days - 1) * np.minimum(lasting / of_day, 1.0)))


def evidence_since(counts: Ints, records: Ints, usual: Usual, onset: int, end: int) -> Reals:
    """The natural log of the e-process of a rise that begins with one bin and is looked for up to another: float64 [streams, bins].

    It is -inf outside of those bins and in bins without a complaint.
    """
    found = np.full(counts.shape, -np.inf)
    for n, of_stream in enumerate(counts):
        told = np.flatnonzero(of_stream[onset:end]) + onset
        ratio = _log_ratios(of_stream, records, usual, n, np.array([onset]), told)[:, 0]
        found[n, told] = logsumexp(ratio, axis=1) - np.log(len(RATIOS))
    return found


def expected_so_far(counts: Ints, records: Ints, usual: Usual, onset: int, end: int) -> Reals:
    """What was to be expected of each stream between two bins, given the other records of the day up to the second: float64 [streams]."""
    others, others_mean = (records - counts)[:, :end].sum(axis=1), usual.others[:, :end].sum(axis=1)
    level, _ = _level(others.astype(np.float64), others_mean, usual.volume_variance, usual.odds_variance, usual.shares)
    return np.asarray(level * usual.means[:, onset:end].sum(axis=1))


def _log_ratios(counts: Ints, records: Ints, usual: Usual, stream: int, onsets: Ints, told: Ints) -> Reals:
    """How much likelier the complaints up to the end of each told bin are with a rise: logs float64 [told, onsets, ratios]."""
    count, mean = _cumulated(counts), _cumulated(usual.means[stream])
    others, others_mean = _cumulated(records - counts)[told + 1], _cumulated(usual.others[stream])[told + 1]
    level, size = _level(others, others_mean, usual.volume_variance, usual.odds_variance[stream], usual.shares[stream])
    so_far, expected = count[told + 1], level * mean[told + 1]
    since = np.maximum(so_far[:, None] - count[onsets], 0.0)[:, :, None]
    expected_since = np.maximum(expected[:, None] - level[:, None] * mean[onsets], 0.0)[:, :, None]
    more = (RATIOS - 1.0) * expected_since / (size + expected)[:, None, None]
    return np.asarray(since * np.log(RATIOS) - (size + so_far)[:, None, None] * np.log1p(more))


def _cumulated(values: Reals | Ints) -> Reals:
    return np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])


def _level(others: Reals, expected: Reals, variance: float, odds_variance: Reals, share: Reals) -> tuple[Reals, Reals]:
    """How many times its mean the stream is expected to have after so many other records, and how surely: float64 [bins or streams] both.

    The day's level, a gamma distribution that the other records narrow, times the stream's own, by the moments of their product; the second
    figure is the size of a negative binomial. Where most records complain, the others tell of the share rather than of the level: they
    count as far as the expectation from both is the best linear one, so that of a stream that is nearly everything its volume decides. On
    a day whose others are far off, as in a campaign, the level varies by what they themselves show.
    """
    expected = np.maximum(expected, 1e-9)
    of_share, of_both = odds_variance * share**2, odds_variance * share * (1.0 - share)
    usual_variance = max(variance, 1e-4)
    beyond = (others / expected - 1.0) ** 2 - _FAR_OFF**2 * (usual_variance + 1.0 / expected + of_share)
    level_variance = usual_variance + np.maximum(beyond, 0.0)
    surplus = np.maximum(level_variance - of_both, 0.0)
    told = surplus / (level_variance + 1.0 / expected + of_share)
    # What one other record counts: told / (1 - told), which would cancel, over the level's variance and their mean.
    each = surplus / ((1.0 / expected + of_share + of_both) * level_variance * expected)
    shape, rate = 1.0 / level_variance + each * others, 1.0 / level_variance + each * expected
    own = odds_variance * (1.0 - share + told * share) ** 2
    return shape / rate, 1.0 / ((1.0 + 1.0 / shape) * (1.0 + own) - 1.0)
