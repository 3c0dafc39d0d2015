"""Groups among any texts, without days, products or classes: the core of `feedback-loop try cluster`.

How groups are found is `methods/grouping`. The rule that is easy to break: the answer must not depend on the order in
which the texts came, so they are sorted by what they say before anything is computed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.methods import group_terms, grouping
from feedback_loop.methods.grouping.rows import Vectors

COLUMNS = {"cluster_id": pl.String, "cluster_label": pl.String, "is_noise": pl.Boolean}


def clustered_texts(texts: Sequence[str], vectors: Vectors, method: grouping.Method = grouping.Method.COMMUNITIES) -> pl.DataFrame:
    """cluster_id, cluster_label and is_noise of each text, in the order given: vectors float32 [n, d] of unit length.

    Noise, which belongs to no group, carries the id of the nearest one; where there is no group at all, all texts share one id. Cost and
    memory grow with n · d: beyond `grouping.SAMPLE_LIMIT` texts, a sample is grouped and the rest join the groups that they are near.
    """
    if not texts:
        return pl.DataFrame(schema=COLUMNS)
    order = np.array(sorted(range(len(texts)), key=lambda n: (texts[n], n)), dtype=np.int64)
    ordered = [texts[n] for n in order]
    found = grouping.group(np.ascontiguousarray(vectors[order], dtype=np.float32), method)
    named = found.filled() if found.count else np.zeros(len(texts), dtype=np.int64)
    labels = group_terms.labels([group_terms.terms(text) for text in ordered], named, int(named.max()) + 1)
    back = np.argsort(order)
    firsts = np.unique(named, return_index=True)[1]
    ids = [stable_id("cluster", ordered[int(first)]) for first in firsts]
    columns = {
        "cluster_id": [ids[g] for g in named[back]],
        "cluster_label": [labels[g] for g in named[back]],
        "is_noise": (found.labels < 0)[back].tolist(),
    }
    return pl.DataFrame(columns, schema=COLUMNS)
