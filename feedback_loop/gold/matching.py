"""Which cluster of today carries on which issue: one to one, by shared members first, then by what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from feedback_loop.gold.ledger import Cluster, Issue

LEAST_OVERLAP = 0.3
"""Dice coefficient, over the fragments that both days can have, below which a cluster does not carry on an issue by its members."""

LEAST_SIMILARITY = 0.75
"""Cosine of the centroids from which a cluster carries on an issue by what it says, where members can't tell."""

Weights = npt.NDArray[np.float64]


def by_members(issues: Sequence[Issue], clusters: Sequence[Cluster], window: frozenset[str], before: frozenset[str]) -> dict[str, str]:
    """Issue by cluster, where the cluster that carried the issue the day before shares enough of what both windows hold."""
    held = [issue.core & window for issue in issues]
    # What forms within an issue that no cluster carries is in the core of both.
    holders: dict[str, list[int]] = {}
    for row, members in enumerate(held):
        for fragment in members:
            holders.setdefault(fragment, []).append(row)
    shared = np.zeros((len(issues), len(clusters)))
    for column, cluster in enumerate(clusters):
        for row, count in Counter(row for f in cluster.members for row in holders.get(f, ())).items():
            shared[row, column] = count
    kept = np.array([len(members) for members in held], dtype=np.float64)
    known = np.array([len(cluster.members & before) for cluster in clusters], dtype=np.float64)
    overlap = 2.0 * shared / np.maximum(kept[:, None] + known[None, :], 1.0)
    return {clusters[c].cluster_id: issues[r].issue_id for r, c in best_pairs(overlap, LEAST_OVERLAP)}


def by_meaning(issues: Sequence[Issue], clusters: Sequence[Cluster]) -> dict[str, str]:
    """Issue by cluster, where their centroids are of one model and near."""
    similarity = np.zeros((len(issues), len(clusters)))
    for model in {issue.model_version for issue in issues} & {cluster.model_version for cluster in clusters}:
        rows = [n for n, issue in enumerate(issues) if issue.model_version == model]
        columns = [n for n, cluster in enumerate(clusters) if cluster.model_version == model]
        before = np.stack([issues[n].centroid for n in rows]).astype(np.float64)
        now = np.stack([clusters[n].centroid for n in columns]).astype(np.float64)
        similarity[np.ix_(rows, columns)] = before @ now.T
    return {clusters[c].cluster_id: issues[r].issue_id for r, c in best_pairs(similarity, LEAST_SIMILARITY)}


def best_pairs(weights: Weights, least: float) -> list[tuple[int, int]]:
    """The one-to-one pairs (row, column) of the largest total weight, each of at least `least`."""
    if not weights.size:
        return []
    # A pair too weak to be used must not decide which other pairs are.
    rows, columns = linear_sum_assignment(-np.where(weights >= least, weights, 0.0))
    return [(int(r), int(c)) for r, c in zip(rows, columns, strict=True) if weights[r, c] >= least]
