"""Passages of two documents that say nearly the same and differ in what matters: a figure, or a negation.

A warning for people, never a verdict: what two texts mean is not known here. The rule that is easy to break: passages are compared in
blocks, so that ten thousand of them need no matrix of all pairs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from feedback_loop.contracts.knowledge import Passage
from feedback_loop.methods.retrieval.words import asked_words
from feedback_loop.methods.stop_words import NEGATIONS

NEARLY_SAME_COSINE, NEARLY_SAME_WORDS = 0.85, 0.5
"""Least cosine of the vectors and least share of common words (Jaccard) of two passages that are about one thing in one way."""

_BLOCK = 1_024
_FIGURE = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def doubtful_pairs(passages: Sequence[Passage], vectors: npt.NDArray[np.float32]) -> list[tuple[Passage, Passage, str]]:
    """Passages of different documents that are nearly the same, with what differs, in the order of the passages."""
    found = []
    for first, second in _near(vectors):
        one, other = passages[first], passages[second]
        difference = _difference(one.text, other.text) if one.document_id != other.document_id else ""
        if difference:
            found.append((one, other, difference))
    return found


def _near(vectors: npt.NDArray[np.float32]) -> Iterator[tuple[int, int]]:
    for start in range(0, len(vectors), _BLOCK):
        rows, columns = np.nonzero(vectors[start : start + _BLOCK] @ vectors.T >= NEARLY_SAME_COSINE)
        yield from ((int(row), int(column)) for row, column in zip(rows + start, columns, strict=True) if column > row)


def _difference(one: str, other: str) -> str:
    """What differs although most words agree; empty where nothing that matters does."""
    words = [{word.casefold() for word in asked_words(text)} for text in (one, other)]
    if len(words[0] & words[1]) < NEARLY_SAME_WORDS * len(words[0] | words[1]):
        return ""
    figures = sorted({*_FIGURE.findall(one)} ^ {*_FIGURE.findall(other)})
    negations = sorted({*_negations(one)} ^ {*_negations(other)})
    parts = [f"figures {', '.join(figures)}"] if figures else []
    parts += [f"negation {', '.join(negations)}"] if negations else []
    return " and ".join(parts)


def _negations(text: str) -> Iterator[str]:
    words = (word.casefold().replace("’", "'") for word in _WORD.findall(text))
    return (word for word in words if word in NEGATIONS)
