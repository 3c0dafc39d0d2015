"""Groups of texts that say the same, found from their vectors alone, for ten texts or a million.

Here: the choice of the method, what is noise, and how rows beyond the sample get their group. The methods are `communities` and `density`;
which texts are grouped, and what a group means, is decided in `analysis/cluster` and `analysis/cluster_texts`. The rule that is easy to
break: the result is a function of the rows as a set only as long as the caller sorts them by something that is theirs; nothing here may
draw a random number without the fixed seed, and no step may see rows of another call.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from feedback_loop.methods.grouping import communities, density
from feedback_loop.methods.grouping.rows import Labels, Vectors, centroids, directions, in_order, unit

SMALLEST_INPUT = 8
"""Fewer texts than this are never grouped."""

FEWEST_FOR_COMMUNITIES = 40
"""Distinct rows below which a resolution can't be chosen by them: what is left then are dense regions, whatever the method."""

SAMPLE_LIMIT = 20_000
"""Rows that are compared with each other; where there are more, a sample of them is, and the rest join the group that they are near."""

_DIMENSIONS = 128
_CHUNK = 8192
_SEED = 20260101


class Method(StrEnum):
    """How groups are found."""

    COMMUNITIES = "communities"
    HDBSCAN = "hdbscan"


METHOD_VERSIONS = {Method.COMMUNITIES: "communities30-gap-2", Method.HDBSCAN: "blur2-hdbscan4-1"}


@dataclass(frozen=True)
class Groups:
    """A group number per row, 0 first, -1 for noise.

    `rows` are the rows as they were grouped, of unit length: nearness is judged in them. `place` turns other vectors into such rows.
    """

    labels: Labels
    rows: Vectors
    place: Callable[[Vectors], Vectors]

    @property
    def count(self) -> int:
        """How many groups there are."""
        return int(self.labels.max(initial=-1)) + 1

    def filled(self) -> Labels:
        """The labels with all noise given to the nearest group; as they are where there is no group."""
        if not self.count:
            return self.labels
        labels, middle, noise = self.labels.copy(), self._centroids(), np.flatnonzero(self.labels < 0)
        for start in range(0, len(noise), _CHUNK):
            rows = noise[start : start + _CHUNK]
            labels[rows] = (self.rows[rows] @ middle.T).argmax(axis=1)
        return labels

    def filled_when_near(self) -> Labels:
        """The labels with noise given to the nearest group where it is as near as three quarters of the group's own members."""
        return np.where(self.labels < 0, self._near(self.rows), self.labels)

    def extended(self, vectors: Vectors) -> Labels:
        """The group of each row that was not among those grouped, -1 where none is near: float32 [m, d] of unit length."""
        chunks = [self._near(self.place(vectors[s : s + _CHUNK])) for s in range(0, len(vectors), _CHUNK)]
        return np.concatenate(chunks) if chunks else np.zeros(0, dtype=np.int64)

    def _near(self, rows: Vectors) -> Labels:
        if not self.count:
            return np.full(len(rows), -1, dtype=np.int64)
        middle = self._centroids()
        own = np.einsum("nd,nd->n", self.rows, middle[self.labels])
        reach = np.array([_lower_quartile(own[self.labels == g]) for g in range(self.count)])
        similarity = rows @ middle.T
        found = similarity.argmax(axis=1)
        return np.where(similarity.max(axis=1) >= reach[found], found, -1)

    def _centroids(self) -> Vectors:
        return centroids(self.rows, self.labels, self.count)


def _lower_quartile(values: Vectors) -> float:
    return float(np.sort(values)[len(values) // 4])


def group(vectors: Vectors, method: Method = Method.COMMUNITIES) -> Groups:
    """The groups of the rows: float32 [n, d] of unit length, in an order that the caller fixed."""
    mean = vectors.mean(axis=0) if len(vectors) else np.zeros(vectors.shape[1], dtype=np.float32)
    if len(vectors) < SMALLEST_INPUT:
        return Groups(np.full(len(vectors), -1, dtype=np.int64), unit(vectors - mean), lambda others: unit(others - mean))
    if method is Method.HDBSCAN:
        return _by_density(vectors, mean)
    distinct, copies = _distinct(vectors)
    if len(distinct) < FEWEST_FOR_COMMUNITIES:
        return _of_few(vectors, mean, distinct, copies)
    return _by_communities(vectors, mean, distinct, copies)


def _sample(rows: int) -> Labels:
    return np.sort(np.random.default_rng(_SEED).permutation(rows)[:SAMPLE_LIMIT])


def _by_density(vectors: Vectors, mean: Vectors) -> Groups:
    sample = _sample(len(vectors))
    centred = unit(vectors[sample] - mean)
    labels, blurred = density.dense_regions(centred)
    found = Groups(labels, blurred, lambda others: density.placed(unit(others - mean), centred, blurred))
    return found if len(sample) == len(vectors) else _extended(found, vectors)


def _extended(found: Groups, vectors: Vectors) -> Groups:
    rows = np.concatenate([found.place(vectors[s : s + _CHUNK]) for s in range(0, len(vectors), _CHUNK)])
    return Groups(found.extended(vectors), rows, found.place)


def _of_few(vectors: Vectors, mean: Vectors, distinct: Labels, copies: Labels) -> Groups:
    found = _by_density(vectors, mean)
    return Groups(in_order(_with_copies(found.labels[distinct], copies)), found.rows, found.place)


def _by_communities(vectors: Vectors, mean: Vectors, distinct: Labels, copies: Labels) -> Groups:
    turned = directions(unit(vectors[_sample(len(vectors))] - mean), _DIMENSIONS)

    def place(others: Vectors) -> Vectors:
        return unit(unit(others - mean) @ turned)

    rows = np.concatenate([place(vectors[s : s + _CHUNK]) for s in range(0, len(vectors), _CHUNK)])
    labels = _grouped(rows[distinct])
    return Groups(in_order(_with_copies(labels, copies)), rows, place)


def _distinct(vectors: Vectors) -> tuple[Labels, Labels]:
    """The position of the first of each set of equal rows, and for every row the number of its set."""
    seen: dict[bytes, int] = {}
    copies = np.array([seen.setdefault(row.tobytes(), len(seen)) for row in vectors], dtype=np.int64)
    return np.unique(copies, return_index=True)[1], copies


def _with_copies(labels: Labels, copies: Labels) -> Labels:
    """The label of every row: that of its set; a set that has none, but enough members, is a group of its own."""
    own = (labels < 0) & (np.bincount(copies, minlength=len(labels)) >= communities.SMALLEST_GROUP)
    return np.where(own, labels.max(initial=-1) + np.cumsum(own), labels)[copies]


def _grouped(rows: Vectors) -> Labels:
    if len(rows) < SMALLEST_INPUT:
        return np.full(len(rows), -1, dtype=np.int64)
    sample = _sample(len(rows))
    found = in_order(communities.communities(rows[sample]))
    if found.max() < 0:
        return np.full(len(rows), -1, dtype=np.int64)
    middle = centroids(rows[sample], found, int(found.max()) + 1)
    own = np.einsum("nd,nd->n", rows[sample], middle[found])
    reach = np.array([_fence(own[found == g]) for g in range(len(middle))])
    labels = np.concatenate([_nearest_in_reach(rows[s : s + _CHUNK], middle, reach) for s in range(0, len(rows), _CHUNK)])
    labels[sample] = np.where((found >= 0) & (own >= reach[found]), found, -1)
    return labels


def _fence(values: Vectors) -> float:
    # Tukey's: what lies beyond it would be drawn as an outlier of a box plot.
    lower, upper = np.quantile(values, [0.25, 0.75])
    return float(lower - 1.5 * (upper - lower))


def _nearest_in_reach(rows: Vectors, middle: Vectors, reach: Vectors) -> Labels:
    similarity = rows @ middle.T
    found = similarity.argmax(axis=1)
    return np.where(similarity.max(axis=1) >= reach[found], found, -1)
