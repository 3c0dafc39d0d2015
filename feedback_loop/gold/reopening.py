"""Whether an issue that was resolved is back: complaints about it rise against the quiet in which it was resolved.

A few stragglers do not reopen an issue, and an issue that never went quiet is not resolved by a word: it rises against nothing. The rule
that is easy to break: what comes back is the same issue, once more; it is neither a new one nor the old occurrence going on.
"""

from __future__ import annotations

from datetime import date, timedelta

from feedback_loop.gold.ledger import Issue, Window
from feedback_loop.methods.statistics.count_models import binomial_tail

RECENT_DAYS, QUIET_DAYS = 3, 3
"""The latest days after the resolution, held against those from so many days before it on."""

LEAST_COMPLAINTS, SIGNIFICANCE = 3, 0.05


def has_come_back(issue: Issue, window: Window, day: date) -> bool:
    """Whether a resolved issue's complaints rise again on the day."""
    if not issue.is_resolved or issue.resolved_on is None or issue.resolved_on >= day:
        return False
    first = max(issue.resolved_on + timedelta(days=1), day - timedelta(days=RECENT_DAYS - 1))
    quiet = max(issue.resolved_on - timedelta(days=QUIET_DAYS - 1), min(window.days))
    recent = window.count(issue.members, first, day)
    before = window.count(issue.members, quiet, first - timedelta(days=1))
    return has_risen(recent, before, (day - first).days + 1, max((first - quiet).days, 1))


def has_risen(recent: int, before: int, recent_days: int, before_days: int) -> bool:
    """Whether so many complaints of so many days are more than those before let expect (conditional test of two Poisson rates)."""
    chance = recent_days / (recent_days + before_days)
    return recent >= LEAST_COMPLAINTS and binomial_tail(recent, recent + before, chance) <= SIGNIFICANCE
