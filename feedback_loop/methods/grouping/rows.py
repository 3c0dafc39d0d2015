"""Rows of vectors as every method of grouping takes them: their length, their main directions, their nearest rows.

Here: what is measured on rows. Which rows belong together is decided in `density` and `communities`. The rule that is easy to break:
equal numbers are told apart by position, never by the processor's mood, or the same texts would be grouped differently tomorrow.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix

Vectors = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]

DENSE_LIMIT = 1024
"""Up to so many rows, a matrix of all pairs is sorted whole."""

_CHUNK = 512


def unit(rows: Vectors) -> Vectors:
    """The rows scaled to unit length; zero rows stay zero."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def principal(rows: Vectors, dimensions: int) -> Vectors:
    """The rows along their main directions, the largest last; the largest entry of each direction is positive."""
    centred = rows - rows.mean(axis=0)
    return np.asarray(centred @ directions(centred, dimensions), dtype=np.float32)


def directions(centred: Vectors, dimensions: int) -> Vectors:
    """The main directions of rows whose mean is zero, float32 [d, dimensions], the largest last."""
    _, found = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    kept = found[:, -dimensions:]
    signs = np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])])
    return np.asarray(kept * signs, dtype=np.float32)


@dataclass(frozen=True)
class Neighbours:
    """The nearest rows of each row, nearest first, and how similar they are: [n, k]."""

    rows: Labels
    similarity: Vectors


def neighbours(rows: Vectors, count: int) -> Neighbours:
    """The nearest other rows of each row: exact, in blocks, so that no matrix of all pairs is held."""
    blocks = [_others(rows, start, count) for start in range(0, len(rows), _CHUNK)]
    return Neighbours(np.concatenate([b.rows for b in blocks]), np.concatenate([b.similarity for b in blocks]))


def _others(rows: Vectors, start: int, count: int) -> Neighbours:
    similarity = rows[start : start + _CHUNK] @ rows.T
    own = np.arange(len(similarity))
    similarity[own, start + own] = -2.0
    found = nearest(similarity, count)
    return Neighbours(found, np.take_along_axis(similarity, found, axis=1))


def nearest(similarity: Vectors, count: int) -> Labels:
    """The columns of the largest numbers of each line, largest first, the first of equal ones first."""
    # A stable sort breaks ties by position; a partition would break them by the processor's mood.
    if similarity.shape[1] <= DENSE_LIMIT:
        return np.argsort(-similarity, axis=1, kind="stable")[:, :count]
    bound = np.partition(similarity, similarity.shape[1] - count, axis=1)[:, -count]
    found = np.empty((len(similarity), count), dtype=np.int64)
    for row, (values, least) in enumerate(zip(similarity, bound, strict=True)):
        candidates = np.flatnonzero(values >= least)
        found[row] = candidates[np.argsort(-values[candidates], kind="stable")[:count]]
    return found


def in_order(labels: Labels) -> Labels:
    """The labels renumbered by first appearance, so that they depend on the rows and not on a library's tree; noise stays -1."""
    names, first = np.unique(labels[labels >= 0], return_index=True)
    ranks = np.full(int(labels.max(initial=-1)) + 2, -1, dtype=np.int64)
    ranks[names[np.argsort(first)]] = np.arange(len(names))
    return ranks[labels]


def centroids(rows: Vectors, labels: Labels, count: int) -> Vectors:
    """The mean direction of each group 0.. of the rows; rows of noise count for none."""
    return unit(totals(rows, labels, count))


def totals(rows: Vectors, labels: Labels, count: int) -> Vectors:
    """The sum of the rows of each group 0.., float32 [count, d]."""
    placed = np.flatnonzero(labels >= 0)
    membership = csr_matrix((np.ones(len(placed), dtype=np.float32), (labels[placed], placed)), shape=(count, len(rows)))
    return np.asarray(membership @ rows, dtype=np.float32)
