"""Groups of texts that say the same, found from their vectors alone, for ten texts or twenty thousand.

Here: the method. Which texts are grouped, and what a group means, is decided in `analysis/cluster` and `analysis/cluster_texts`. The rule
that is easy to break: the result is a function of the rows as a set only as long as the caller sorts them by something that is theirs;
nothing here may draw a random number without the fixed seed, and no step may see rows of another call.

Sentence vectors have no dense regions in 384 dimensions, so HDBSCAN alone finds next to nothing. Replacing each vector by the mean of its
nearest neighbours' vectors, twice, contracts what belongs together (blurring mean shift: Carreira-Perpiñán, ICML 2006, on a fixed
neighbour graph); HDBSCAN (Campello, Moulavi & Sander, PAKDD 2013) then finds groups of any number, without being told how many.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import hdbscan
import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
Labels = npt.NDArray[np.int64]

METHOD_VERSION = "blur2-hdbscan4-1"

SMALLEST_INPUT = 8
"""Fewer texts than this are never grouped."""

_ROUNDS = 2
_MIN_SAMPLES = 2
_DENSE_LIMIT = 1024
_NEIGHBOUR_DIMENSIONS, _DENSITY_DIMENSIONS = 100, 12
_CHUNK = 512
_FLOOR = 1e-6
_SEED = 20260101


@dataclass(frozen=True)
class Groups:
    """A group number per row, 0 first, -1 for noise.

    `centred` are the rows less their `mean`, `blurred` the rows as they were grouped, both of unit length; nearness is judged in `blurred`.
    """

    labels: Labels
    blurred: Vectors
    centred: Vectors
    mean: Vectors

    @property
    def count(self) -> int:
        """How many groups there are."""
        return int(self.labels.max(initial=-1)) + 1

    def filled(self) -> Labels:
        """The labels with all noise given to the nearest group; as they are where there is no group."""
        if not self.count:
            return self.labels
        return np.where(self.labels < 0, (self.blurred @ self._centroids().T).argmax(axis=1), self.labels)

    def filled_when_near(self) -> Labels:
        """The labels with noise given to the nearest group where it is as near as three quarters of the group's own members."""
        return np.where(self.labels < 0, self._near(self.blurred), self.labels)

    def extended(self, rows: Vectors) -> Labels:
        """The group of each row that was not among those grouped, -1 where none is near: float32 [m, d] of unit length."""
        placed = [self._placed(rows[s : s + _CHUNK]) for s in range(0, len(rows), _CHUNK)]
        return self._near(np.concatenate(placed)) if placed else np.zeros(0, dtype=np.int64)

    def _placed(self, rows: Vectors) -> Vectors:
        nearest = _nearest(unit(rows - self.mean) @ self.centred.T, min(neighbour_count(len(self.centred)), len(self.centred)))
        return unit(self.blurred[nearest].mean(axis=1))

    def _near(self, blurred: Vectors) -> Labels:
        if not self.count:
            return np.full(len(blurred), -1, dtype=np.int64)
        centroids = self._centroids()
        own = np.einsum("nd,nd->n", self.blurred, centroids[self.labels])
        reach = np.array([_lower_quartile(own[self.labels == g]) for g in range(self.count)])
        similarity = blurred @ centroids.T
        nearest = similarity.argmax(axis=1)
        return np.where(similarity.max(axis=1) >= reach[nearest], nearest, -1)

    def _centroids(self) -> Vectors:
        return unit(np.stack([self.blurred[self.labels == g].mean(axis=0) for g in range(self.count)]))


def _lower_quartile(values: Vectors) -> float:
    return float(np.sort(values)[len(values) // 4])


def group(vectors: Vectors) -> Groups:
    """The groups of the rows: float32 [n, d] of unit length, in an order that the caller fixed."""
    mean = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1], dtype=np.float32)
    centred = unit(vectors - mean)
    if len(vectors) < SMALLEST_INPUT:
        return Groups(np.full(len(vectors), -1, dtype=np.int64), centred, centred, mean)
    is_dense = len(vectors) <= _DENSE_LIMIT
    blurred = blur(centred if is_dense else unit(principal(centred, _NEIGHBOUR_DIMENSIONS)), neighbour_count(len(vectors)))
    return Groups(_dense_groups(blurred) if is_dense else _sparse_groups(blurred), blurred, centred, mean)


def neighbour_count(rows: int) -> int:
    """Neighbours over which a row is blurred: the cube root of the rows, 5 to 15."""
    return int(np.clip(round(np.cbrt(rows)), 5, 15))


def smallest_group(rows: int) -> int:
    """Rows that make a group: a quarter of the square root of the rows, at least 4."""
    return max(4, round(math.sqrt(rows) / 4))


def unit(rows: Vectors) -> Vectors:
    """The rows scaled to unit length; zero rows stay zero."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), dtype=np.float32)


def blur(rows: Vectors, neighbours: int) -> Vectors:
    """The rows, each replaced twice by the mean of its nearest rows (itself among them), of unit length."""
    nearest = np.concatenate([_nearest(rows[s : s + _CHUNK] @ rows.T, neighbours) for s in range(0, len(rows), _CHUNK)])
    for _ in range(_ROUNDS):
        total = rows[nearest[:, 0]].copy()
        for column in range(1, nearest.shape[1]):  # a column at a time: the whole gather would hold n × k × d numbers
            total += rows[nearest[:, column]]
        rows = unit(total)
    return rows


def _nearest(similarity: Vectors, neighbours: int) -> Labels:
    # A stable sort breaks ties by position; a partition would break them by the processor's mood.
    if similarity.shape[1] <= _DENSE_LIMIT:
        return np.argsort(-similarity, axis=1, kind="stable")[:, :neighbours]
    bound = -np.partition(-similarity, neighbours - 1, axis=1)[:, neighbours - 1]
    found = np.empty((len(similarity), neighbours), dtype=np.int64)
    for row, (values, least) in enumerate(zip(similarity, bound, strict=True)):
        candidates = np.flatnonzero(values >= least)
        found[row] = candidates[np.argsort(-values[candidates], kind="stable")[:neighbours]]
    return found


def principal(rows: Vectors, dimensions: int) -> Vectors:
    """The rows along their main directions, the largest last; the largest entry of each direction is positive."""
    centred = rows - rows.mean(axis=0)
    _, directions = np.linalg.eigh((centred.T @ centred).astype(np.float64))
    kept = directions[:, -dimensions:]
    signs = np.sign(kept[np.abs(kept).argmax(axis=0), np.arange(kept.shape[1])])
    return np.asarray(centred @ (kept * signs).astype(np.float32), dtype=np.float32)


def _dense_groups(rows: Vectors) -> Labels:
    wide = rows.astype(np.float64)
    # Identical texts would have distance 0 and so infinite density, which HDBSCAN turns into NaN.
    distance = np.maximum(1.0 - wide @ wide.T, _FLOOR)
    np.fill_diagonal(distance, 0.0)
    finder = _finder(len(rows), metric="precomputed")
    return _in_order(finder.fit_predict(distance))


def _sparse_groups(rows: Vectors) -> Labels:
    reduced = unit(principal(rows, _DENSITY_DIMENSIONS)).astype(np.float64)
    # The same cure for identical texts: a shake far below any real distance.
    reduced += np.random.default_rng(_SEED).normal(0.0, _FLOOR, reduced.shape)
    return _in_order(_finder(len(rows), metric="euclidean").fit_predict(reduced))


def _finder(rows: int, metric: str) -> hdbscan.HDBSCAN:
    return hdbscan.HDBSCAN(
        min_cluster_size=smallest_group(rows), min_samples=_MIN_SAMPLES, metric=metric, approx_min_span_tree=False, core_dist_n_jobs=1
    )


def _in_order(labels: Labels) -> Labels:
    """The labels renumbered by first appearance, so that they depend on the rows and not on the library's tree."""
    names, first = np.unique(labels[labels >= 0], return_index=True)
    ranks = np.full(int(labels.max(initial=-1)) + 2, -1, dtype=np.int64)
    ranks[names[np.argsort(first)]] = np.arange(len(names))
    return ranks[labels]
