"""Confidence that is far off is named, confidence that is tolerably off hardly ever is, and the bins show both."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.methods.statistics.calibration import Flags, Reals
from feedback_loop.methods.statistics.calibration_gap import MOST_BINS, far_off_p_value, reliability


def answers(count: int, gap: float, seed: int) -> tuple[Reals, Flags]:
    """Confidences from .4 to 1, and answers that are right less often by the gap."""
    generator = np.random.default_rng(seed)
    confidence = generator.uniform(0.4, 1.0, count)
    return confidence, generator.random(count) < np.clip(confidence - gap, 0, 1)


@pytest.mark.parametrize("gap", [0.0, 0.1, -0.1])
def test_what_is_tolerated_is_hardly_ever_called_far_off(gap: float) -> None:
    found = [far_off_p_value(*answers(200, gap, seed), tolerance=0.1) for seed in range(60)]
    assert sum(p_value <= 0.01 for p_value in found) <= 3


def test_confidence_that_is_far_off_is_named_from_a_hundred_answers_on() -> None:
    assert all(far_off_p_value(*answers(200, 0.35, seed), tolerance=0.1) <= 0.01 for seed in range(10))
    assert far_off_p_value(*answers(200, -0.35, 1), tolerance=0.1) <= 0.01  # too modest is off as well


def test_a_few_answers_prove_nothing() -> None:
    assert far_off_p_value(np.asarray([0.9, 0.9]), np.asarray([False, False]), 0.1) > 0.01
    assert far_off_p_value(np.asarray([]), np.asarray([], bool), 0.1) == 1.0


def test_high_confidence_that_is_just_as_far_off_as_is_tolerated_is_hardly_ever_called_far_off() -> None:
    rng, called = np.random.default_rng(1), 0
    for _ in range(200):
        confidence = rng.uniform(0.95, 0.99, 100)
        called += far_off_p_value(confidence, rng.random(100) < confidence - 0.1, 0.1) <= 0.05
    assert called <= 0.05 * 200 + 2 * np.sqrt(0.05 * 0.95 * 200)


def test_the_same_answers_have_the_same_p_value() -> None:
    assert far_off_p_value(*answers(60, 0.2, 3), tolerance=0.1) == far_off_p_value(*answers(60, 0.2, 3), tolerance=0.1)


def test_bins_have_equal_mass_and_show_what_was_right() -> None:
    confidence, is_correct = answers(300, 0.0, 5)
    bins = reliability(confidence, is_correct)
    assert len(bins) == MOST_BINS
    assert {one.count for one in bins} == {20}
    assert [one.confidence for one in bins] == sorted(one.confidence for one in bins)
    assert sum(one.accuracy * one.count for one in bins) == pytest.approx(is_correct.sum())
    assert all(one.low <= one.accuracy <= one.high for one in bins)


def test_answers_of_one_confidence_are_in_one_bin_whatever_their_order() -> None:
    confidence, is_correct = np.full(60, 0.9), np.arange(60) < 54
    (only,) = reliability(confidence, is_correct)
    assert (only.count, only.accuracy) == (60, 0.9)
    assert far_off_p_value(confidence, is_correct, 0.1) == 1.0
    mixed = np.concatenate([confidence, np.linspace(0.1, 0.8, 30)])
    assert sum(one.count for one in reliability(mixed, np.ones(90, bool))) == 90


def test_few_answers_fill_few_bins_and_none_none() -> None:
    assert len(reliability(*answers(25, 0.0, 1))) == 2
    assert reliability(np.asarray([]), np.asarray([], bool)) == []
