"""Communities of a graph by modularity, as `scikit-network` finds them, at a third of its time for graphs of some hundred rows.

Here: the driver of Louvain's method (Blondel et al., J. Stat. Mech. 2008) about the library's compiled step, which moves single nodes.
The library's own driver checks and converts sparse matrices between the steps, which for a small graph is nearly all of its time, and a
window of complaints is divided a hundred times. The rule that is easy to break: the same labels as the library's, which a test compares.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from sknetwork.clustering.louvain_core import optimize_core

from feedback_loop.methods.grouping.rows import Labels

_TOLERANCE = 1e-3
Weights = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Graph:
    """A symmetric graph whose weights sum to one: the ends and weights of its ties in CSR form, and the weight of each node."""

    starts: Labels
    ends: Labels
    ties: Weights
    weights: Weights
    loops: Weights

    @classmethod
    def of(cls, graph: csr_matrix, order: Labels | None = None) -> Graph:
        """The graph, its nodes in another order if one is given."""
        taken = graph if order is None else graph[order][:, order]
        total = float(taken.sum())
        degrees = np.asarray(taken.sum(axis=1)).ravel() / total
        return cls._of(csr_matrix(taken) / total, degrees.astype(np.float32))

    @classmethod
    def _of(cls, ties: csr_matrix, weights: Weights) -> Graph:
        starts, ends = ties.indptr.astype(np.int64), ties.indices.astype(np.int64)
        return cls(starts, ends, ties.data.astype(np.float32), weights, ties.diagonal().astype(np.float32))

    def divided(self, resolution: float) -> Labels:
        """The community of each node, numbered from 0."""
        found, graph = np.arange(len(self.weights)), self
        while True:
            labels, gain = graph._moved(resolution)
            found, graph = labels[found], graph._joined(labels)
            if len(graph.weights) == 1 or gain <= _TOLERANCE:
                return found

    def _moved(self, resolution: float) -> tuple[Labels, float]:
        count = len(self.weights)
        of_groups, empty = (self.weights.copy(), self.weights.copy()), np.zeros(count, dtype=np.float32)
        labels, gain = optimize_core(
            np.arange(count), self.ends, self.starts, self.ties, self.weights, self.weights, *of_groups, empty, self.loops, resolution,
            _TOLERANCE,
        )  # fmt: skip
        return np.unique(np.asarray(labels), return_inverse=True)[1], float(gain)

    def _joined(self, labels: Labels) -> Graph:
        """The graph whose nodes are the groups."""
        count = int(labels.max()) + 1
        rows = np.repeat(labels, np.diff(self.starts))
        ties = csr_matrix((self.ties, (rows, labels[self.ends])), shape=(count, count))
        weights: Weights = np.bincount(labels, self.weights, minlength=count).astype(np.float32)
        return Graph._of(ties, weights)
