"""Groups among the latest rows that say what nobody said before, however small: a new symptom on its first or second day.

Groups over a whole window need a size that grows with the window, so a dozen texts about something new are noise there for a week. Here
the rows about each recent row are looked at, nearest first: where nearly all of them are of the latest days, they speak of something new.
Of the circles of all sizes the most unlikely counts (a scan statistic: Kulldorff, Commun. Stat. Theory Methods 26, 1997). The rule that is
easy to break: a burst of something known is not new. Chance leaves circles without old rows within it, but old rows are next to theirs.

Nothing is clustered first: groups among the recent rows alone hold several subjects as soon as they hold noise, and about the middle of
those lies half the window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.stats import binom

from feedback_loop.methods.grouping.rows import Vectors, nearest, unit

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

METHOD_VERSION = "circle-scan-1"

SMALLEST_GROUP, LARGEST_CIRCLE = 4, 48
"""Rows that make a group, and the most that are looked at about one; a larger group is held by circles that overlap."""

GROUP_CHANCE, CHANCE_CIRCLES = 0.01, 1.0
"""What chance may reach: how unlikely a circle has to be, and how many of a look's circles of one size chance alone may make.

Of a row's sizes the most unlikely is taken, so that chance makes some more: .2 to 2.2 in made-up looks of 40 to 800 recent rows.
"""

OLD_IN_CIRCLE, OLD_NEXT_TO_IT = 0.2, 1 / 3
"""Share of old rows in a circle, and among the nearest rows of a group's rows, up to which it is not something known that grew."""

LINKS = 4
"""Nearest rows of a row, of which those that have it among theirs too are of its group."""

_CHUNK = 512


def new_groups(vectors: Vectors, is_recent: Flags) -> list[Numbers]:
    """Row numbers, ascending, of each group of recent rows that has no past among the rows: float32 [n, d] of unit length.

    Chances are those of the recent share under the hypergeometric law's limit, the binomial: neighbours of a steady subject are recent as
    often as any row is. No two groups have a row in common.
    """
    recent = np.flatnonzero(is_recent)
    if len(recent) < SMALLEST_GROUP or len(recent) == len(is_recent):
        return []
    rows = unit(vectors - vectors.mean(axis=0))
    limit = min(GROUP_CHANCE, CHANCE_CIRCLES / len(recent))
    parts = [recent[start : start + _CHUNK] for start in range(0, len(recent), _CHUNK)]
    circles = [circle for part in parts for circle in _circles(rows, is_recent, part, limit)]
    return _linked(rows, is_recent, circles) if circles else []


def _circles(rows: Vectors, is_recent: Flags, asked: Numbers, limit: float) -> Iterator[Numbers]:
    """The recent rows of the most unlikely circle about each asked row, the asked one first, where it is within the limit."""
    found = _others(rows, asked, LARGEST_CIRCLE)
    flags = is_recent[found]
    # The row in the middle is recent because it was asked: it counts as one of the circle, but is no evidence.
    others, hits = np.arange(1, found.shape[1] + 1), flags.cumsum(axis=1)
    may_be = flags & (others - hits <= OLD_IN_CIRCLE * (others + 1)) & (hits + 1 >= SMALLEST_GROUP)
    chances = np.ones(hits.shape)
    line, column = np.nonzero(may_be)
    chances[line, column] = binom.sf(hits[line, column] - 1, others[column], float(is_recent.mean()))
    for n in np.flatnonzero((chances <= limit).any(axis=1)):
        end = int(chances[n].argmin()) + 1
        yield np.append(asked[n], found[n, :end][flags[n, :end]])


def _others(rows: Vectors, asked: Numbers, count: int) -> Numbers:
    """The other rows that are nearest to each asked row, nearest first."""
    similarity = rows[asked] @ rows.T
    similarity[np.arange(len(asked)), asked] = -np.inf
    return nearest(similarity, min(count, len(rows) - 1))


def _linked(rows: Vectors, is_recent: Flags, circles: Sequence[Numbers]) -> list[Numbers]:
    """The rows of the circles, divided by which are next to each other; what is in the middle of no circle came in by the way.

    A circle reaches beyond its subject where nothing old lies about it: into other new subjects, and to single rows of known ones.
    """
    held = np.unique(np.concatenate(circles))
    near = np.concatenate([_others(rows, held[start : start + _CHUNK], LINKS) for start in range(0, len(held), _CHUNK)])
    position = np.full(len(rows), -1, dtype=np.int64)
    position[held] = np.arange(len(held))
    line, column = np.nonzero(position[near] >= 0)
    links = csr_matrix((np.ones(len(line)), (line, position[near[line, column]])), shape=(len(held), len(held)))
    numbers = connected_components(links.minimum(links.T), directed=False)[1]
    old = (~is_recent[near]).mean(axis=1)
    groups = [numbers == number for number in np.unique(numbers[position[[circle[0] for circle in circles]]])]
    return [held[group] for group in groups if group.sum() >= SMALLEST_GROUP and old[group].mean() <= OLD_NEXT_TO_IT]
