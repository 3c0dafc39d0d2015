"""Tests of the seeded streams and draws."""

from __future__ import annotations

from statistics import fmean, pvariance

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.simulation.streams import around_one, digits, poisson, ranked, stream, weighted


def test_a_stream_depends_on_its_names_alone() -> None:
    first = stream(7, "count", "x", 3).random()
    stream(7, "other").random()
    assert stream(7, "count", "x", 3).random() == first
    assert stream(8, "count", "x", 3).random() != first


@pytest.mark.parametrize("mean", [0.4, 6.0, 29.0, 95.0])
def test_poisson_counts_have_their_mean_as_mean_and_variance(mean: float) -> None:
    rng = stream("poisson", mean)
    counts = [poisson(rng, mean) for _ in range(3000)]
    assert fmean(counts) == pytest.approx(mean, rel=0.08)
    assert pvariance(counts) == pytest.approx(mean, rel=0.15)


def test_nobody_comes_when_the_mean_is_zero() -> None:
    assert poisson(stream(1), 0.0) == 0


def test_spread_keeps_the_mean_and_has_the_stated_deviation() -> None:
    rng = stream("spread")
    factors = [around_one(rng, 0.2) for _ in range(4000)]
    assert fmean(factors) == pytest.approx(1.0, abs=0.02)
    assert pvariance(factors) ** 0.5 == pytest.approx(0.2, rel=0.08)
    assert around_one(rng, 0.0) == 1.0


def test_weights_of_zero_are_never_drawn() -> None:
    rng = stream("weights")
    assert {weighted(rng, {"a": 1, "b": 0, "c": 3}) for _ in range(200)} == {"a", "c"}
    assert {ranked(rng, [0, 2, 0, 1]) for _ in range(200)} == {1, 3}


@settings(max_examples=30)
@given(st.text(alphabet="#ab- ", max_size=12), st.integers())
def test_digits_replaces_only_the_hash_signs(pattern: str, seed: int) -> None:
    filled = digits(stream(seed), pattern)
    assert len(filled) == len(pattern)
    assert all(new.isdigit() if old == "#" else new == old for old, new in zip(pattern, filled, strict=True))
