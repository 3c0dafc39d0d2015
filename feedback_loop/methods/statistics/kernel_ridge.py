"""Ridge regression on a Gaussian kernel: scores of labels by likeness to examples, and what the examples would get had they been left out.

Here: the fit, in closed form, with its exact leave-one-out scores, so that nothing has to be trained again to calibrate. What likeness is
(of vectors, of words) is in `analysis/blend`; how scores become probabilities is in `calibration`. The rule that is easy to break: a row's
scores must not depend on the rows beside it, so products are made in blocks of one fixed size, filled up with zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.linalg import cho_solve, cholesky
from scipy.linalg.lapack import strtri
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from feedback_loop.methods.statistics.calibration import Indices, Reals

Singles = npt.NDArray[np.float32]

BLOCK_ROWS = 64

_RIDGE = 0.1
_SEED = 7


@dataclass(frozen=True)
class KernelRidge:
    """One score per label, about 1 for the label of a text like its examples and 0 for the others: weights [examples, labels]."""

    weights: Singles
    sharpness: float

    def scores(self, cosines: Singles) -> Reals:
        """Scores [n, labels] of cosines [n, examples], each row a function of that row alone."""
        return fixed_blocks(cosines, lambda block: kernel(block, self.sharpness) @ self.weights).astype(np.float64)


@dataclass(frozen=True)
class Fitted:
    """A fit and the scores [n, labels] of its own examples, each by the fit that leaves it out."""

    model: KernelRidge
    left_out: Reals


def kernel(cosines: Singles, sharpness: float) -> Singles:
    """The Gaussian kernel of rows of unit length, by their cosines: 1 for equal rows."""
    return np.asarray(np.exp(np.float32(sharpness) * (cosines - np.float32(1))), dtype=np.float32)


def thin_out(truth: Indices, most: int) -> Indices:
    """At most so many examples, as evenly over the labels as they allow; all where there are no more."""
    shuffled = np.random.default_rng(_SEED).permutation(len(truth))
    rank = np.empty(len(truth), np.int64)
    for label in np.unique(truth):
        members = shuffled[truth[shuffled] == label]
        rank[members] = np.arange(len(members))
    return np.sort(shuffled[np.argsort(rank[shuffled], kind="stable")[:most]])


def fit_kernel_ridge(cosines: Singles, truth: Indices, label_count: int, sharpness: float) -> Fitted:
    """The fit to examples with these cosines [n, n] to each other.

    With G the inverse of the kernel plus ridge, leaving example i out changes its score to y_i - (G y)_i / G_ii: exact (Rifkin and Lippert
    2007). Approximations with fewer centres were tried: their left-out scores are too high at the centres, which ruins calibration.
    """
    regular = kernel(cosines, sharpness)
    regular[np.diag_indices_from(regular)] += np.float32(_RIDGE)
    # Transposed for LAPACK, which then works in place on a symmetric matrix of several hundred megabytes.
    root = cholesky(regular.T, lower=True, overwrite_a=True, check_finite=False)
    wanted = np.zeros((len(truth), label_count), np.float32)
    wanted[np.arange(len(truth)), truth] = 1
    weights = cho_solve((root, True), wanted, check_finite=False)
    inverse, _ = strtri(root, lower=1, overwrite_c=1)
    left_out = wanted - weights / np.square(inverse).sum(axis=0)[:, None]
    return Fitted(KernelRidge(np.ascontiguousarray(weights), sharpness), left_out.astype(np.float64))


def fixed_blocks(rows: Singles, work: Callable[[Singles], Singles]) -> Singles:
    """What `work` makes of the rows [n, d], in blocks of one size and by one thread, which together decide the order of its sums."""
    with threadpool_limits(limits=1):
        made = list(_blocks(rows, work))
    return np.concatenate(made)[: len(rows)]


def _blocks(rows: Singles, work: Callable[[Singles], Singles]) -> Iterator[Singles]:
    for start in range(0, max(1, len(rows)), BLOCK_ROWS):
        block = np.zeros((BLOCK_ROWS, rows.shape[1]), np.float32)
        part = rows[start : start + BLOCK_ROWS]
        block[: len(part)] = part
        yield work(block)
