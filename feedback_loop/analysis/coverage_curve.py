"""How precise the classifier would be if it decided more or less: by number of held-out answers that it decides on, the surest first.

The rule that is easy to break: the curve is for looking at, not for choosing a threshold; what is chosen on it holds no promise, for the
same labels would prove it (see `methods/statistics/calibration`).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from feedback_loop.analysis.model_health import confidences
from feedback_loop.methods.statistics.share_bounds import share_interval

CURVE = pl.Schema({"coverage_share": pl.Float64(), "precision_share": pl.Float64(), "low": pl.Float64(), "high": pl.Float64()})

_MOST_POINTS = 60
"""More can't be told apart in a picture, and each costs two exact bounds."""


def coverage_curve(held_out: pl.DataFrame) -> pl.DataFrame:
    """Precision with its exact 95 % interval by coverage, as `CURVE`, ascending; answers of equal score are decided together."""
    confidence, is_right = confidences(held_out)
    count = len(confidence)
    if not count:
        return pl.DataFrame(schema=CURVE)
    order = np.argsort(-confidence, kind="stable")
    right, ranked = np.cumsum(is_right[order]), confidence[order]
    ends = [n for n in range(1, count + 1) if n == count or ranked[n] != ranked[n - 1]]
    kept = sorted({*ends[:: -(-len(ends) // (_MOST_POINTS - 1))], count})
    rows = [(n / count, int(right[n - 1]) / n, *share_interval(int(right[n - 1]), n)) for n in kept]
    return pl.DataFrame(rows, schema=CURVE, orient="row")
