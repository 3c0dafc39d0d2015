"""What the log of changes says of a rise: which change may have caused it, by whom it reached and when it began.

A change can be the cause only where its scope holds the whole cohort and where it began before the symptom. How much that says follows
from how often changes are logged anyway: a log with a change an hour proves little by a coincidence. The rule that is easy to break: a
window is looked at because something happened, so one more change near it is no news.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from feedback_loop.methods.diagnosis.coding import Coded, Pairs, Window
from feedback_loop.methods.diagnosis.level import DAY_US, STEPS
from feedback_loop.methods.statistics.calibration import Reals

HOUR_US = DAY_US // 24
LOGGED = 0.75
"""How likely the cause of a rise stands in the log at all."""

_PROMPT_HOURS, _SLOW_HOURS, _PROMPT = 0.7, 6.0, 0.75
"""Customers complain soon after a change (three of four, within some forty minutes), or hours later."""

_LONGEST_LAG_HOURS = 48.0
_NEAR_WINDOW = 0.5
"""Changes near the window beyond the usual ones, see above."""

_EVERYBODY_CAUSES_A_PART = 0.02
"""How likely a change for everybody hurts just this cohort, beside one whose scope names it."""

_NEARLY_EVERYBODY = 0.3
"""A cohort that leaves out less than this part of all is the less told from everybody, the less it leaves out."""


@dataclass(frozen=True)
class Change:
    """One logged change: when it began, in microseconds, and whom it reached; an empty scope is everybody."""

    change_id: str
    started_at: int
    scope: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Log:
    """Changes that may matter for the window, with the weight of each beside "no logged cause" by moment, whomever it reached."""

    changes: tuple[Change, ...]
    timing: Reals
    """[changes, moments]"""
    unlogged: float = 1 - LOGGED
    """How likely the cause stands in no log; 1 where none was read, so that a rise weighs the same with and without one."""

    def fits(self, cohort: Pairs | None, rows: Coded, share: float = 0.0) -> Reals:
        """How much likelier the scope of each change [changes] is if it caused a rise of the cohort, None being everybody, than by chance.

        `share` is the part of all complaints that usually are the cohort's.
        """
        return np.array([_fit(change, cohort, rows, share) for change in self.changes])


def no_log(moments: int) -> Log:
    """Of a look at the complaints alone."""
    return Log((), np.zeros((0, moments)), 1.0)


def read_log(changes: Sequence[Change], window: Window) -> Log:
    """The changes up to two days before the window and in it."""
    hours = (window.end - window.first) / HOUR_US
    rate = (len(changes) + 1) / hours + _NEAR_WINDOW * HOUR_US / window.length
    moments = np.arange(STEPS) * window.length / STEPS / HOUR_US
    width = window.length / STEPS / HOUR_US
    kept = tuple(c for c in changes if window.start - _LONGEST_LAG_HOURS * HOUR_US <= c.started_at < window.end)
    lags = [moments - (change.started_at - window.start) / HOUR_US for change in kept]
    # A change may begin within a step: three places of the step stand for it.
    timing = [LOGGED / rate * np.mean([lag_density(lag + part * width) for part in (0.0, 0.5, 1.0)], axis=0) for lag in lags]
    return Log(kept, np.array(timing).reshape(len(kept), STEPS))


def lag_density(hours: Reals) -> Reals:
    """Of the time from a change to the first complaints, per hour; 0 before it."""
    late = np.maximum(hours, 0.0)
    density = _PROMPT * np.exp(-late / _PROMPT_HOURS) / _PROMPT_HOURS + (1 - _PROMPT) * np.exp(-late / _SLOW_HOURS) / _SLOW_HOURS
    found: Reals = np.where(hours >= 0, density, 0.0)
    return found


def _fit(change: Change, cohort: Pairs | None, rows: Coded, share: float) -> float:
    """How much likelier the scope is if the change caused the rise of this cohort than by chance; 0 where it can't be the cause."""
    if cohort is None:
        return 1.0 if not change.scope else 0.0
    if not change.scope:
        return float(_EVERYBODY_CAUSES_A_PART ** min((1 - share) / _NEARLY_EVERYBODY, 1.0))
    named = {rows.dimensions[d]: rows.values[d][code] if code < len(rows.values[d]) else None for d, code in cohort}
    if not all(named.get(dimension) in values for dimension, values in change.scope.items()):
        return 0.0
    by_chance: float = 0.5 / comb(len(rows.dimensions), len(change.scope))
    for dimension, values in change.scope.items():
        by_chance *= min(len(values) / len(rows.values[rows.dimensions.index(dimension)]), 1.0)
    return 1.0 / float(2 ** len(cohort) - 1) / by_chance
