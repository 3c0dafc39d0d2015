"""Groups as communities of a graph in which each row is tied to its nearest rows, at a resolution that the rows themselves choose.

Here: the graph, its partition at a ladder of resolutions, and the step of the ladder that is kept. What is noise is decided in
`feedback_loop/methods/grouping`. The rule that is easy to break: nothing here knows how many groups there should be, and no number is
chosen by looking at labels.

A community is found by modularity (Louvain: Blondel et al., J. Stat. Mech. 2008, as `scikit-network` has it), which needs a resolution. Of
a ladder of them that one is kept whose groups are the farthest apart for their number: the mean silhouette against centroids, less that of
made-up rows of the same spread which have no groups (the gap statistic of Tibshirani, Walther & Hastie, JRSS B 63, 2001). The silhouette
alone rises with the number of groups also where there are none. What Louvain finds hangs on the order in which it visits rows, so a tie
counts as much as it is inside a group in runs of different orders (consensus: Lancichinetti & Fortunato, Sci. Rep. 2, 2012).
`scikit-network`'s Leiden is no better than that here, and draws random numbers without a seed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import csr_matrix

from feedback_loop.methods.grouping.modularity import Graph
from feedback_loop.methods.grouping.rows import Labels, Vectors, centroids, neighbours, totals, unit

NEIGHBOURS = 30
SMALLEST_GROUP = 4
_RESOLUTIONS = tuple(float(2.0 ** (step / 2)) for step in range(-4, 14))
_SEED = 20260101
_CHUNK = 4096
_JUDGED_DIMENSIONS = 64
_CHANCE = 0.95
_RUNS = 4
_INDISTINCT = 0.03
_LEAST_DIRECTIONS = 8


@dataclass(frozen=True)
class Partition:
    """A group for every row, and each row's silhouette: how much nearer its own group is than the next, -1 to 1."""

    labels: Labels
    silhouettes: Vectors

    @property
    def count(self) -> int:
        """How many groups there are."""
        return int(self.labels.max(initial=-1)) + 1

    @property
    def separation(self) -> float:
        """The mean silhouette of all rows."""
        return float(self.silhouettes.mean())

    def by_group(self) -> Vectors:
        """The mean silhouette of each group."""
        return np.asarray(np.bincount(self.labels, self.silhouettes) / np.bincount(self.labels))


def neighbour_count(rows: int) -> int:
    """Rows to which a row is tied: the square root of the rows, 5 to 10, and a fiftieth of the rows where that is more, up to 30."""
    return min(NEIGHBOURS, max(5, min(10, round(math.sqrt(rows))), rows // 50), rows - 1)


def communities(rows: Vectors) -> Labels:
    """The community of each row of unit length, -1 where it is in none: a group is kept that is farther apart than chance makes groups."""
    empty, count = made_up(rows), neighbour_count(len(rows))
    found, chance = ladder(tied(rows, count), _main(rows), Ties.agreed), ladder(tied(empty, count), _main(empty), Ties.partition)
    if not found or not chance:
        return np.full(len(rows), -1, dtype=np.int64)
    kept = found[middle_of_best([p.separation - at_count(p.count, chance, [c.separation for c in chance]) for p in found])]
    least = at_count(kept.count, chance, [float(np.quantile(c.by_group(), _CHANCE)) for c in chance])
    is_apart = (kept.by_group() > least) & (np.bincount(kept.labels) >= SMALLEST_GROUP)
    return np.where(is_apart[kept.labels], kept.labels, -1)


def _main(rows: Vectors) -> Vectors:
    # Rows have their main directions last; in the first ones, most of what there is is chance, and chance favours small groups.
    return unit(rows[:, -_JUDGED_DIMENSIONS:])


def made_up(rows: Vectors) -> Vectors:
    """As many rows of unit length that are spread as widely in each direction, and have no groups."""
    spread = (rows.astype(np.float64) ** 2).mean(axis=0)
    # Few directions that hold all the spread are themselves the trace of groups: chance alone would fall apart along them.
    spread = np.sqrt(np.minimum(spread, spread.sum() / _LEAST_DIRECTIONS))
    return unit(np.random.default_rng(_SEED).normal(size=rows.shape) * spread)


def ladder(ties: Ties, rows: Vectors, divide: Callable[[Ties, float], Labels]) -> list[Partition]:
    """The partitions of the graph, coarse to fine, as far as they have at least two groups and four rows in the mean group."""
    found = (divide(ties, resolution) for resolution in _RESOLUTIONS)
    return [judged(rows, labels) for labels in found if 2 <= labels.max() + 1 <= len(rows) / SMALLEST_GROUP]


def tied(rows: Vectors, count: int) -> Ties:
    """The ties of the rows: 1 where one of two is among the other's nearest, 2 where each is, symmetric."""
    found = neighbours(rows, count).rows
    graph = csr_matrix((np.ones(found.size), (np.repeat(np.arange(len(rows)), count), found.ravel())), shape=(len(rows), len(rows)))
    return Ties((graph + graph.T).tocsr())


@dataclass(frozen=True)
class Ties:
    """A symmetric graph of rows, to be divided at many resolutions."""

    graph: csr_matrix

    @cached_property
    def _as_given(self) -> Graph:
        return Graph.of(self.graph)

    @cached_property
    def _shuffled(self) -> list[tuple[Labels, Graph]]:
        """The nodes in orders of chance, each with the place at which it finds the nodes as they were."""
        # The library's own generator: the orders, and so the groups, are those that its driver would have found.
        orders = [np.random.RandomState(_SEED + run).permutation(self.graph.shape[0]) for run in range(_RUNS)]
        return [(np.argsort(order), Graph.of(self.graph, order)) for order in orders]

    def partition(self, resolution: float) -> Labels:
        """The communities of the graph at the resolution."""
        return self._as_given.divided(resolution)

    def agreed(self, resolution: float) -> Labels:
        """The communities of the graph whose ties weigh as much as they are inside a community in runs of different orders."""
        runs, ties = [graph.divided(resolution)[place] for place, graph in self._shuffled], self.graph.tocoo()
        inside = np.mean([labels[ties.row] == labels[ties.col] for labels in runs], axis=0)
        weighted = csr_matrix((ties.data * inside, (ties.row, ties.col)), shape=self.graph.shape)
        weighted.eliminate_zeros()
        return Graph.of(weighted).divided(resolution) if weighted.nnz else np.arange(self.graph.shape[0], dtype=np.int64)


def judged(rows: Vectors, labels: Labels) -> Partition:
    """The labels with each row's silhouette: its distance to the centroid of the rest of its group, beside that to the next one's."""
    count = int(labels.max()) + 1
    sums, middle, size = totals(rows, labels, count), centroids(rows, labels, count), np.bincount(labels, minlength=count)
    rest = unit(sums[labels] - rows)
    own = np.where(size[labels] > 1, np.einsum("nd,nd->n", rest, rows), 0.0)
    next_best = np.concatenate([_other_best(rows[s : s + _CHUNK], middle, labels[s : s + _CHUNK]) for s in range(0, len(rows), _CHUNK)])
    inner, outer = 1.0 - own, 1.0 - next_best
    return Partition(labels, ((outer - inner) / np.maximum(np.maximum(inner, outer), 1e-9)).astype(np.float32))


def _other_best(rows: Vectors, middle: Vectors, labels: Labels) -> Vectors:
    similarity = rows @ middle.T
    similarity[np.arange(len(rows)), labels] = -2.0
    return np.asarray(similarity.max(axis=1), dtype=np.float32)


def at_count(count: int, empty: Sequence[Partition], values: Sequence[float]) -> float:
    """What the partitions of made-up rows would have at that number of groups (by interpolation over its logarithm)."""
    counts = np.log([p.count for p in empty])
    order = np.argsort(counts, kind="stable")
    return float(np.interp(math.log(count), counts[order], np.array(values)[order]))


def middle_of_best(gaps: Sequence[float]) -> int:
    """The step in the middle of those that can't be told from the best: one step's luck does not decide, nor does a flat slope."""
    padded = np.pad(np.asarray(gaps), 1, mode="edge")
    smooth = (padded[:-2] + 2 * padded[1:-1] + padded[2:]) / 4
    best = np.flatnonzero(smooth >= smooth.max() - _INDISTINCT * abs(smooth.max()))
    return int(best[len(best) // 2])
