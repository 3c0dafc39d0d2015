"""How soon an issue should be worked on, as points for each thing that speaks for it, each with its figure in words.

Here: the rule. The figures come from `impact`. The rule that is easy to break: every part only grows with what it counts, so that more
customers, more money or a worse trend never lower a priority; and what is not known gives no points and says so.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from feedback_loop.contracts.issue_vocab import Priority
from feedback_loop.contracts.vocab import Trend

PRIORITY_VERSION = "points-1"

CUSTOMER_POINTS, ARR_POINTS, VOLUME_POINTS, TREND_POINTS, ALERT_POINTS, CLASS_POINTS, REOPENED_POINTS = (
    30.0,
    20.0,
    10.0,
    15.0,
    10.0,
    10.0,
    5.0,
)
"""The most that each part gives; together 100."""

FULL_CUSTOMERS, FULL_ARR_USD, FULL_FRAGMENTS = 300, 1_000_000.0, 1_000
"""From where on a part gives its most; below, points grow with the logarithm: ten customers more weigh less where there are hundreds."""

LEVELS = ((0.6, Priority.URGENT), (0.4, Priority.HIGH), (0.2, Priority.NORMAL))

_OF_TREND = {Trend.RISING: 1.0, Trend.NEW: 0.7, Trend.STEADY: 0.3, Trend.FALLING: 0.0}
_OF_CLASS = {"crash": 1.0, "billing": 1.0, "auth": 1.0, "broken_workflow": 0.8, "latency": 0.6, "poor_ux": 0.3}


@dataclass(frozen=True, kw_only=True)
class Grounds:
    """What is known of an issue when it is judged."""

    customer_count: int
    fragment_count: int
    arr_usd: float | None
    trend: Trend
    issue_class: str
    alert_count: int
    occurrence_count: int
    is_catch_all: bool


@dataclass(frozen=True)
class Verdict:
    """The priority with its score 0..1 and its reasons, the weightiest first."""

    priority: Priority
    score: float
    reasons: tuple[str, ...]


def judged(grounds: Grounds) -> Verdict:
    """The priority of an issue; a catch-all is low, because it names nothing that could be mended."""
    parts = sorted(_parts(grounds), key=lambda part: (-part[0], part[1]))
    score = math.fsum(points for points, _ in parts) / 100.0
    if grounds.is_catch_all:
        return Verdict(Priority.LOW, score, ("low whatever its size: it gathers what fits no issue", *(text for _, text in parts)))
    level = next((priority for least, priority in LEVELS if score >= least), Priority.LOW)
    return Verdict(level, score, tuple(f"{text} ({points:.1f} points)" for points, text in parts))


def _parts(grounds: Grounds) -> Iterator[tuple[float, str]]:
    customers = grounds.customer_count
    if customers:
        yield _grown(customers, FULL_CUSTOMERS, CUSTOMER_POINTS), f"{customers:,} known customer{'' if customers == 1 else 's'} in 28 days"
    else:
        yield 0.0, "no customer is named, so nothing is known of how many there are"
    if grounds.arr_usd is None:
        yield 0.0, "the revenue of its customers is not known"
    else:
        yield _grown(grounds.arr_usd / 1_000, FULL_ARR_USD / 1_000, ARR_POINTS), f"yearly revenue of {grounds.arr_usd:,.0f} USD touched"
    yield _grown(grounds.fragment_count, FULL_FRAGMENTS, VOLUME_POINTS), f"{grounds.fragment_count:,} complaints in 28 days"
    yield TREND_POINTS * _OF_TREND[grounds.trend], f"trend {grounds.trend}"
    yield ALERT_POINTS if grounds.alert_count else 0.0, f"{grounds.alert_count} alert{'' if grounds.alert_count == 1 else 's'} that day"
    yield CLASS_POINTS * _OF_CLASS.get(grounds.issue_class, 0.0), f"class {grounds.issue_class.replace('_', ' ')}"
    if grounds.occurrence_count > 1:
        yield REOPENED_POINTS, f"came back after it was resolved: occurrence {grounds.occurrence_count}"


def _grown(value: float, full: float, most: float) -> float:
    return most * min(1.0, math.log1p(max(value, 0.0)) / math.log1p(full))
