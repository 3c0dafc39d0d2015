"""Labels by likeness of meaning alone: kernel ridge regression on an encoder's vectors.

Not here: what it is blended with, likeness of wording (`blend`) or the word of a static table (`two_speed`). The rule that is easy to
break: an example is not its own neighbour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from feedback_loop.methods.statistics.calibration import Flags, Indices, Reals
from feedback_loop.methods.statistics.kernel_ridge import KernelRidge, Singles, fit_kernel_ridge, fixed_blocks
from feedback_loop.ports import Vectors

_NEIGHBOURS = 5


@dataclass(frozen=True)
class Meaning:
    """What vectors say: scores [n, labels] and the mean cosine [n] to the nearest examples."""

    scores: Reals
    nearness: Reals

    def at(self, rows: Indices | Flags) -> Meaning:
        """That of some of the vectors."""
        return Meaning(self.scores[rows], self.nearness[rows])


@dataclass(frozen=True)
class MeaningModel:
    """The vectors of the examples and their weights."""

    known: Vectors
    ridge: KernelRidge

    def of(self, vectors: Vectors) -> Meaning:
        """What vectors [n, d] say; n is at least 1."""
        cosines = _cosines(vectors, self.known)
        return Meaning(self.ridge.scores(cosines), _nearness(cosines))


def train_meaning(vectors: Vectors, truth: Indices, label_count: int, sharpness: float) -> tuple[MeaningModel, Meaning]:
    """The model of examples [n, d], and what it says of each as if it had been left out."""
    with threadpool_limits(limits=1):
        known = np.ascontiguousarray(vectors)
        cosines = _cosines(known, known)
        fitted = fit_kernel_ridge(cosines, truth, label_count, sharpness)
        np.fill_diagonal(cosines, -1)
        return MeaningModel(known, fitted.model), Meaning(fitted.left_out, _nearness(cosines))


def _cosines(vectors: Vectors, known: Vectors) -> Singles:
    """Cosines [n, examples] of vectors of unit length to known ones, each row a function of that row alone."""
    return fixed_blocks(vectors, lambda block: block @ known.T)


def _nearness(cosines: Singles) -> Reals:
    """The mean cosine [n] to the nearest examples."""
    count = min(_NEIGHBOURS, cosines.shape[1])
    nearest = np.sort(np.partition(cosines, cosines.shape[1] - count, axis=1)[:, -count:], axis=1)
    means: Reals = nearest.astype(np.float64).mean(axis=1)
    return means
