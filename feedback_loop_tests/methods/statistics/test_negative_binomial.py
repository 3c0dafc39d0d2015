"""The chance of counts that vary: against scipy's own, and how much they are found to vary."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import gammaln
from scipy.stats import nbinom, poisson

from feedback_loop.methods.statistics.negative_binomial import DISPERSIONS, dispersion_log_prior, log_chances, mean_dispersion

counts = st.lists(st.integers(0, 200), min_size=1, max_size=10).map(lambda values: np.array(values, dtype=np.float64))


def drawn(seed: int, dispersion: float, bins: int = 200, mean: float = 50.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    rates = mean * rng.gamma(1 / dispersion, dispersion, bins) if dispersion else np.full(bins, mean)
    return rng.poisson(rates).astype(np.float64), np.ones(bins)


@given(counts, st.floats(-2, 5), st.floats(0.1, 3))
def test_the_chances_are_those_of_scipy_up_to_what_depends_on_the_counts_only(values: np.ndarray, level: float, length: float) -> None:
    exposure = np.full(values.size, length)
    left_out = float((gammaln(values + 1)).sum())
    found = log_chances(values, exposure, np.array([level]))[:, 0] - left_out
    mean = length * np.exp(level)
    assert found[0] == pytest.approx(poisson.logpmf(values, mean).sum(), rel=1e-6, abs=1e-6)
    for row, dispersion in enumerate(DISPERSIONS[1:], 1):
        own = 1 / dispersion
        assert found[row] == pytest.approx(nbinom.logpmf(values, own, own / (own + mean)).sum(), rel=1e-6, abs=1e-6)


def test_the_likeliest_level_is_the_counts_over_their_exposure() -> None:
    levels = np.linspace(0, 5, 501)
    found = log_chances(np.array([20.0, 40.0]), np.array([1.0, 2.0]), levels)
    assert np.exp(levels[found.argmax(axis=1)]) == pytest.approx(np.full(DISPERSIONS.size, 20.0), rel=0.02)


@pytest.mark.parametrize("dispersion", [0.0, 0.1, 0.4])
def test_the_dispersion_of_many_bins_is_found(dispersion: float) -> None:
    assert mean_dispersion([drawn(1, dispersion)]) == pytest.approx(dispersion, rel=0.3, abs=0.01)


def test_parts_with_levels_of_their_own_do_not_look_dispersed() -> None:
    low, high = drawn(1, 0.0, mean=10), drawn(2, 0.0, mean=100)
    assert mean_dispersion([low, high]) < 0.02


def test_without_counts_the_prior_alone_speaks() -> None:
    weight = np.exp(dispersion_log_prior())
    assert mean_dispersion([]) == pytest.approx(float(weight @ DISPERSIONS / weight.sum()))
