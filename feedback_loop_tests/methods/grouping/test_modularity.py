"""The communities of the library, found without its detours."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sknetwork.clustering import Louvain

from feedback_loop.methods.grouping.communities import tied
from feedback_loop.methods.grouping.modularity import Graph
from feedback_loop_tests.methods.grouping.scattered import scattered

GRAPH = tied(scattered(topics=9, each=25, noise=0.6)[0], 8).graph


@pytest.mark.parametrize("resolution", [0.25, 0.5, 1.0, 2.0, 8.0, 64.0])
def test_the_labels_are_those_of_the_library(resolution: float) -> None:
    ours, theirs = Graph.of(GRAPH).divided(resolution), Louvain(resolution=resolution, sort_clusters=False).fit_predict(GRAPH)
    pairs = set(zip(ours.tolist(), theirs.tolist(), strict=True))
    assert len(pairs) == len(set(ours)) == len(set(theirs))


def test_another_order_of_the_nodes_is_that_of_the_library_too() -> None:
    order = np.random.default_rng(3).permutation(GRAPH.shape[0])
    theirs = Louvain(resolution=2.0, sort_clusters=False).fit_predict(GRAPH[order][:, order])
    assert len(set(zip(Graph.of(GRAPH, order).divided(2.0).tolist(), theirs.tolist(), strict=True))) == theirs.max() + 1


def test_nodes_without_ties_between_them_stay_apart() -> None:
    apart = csr_matrix(np.kron(np.eye(3), np.ones((4, 4)) - np.eye(4)))
    assert Graph.of(apart).divided(0.1).tolist() == np.repeat([0, 1, 2], 4).tolist()
