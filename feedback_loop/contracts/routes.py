"""The words of the cascade: who decides about a fragment or an action, and why; and what held-out labels say of a class's automatic route.

The other closed vocabularies stand in `vocab` and `loop_vocab`; what the gates are and where they come from, in `analysis/automatic_gates`.
The rule that is easy to break: only one word of each list leads to the automatic route, every other one names who looks instead, or why.
"""

from __future__ import annotations

from enum import StrEnum


class Route(StrEnum):
    """Who decides."""

    AUTOMATIC = "automatic"
    LLM = "llm"
    HUMAN = "human"


class GateVerdict(StrEnum):
    """What the held-out labels say of a class's automatic route: it is open, or why it is not."""

    OPEN = "open"
    SENSITIVE_CLASS = "sensitive_class"
    TOO_FEW_LABELS = "too_few_labels"
    TARGET_NOT_REACHED = "target_not_reached"
    LOW_HISTORICAL_PRECISION = "low_historical_precision"


class GateScope(StrEnum):
    """Whose labels prove a gate: those of the class alone, or those of all classes that have too few of their own."""

    CLASS = "class"
    POOLED = "pooled"


class RoutingReason(StrEnum):
    """Why a fragment goes where it goes; only a certified one goes the automatic way."""

    CERTIFIED = "certified"
    SENSITIVE_CLASS = "sensitive_class"
    ABSTAINED = "abstained"
    ANSWERED_BY_MODEL = "answered_by_model"
    NO_GATE = "no_gate"
    TOO_FEW_LABELS = "too_few_labels"
    TARGET_NOT_REACHED = "target_not_reached"
    LOW_HISTORICAL_PRECISION = "low_historical_precision"
    BELOW_GATE = "below_gate"
    TOO_LITTLE_EVIDENCE = "too_little_evidence"


PASSED_GATE = (RoutingReason.CERTIFIED, RoutingReason.TOO_LITTLE_EVIDENCE)
"""The reasons of fragments whose class a gate lets through; whether their own text tells enough is another question."""


class PersonReason(StrEnum):
    """Why an action waits for people instead of going the automatic way."""

    HIGH_RISK = "high_risk"
    SENSITIVE_CLASS = "sensitive_class"
    ON_REQUEST = "on_request"
    IRREVERSIBLE = "irreversible"
    TOO_FEW_CERTIFIED = "too_few_certified"
    LOW_HISTORICAL_PRECISION = "low_historical_precision"
    NOT_AUTOMATED = "not_automated"
    SLA_MISSED = "sla_missed"
    COMPANY_GUARD = "company_guard"
