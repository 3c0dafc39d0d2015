"""Whether one of two judges is worse, asked the same questions: an exact test on the questions where only one of them was right.

McNemar's test in its exact form, a sign test on the discordant pairs (McNemar 1947; Gibbons and Chakraborti, "Nonparametric Statistical
Inference"). And the interval of a share after Clopper and Pearson. The rule that is easy to break: two separate intervals that overlap say
little, because the same questions were asked; only pairs do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from feedback_loop.methods.statistics.calibration import error_upper_bound
from feedback_loop.methods.statistics.proven_shares import lower_bound

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class PairedCounts:
    """Of the same questions: those where both are right, only the present one, only the candidate, neither."""

    both: int
    only_present: int
    only_candidate: int
    neither: int

    @property
    def p_worse(self) -> float:
        """The chance of at least so many questions that only the present one gets right, were the candidate as good; small means worse."""
        discordant = self.only_present + self.only_candidate
        return float(binom.sf(self.only_present - 1, discordant, 0.5)) if discordant else 1.0


def paired_counts(present: Flags, candidate: Flags) -> PairedCounts:
    """The four counts of two rows of answers [n] to the same questions."""
    return PairedCounts(
        int((present & candidate).sum()), int((present & ~candidate).sum()), int((~present & candidate).sum()),
        int((~present & ~candidate).sum()),
    )  # fmt: skip


def share_interval(hits: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """The exact two-sided interval of a share (Clopper and Pearson 1934); 0 to 1 where nothing was tried."""
    tail = (1 - confidence) / 2
    return lower_bound(hits, trials, tail), error_upper_bound(hits, trials, tail)
