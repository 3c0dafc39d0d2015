"""Which of many streams stand out within a budget of false alarms that they share.

The rule that is easy to break: streams that can't stand out count as well; a budget over those alone that rose would be none.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Reals = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


def standing_out(log_evidence: Reals, stream_count: int, chance: float) -> Flags:
    """Which e-values (natural logs, float64 [streams, moments]) stand out at each moment among so many streams in all.

    The e-BH procedure: Wang & Ramdas, "False discovery rate control with e-values", JRSS B 84 (2022). It names nothing as long as the mean
    of all e-values stays below 1 / chance, so that at any moment of a day without a rise it names one with at most this probability.
    """
    if not len(log_evidence):
        return np.zeros(log_evidence.shape, dtype=bool)
    ranked = -np.sort(-log_evidence, axis=0)
    needed = np.log(stream_count / (chance * np.arange(1, len(ranked) + 1)))
    passing = ranked >= needed[:, None]
    last = len(ranked) - 1 - np.argmax(passing[::-1], axis=0)
    return np.asarray(log_evidence >= np.where(passing.any(axis=0), needed[last], np.inf))
