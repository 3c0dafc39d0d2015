"""Short bursts, such as one customer who repeats himself: complaints beyond what a bin may hold are not counted.

Here: which complaints of a bin count. How rare bursts are in the stream is learnt in `scatter`. The rule that is easy to break: the limit
holds for any stretch of a bin's length, or a burst across the edge of two bins would count twice.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import nbinom

Reals = npt.NDArray[np.float64]

_SHARE_OF_BURSTS = 0.1
_RAREST, _COMMONEST = 1e-5, 0.05


def most_per_bin(means: Reals, dispersion: float, burst_share: float) -> npt.NDArray[np.int64]:
    """The count per bin that is surpassed by chance a tenth as often as by a burst: a rise has to show in more bins than one."""
    size = 1.0 / max(dispersion, 1e-6)
    chance = min(max(_SHARE_OF_BURSTS * burst_share, _RAREST), _COMMONEST)
    most: npt.NDArray[np.int64] = np.maximum(nbinom.isf(chance, size, size / (size + means)), 1.0).astype(np.int64)
    return most


class Counted:
    """Takes the complaints of a stream in order and keeps at most so many of any stretch of one bin's length."""

    def __init__(self, bin_us: int) -> None:
        self._bin_us = bin_us
        self._recent: list[int] = []

    def keep(self, instants: list[int], most: int) -> list[int]:
        """Those of the next bin's complaints that count."""
        if len(self._recent) + len(instants) <= most:
            self._recent = instants
            return instants
        kept = []
        for instant in instants:
            self._recent = [earlier for earlier in self._recent if earlier > instant - self._bin_us]
            if len(self._recent) < most:
                self._recent.append(instant)
                kept.append(instant)
        return kept
