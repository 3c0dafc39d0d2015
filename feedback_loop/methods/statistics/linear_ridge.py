"""Ridge regression on features, and features that stand for a Gaussian kernel: time grows with the examples, not with their third power.

Here: the fit in closed form with its exact left-out predictions. On a kernel itself it is `kernel_ridge`, which is more exact and dearer.
The rule that is easy to break: a row's features must not depend on the rows beside it, so dense products come in blocks of one size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.linalg import cho_solve, cholesky, solve
from scipy.linalg.lapack import dtrtri

from feedback_loop.methods.statistics.calibration import Reals
from feedback_loop.methods.statistics.kernel_ridge import Singles, fixed_blocks

_SEED = 7
_ROWS_AT_ONCE = 2048
_HIGHEST_LEVERAGE = 1 - 1e-6


@dataclass(frozen=True)
class FittedFeatures:
    """Weights [features, targets], and what each example [n, targets] is predicted to be by the fit that leaves it out."""

    weights: Singles
    left_out: Singles


def fit_ridge(features: Singles | sparse.csr_array, wanted: Singles, ridge: float, folds: int | None = None) -> FittedFeatures:
    """The fit of features [n, p] to wanted values [n, targets]; each example is left out alone, or with every `folds`-th.

    With H the hat matrix X (X'X + ridge)^-1 X' and e the errors of the fit, leaving the block B out makes its errors (I - H_BB)^-1 e_B
    (Allen 1974 for one row, Cook and Weisberg 1982 for several).
    """
    exact = features.astype(np.float64)
    gram = _dense(exact.T @ exact)
    gram[np.diag_indices_from(gram)] += ridge
    root = cholesky(gram, lower=True, overwrite_a=True, check_finite=False)
    weights = np.asarray(cho_solve((root, True), exact.T @ wanted, check_finite=False), np.float32)
    inverse, _ = dtrtri(root, lower=1)
    halves = np.ascontiguousarray(inverse.T, np.float32)
    errors = np.asarray(wanted - features @ weights, np.float64)
    errors = errors / (1 - _leverage(features, halves))[:, None] if folds is None else _block_errors(features, halves, errors, folds)
    return FittedFeatures(weights, np.asarray(wanted - errors, np.float32))


def _leverage(features: Singles | sparse.csr_array, halves: Singles) -> Reals:
    """The diagonal [n] of the hat matrix; below 1 by the ridge."""
    parts = [
        np.square(features[start : start + _ROWS_AT_ONCE] @ halves).sum(axis=1, dtype=np.float64)
        for start in range(0, features.shape[0], _ROWS_AT_ONCE)
    ]
    leverage: Reals = np.minimum(np.concatenate(parts), _HIGHEST_LEVERAGE)
    return leverage


def _dense(matrix: Reals | sparse.csr_array) -> Reals:
    return np.asarray(matrix.toarray() if isinstance(matrix, sparse.sparray) else matrix, np.float64)


def _block_errors(features: Singles | sparse.csr_array, halves: Singles, errors: Reals, folds: int) -> Reals:
    """The errors [n, targets] of each block of rows by the fit that leaves the block out."""
    made = np.empty_like(errors)
    for fold in range(min(folds, len(errors))):
        rows = slice(fold, None, folds)
        half = features[rows] @ halves
        stays = np.eye(len(half)) - half @ half.T
        made[rows] = solve(stays, errors[rows], assume_a="pos", check_finite=False)
    return made


@dataclass(frozen=True)
class GaussianFeatures:
    """Random directions [d, features] and phases, by which the inner product of two rows' features is near their Gaussian kernel."""

    directions: Singles
    phases: Singles

    def of(self, rows: Singles) -> Singles:
        """Features [n, features] of rows [n, d] of unit length, each a function of that row alone."""
        return fixed_blocks(rows, self._block)

    def weighted(self, rows: Singles, weights: Singles) -> Singles:
        """The products [n, targets] of the rows' features with weights [features, targets], each a function of its row alone."""
        return fixed_blocks(rows, lambda block: self._block(block) @ weights)

    def _block(self, block: Singles) -> Singles:
        scale = np.float32(np.sqrt(2 / len(self.phases)))
        return np.asarray(scale * np.cos(block @ self.directions + self.phases), np.float32)


def gaussian_features(dimension: int, count: int, sharpness: float) -> GaussianFeatures:
    """The features for exp(sharpness (cosine - 1)), the same at every call.

    Random Fourier features (Rahimi and Recht 2007) with directions at right angles to each other within blocks (Yu et al. 2016).
    """
    rng = np.random.default_rng(_SEED)
    blocks = []
    for _ in range(-(-count // dimension)):
        turned, _ = np.linalg.qr(rng.standard_normal((dimension, dimension)))
        blocks.append(turned * np.sqrt(rng.chisquare(dimension, dimension)))
    directions = np.sqrt(sharpness) * np.concatenate(blocks, axis=1)[:, :count]
    return GaussianFeatures(directions.astype(np.float32), rng.uniform(0, 2 * np.pi, count).astype(np.float32))
