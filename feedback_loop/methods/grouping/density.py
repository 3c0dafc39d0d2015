"""Groups as dense regions of blurred vectors: HDBSCAN on rows that were drawn together first.

Here: that method. The other one is `communities`; which is used, and what is done with noise, is decided in `methods/grouping` itself. The
rule that is easy to break: nothing here may draw a random number without the fixed seed.

Sentence vectors have no dense regions in 384 dimensions, so HDBSCAN alone finds next to nothing. Replacing each vector by the mean of its
nearest neighbours' vectors, twice, contracts what belongs together (blurring mean shift: Carreira-Perpiñán, ICML 2006, on a fixed
neighbour graph); HDBSCAN (Campello, Moulavi & Sander, PAKDD 2013) then finds groups of any number, without being told how many.
"""

from __future__ import annotations

import math

import hdbscan
import numpy as np

from feedback_loop.methods.grouping.rows import DENSE_LIMIT, Labels, Vectors, in_order, nearest, principal, unit

_ROUNDS = 2
_MIN_SAMPLES = 2
_NEIGHBOUR_DIMENSIONS, _DENSITY_DIMENSIONS = 100, 12
_CHUNK = 512
_FLOOR = 1e-6
_SEED = 20260101


def dense_regions(centred: Vectors) -> tuple[Labels, Vectors]:
    """A group for every row, -1 for noise, and the rows as they were grouped: rows of unit length whose mean is about zero."""
    is_dense = len(centred) <= DENSE_LIMIT
    blurred = blur(centred if is_dense else unit(principal(centred, _NEIGHBOUR_DIMENSIONS)), neighbour_count(len(centred)))
    return _dense_groups(blurred) if is_dense else _sparse_groups(blurred), blurred


def placed(rows: Vectors, centred: Vectors, blurred: Vectors) -> Vectors:
    """Where rows that were not grouped lie among the blurred ones: amid those of their nearest rows."""
    count = min(neighbour_count(len(centred)), len(centred))
    chunks = (rows[s : s + _CHUNK] for s in range(0, len(rows), _CHUNK))
    return np.concatenate([unit(blurred[nearest(chunk @ centred.T, count)].mean(axis=1)) for chunk in chunks])


def neighbour_count(rows: int) -> int:
    """Neighbours over which a row is blurred: the cube root of the rows, 5 to 15."""
    return int(np.clip(round(np.cbrt(rows)), 5, 15))


def smallest_group(rows: int) -> int:
    """Rows that make a group: a quarter of the square root of the rows, at least 4."""
    return max(4, round(math.sqrt(rows) / 4))


def blur(rows: Vectors, neighbours: int) -> Vectors:
    """The rows, each replaced twice by the mean of its nearest rows (itself among them), of unit length."""
    found = np.concatenate([nearest(rows[s : s + _CHUNK] @ rows.T, neighbours) for s in range(0, len(rows), _CHUNK)])
    for _ in range(_ROUNDS):
        total = rows[found[:, 0]].copy()
        for column in range(1, found.shape[1]):  # a column at a time: the whole gather would hold n × k × d numbers
            total += rows[found[:, column]]
        rows = unit(total)
    return rows


def _dense_groups(rows: Vectors) -> Labels:
    wide = rows.astype(np.float64)
    # Identical texts would have distance 0 and so infinite density, which HDBSCAN turns into NaN.
    distance = np.maximum(1.0 - wide @ wide.T, _FLOOR)
    np.fill_diagonal(distance, 0.0)
    finder = _finder(len(rows), metric="precomputed")
    return in_order(finder.fit_predict(distance))


def _sparse_groups(rows: Vectors) -> Labels:
    reduced = unit(principal(rows, _DENSITY_DIMENSIONS)).astype(np.float64)
    # The same cure for identical texts: a shake far below any real distance.
    reduced += np.random.default_rng(_SEED).normal(0.0, _FLOOR, reduced.shape)
    return in_order(_finder(len(rows), metric="euclidean").fit_predict(reduced))


def _finder(rows: int, metric: str) -> hdbscan.HDBSCAN:
    return hdbscan.HDBSCAN(
        min_cluster_size=smallest_group(rows), min_samples=_MIN_SAMPLES, metric=metric, approx_min_span_tree=False, core_dist_n_jobs=1
    )
