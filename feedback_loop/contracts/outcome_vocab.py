"""The closed vocabularies of what came of the loop: stages, latencies, worth. The others of the loop stand in `loop_vocab`."""

from __future__ import annotations

from enum import StrEnum


class LifecycleStage(StrEnum):
    """The steps from a signal to a customer who knows, in their order."""

    OCCURRED = "occurred"
    LANDED = "landed"
    CLASSIFIED = "classified"
    ALERTED = "alerted"
    ISSUE_ASSIGNED = "issue_assigned"
    CAUSE_RANKED = "cause_ranked"
    PROPOSED = "proposed"
    APPROVED = "approved"
    EXECUTED = "executed"
    TOLD = "told"
    CONFIRMED = "confirmed"
    REOPENED = "reopened"


class LatencyStage(StrEnum):
    """The five latencies of R106, in their order."""

    INTAKE = "intake"
    CLASSIFICATION = "classification"
    ROOT_CAUSE = "root_cause"
    REMEDIATION = "remediation"
    CONFIRMATION = "confirmation"


class SlaStage(StrEnum):
    """What is promised about a complaint, in the order in which it is due (R109)."""

    TRIAGE = "triage"
    MITIGATE = "mitigate"
    REMEDIATE = "remediate"
    CONFIRM = "confirm"


class SlaVerdict(StrEnum):
    """How a promise stands at one moment; met, breached and not asked are final once the stage is over."""

    MET = "met"
    BREACHED = "breached"
    RUNNING = "running"
    AT_RISK = "at_risk"
    PAUSED = "paused"
    NOT_ASKED = "not_asked"


class SlaStep(StrEnum):
    """What happens to a complaint that its clock takes notice of."""

    CHANGED = "changed"
    OPENED = "opened"
    TRIAGED = "triaged"
    MITIGATED = "mitigated"
    REMEDIATED = "remediated"
    CONFIRMED = "confirmed"
    RESUMED = "resumed"
    WAITING = "waiting"
    CLOSED = "closed"
    REOPENED = "reopened"


class OutcomeMetric(StrEnum):
    """The figures that people decide by, week by week (R105, R107, R108, R121); what each counts is said in `outcomes/metrics`."""

    DETECTION_HOURS = "detection_hours"
    INSIGHT_HOURS = "insight_hours"
    TRIAGE_HOURS = "triage_hours"
    MITIGATION_HOURS = "mitigation_hours"
    REMEDIATION_HOURS = "remediation_hours"
    CONFIRMATION_HOURS = "confirmation_hours"
    TRIAGE_KEPT = "triage_kept"
    MITIGATION_KEPT = "mitigation_kept"
    REMEDIATION_KEPT = "remediation_kept"
    CONFIRMATION_KEPT = "confirmation_kept"
    CLASSIFICATION_ACCURACY = "classification_accuracy"
    ESCALATED = "escalated"
    ACCEPTED = "accepted"
    OVERRIDDEN = "overridden"
    CORRECTED = "corrected"
    FALSE_AUTOMATION = "false_automation"
    CLOSED = "closed"
    REOPENED = "reopened"
    NEGATIVE_REVIEWS = "negative_reviews"
    REPEAT_CONTACT = "repeat_contact"
    DEFLECTED = "deflected"
    CONFIRMED = "confirmed"
    ASSUMED = "assumed"
    REFUNDED = "refunded"
    CASE_COST_USD = "case_cost_usd"
    RETAINED_AT_RISK = "retained_at_risk"


class ComparedFigure(StrEnum):
    """What two quarters are compared by (R119)."""

    FEWER_CASES = "fewer_cases"
    FASTER_CASES = "faster_cases"
    REFUNDS = "refunds"
    CANCELLATIONS = "cancellations"
    REVENUE = "revenue"
    INCIDENT_HOURS = "incident_hours"
    CHURN_FORECAST = "churn_forecast"
    COMPLAINTS = "complaints"
    TOTAL = "total"
    COST = "cost"
    MULTIPLE = "multiple"


class RoiComponent(StrEnum):
    """What a fix can be worth (R118)."""

    AGENT_HOURS = "agent_hours"
    REFUNDS = "refunds"
    CHURN_RISK = "churn_risk"
    RETENTION = "retention"
    RECOVERED_REVENUE = "recovered_revenue"
    INCIDENT_DURATION = "incident_duration"
