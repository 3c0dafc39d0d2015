"""How much each known change is suspected by when it began alone.

Whom it reached is compared with the complaints in `blame`. The rule that is easy to break: a change near an onset is no rarity,
for people change things at the hours at which customers write, so that time alone makes no change much likelier than an unknown cause.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from feedback_loop.analysis.causes import Cause
from feedback_loop.analysis.complaint_counts import HOUR_MICROSECONDS
from feedback_loop.analysis.weighing import Weighing
from feedback_loop.methods.diagnosis.change_log import LOGGED, lag_density
from feedback_loop.methods.statistics.calibration import Reals

INNOCENTS_NEARBY = 4.0
"""Changes beside the cause that are to be expected as near to the onset as the cause itself."""

_PLACES = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
"""Of the hour in which a rise begins: a change may begin within it."""


def timing(causes: Sequence[Cause], weighing: Weighing) -> Reals:
    """How much likelier a rise from each hour on [causes, moments] makes each change, beside a rise that has another cause."""
    window = weighing.window
    hours = (window.end - window.first) / HOUR_MICROSECONDS
    rate = (sum(window.first <= cause.started < window.end for cause in causes) + 1) / hours
    found = [_timing(cause.started, weighing, rate) for cause in causes]
    return np.array(found).reshape(len(causes), len(weighing.level.moments))


def _timing(started: int, weighing: Weighing, rate: float) -> Reals:
    """How much likelier a rise from each hour [moments] on makes a change that began then, than a rise that has another cause does."""
    began = (started - weighing.window.start) / HOUR_MICROSECONDS
    starts = np.arange(len(weighing.level.moments))[:, None] + _PLACES
    lag = np.where(starts >= began, _active_hours(starts, weighing) - _active_hours(np.array(began), weighing), -1.0)
    density = lag_density(lag).mean(axis=1)
    weight: Reals = LOGGED * density / (rate + INNOCENTS_NEARBY * density)
    return weight


def _active_hours(hours: Reals, weighing: Weighing) -> Reals:
    """Hours since the window began, of which those count more in which customers usually complain: nobody complains asleep."""
    length = len(weighing.level.moments)
    passed = (1.0 - np.r_[weighing.level.share_after, 0.0]) * length
    return np.where(hours < 0, hours, np.interp(hours, np.arange(length + 1), passed))
