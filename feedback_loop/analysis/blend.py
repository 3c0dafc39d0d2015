"""A text classifier for any set of labels: meaning (sentence vectors) and wording (TF-IDF), blended into calibrated probabilities.

Here: training, left-out scores, prediction. Likeness of meaning alone is in `meaning`; what the labels mean is in `taxonomy` or in a user's
file; when to abstain is in `classify` and `selective`; how likeness becomes scores is in `methods/statistics/kernel_ridge`. The rule that
is easy to break: a row's scores must not depend on its batch or on the number of threads, so dense products come in blocks of one size and
sparse ones row by row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from feedback_loop.analysis.meaning import MeaningModel, train_meaning
from feedback_loop.methods.statistics.calibration import Blend, Flags, Indices, Reals, fit_blend
from feedback_loop.methods.statistics.kernel_ridge import BLOCK_ROWS, KernelRidge, Singles, fit_kernel_ridge, thin_out
from feedback_loop.ports import Vectors

CODE_VERSION = "blend-2"

MOST_EXAMPLES = 16_000
"""Of more examples so many are learnt from, as evenly over the labels as they allow: time grows with their third power."""

_WORD = r"(?u)\b\w+\b"
_ROWS_AT_ONCE = 1024


@dataclass(frozen=True)
class Sharpness:
    """How quickly likeness fades with distance, in meaning and in wording: the sharper, the closer an example has to be to count."""

    meaning: float
    wording: float


# Chosen by left-out log-loss: .81 against .86 on the seed taxonomy's examples for the first; the second on one half of 77 intents.
BROAD_CLASSES = Sharpness(1.0, 1.0)
NARROW_INTENTS = Sharpness(2.0, 4.0)


@dataclass(frozen=True)
class Scores:
    """What both models say of texts, [n, labels] each, and the mean cosine [n] to the nearest examples."""

    meaning: Reals
    wording: Reals
    nearness: Reals

    def at(self, rows: Indices | Flags) -> Scores:
        """Those of some of the texts."""
        return Scores(self.meaning[rows], self.wording[rows], self.nearness[rows])

    def beside(self, *others: Scores) -> Scores:
        """Those of these texts, then those of the others."""
        meaning, wording, nearness = zip(*((one.meaning, one.wording, one.nearness) for one in (self, *others)), strict=True)
        return Scores(np.concatenate(meaning), np.concatenate(wording), np.concatenate(nearness))


@dataclass(frozen=True)
class Wording:
    """TF-IDF of words and word pairs beside TF-IDF of letter sequences, rows of unit length."""

    words: TfidfVectorizer
    letters: TfidfVectorizer

    def of(self, texts: Sequence[str]) -> sparse.csr_array:
        """Features [n, terms]."""
        both = sparse.hstack([self.words.transform(texts), self.letters.transform(texts)], format="csr")
        return sparse.csr_array(both * np.sqrt(0.5), dtype=np.float32)


@dataclass(frozen=True)
class Models:
    """The two models, not yet blended, and the examples that they compare texts with."""

    terms: Wording
    meaning: MeaningModel
    known_wording: sparse.csr_array
    wording: KernelRidge

    def scores(self, texts: Sequence[str], vectors: Vectors) -> Scores:
        """The scores of texts and their vectors [n, d]."""
        label_count = self.wording.weights.shape[1]
        none, parts = Scores(np.zeros((0, label_count)), np.zeros((0, label_count)), np.zeros(0)), []
        for start in range(0, len(texts), _ROWS_AT_ONCE):
            rows = slice(start, start + _ROWS_AT_ONCE)
            meaning = self.meaning.of(vectors[rows])
            wording = self.wording.scores(products_with(self.terms.of(texts[rows]), self.known_wording))
            parts.append(Scores(meaning.scores, wording, meaning.nearness))
        return none.beside(*parts)


@dataclass(frozen=True)
class BlendClassifier:
    """The trained classifier; `labels` in ascending order name the columns."""

    labels: tuple[str, ...]
    models: Models
    blend: Blend

    def log_probabilities(self, texts: Sequence[str], vectors: Vectors) -> Reals:
        """Calibrated log-probabilities [n, labels]."""
        scores = self.models.scores(texts, vectors)
        return self.blend.log_probabilities(scores.meaning, scores.wording)


@dataclass(frozen=True)
class LeftOut:
    """Scores of training examples as if each had been left out of training; `rows` says which examples, `truth` their labels' columns.

    An example that is the only one of its label is missing: without it there is no such label.
    """

    rows: Indices
    truth: Indices
    scores: Scores

    def first(self, count: int) -> LeftOut:
        """Those among the first `count` examples."""
        here = self.rows < count
        return LeftOut(self.rows[here], self.truth[here], self.scores.at(here))


def train(
    texts: Sequence[str], vectors: Vectors, targets: Sequence[str], sharpness: Sharpness = BROAD_CLASSES
) -> tuple[BlendClassifier, LeftOut]:
    """The classifier trained on all examples, and the left-out scores on which its blend was fitted."""
    labels = tuple(sorted(set(targets)))
    truth = np.searchsorted(np.asarray(labels), np.asarray(targets)).astype(np.int64)
    chosen = thin_out(truth, MOST_EXAMPLES)
    with threadpool_limits(limits=1):
        models, scores = _fit([texts[int(row)] for row in chosen], vectors[chosen], truth[chosen], len(labels), sharpness)
    comparable = np.bincount(truth[chosen], minlength=len(labels))[truth[chosen]] > 1
    left_out = LeftOut(chosen[comparable], truth[chosen][comparable], scores.at(comparable))
    blend = fit_blend(left_out.scores.meaning, left_out.scores.wording, left_out.truth)
    return BlendClassifier(labels, models, blend), left_out


def _fit(texts: Sequence[str], vectors: Vectors, truth: Indices, label_count: int, sharpness: Sharpness) -> tuple[Models, Scores]:
    terms = _terms(texts)
    features = terms.of(texts)
    wording = fit_kernel_ridge(products_with(features, features), truth, label_count, sharpness.wording)
    model, meaning = train_meaning(vectors, truth, label_count, sharpness.meaning)
    return Models(terms, model, features, wording.model), Scores(meaning.scores, wording.left_out, meaning.nearness)


def _terms(texts: Sequence[str]) -> Wording:
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode", token_pattern=_WORD)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, strip_accents="unicode", min_df=2)
    for vectoriser in (words, letters):
        vectoriser.fit([*texts, "a text that is never empty", "a text that is never empty"])
    return Wording(words, letters)


def products_with(features: sparse.csr_array, known: sparse.csr_array) -> Singles:
    """Inner products [n, examples] of sparse rows; a few dense columns at once take two thirds of the time of a sparse product."""
    parts = [(known @ _columns(features[start : start + BLOCK_ROWS])).T for start in range(0, features.shape[0], BLOCK_ROWS)]
    return np.concatenate(parts)


def _columns(features: sparse.csr_array) -> Singles:
    return np.ascontiguousarray(features.toarray().T)
