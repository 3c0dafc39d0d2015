"""A text's labels from a static table of its words: no encoder runs, so tens of thousands of texts a second can be judged.

Here: the table that says which vector a word, a pair of words or a word's beginning adds, distilled from an encoder's vectors of the
user's own texts, and a classifier on the sums. When the encoder is asked after all is in `two_speed`. The rule that is easy to break: an
example is classified by the vector that a table without it would give, or every example looks better known than a new text.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from feedback_loop.analysis.blend import Scores
from feedback_loop.methods.statistics.calibration import Indices
from feedback_loop.methods.statistics.kernel_ridge import Singles
from feedback_loop.methods.statistics.linear_ridge import GaussianFeatures, fit_ridge, gaussian_features
from feedback_loop.ports import Vectors

_WORD = re.compile(r"\w+")
_BEGINNING = 4
_TERMS = 4096
_TABLE_RIDGE = 0.3
# These and the beginnings of words were chosen on half of Banking77's training part: .894 of 1,600 texts, sharpness 4 .891.
_SHARPNESS = 2.0
_FEATURES = 2048
_LABEL_RIDGE = 0.1
_FOLDS = 5
_LARGEST_FOLD = 4_000
_SMALLEST_LENGTH = 1e-6


def terms_of(text: str) -> list[str]:
    """The words of a text, its pairs of words, and the beginnings of its longer words, which stand for their other forms."""
    words = _WORD.findall(text.casefold())
    pairs = [f"{one} {other}" for one, other in itertools.pairwise(words)]
    return [*words, *pairs, *(f"{word[:_BEGINNING]}*" for word in words if len(word) > _BEGINNING)]


@dataclass(frozen=True)
class StaticTable:
    """Which vector [terms, d] each term adds to the usual one."""

    terms: TfidfVectorizer
    rows: Singles
    usual: Singles

    def sums(self, texts: Sequence[str]) -> Singles:
        """What the table says [n, d] of texts, each by itself: the shorter a row, the less of the text is known."""
        return np.asarray(_weights_of(texts, self.terms) @ self.rows + self.usual, np.float32)


@dataclass(frozen=True)
class QuickModels:
    """A static table, and ridge regression on features of its sums: weights [features, labels]."""

    table: StaticTable
    features: GaussianFeatures
    weights: Singles

    def scores(self, texts: Sequence[str]) -> Scores:
        """The scores of texts; meaning and wording are the same here, and nearness is how much of a text the table knows."""
        if not texts:
            nothing = np.zeros((0, self.weights.shape[1]))
            return Scores(nothing, nothing, np.zeros(0))
        sums = self.table.sums(texts)
        return _scores(self.features.weighted(_directions(sums), self.weights), sums)


def train_quick(texts: Sequence[str], vectors: Vectors, truth: Indices, label_count: int) -> tuple[QuickModels, Scores]:
    """The quick models of all examples, and the scores [n, labels] of each as if it had been left out."""
    with threadpool_limits(limits=1):
        table, sums = _learn_table(texts, vectors)
        features = gaussian_features(vectors.shape[1], _FEATURES, _SHARPNESS)
        wanted = np.zeros((len(truth), label_count), np.float32)
        wanted[np.arange(len(truth)), truth] = 1
        fitted = fit_ridge(features.of(_directions(sums)), wanted, _LABEL_RIDGE)
    return QuickModels(table, features, fitted.weights), _scores(fitted.left_out, sums)


def _learn_table(texts: Sequence[str], vectors: Vectors) -> tuple[StaticTable, Singles]:
    """The table, and what it would say [n, d] of each text had it not been learnt from it."""
    known = Counter(term for text in texts for term in set(terms_of(text)))
    # Ties are broken by the term itself, because the library's own choice follows the kind of processor.
    kept = sorted(sorted(known, key=lambda term: (-known[term], term))[:_TERMS]) or [""]
    terms = TfidfVectorizer(analyzer=terms_of, sublinear_tf=True, vocabulary=kept, dtype=np.float32).fit(texts)
    usual = vectors.mean(axis=0)
    # Left out in blocks: what one text alone takes out of the table points away from its label, from which a classifier learns too much.
    folds = max(_FOLDS, -(-len(texts) // _LARGEST_FOLD))
    fitted = fit_ridge(_weights_of(texts, terms), vectors - usual, _TABLE_RIDGE, folds)
    return StaticTable(terms, fitted.weights, usual), np.asarray(fitted.left_out + usual, np.float32)


def _weights_of(texts: Sequence[str], terms: TfidfVectorizer) -> sparse.csr_array:
    return sparse.csr_array(terms.transform(texts))


def _directions(sums: Singles) -> Singles:
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), _SMALLEST_LENGTH), np.float32)


def _scores(labels: Singles, sums: Singles) -> Scores:
    scores = labels.astype(np.float64)
    return Scores(scores, scores, np.linalg.norm(sums, axis=1).astype(np.float64))
