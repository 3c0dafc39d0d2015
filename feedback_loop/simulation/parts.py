"""What every part of a scenario is made of: a typed piece that never changes, and curves over days.

Here: the two shapes that `scenario` and `planted` share. The rule that is easy to break: a curve is level outside of its points, it never
goes on rising or falling.
"""

from __future__ import annotations

from itertools import pairwise

from pydantic import BaseModel, ConfigDict

Curve = list[tuple[float, float]]
Scope = dict[str, list[str]]


class Part(BaseModel):
    """A piece of a scenario: unknown keys are refused, values never change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def level_on(curve: Curve, place: float) -> float:
    """The level of a curve at a place: straight lines between its points, level outside of them, 1 where it has none."""
    if not curve:
        return 1.0
    if place <= curve[0][0]:
        return curve[0][1]
    for (left, low), (right, high) in pairwise(curve):
        if place <= right:
            return low + (high - low) * (place - left) / (right - left)
    return curve[-1][1]
