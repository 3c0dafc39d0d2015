"""Ridge regression says of each example what the fit without it says, and random features stand for the Gaussian kernel."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from feedback_loop.methods.statistics.kernel_ridge import Singles, kernel
from feedback_loop.methods.statistics.linear_ridge import fit_ridge, gaussian_features


def _rows(count: int, width: int, seed: int = 0) -> Singles:
    rows = np.random.default_rng(seed).standard_normal((count, width)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), np.float32)


@pytest.mark.parametrize("as_sparse", [False, True])
def test_left_out_prediction_is_that_of_a_fit_without_the_example(as_sparse: bool) -> None:
    features, wanted = _rows(30, 6), _rows(30, 3, seed=1)
    given = sparse.csr_array(features) if as_sparse else features
    fitted = fit_ridge(given, wanted, 0.3)
    for row in (0, 17, 29):
        others = np.arange(30) != row
        again = fit_ridge(features[others], wanted[others], 0.3)
        assert fitted.left_out[row] == pytest.approx(features[row] @ again.weights, abs=1e-5)


@pytest.mark.parametrize("folds", [1, 4, 30, 50])
def test_block_is_left_out_as_a_whole(folds: int) -> None:
    features, wanted = _rows(30, 6), _rows(30, 3, seed=1)
    fitted = fit_ridge(features, wanted, 0.3, folds)
    kept = np.arange(30) % folds != 0
    again = fit_ridge(features[kept], wanted[kept], 0.3).weights if kept.any() else np.zeros((6, 3), np.float32)
    assert fitted.left_out[~kept] == pytest.approx(features[~kept] @ again, abs=1e-4)


def test_weights_solve_the_normal_equations() -> None:
    features, wanted = _rows(20, 5), _rows(20, 2, seed=1)
    expected = np.linalg.solve(features.T @ features + 0.5 * np.eye(5), features.T @ wanted)
    assert fit_ridge(features, wanted, 0.5).weights == pytest.approx(expected, abs=1e-5)


def test_more_features_than_examples_are_no_trouble() -> None:
    assert np.isfinite(fit_ridge(_rows(3, 50), _rows(3, 2, seed=1), 0.1).left_out).all()


def test_features_multiply_to_the_kernel() -> None:
    rows = _rows(40, 24)
    made = gaussian_features(24, 4096, 2.0).of(rows)
    assert np.abs(made @ made.T - kernel(rows @ rows.T, 2.0)).max() < 0.08


def test_features_of_a_row_do_not_depend_on_the_rows_beside_it() -> None:
    rows, weights = _rows(70, 24), _rows(256, 3, seed=2)
    features = gaussian_features(24, 256, 2.0)
    assert np.array_equal(features.of(rows), np.concatenate([features.of(rows[i : i + 1]) for i in range(70)]))
    together = features.weighted(rows, weights)
    assert np.array_equal(together, np.concatenate([features.weighted(rows[i : i + 1], weights) for i in range(70)]))
    assert together == pytest.approx(features.of(rows) @ weights, abs=1e-5)


def test_features_are_the_same_at_every_call() -> None:
    one, other = gaussian_features(8, 20, 2.0), gaussian_features(8, 20, 2.0)
    assert np.array_equal(one.directions, other.directions)
    assert np.array_equal(one.phases, other.phases)
    assert one.directions.shape == (8, 20)
