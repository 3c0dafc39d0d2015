"""What a return is reckoned with and can't be measured here: prices and shares, each with who answers for it and where it comes from.

The figures themselves are in `roi`. The rule that is easy to break: an assumption without a value is a missing input, so what needs it is
not reckoned; zero would be a claim.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Assumption:
    """One figure that somebody has to stand for; `value` is None where nobody does yet."""

    value: float | None
    unit: str
    owner: str
    source: str


@dataclass(frozen=True)
class RoiAssumptions:
    """The assumptions of one company. The defaults are placeholders of a plausible size, to be replaced by its own."""

    agent_hour_usd: Assumption = Assumption(30.0, "USD per hour", "head of support", "placeholder; take the loaded rate from payroll")
    lost_per_complaint_share: Assumption = Assumption(
        0.05, "share of complaining customers who leave", "head of customer success", "placeholder; take it from a cohort study"
    )
    months_kept: Assumption = Assumption(12.0, "months that a kept customer stays", "head of finance", "placeholder; one contract year")
    usual_incident_hours: Assumption = Assumption(
        None, "hours from symptom to fix without the loop", "head of engineering", "not measured; take a baseline quarter (R119)"
    )
