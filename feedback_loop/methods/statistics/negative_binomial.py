"""Counts that vary more than chance alone would have them: how likely they are, for each of a grid of levels and dispersions.

What is compared with what is the caller's business (`difference_in_differences`, `control_levels`). The rule that is easy to break: parts
of the chance that depend on neither level nor dispersion are left out, so that two results compare only for the same counts.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, logsumexp

Reals = npt.NDArray[np.float64]

DISPERSIONS: Reals = np.array([0.0, 0.01, 0.02, 0.04, 0.07, 0.11, 0.17, 0.25, 0.4, 0.65, 1.0])
"""Variance of a bin's rate over the squared rate, beyond what chance gives its count; about evenly spaced by their roots."""

DISPERSION_SCALE = 0.3
"""Scale of the half-normal prior of the dispersion's root: two days of three vary by less than that."""

_LEAST = 1e-9


def dispersion_log_prior() -> Reals:
    """The log prior weight of each of `DISPERSIONS`."""
    return np.asarray(-0.5 * DISPERSIONS / DISPERSION_SCALE**2 + np.log(np.gradient(np.sqrt(DISPERSIONS))))


def log_chances(counts: Reals, exposure: Reals, log_levels: Reals) -> Reals:
    """The log chance of the counts per dispersion and level, each bin's mean being level times exposure: float64 [dispersions, levels].

    Source: the negative binomial as a Poisson whose rate is gamma distributed (Hilbe, "Negative Binomial Regression", 2011, chapter 8).
    """
    log_means = log_levels[:, None] + np.log(np.maximum(exposure, _LEAST))
    means = np.exp(log_means)
    weighed = log_means @ counts
    found = np.empty((DISPERSIONS.size, log_levels.size))
    found[0] = weighed - means.sum(axis=1)
    for row, dispersion in enumerate(DISPERSIONS[1:], 1):
        own = 1.0 / dispersion
        rising = float((gammaln(counts + own) - gammaln(own) - counts * np.log(own)).sum())
        found[row] = weighed + rising - np.log1p(dispersion * means) @ (counts + own)
    return found


def mean_dispersion(parts: list[tuple[Reals, Reals]]) -> float:
    """The posterior mean of the dispersion, given counts and exposures of parts that each have a level of their own."""
    log_weight = dispersion_log_prior()
    for counts, exposure in parts:
        if counts.size > 1:
            centre = np.log((counts.sum() + 0.5) / exposure.sum())
            found = log_chances(counts, exposure, centre + np.linspace(-0.8, 0.8, 33))
            log_weight = log_weight + logsumexp(found, axis=1)
    weight = np.exp(log_weight - log_weight.max())
    return float(weight @ DISPERSIONS / weight.sum())
