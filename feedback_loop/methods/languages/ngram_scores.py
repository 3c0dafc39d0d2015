"""How well each language explains a text: the naive Bayes model over byte n-grams that py3langid ships, for many texts at once.

Not here: what the scores mean for a text (`guessing`). The library walks one text after the other in Python; here all texts take one step
together, in arrays, with the same numbers as result. The rule that is easy to break: no number may depend on the texts beside it, so
features are counted and added up row by row, in the order of their numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from py3langid.langid import MODEL_FILE, LanguageIdentifier
from scipy.sparse import csr_matrix

Scores = npt.NDArray[np.float64]
Numbers = npt.NDArray[np.int64]

_GROUP_TEXTS = 2048


class NgramModel:
    """The model's automaton over bytes and its table of log-probabilities [features, labels], for some of its labels."""

    def __init__(self, labels: Sequence[str]) -> None:
        identifier = LanguageIdentifier.from_model_file(MODEL_FILE)
        identifier.set_languages(labels)
        self.labels: tuple[str, ...] = tuple(identifier.nb_classes)
        """One per column; a language that is written in two scripts may have two."""
        self._next = np.asarray(identifier.tk_nextmove).astype(np.int32)
        self._row = np.asarray(identifier.tk_row).astype(np.int32) << 8
        self._feature = np.asarray(identifier.tk_output).astype(np.int32)
        self._table = np.ascontiguousarray(identifier.nb_ptc, dtype=np.float32)
        self._prior = np.asarray(identifier.nb_pc, dtype=np.float64)

    def scores(self, utf8: bytes, starts: Numbers, byte_counts: Numbers) -> Scores:
        """float64 [texts, labels]: log-probabilities up to a constant per text of the texts that start there and are so long."""
        order = np.argsort(-byte_counts, kind="stable")
        data = np.frombuffer(utf8, dtype=np.uint8)
        scores = np.empty((len(byte_counts), len(self.labels)))
        for first in range(0, len(order), _GROUP_TEXTS):
            rows = order[first : first + _GROUP_TEXTS]
            scores[rows] = self._counts(data, starts[rows], byte_counts[rows]) @ self._table + self._prior
        return scores

    def _counts(self, data: npt.NDArray[np.uint8], starts: Numbers, lengths: Numbers) -> csr_matrix:
        """float32 [texts, features]: the logarithm of one more than how often each feature ends in a text. The longest text comes first."""
        rows, features = [], []
        state = np.zeros(len(starts), dtype=np.int32)
        still_reading = np.searchsorted(-lengths, -np.arange(lengths[0]), side="left")
        for place, count in enumerate(still_reading):
            state = self._next[self._row[state[:count]] + data[starts[:count] + place]]
            found = self._feature[state]
            hits = np.flatnonzero(found >= 0)
            rows.append(hits)
            features.append(found[hits])
        cells = (np.concatenate([*rows, []]).astype(np.int64), np.concatenate([*features, []]).astype(np.int64))
        counts = csr_matrix((np.ones(len(cells[0]), dtype=np.float32), cells), shape=(len(starts), len(self._table)))
        counts.sum_duplicates()
        counts.data = np.log1p(counts.data.astype(np.float64)).astype(np.float32)
        return counts


@cache
def ngram_model(labels: tuple[str, ...]) -> NgramModel:
    """The model for these labels, loaded once."""
    return NgramModel(labels)
