"""Labels that contradict what all others teach, found before anybody learns from them.

Confident learning (Northcutt, Jiang and Chuang 2021, "Confident Learning: Estimating Uncertainty in Dataset Labels"), the rule "confident
joint, off the diagonal": a class is likely where its probability reaches the mean of those that bear its label; a label is in doubt where
another class is likely and likelier. Our own because it is a few lines, and cleanlab would bring its own data layer. The rule that is easy
to break: probabilities come from models that had not seen the example (out of fold), otherwise every label looks right.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from feedback_loop.methods.statistics.calibration import Indices, Reals


@dataclass(frozen=True)
class LabelDoubt:
    """One label in doubt: its row, the class that is likelier, and by how much (0..1, more is worse)."""

    row: int
    likelier: int
    margin: float


def label_doubts(probabilities: Reals, given: Indices) -> list[LabelDoubt]:
    """The labels in doubt, the worst first, of out-of-fold probabilities [n, k] and the given classes [n]."""
    if not len(given):
        return []
    rows = np.arange(len(given))
    likely = probabilities >= _thresholds(probabilities, given)
    confident = np.where(likely, probabilities, -1.0)
    best = confident.argmax(axis=1)
    margins = probabilities[rows, best] - probabilities[rows, given]
    doubted = np.flatnonzero(likely.any(axis=1) & (best != given) & (margins > 0))
    ordered = doubted[np.lexsort((doubted, -margins[doubted]))]
    return [LabelDoubt(int(row), int(best[row]), float(margins[row])) for row in ordered]


def _thresholds(probabilities: Reals, given: Indices) -> Reals:
    """The mean probability of each class among those that bear its label; above 1 (never likely) where nobody does."""
    count = probabilities.shape[1]
    held = np.bincount(given, minlength=count)
    summed = np.bincount(given, weights=probabilities[np.arange(len(given)), given], minlength=count)
    return np.where(held > 0, summed / np.maximum(held, 1), 2.0)
