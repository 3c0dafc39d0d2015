"""Who was there when: how much of a segment's customers came after each moment of the window.

A version that rolls out, or a region that wakes up late, has its customers late in the window: a late rise of everybody is full of them.
The rule that is easy to break: presence is told by records that do not complain; a rise must not make itself expected.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from feedback_loop.methods.diagnosis.coding import Codes, Pairs, Window, inside
from feedback_loop.methods.diagnosis.level import Level
from feedback_loop.methods.statistics.calibration import Flags, Indices, Reals

_WORTH_OF_USUAL = 10.0
"""Records that come as everybody's complaints usually do, so that a segment of few is not told by two of them."""


@dataclass(frozen=True)
class Presence:
    """Records of the window by time: `at` [n] in microseconds, `codes` [n, dimensions] as those of the complaints."""

    codes: Codes
    at: Indices

    def share_after(self, members: Flags, level: Level, window: Window) -> Reals:
        """The share [moments] of the members' complaints that are usual at or after each moment: everybody's, bent as far as they came
        earlier or later than all did.
        """
        of_members, of_all = (self._since(flags, level, window) for flags in (members, np.ones(len(self.at), bool)))
        share: Reals = np.minimum(level.share_after * of_members / np.maximum(of_all, 1e-9), 1.0)
        return share

    def _since(self, flags: Flags, level: Level, window: Window) -> Reals:
        step = np.searchsorted(level.moments, self.at[flags] - window.start, side="right") - 1
        since = np.bincount(step, minlength=len(level.moments))[::-1].cumsum()[::-1]
        share: Reals = (since + _WORTH_OF_USUAL * level.share_after) / (since[0] + _WORTH_OF_USUAL)
        return share

    def of(self, pairs: Pairs, level: Level, window: Window) -> Reals:
        """That of a conjunction."""
        return self.share_after(inside(self.codes, pairs), level, window)
