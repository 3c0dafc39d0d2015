"""Scatter: a wide one is found, bursts are counted apart from it."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import nbinom

from feedback_loop.methods.statistics.rate_alarms.scatter import Reals, Scatter, negative_binomial

NO_DOUBT = np.zeros(96)


def learnt(days: list[Reals], mean: float) -> Scatter:
    scatter = Scatter(96)
    for day in days:
        scatter.add(day, np.full(96, mean), NO_DOUBT)
    return scatter


def test_poisson_counts_have_next_to_no_dispersion() -> None:
    rng = np.random.default_rng(1)
    assert learnt([rng.poisson(5.0, 96).astype(float) for _ in range(28)], 5.0).dispersion < 0.02


def test_gamma_poisson_counts_have_theirs() -> None:
    rng = np.random.default_rng(2)
    days = [rng.poisson(5.0 * rng.gamma(5.0, 0.2, 96)).astype(float) for _ in range(28)]
    assert learnt(days, 5.0).dispersion == pytest.approx(0.2, abs=0.05)


def test_bursts_are_learnt_as_such_and_do_not_widen_the_scatter() -> None:
    rng = np.random.default_rng(3)
    days = [rng.poisson(0.5, 96).astype(float) for _ in range(28)]
    calm = learnt(days, 0.5)
    for day in days:
        day[rng.integers(96)] += 9.0
    burst = learnt(days, 0.5)
    assert burst.burst_share > 3 * calm.burst_share
    assert burst.dispersion < 0.3


def test_a_day_of_which_nothing_was_usual_changes_no_more_than_age() -> None:
    scatter = Scatter(96)
    before = scatter.burst_share
    scatter.add(np.zeros(0), np.zeros(0), np.zeros(0))
    assert scatter.burst_share == pytest.approx(before)


def test_log_probabilities_are_those_of_scipy() -> None:
    counts, size = np.arange(6.0), 1.0 / 0.3
    found = negative_binomial(counts, np.full(6, 2.0), np.full(6, 0.3))
    assert found == pytest.approx(nbinom.logpmf(counts, size, size / (size + 2.0)))
