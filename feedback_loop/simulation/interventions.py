"""What somebody does against a fault, and how much of it is left afterwards.

Here: the arithmetic of one action on one fault. Which action helps is the fault's own `remedy`; who decides on it is not this package's.
The rule that is easy to break: an action never changes what came before it, and one that misses the cause changes nothing at all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from feedback_loop.simulation.parts import level_on
from feedback_loop.simulation.planted import Fault


@dataclass(frozen=True)
class Intervention:
    """One action that was carried out: at which instant, of which kind (a word of ActionKind), aimed at which change or incident."""

    at: datetime
    action_kind: str
    target: str


def mends(fault: Fault, action: Intervention) -> bool:
    """Whether the action is of a kind that helps against this fault and is aimed at its true cause."""
    return fault.remedy is not None and action.target == fault.cause.reference and action.action_kind in fault.remedy.action_kinds


def share_left(fault: Fault, actions: Iterable[Intervention], at: datetime) -> float:
    """The share of the fault's complaints that is left at an instant: 1 before an action works, falling to the residual of its remedy."""
    left = 1.0
    for action in actions:
        if fault.remedy and mends(fault, action):
            hours = (at - action.at).total_seconds() / 3600
            left = min(left, level_on([(0.0, 1.0), (fault.remedy.hours_to_work, fault.remedy.residual)], hours))
    return left
