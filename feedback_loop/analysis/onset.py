"""When the complaints of an alert began to rise, estimated from their times.

The estimator is `methods/statistics/change_points`; what may have caused the rise is the business of `hypotheses`. The rule that is easy to
break: customers write at some hours more than at others, so what is expected of an hour follows the product's usual rhythm of the day.
"""

from __future__ import annotations

import numpy as np

from feedback_loop.analysis.alerted import RECENT_DAYS, Alerted
from feedback_loop.analysis.complaint_counts import DAY_MICROSECONDS, HOUR_MICROSECONDS, Reals, first_instant
from feedback_loop.methods.statistics.change_points import rate_step
from feedback_loop.methods.statistics.count_models import PRIOR

FEWEST_RECORDS = 3
"""Complaining records below which their times tell nothing."""


def onset(alert: Alerted) -> int | None:
    """The first instant of the hour in which the rise began, in microseconds; None where there are too few complaints to tell.

    The recent days are searched, not only the alert's: a fault that is days old would otherwise begin at midnight, and every change since
    its true onset would look like its cause.
    """
    start, end = first_instant(alert.day) - RECENT_DAYS * DAY_MICROSECONDS, alert.end
    recent = alert.history.between(start, end)
    said = alert.history.instants[recent[alert.complains(recent)]]
    if len(said) < FEWEST_RECORDS:
        return None
    hours = (end - start) // HOUR_MICROSECONDS
    counts = np.bincount((said - start) // HOUR_MICROSECONDS, minlength=hours).astype(np.float64)
    step = rate_step(counts, _expected(alert, hours))
    # Where nothing lies above the usual, as with a few urgent records, the complaints of the window itself are all there is.
    window = alert.window()
    first = int(alert.history.instants[window[alert.complains(window)]].min(initial=end)) - start
    return start + (first // HOUR_MICROSECONDS if step is None else step.first_bin) * HOUR_MICROSECONDS


def _expected(alert: Alerted, hours: int) -> Reals:
    """Complaints that the usual days let expect of each hour from midnight on: float64 [hours]."""
    instants = alert.history.instants[alert.usual]
    if not instants.size:
        return np.full(hours, PRIOR / 24)
    days = max(len(np.unique(instants // DAY_MICROSECONDS)), 1)
    complaints = int(alert.complains(alert.usual).sum())
    by_hour = np.bincount(instants // HOUR_MICROSECONDS % 24, minlength=24) + 1.0
    return np.resize((complaints + PRIOR) / days * by_hour / by_hour.sum(), hours)
