"""Labels by likeness of meaning alone: kernel ridge regression on an encoder's vectors.

Not here: the same beside likeness of wording (`blend`), nor what the scores are blended with (`two_speed`).
The rule that is easy to break: an example is not its own neighbour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from feedback_loop.analysis.blend import Sharpness, cosines_to, nearness_by
from feedback_loop.methods.statistics.calibration import Flags, Indices, Reals
from feedback_loop.methods.statistics.kernel_ridge import KernelRidge, fit_kernel_ridge
from feedback_loop.ports import Vectors


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
        cosines = cosines_to(vectors, self.known)
        return Meaning(self.ridge.scores(cosines), nearness_by(cosines))


def train_meaning(vectors: Vectors, truth: Indices, label_count: int, sharpness: Sharpness) -> tuple[MeaningModel, Meaning]:
    """The model of examples [n, d], and what it says of each as if it had been left out."""
    with threadpool_limits(limits=1):
        known = np.ascontiguousarray(vectors)
        cosines = cosines_to(known, known)
        fitted = fit_kernel_ridge(cosines, truth, label_count, sharpness.meaning)
        np.fill_diagonal(cosines, -1)
        return MeaningModel(known, fitted.model), Meaning(fitted.left_out, nearness_by(cosines))
