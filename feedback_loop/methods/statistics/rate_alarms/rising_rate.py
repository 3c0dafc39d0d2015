"""A sequential test that a rate has risen: how much every bin since an unknown onset speaks for a rate several times the expected one.

Here: one bin after the other, whatever foretold it. When an alert ends is in `alert`. The rule that is easy to break: the evidence can only
grow with a bin's count, so that an alarm is raised at the complaint that makes it certain, before the bin ends.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]

RATIOS = 2.0 ** np.arange(1.0, 4.5, 0.5)
_LOG_RATIOS = np.log(RATIOS)
_LARGEST = 1e12


class RisingRate:
    """The Shiryaev–Roberts statistic over several ratios: evidence summed over every bin in which the rise could have begun.

    While nothing rises it grows by at most 1 a bin on average, so that a false alarm takes at least `threshold` bins on average if what is
    expected of the bins is right. Evidence fades with age (`kept` of it is left after a bin): a rise that is not seen within hours competes
    with every error of the season. Source: Shin, Ramdas & Rinaldo, "E-detectors: a nonparametric framework for sequential change detection"
    (2023).
    """

    def __init__(self, threshold: float, kept: float = 1.0) -> None:
        self._threshold, self._kept = threshold, kept
        self._sums = np.zeros(len(RATIOS))

    def add(self, count: int, mean: float, dispersion: float) -> int | None:
        """Takes in a bin whose variance should be `mean + dispersion · mean²`; which of its complaints, 1 first, raises the alarm."""
        before = self._kept * self._sums + 1.0
        self._sums = np.minimum(before * evidence(count, mean, dispersion), _LARGEST)
        if not count or self._sums.mean() < self._threshold:
            return None
        enough = (k for k in range(1, count) if (before * evidence(k, mean, dispersion)).mean() >= self._threshold)
        return next(enough, count)

    def restart(self) -> None:
        """Forgets all evidence."""
        self._sums = np.zeros(len(RATIOS))


def evidence(count: float, mean: float, dispersion: float) -> Reals:
    """How many times likelier the count of a bin is with a risen mean, per ratio: float64 [ratios], 1 on average without a rise."""
    size = 1.0 / max(dispersion, 1e-6)
    return np.asarray(np.exp(count * _LOG_RATIOS + (count + size) * np.log((size + mean) / (size + RATIOS * mean))))
