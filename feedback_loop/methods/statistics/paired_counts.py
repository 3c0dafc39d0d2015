"""Whether one of two judges is worse, asked the same questions: an exact test on the questions where only one of them was right.

McNemar's test in its exact form, a sign test on the discordant pairs (McNemar 1947; Gibbons and Chakraborti, "Nonparametric Statistical
Inference"). The rule that is easy to break: two separate intervals that overlap say little, because the same questions were asked; only
pairs do.
"""

from __future__ import annotations

from dataclasses import dataclass

from scipy.stats import binom

from feedback_loop.methods.statistics.calibration import Flags


@dataclass(frozen=True)
class PairedCounts:
    """Of the same questions: those where both are right, only the present one, only the candidate, neither."""

    both: int
    only_present: int
    only_candidate: int
    neither: int

    @property
    def total(self) -> int:
        """How many questions were asked."""
        return self.both + self.only_present + self.only_candidate + self.neither

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
