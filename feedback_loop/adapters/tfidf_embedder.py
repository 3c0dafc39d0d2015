"""The `Embedder` port without a model: hashed words and character n-grams, for machines without the model's weights.

It knows spelling, not meaning, and is used by explicit choice only. Not here: the real model (`adapters.minilm`). The rule that is easy
to break: nothing is fitted to the texts, not even inverse document frequencies, because a text's vector must not depend on the others.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import HashingVectorizer

from feedback_loop.ports import Vectors

DIMENSION = 384
# Names everything that decides a vector; change it with any constant below.
VERSION = "hashed-ngrams/sublinear-no-idf/v1"
MAXIMUM_CHARS = 20_000
_FEATURE_COUNT = 2**18
# Each feature lands on four of the 384 axes: with one, two features that share an axis could not be told apart.
_AXES_PER_FEATURE = 4
_SEED = 20_240_229
_WORDS, _CHARS = (
    {"analyzer": "word", "ngram_range": (1, 2), "token_pattern": r"(?u)\b\w+\b"},
    {"analyzer": "char_wb", "ngram_range": (3, 5)},
)
_CHUNK = 4_096


class TfidfEmbedder:
    """Vectors of spelling: term frequencies damped by a logarithm, projected on fixed random signs."""

    @property
    def model_version(self) -> str:
        """Method and revision; the vectors have no weights."""
        return VERSION

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return DIMENSION

    def embed(self, texts: Sequence[str]) -> Vectors:
        """float32 [n, 384], rows of unit length, in the order of the texts; all texts without any character share one row."""
        chunks = [self._chunk(texts[start : start + _CHUNK]) for start in range(0, len(texts), _CHUNK)]
        return np.concatenate(chunks) if chunks else np.empty((0, DIMENSION), dtype=np.float32)

    def _chunk(self, texts: Sequence[str]) -> Vectors:
        heads = [text[:MAXIMUM_CHARS] for text in texts]
        vectors = np.sum([self._half(counter, heads) for counter in self._counters], axis=0)
        lengths = np.linalg.norm(vectors, axis=1)
        vectors[lengths == 0, 0] = lengths[lengths == 0] = 1.0
        return np.asarray(vectors / lengths[:, None], dtype=np.float32)

    def _half(self, counter: HashingVectorizer, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """float64 [n, 384]: one kind of n-gram, of unit length before projection so that neither kind drowns the other."""
        counts = counter.transform(texts)
        np.log1p(counts.data, out=counts.data)
        lengths = np.sqrt(np.asarray(counts.multiply(counts).sum(axis=1)).ravel())
        scaled = sparse.diags_array(1.0 / np.where(lengths == 0, 1.0, lengths)) @ counts
        return np.asarray((scaled @ self._projection).toarray())

    @cached_property
    def _counters(self) -> tuple[HashingVectorizer, ...]:
        return tuple(HashingVectorizer(n_features=_FEATURE_COUNT, norm=None, alternate_sign=False, **kind) for kind in (_WORDS, _CHARS))

    @cached_property
    def _projection(self) -> sparse.csr_array:
        """Sparse signs [features, 384], the same on every machine: PCG64's raw bits are part of NumPy's compatibility promise."""
        bits = np.random.PCG64(_SEED).random_raw(_FEATURE_COUNT * _AXES_PER_FEATURE)
        axes, signs = (bits >> np.uint64(1)) % np.uint64(DIMENSION), np.where(bits & np.uint64(1), 1.0, -1.0)
        starts = np.arange(0, len(bits) + 1, _AXES_PER_FEATURE)
        return sparse.csr_array((signs, axes.astype(np.int64), starts), shape=(_FEATURE_COUNT, DIMENSION))
