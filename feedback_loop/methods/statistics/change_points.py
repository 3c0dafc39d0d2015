"""When a rate changed, from counts in bins of time: the most likely single step up from a known level.

What is counted, and what level the past lets expect, is the business of `analysis/onset`. The rule that is easy to break: the step is
judged against the expected counts, which carry the rhythm of the day, so that a busy evening is no step.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from feedback_loop.methods.statistics.count_models import Reals


@dataclass(frozen=True)
class Step:
    """The first bin of the higher rate, and the log-likelihood of that step over no step at all (0 or more)."""

    first_bin: int
    log_likelihood_ratio: float


def rate_step(counts: Reals, expected: Reals) -> Step | None:
    """The most likely bin from which on a Poisson rate lies above the expected one; None where no suffix of the bins lies above it.

    Before the step the rate is the expected one, from then on a multiple of it that the counts decide. Both are float64 [bins]. Source: the
    likelihood of one change of a Poisson rate, as in Raftery & Akman, "Bayesian analysis of a Poisson process with a change-point",
    Biometrika 73 (1986). Of equally likely bins the last is taken: empty bins before the first complaint belong to the time before.
    """
    after, usual = np.cumsum(counts[::-1])[::-1], np.maximum(np.cumsum(expected[::-1])[::-1], 1e-12)
    rises = after > usual
    ratio = np.where(rises, after * np.log(np.maximum(after, 1e-12) / usual) - (after - usual), 0.0)
    if not rises.any():
        return None
    best = float(ratio.max())
    return Step(int(np.flatnonzero(ratio >= best - 1e-12)[-1]), best)
