"""An alert that is on: the bins since its alarm, until the rate is back.

Here: when it ends. What raises it is in `rising_rate`. The rule that is easy to break: while it is on nothing is raised, so that an
incident is one growing alert and not an alarm per bin.
"""

from __future__ import annotations

from math import log

_STILL_RISEN = 2.0
_ENOUGH = log(30.0)
_LONGEST_DAYS = 3


class Alert:
    """Watches for the end of a rise that was noticed in `since`."""

    def __init__(self, since: int, bins_per_day: int) -> None:
        self.since = since
        self._longest = _LONGEST_DAYS * bins_per_day
        self._back = 0.0

    def is_over(self, count: int, mean: float, dispersion: float) -> bool:
        """Whether the counts up to this bin are 30 times likelier at the usual rate than at twice of it: Page, Biometrika 41 (1954)."""
        size = 1.0 / max(dispersion, 1e-6)
        risen = count * log(_STILL_RISEN) + (count + size) * log((size + mean) / (size + _STILL_RISEN * mean))
        self._back = max(0.0, self._back - risen)
        return self._back > _ENOUGH

    def is_the_new_usual(self, number: int) -> bool:
        """Whether it has been on for so long, up to this bin, that the risen rate must be what is to be expected from now on."""
        return number - self.since >= self._longest
