"""What an alert's complaints did inside and outside of a scope, over any span of time: the figures that evidence is made of.

Which figure speaks for what is the business of `cause_evidence`. The rule that is easy to break: spans include their start, not their end,
and a count of complaints always comes with the records that it is out of.
"""

from __future__ import annotations

from dataclasses import dataclass

from feedback_loop.analysis.alerted import Alerted
from feedback_loop.analysis.segments import Codes, Flags, Scope
from feedback_loop.methods.statistics.count_models import binomial_tail


@dataclass(frozen=True)
class Count:
    """Complaints out of records, and the share that is usual of such records."""

    complaints: int
    records: int
    usual_share: float

    @property
    def share(self) -> float:
        """The complaint share; 0 without records."""
        return self.complaints / self.records if self.records else 0.0

    @property
    def rise(self) -> float:
        """The complaint share over the usual one."""
        return self.share / self.usual_share

    @property
    def p_value(self) -> float:
        """Probability of as many complaints or more at the usual share."""
        return binomial_tail(self.complaints, self.records, min(self.usual_share, 1.0))

    def __str__(self) -> str:
        return f"{self.complaints} of {self.records} records ({round(100 * self.share)} %, usually {100 * self.usual_share:.1f} %)"


@dataclass(frozen=True)
class Symptom:
    """One alert, the onset of its rise and the end of what is known (microseconds)."""

    alert: Alerted
    onset: int
    end: int

    def inside(self, scope: Scope, start: int, end: int) -> Count:
        """The records of the span that are surely inside of the scope."""
        return self._count(scope, start, end, 0)

    def outside(self, scope: Scope, start: int, end: int) -> Count:
        """The records of the span that are surely outside: the control group, who could have complained as well."""
        return self._count(scope, start, end, 1)

    def _count(self, scope: Scope, start: int, end: int, side: int) -> Count:
        alert = self.alert
        records, was = alert.history.between(start, end), self._side(scope, alert.usual, side)
        kept = records[self._side(scope, records, side)]
        return Count(int(alert.complains(kept).sum()), len(kept), alert.usual_share(alert.usual[was]))

    def _side(self, scope: Scope, records: Codes, side: int) -> Flags:
        return self.alert.history.segments.inside(scope, records)[side]
