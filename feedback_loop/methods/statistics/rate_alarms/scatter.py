"""How widely the counts of bins scatter about their expectation: by more than Poisson everywhere, and by bursts that pass at once.

Here: both learnt from past bins and the mean that was expected of each. The rule that is easy to break: the mean is the one foretold
before the bin, not one fitted with it, or the scatter comes out too small.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

Reals = npt.NDArray[np.float64]

_DISPERSIONS = np.asarray([1e-4, 0.03, 0.1, 0.2, 0.4, 0.8, 1.6])
_KEEP_PER_DAY = 0.5 ** (1.0 / 28.0)
_BURST_RATIO = 4.0
_BURSTS_BEFORE, _DAYS_BEFORE = 1.0, 2.0
"""Before any data: one burst in two days, as a prior that weighs as much as those two days."""


class Scatter:
    """What is known of the scatter so far; days are added in order."""

    def __init__(self, bins_per_day: int) -> None:
        self._log_likelihood = np.log(np.asarray([3.0, 2.0, 2.0, 1.0, 1.0, 0.5, 0.25]))
        self._bursts, self._bins = _BURSTS_BEFORE, _DAYS_BEFORE * bins_per_day
        self._known()

    def add(self, counts: Reals, means: Reals, doubts: Reals) -> None:
        """Learns from the bins of a day, all of them usual."""
        likelihood = negative_binomial(counts[:, None], means[:, None], doubts[:, None] + _DISPERSIONS)
        raised = negative_binomial(counts, _BURST_RATIO * means + 1.0, doubts + self.dispersion)
        # A burst explains what no dispersion can: what is left to explain for the dispersion is bounded by it.
        share = self.burst_share
        self._log_likelihood = _KEEP_PER_DAY * self._log_likelihood + np.logaddexp(
            np.log1p(-share) + likelihood, np.log(share) + raised[:, None]
        ).sum(axis=0)
        usual = negative_binomial(counts, means, doubts + self.dispersion)
        odds = share / (1.0 - share) * np.exp(np.minimum(raised - usual, 50.0))
        self._bursts = _KEEP_PER_DAY * self._bursts + float((odds / (1.0 + odds)).sum())
        self._bins = _KEEP_PER_DAY * self._bins + len(counts)
        self._known()

    def _known(self) -> None:
        weights = np.exp(self._log_likelihood - self._log_likelihood.max())
        self.dispersion = float(weights @ _DISPERSIONS / weights.sum())
        self.burst_share = min(self._bursts / self._bins, 0.2)


def negative_binomial(counts: Reals, means: Reals, dispersions: Reals) -> Reals:
    """Log probabilities of counts with variance `mean + dispersion · mean²`."""
    size = 1.0 / np.maximum(dispersions, 1e-6)
    log_choose = gammaln(counts + size) - gammaln(size) - gammaln(counts + 1.0)
    return np.asarray(log_choose + size * np.log(size / (size + means)) + counts * np.log(means / (size + means)))
