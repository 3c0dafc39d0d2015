"""Groups among the latest rows that say what nobody said before, however small: a new symptom on its first or second day.

Groups over a whole window need a size that grows with the window, so a dozen texts about something new are noise there for a week. Here a
row is held against its neighbours in the whole window: where nearly all of them are of the latest days, it speaks of something new. The
rule that is easy to break: a burst of something known is not new. Its old rows lie among its neighbours, and then nothing is found here.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from feedback_loop.methods import grouping
from feedback_loop.methods.grouping.rows import Vectors, nearest, unit

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]

METHOD_VERSION = "neighbour-age-1"

NEIGHBOURS = (4, 6, 10, 16)
"""How many nearest rows are looked at; of the views the one that speaks loudest counts."""

ROW_CHANCE, GROUP_CHANCE = 0.05, 0.01
"""What chance may reach: a row is only a reason to look closer, a group has to be beyond doubt."""

SMALLEST_GROUP = 4
OLD_SHARE = 0.2
"""Share of old rows in the neighbourhood of a group from which it is something known that grew."""

_CHUNK = 512


def new_groups(vectors: Vectors, is_recent: Flags) -> list[Numbers]:
    """Row numbers of each group of recent rows that has no past among the rows: float32 [n, d] of unit length.

    Chances are those of the recent share under the hypergeometric law's limit, the binomial: neighbours of a steady subject are recent as
    often as any row is.
    """
    recent = np.flatnonzero(is_recent)
    if len(recent) < SMALLEST_GROUP or len(recent) == len(is_recent):
        return []
    rows = unit(vectors - vectors.mean(axis=0))
    unusual = recent[_chances(rows, is_recent, recent) <= ROW_CHANCE]
    return [found for group in _groups(rows, unusual) if len(found := _new_rows(rows, is_recent, group)) >= SMALLEST_GROUP]


def _chances(rows: Vectors, is_recent: Flags, asked: Numbers) -> npt.NDArray[np.float64]:
    """For each asked row, how rarely so many of its neighbours would be recent."""
    share, count = float(is_recent.mean()), min(max(NEIGHBOURS), len(rows) - 1)
    chances = np.ones(len(asked))
    for start in range(0, len(asked), _CHUNK):
        part = asked[start : start + _CHUNK]
        similarity = rows[part] @ rows.T
        similarity[np.arange(len(part)), part] = -np.inf
        hits = is_recent[nearest(similarity, count)]
        for size in NEIGHBOURS:
            chance = binom.sf(hits[:, :size].sum(axis=1) - 1, min(size, count), share)
            chances[start : start + len(part)] = np.minimum(chances[start : start + len(part)], chance)
    return chances


def _groups(rows: Vectors, unusual: Numbers) -> list[Numbers]:
    if len(unusual) < grouping.SMALLEST_INPUT:
        return [unusual] if len(unusual) >= SMALLEST_GROUP else []
    found = grouping.group(rows[unusual])
    labels = found.filled_when_near()
    # Where nothing lies apart they may all be about one thing, which the next step finds out.
    return [unusual[labels == number] for number in range(found.count)] or [unusual]


def _new_rows(rows: Vectors, is_recent: Flags, group: Numbers) -> Numbers:
    """The recent rows about the group's middle where next to no old row lies there; none otherwise."""
    total = rows[group].sum(axis=0)
    # Each is held against the middle of the others: a row is always near to a middle that it helped to make.
    own = np.einsum("nd,nd->n", rows[group], unit(total - rows[group]))
    reach = np.sort(own)[len(group) // 4]
    near = rows @ unit(total[None, :])[0] >= reach
    count, fresh = int(near.sum()), int((near & is_recent).sum())
    is_new = count - fresh <= OLD_SHARE * count and binom.sf(fresh - 1, count, float(is_recent.mean())) <= GROUP_CHANCE
    return np.flatnonzero(near & is_recent) if is_new else np.zeros(0, dtype=np.int64)
