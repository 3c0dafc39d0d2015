"""What a fragment may be about, as a set of classes that holds the truth with a promised coverage: shown to people in the label queue.

Split conformal prediction on the two likeliest classes that are stored: any other class is at most as likely as what these leave over, and
that bound is its score. Calibrated on held-out fragments of the kind that people are shown, those that the classifier abstained from. The
rule that is easy to break: the score of a class is the same function where it is calibrated and where it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from feedback_loop.methods.statistics.calibration import conformal_cutoff

COVERAGE = 0.9
"""The share of the sets that hold the truth, at the least, over fragments of the same stream."""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class LabelSets:
    """The calibrated sets over the words of a taxonomy, and on how many labels they rest."""

    cutoff: float
    words: Mapping[str, str]
    """The platform's class by the word of the taxonomy."""
    label_count: int

    @property
    def leaves_out(self) -> bool:
        """Whether the labels are enough to leave any class out."""
        return self.cutoff > 0

    def of(self, row: Row) -> tuple[str, ...]:
        """The classes that the fragment may be about, the likeliest first; all of them where too few labels tell."""
        scores = {word: score(row, word, self.words) for word in self.words}
        ranked = sorted(self.words, key=lambda word: -scores[word])
        return tuple(word for word in ranked if scores[word] >= self.cutoff) or tuple(ranked[:1])


def calibrated(rows: Sequence[Row], truth: Sequence[str], words: Mapping[str, str], coverage: float = COVERAGE) -> LabelSets:
    """The sets that rows of `analysis_classification` and their true words give."""
    scores = [score(row, true, words) for row, true in zip(rows, truth, strict=True)]
    return LabelSets(conformal_cutoff(np.asarray(scores, np.float64), coverage), words, len(scores))


def score(row: Row, word: str, words: Mapping[str, str]) -> float:
    """How likely the word can be at the most: its stored probability, or what the two likeliest leave over."""
    if word == row["taxonomy_class"]:
        return float(row["class_score"])
    if words[word] == row["runner_up_class"]:
        return float(row["runner_up_score"])
    return float(min(row["runner_up_score"], max(0.0, 1 - row["class_score"] - row["runner_up_score"])))
