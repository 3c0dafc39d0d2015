"""The sequential test: what a bin may say, and when the sum of it is enough."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nbinom

from feedback_loop.methods.statistics.rate_alarms.rising_rate import RisingRate, evidence

MEANS, DISPERSIONS = st.floats(0.001, 8.0), st.floats(0.01, 2.0)


@given(MEANS, DISPERSIONS)
def test_without_a_rise_a_bin_says_one_on_average(mean: float, dispersion: float) -> None:
    counts = np.arange(6000)
    chance = nbinom.pmf(counts, 1 / dispersion, 1 / (1 + dispersion * mean))
    likely = np.flatnonzero(chance > 1e-300)
    said = np.asarray([evidence(float(count), mean, dispersion) for count in likely])
    assert (chance[likely, None] * said).sum(axis=0) == pytest.approx(1.0, abs=0.01)


@given(st.integers(0, 100), MEANS, DISPERSIONS)
def test_the_evidence_grows_with_the_count(count: int, mean: float, dispersion: float) -> None:
    assert (evidence(count + 1, mean, dispersion) >= evidence(count, mean, dispersion)).all()


def test_the_complaint_that_makes_it_certain_raises_the_alarm() -> None:
    raised = [RisingRate(500.0).add(count, 0.5, 0.01) for count in range(1, 15)]
    first = next(which for which in raised if which is not None)
    assert raised == [None] * (first - 1) + [first] * (15 - first)


def test_a_silent_bin_raises_nothing() -> None:
    test = RisingRate(1.5)
    assert [test.add(0, 1e-6, 0.01) for _ in range(10)] == [None] * 10
    assert test.add(1, 1e-6, 0.01) == 1


def test_evidence_adds_up_until_it_is_forgotten() -> None:
    test = RisingRate(50.0)
    assert test.add(3, 1.0, 0.01) is None
    test.restart()
    assert test.add(3, 1.0, 0.01) is None
    assert any(test.add(3, 1.0, 0.01) for _ in range(5))


def test_evidence_that_fades_is_less_after_a_silence() -> None:
    def raised(kept: float) -> bool:
        test = RisingRate(300.0, kept)
        return any(test.add(count, 0.8 if count else 0.001, 0.01) for count in [4, *[0] * 20, 4])

    assert raised(1.0)
    assert not raised(0.8)


def test_a_false_alarm_takes_as_long_as_promised() -> None:
    rng, threshold = np.random.default_rng(5), 40.0
    waited = []
    for _ in range(150):
        test, bins = RisingRate(threshold), 1
        while test.add(int(rng.poisson(0.7)), 0.7, 1e-6) is None:
            bins += 1
        waited.append(bins)
    assert np.mean(waited) > threshold
