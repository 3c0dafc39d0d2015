"""What the calibration methods promise, checked against counts, closed forms and repeated draws."""

from __future__ import annotations

import numpy as np
import pytest

from feedback_loop.methods.statistics.calibration import (
    Blend,
    Certainty,
    conformal_cutoff,
    cross_fitted,
    expected_calibration_error,
    fit_blend,
    fit_certainty,
    selective_threshold,
)

NOTHING = np.zeros(0)


def _draw(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Confidences, and answers that are right exactly as often as the confidence says."""
    rng = np.random.default_rng(seed)
    confidence = 1 - rng.beta(1, 8, count)
    return confidence, rng.random(count) < confidence


def test_blend_yields_probabilities_that_sum_to_one() -> None:
    log_p = Blend(0.5, 2.0).log_probabilities(np.array([[1.0, 2.0, 3.0]]), np.array([[0.0, -1.0, 4.0]]))
    assert np.exp(log_p).sum() == pytest.approx(1)
    assert log_p.argmax() == 2


def test_blend_leans_on_the_model_that_is_right() -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 400)
    knows, guesses = np.eye(3)[truth] + rng.normal(0, 0.3, (400, 3)), rng.normal(0, 1, (400, 3))
    blend = fit_blend(knows, guesses, truth)
    assert blend.first > 3
    assert 0 <= blend.second < 0.1 * blend.first


def test_blend_of_overconfident_scores_cools_them() -> None:
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 2, 500)
    scores = 10 * (np.eye(2)[truth] + rng.normal(0, 1, (500, 2)))
    blend = fit_blend(scores, np.zeros((500, 2)), truth)
    confidence = np.exp(blend.log_probabilities(scores, np.zeros((500, 2)))).max(axis=1)
    assert expected_calibration_error(confidence, scores.argmax(axis=1) == truth) < 0.08
    assert blend.first < 0.5


def test_blend_without_examples_is_the_usual_one() -> None:
    assert fit_blend(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0, np.int64)) == Blend(12.0, 4.0)


def test_cross_fitted_probabilities_of_a_half_follow_from_the_other_half_alone() -> None:
    rng = np.random.default_rng(2)
    truth = rng.integers(0, 3, 60)
    scores, other = np.eye(3)[truth] + rng.normal(0, 0.5, (60, 3)), np.zeros((60, 3))
    spoilt = truth.copy()
    spoilt[::2] = 0
    same, changed = cross_fitted(scores, other, truth), cross_fitted(scores, other, spoilt)
    assert np.array_equal(same[::2], changed[::2])
    assert not np.array_equal(same[1::2], changed[1::2])


def test_certainty_mends_probabilities_that_are_too_high_above_and_too_low_below() -> None:
    rng = np.random.default_rng(3)
    honest = rng.uniform(0.4, 0.99, 5000)
    odds = np.log(honest / (1 - honest))
    stated, is_correct = 1 / (1 + np.exp(-2 * odds + 1)), rng.random(5000) < honest
    assert expected_calibration_error(stated, is_correct) > 0.05
    mended = fit_certainty(stated, is_correct).of(stated)
    assert expected_calibration_error(mended, is_correct) < 0.02
    assert np.array_equal(np.argsort(mended, kind="stable"), np.argsort(stated, kind="stable"))


def test_certainty_without_answers_changes_nothing() -> None:
    unchanged = fit_certainty(NOTHING, NOTHING.astype(bool))
    assert unchanged == Certainty()
    assert unchanged.of(np.array([0.25, 0.9])) == pytest.approx([0.25, 0.9])
    assert np.isfinite(unchanged.of(np.array([0.0, 1.0]))).all()


def test_calibration_error_is_the_gap_between_confidence_and_accuracy() -> None:
    assert expected_calibration_error(np.full(150, 0.9), np.tile([True, True, True, False, False], 30)) == pytest.approx(0.3)
    assert expected_calibration_error(np.array([1.0, 1.0]), np.array([True, True])) == 0
    assert expected_calibration_error(NOTHING, NOTHING.astype(bool)) == 0


def test_calibration_error_does_not_follow_from_the_order_of_answers_of_one_confidence() -> None:
    confidence, is_correct = np.full(30, 0.5), np.arange(30) < 15
    assert expected_calibration_error(confidence, is_correct) == pytest.approx(0)
    mixed, right = np.tile([0.6, 0.9], 20), np.arange(40) % 7 < 5
    shuffled = np.random.default_rng(4).permutation(40)
    assert expected_calibration_error(mixed, right) == pytest.approx(expected_calibration_error(mixed[shuffled], right[shuffled]))


def test_threshold_is_missing_where_the_examples_are_too_few() -> None:
    assert selective_threshold(np.full(100, 0.99), np.full(100, True), 0.98, 0.1) is None
    assert selective_threshold(NOTHING, NOTHING.astype(bool), 0.98, 0.1) is None


def test_threshold_takes_all_where_all_are_right() -> None:
    confidence = np.linspace(0.4, 1, 500)
    assert selective_threshold(confidence, np.full(500, True), 0.98, 0.1) == confidence[0]


def test_threshold_stops_before_the_errors() -> None:
    confidence = np.linspace(0, 1, 1000)
    threshold = selective_threshold(confidence, confidence > 0.4, 0.95, 0.1)
    assert threshold is not None
    assert 0.3 < threshold < 0.45


def test_threshold_never_splits_examples_of_equal_confidence() -> None:
    confidence = np.concatenate([np.full(300, 0.9), np.full(300, 0.5)])
    threshold = selective_threshold(confidence, np.concatenate([np.full(300, True), np.full(300, False)]), 0.95, 0.1)
    assert threshold == 0.9


def test_threshold_misses_its_target_no_more_often_than_delta() -> None:
    population, right = _draw(200_000, seed=99)
    misses = 0
    for seed in range(200):
        confidence, is_correct = _draw(400, seed)
        threshold = selective_threshold(confidence, is_correct, 0.93, 0.1)
        if threshold is not None:
            misses += right[population >= threshold].mean() < 0.93
    assert misses <= 0.1 * 200 + 2 * np.sqrt(0.1 * 0.9 * 200)


def test_prediction_sets_cover_the_truth() -> None:
    rng = np.random.default_rng(5)
    cutoff = conformal_cutoff(rng.beta(5, 1, 2000), 0.9)
    assert np.mean(rng.beta(5, 1, 20_000) >= cutoff) == pytest.approx(0.9, abs=0.02)


@pytest.mark.parametrize(("count", "coverage", "left_out"), [(9, 0.9, 0), (19, 0.9, 1), (19, 0.95, 0), (99, 0.95, 4), (18, 0.9, 0)])
def test_prediction_sets_are_no_larger_than_the_coverage_asks(count: int, coverage: float, left_out: int) -> None:
    assert conformal_cutoff(np.arange(1, count + 1) / 100, coverage) == (left_out + 1) / 100


def test_prediction_sets_hold_every_label_where_examples_are_too_few() -> None:
    assert conformal_cutoff(np.array([0.9, 0.8]), 0.95) == 0
