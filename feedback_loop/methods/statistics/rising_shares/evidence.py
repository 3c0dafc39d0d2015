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

    def log_process(self, before: Reals | None = None) -> Reals:
        """The e-process of the day; with `before`, closings of days before added up, the one that began on the first of those."""
        if before is None:
            both = np.stack([logsumexp(self.since_midnight, axis=2) - np.log(len(RATIOS)), self.later])
            return np.asarray(logsumexp(both, axis=0, b=np.array([_SINCE_MIDNIGHT, 1.0 - _SINCE_MIDNIGHT])[:, None, None]))
        grown = self.since_midnight + before[:, None, :]
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
    level, _ = _level(others.astype(np.float64), others_mean, usual.volume_variance, 0.0)
    return np.asarray(level * usual.means[:, onset:end].sum(axis=1))


def _log_ratios(counts: Ints, records: Ints, usual: Usual, stream: int, onsets: Ints, told: Ints) -> Reals:
    """How much likelier the complaints up to the end of each told bin are with a rise: logs float64 [told, onsets, ratios]."""
    count, mean = _cumulated(counts), _cumulated(usual.means[stream])
    others, others_mean = _cumulated(records - counts)[told + 1], _cumulated(usual.others[stream])[told + 1]
    level, size = _level(others, others_mean, usual.volume_variance, float(usual.dispersion[stream]))
    so_far, expected = count[told + 1], level * mean[told + 1]
    since = np.maximum(so_far[:, None] - count[onsets], 0.0)[:, :, None]
    expected_since = np.maximum(expected[:, None] - level[:, None] * mean[onsets], 0.0)[:, :, None]
    more = (RATIOS - 1.0) * expected_since / (size + expected)[:, None, None]
    return np.asarray(since * np.log(RATIOS) - (size + so_far)[:, None, None] * np.log1p(more))


def _cumulated(values: Reals | Ints) -> Reals:
    return np.concatenate([[0.0], np.cumsum(values, dtype=np.float64)])


def _level(others: Reals, expected: Reals, variance: float, dispersion: float) -> tuple[Reals, Reals]:
    """How many times its mean the stream is expected to have after so many other records, and how surely: float64 [bins] both.

    The day's level, a gamma distribution that the other records narrow, times the stream's own, by the moments of their product; the second
    figure is the size of a negative binomial.
    """
    shape, rate = 1.0 / max(variance, 1e-4) + others, 1.0 / max(variance, 1e-4) + expected
    return shape / rate, 1.0 / ((1.0 + 1.0 / shape) * (1.0 + dispersion) - 1.0)
