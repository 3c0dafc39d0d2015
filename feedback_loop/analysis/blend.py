"""A text classifier for any set of labels: meaning (sentence vectors) and wording (TF-IDF), blended into calibrated probabilities.

Here: training, out-of-fold scores, prediction. What the labels mean is in `taxonomy` or in a user's file; when to abstain is in `classify`
and `selective`. The rule that is easy to break: a row's scores must not depend on its batch or on the number of threads, so predictions are
sparse products (one row at a time, in plain loops), never BLAS.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped, unused-ignore]

from feedback_loop.methods.statistics.calibration import Blend, Indices, Reals, fit_blend
from feedback_loop.ports import Vectors

CODE_VERSION = "blend-1"

# How freely the model by meaning follows its examples (scikit-learn's C): broad classes of mixed sentences ask for restraint, narrow
# intents for freedom. Measured: 3 against 30 gives .71 against .70 on the seed taxonomy, .650 against .703 on 77 intents of one example.
BROAD_CLASSES = 3.0
NARROW_INTENTS = 30.0
_WORDING_STRENGTH = 0.5
_SEED = 7
_WORD = r"(?u)\b\w+\b"
_FOLDS = 5
_MANY_EXAMPLES = 2500


@dataclass(frozen=True)
class LinearScores:
    """One linear score per label: weights [features, labels]."""

    weights: Reals
    offsets: Reals

    def of(self, features: sparse.csr_array) -> Reals:
        """Scores [n, labels], each row a function of that row alone."""
        return np.asarray(features @ self.weights) + self.offsets


@dataclass(frozen=True)
class Scores:
    """What both models say of texts: logits by meaning and margins by wording, [n, labels] each."""

    meaning: Reals
    wording: Reals


@dataclass(frozen=True)
class Models:
    """The two models, not yet blended."""

    words: TfidfVectorizer
    letters: TfidfVectorizer
    meaning: LinearScores
    wording: LinearScores

    def scores(self, texts: Sequence[str], vectors: Vectors) -> Scores:
        """The scores of texts and their vectors [n, d]."""
        by_meaning = self.meaning.of(sparse.csr_array(vectors.astype(np.float64)))
        return Scores(by_meaning, self.wording.of(_wording_features(self.words, self.letters, texts)))


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
class OutOfFold:
    """Scores of training examples by models that had not seen them; `rows` says which examples."""

    rows: Indices
    scores: Scores


def train(
    texts: Sequence[str], vectors: Vectors, targets: Sequence[str], freedom: float = BROAD_CLASSES
) -> tuple[BlendClassifier, OutOfFold]:
    """The classifier trained on all examples, and the out-of-fold scores on which its blend was fitted."""
    labels = tuple(sorted(set(targets)))
    truth = np.searchsorted(np.asarray(labels), np.asarray(targets)).astype(np.int64)
    with threadpool_limits(limits=1):
        held_out = _out_of_fold(texts, vectors, truth, len(labels), freedom)
        models = _fit(texts, vectors, truth, len(labels), freedom)
    blend = fit_blend(held_out.scores.meaning, held_out.scores.wording, truth[held_out.rows])
    return BlendClassifier(labels, models, blend), held_out


def _out_of_fold(texts: Sequence[str], vectors: Vectors, truth: Indices, label_count: int, freedom: float) -> OutOfFold:
    folds = _folds(truth)
    rounds = 1 if len(truth) > _MANY_EXAMPLES else _FOLDS
    rows, meaning, wording = [np.zeros(0, np.int64)], [np.zeros((0, label_count))], [np.zeros((0, label_count))]
    for fold in range(rounds):
        inside, outside = np.flatnonzero(folds != fold), np.flatnonzero(folds == fold)
        if not len(outside):
            continue
        models = _fit([texts[int(i)] for i in inside], vectors[inside], truth[inside], label_count, freedom)
        scores = models.scores([texts[int(i)] for i in outside], vectors[outside])
        rows.append(outside)
        meaning.append(scores.meaning)
        wording.append(scores.wording)
    return OutOfFold(np.concatenate(rows), Scores(np.concatenate(meaning), np.concatenate(wording)))


def _folds(truth: Indices) -> Indices:
    """A fold for each example, spread evenly within each label; -1 (always trained on) where a label has no second example."""
    folds = np.full(len(truth), -1, np.int64)
    shuffled = np.random.default_rng(_SEED).permutation(len(truth))
    for label in np.unique(truth):
        members = shuffled[truth[shuffled] == label]
        if len(members) > 1:
            folds[members] = (np.arange(len(members)) + label) % _FOLDS
    return folds


def _fit(texts: Sequence[str], vectors: Vectors, truth: Indices, label_count: int, freedom: float) -> Models:
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, strip_accents="unicode", token_pattern=_WORD)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, strip_accents="unicode", min_df=2)
    for vectoriser in (words, letters):
        vectoriser.fit([*texts, "a text that is never empty", "a text that is never empty"])
    if label_count < 2:
        none = LinearScores(np.zeros((vectors.shape[1], label_count)), np.zeros(label_count))
        features = _wording_features(words, letters, texts)
        return Models(words, letters, none, LinearScores(np.zeros((features.shape[1], label_count)), np.zeros(label_count)))
    with warnings.catch_warnings():
        # With one or two examples per label scikit-learn asks whether this is a regression.
        warnings.filterwarnings("ignore", message="The number of unique classes")
        return _fitted(words, letters, texts, vectors, truth, freedom)


def _fitted(
    words: TfidfVectorizer, letters: TfidfVectorizer, texts: Sequence[str], vectors: Vectors, truth: Indices, freedom: float
) -> Models:
    by_meaning = LogisticRegression(C=freedom, max_iter=300, tol=1e-4)
    by_meaning.fit(vectors.astype(np.float64), truth)
    by_wording = LinearSVC(C=_WORDING_STRENGTH, random_state=_SEED)
    by_wording.fit(_wording_features(words, letters, texts), truth)
    return Models(words, letters, _linear(by_meaning, halved=True), _linear(by_wording, halved=False))


def _wording_features(words: TfidfVectorizer, letters: TfidfVectorizer, texts: Sequence[str]) -> sparse.csr_array:
    return sparse.csr_array(sparse.hstack([words.transform(texts), letters.transform(texts)], format="csr"))


def _linear(model: LogisticRegression | LinearSVC, *, halved: bool) -> LinearScores:
    """The model's weights with one column per label, also for two labels, where scikit-learn keeps a single one."""
    weights, offsets = model.coef_.T, model.intercept_
    if weights.shape[1] == 1:
        scale = 0.5 if halved else 1.0
        weights, offsets = np.hstack([-weights, weights]) * scale, np.concatenate([-offsets, offsets]) * scale
    return LinearScores(np.ascontiguousarray(weights), offsets)
