"""The policy: whether an action may be proposed, done without a person, and sent now. Everything that is not allowed is denied.

It looks at computed facts alone, never at a claim of a model. Its guards are Cedar (`cedar_guards`), its figures and lists `limits`; who
approves what and when is kept by `approvals`, which complaints are certified by `analysis_route`. The rules that are easy to break: a guard
that fails denies; a fact that is not known counts as the worse one; figures are rounded towards no.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import cedarpy

from feedback_loop.contracts.autonomy_vocab import MaturityPhase
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.loop_vocab import TAKES_BACK, ActionKind, CauseKind, RefusalReason, RiskLevel
from feedback_loop.contracts.routes import PersonReason
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.remediation.cedar_guards import Guards, Verdict, parse_guards, seed_guards
from feedback_loop.remediation.limits import Limits, limits_text, parse_limits, seed_limits

_PARTS = 1_000_000
"""Scores and shares reach the guards in parts per million: Cedar knows whole numbers."""

_BOUND = 2**53 - 1
"""Beyond this no count is exact; it stands for a limit that nothing reaches."""


@dataclass(frozen=True)
class BlastRadius:
    """How much one playbook may do: customers and share of the volume per action, actions per window, and whom; no tiers means all."""

    customers: int = _BOUND
    share: float = 1.0
    actions: int = _BOUND
    tiers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class PolicyFacts:
    """All that the policy may know of a case."""

    action_kind: ActionKind
    risk_level: RiskLevel
    cause_kind: CauseKind
    cause_service: str | None
    complaint_class: ComplaintClass | None
    confidence_score: float
    threshold_score: float
    evidence_count: int
    required_evidence_count: int
    certified_count: int
    """Complaints of the alert whose class a gate in force certifies."""
    playbook_precision_share: float | None
    """Share of the playbook's judged fixes that helped; None where its threshold was never tightened."""
    has_playbook: bool
    has_owner: bool
    has_rollback: bool
    are_documents_valid: bool
    is_live: bool
    is_reversible: bool
    is_in_pilot: bool
    maturity_phase: MaturityPhase
    """How far people have let the class and the playbook go."""
    is_requested: bool
    """Whether a person asked for it, and not the loop."""
    is_stopped: bool
    """Whether somebody stopped what is sent of the class, or everything."""
    affected_count: int
    """Customers that the issue touches, or complaints where those are not known."""
    affected_share: float
    """Part of the volume that lies in the segment; 1 where no segment is known."""
    actions_in_window: int
    """Actions of the playbook that were carried out within its window."""
    tiers: frozenset[str]
    """Tiers of those customers; empty where nobody knows them."""
    blast_radius: BlastRadius
    is_sla_missed: bool | None = None
    """Whether triage of the class misses its target; None where it is not measured."""


@dataclass(frozen=True)
class Consents:
    """Who asked for an action, who agreed with which roles of now, and whose agreement counts."""

    needs_approvals: int
    requester: str
    approver_roles: Collection[str]
    approvers: Sequence[tuple[str, Collection[str]]]


@dataclass(frozen=True)
class Policy:
    """Limits and guards, and the hash of all the texts that they were read from."""

    limits: Limits
    guards: Guards
    policy_version: str
    remedies: cedarpy.Entities
    """What the limits say of each kind of action, as the guards want it."""

    @property
    def sensitive_classes(self) -> frozenset[ComplaintClass]:
        """Classes that are never touched without a person."""
        return self.limits.sensitive_classes

    @property
    def strong_indicators(self) -> int:
        """Certified complaints before anything is done without a person."""
        return self.limits.strong_indicators

    @property
    def tells_people(self) -> frozenset[ActionKind]:
        """Actions that are themselves the escalation."""
        return self.limits.tells_people


@dataclass(frozen=True)
class Decision:
    """What the policy says: all refusals, the gravest first; whether it may be carried out; approvals that it needs; guards that spoke."""

    is_allowed: bool
    is_executable: bool
    needs_approvals: int
    refusals: tuple[RefusalReason, ...]
    guards: tuple[str, ...] = ()


@cache
def seed_policy() -> Policy:
    """The policy that comes with the package."""
    return policy_of(seed_limits(), seed_guards(), limits_text())


def parse_policy(company_limits: str | None = None, company_guards: str = "") -> Policy:
    """The package's policy with a company's limits and guards; raises PolicyRefused where they can't be followed or ask for less."""
    limits = seed_limits() if company_limits is None else parse_limits(company_limits)
    return policy_of(limits, parse_guards(company_guards), company_limits or limits_text())


def policy_of(limits: Limits, guards: Guards, text: str) -> Policy:
    """The policy of limits, which were read from the text, and guards."""
    return Policy(
        limits, guards, content_hash(text + guards.guards_version), guards.remedies({str(k): _said_of(k, limits) for k in ActionKind})
    )


def decide(facts: PolicyFacts, policy: Policy) -> Decision:
    """Whether the case may be proposed; a guard that fails refuses with `policy_error`."""
    verdict = _asked(policy, "propose", facts)
    refusals = _refusals(verdict)
    needs = approvals_needed(facts, policy)
    return Decision(not refusals, not refusals and facts.is_live, needs, refusals, verdict.guards)


def refusals_to_send(facts: PolicyFacts, consents: Consents, policy: Policy) -> tuple[RefusalReason, ...]:
    """Why it may not be sent now, the gravest reason first; empty where it may."""
    return _refusals(_asked(policy, "execute", facts, consents))


def person_because(facts: PolicyFacts, policy: Policy) -> PersonReason | None:
    """Why people decide on the case, the gravest reason; None where it goes the automatic way, as telling people of it always does."""
    verdict = _asked(policy, "act_alone", facts)
    if verdict.is_allowed:
        return None
    named = {guard.partition(".")[0] for guard in verdict.guards}
    return next((reason for reason in PersonReason if str(reason) in named), PersonReason.COMPANY_GUARD)


def approvals_needed(facts: PolicyFacts, policy: Policy) -> int:
    """How many people have to agree: as many as the risk asks for, and at least one where it may not be done without a person."""
    needs = policy.limits.approvals[facts.risk_level]
    return needs if person_because(facts, policy) is None else max(needs, policy.limits.person_approvals)


def _refusals(verdict: Verdict) -> tuple[RefusalReason, ...]:
    if verdict.is_error:
        return (RefusalReason.POLICY_ERROR,)
    named = {guard.partition(".")[0] for guard in verdict.guards}
    known = tuple(reason for reason in RefusalReason if str(reason) in named)
    return known if len(known) == len(named) else (*known, RefusalReason.COMPANY_GUARD)


_NOBODY = Consents(0, "", (), ())


def _asked(policy: Policy, action: str, facts: PolicyFacts, consents: Consents | None = None) -> Verdict:
    try:
        context = _context(facts, consents or _NOBODY)
    except Exception:
        # Facts that can't be told must not let anything through.
        return Verdict(False, (), True)
    return policy.guards.ask(action, str(facts.action_kind), context, policy.remedies)


def _context(facts: PolicyFacts, consents: Consents) -> dict[str, Any]:
    """The facts as the schema wants them; a score that is no number counts as the worse one."""
    service = facts.cause_service or ""
    context: dict[str, Any] = {
        "action_kind": str(facts.action_kind),
        "risk_level": str(facts.risk_level),
        "cause_kind": str(facts.cause_kind),
        "cause_service": service,
        "service_family": service.split("-")[0],
        "complaint_class": str(facts.complaint_class or ""),
        "confidence": _at_most(facts.confidence_score),
        "threshold": _limit(facts.threshold_score),
        "evidence_count": facts.evidence_count,
        "required_evidence_count": facts.required_evidence_count,
        "certified_count": facts.certified_count,
        **{name: getattr(facts, name) is True for name in _FLAGS},
        "is_requested": facts.is_requested is not False,
        "is_stopped": facts.is_stopped is not False,
        "is_sla_missed": facts.is_sla_missed is True,
        "maturity_phase": int(facts.maturity_phase),
        "tiers": sorted(facts.tiers),
        "affected_customers": facts.affected_count,
        "affected_share": _at_least(facts.affected_share),
        "actions_in_window": facts.actions_in_window,
        "blast_radius": _radius(facts.blast_radius),
        **_agreed(consents),
    }
    precision = facts.playbook_precision_share
    return context if precision is None else {**context, "playbook_precision": _at_most(precision)}


_FLAGS = ("has_playbook", "has_owner", "has_rollback", "is_reversible", "are_documents_valid", "is_live", "is_in_pilot")


def _radius(radius: BlastRadius) -> dict[str, Any]:
    share = _at_most(radius.share)
    return {"customers": radius.customers, "share": share, "actions": radius.actions, "tiers": sorted(radius.tiers)}


def _said_of(kind: ActionKind, limits: Limits) -> dict[str, Any]:
    """What the limits say of the kind of action, and of everything."""
    return {
        "causes": sorted(map(str, limits.allowed_causes.get(kind, frozenset()))),
        "needs_person": kind in limits.needs_person,
        "is_on_request": kind in limits.on_request,
        "hands_to_people": kind in limits.hands_to_people,
        "tells_people": kind in limits.tells_people,
        "takes_back": kind in TAKES_BACK,
        "sensitive_classes": sorted(map(str, limits.sensitive_classes)),
        "sensitive_services": sorted(limits.sensitive_services),
        "strong_indicators": limits.strong_indicators,
        "automatic_precision": _limit(limits.automatic_precision),
    }


def _agreed(consents: Consents) -> dict[str, Any]:
    """The first two of those who agreed, by name, and how many of them have a role that counts."""
    entitled = [(name, roles) for name, roles in sorted(consents.approvers) if set(roles) & set(consents.approver_roles)]
    named = zip(("first_approver", "second_approver"), entitled, strict=False)
    return {
        "needs_approvals": consents.needs_approvals,
        "approver_count": len({name for name, _ in entitled}),
        "requester": consents.requester,
        "approver_roles": sorted(consents.approver_roles),
        **{place: {"name": name, "roles": sorted(roles)} for place, (name, roles) in named},
    }


def _at_most(score: float) -> int:
    return math.floor(score * _PARTS + _ROUNDING) if math.isfinite(score) else -1


def _limit(score: float) -> int:
    """A limit that people wrote, and so with few decimals; one that is no number is out of reach."""
    return _at_most(score) if math.isfinite(score) else _BOUND


def _at_least(score: float) -> int:
    return math.ceil(score * _PARTS - _ROUNDING) if math.isfinite(score) else _BOUND


_ROUNDING = 1e-6
"""What a product of a short decimal and a million may be off by: .29 times a million is a little more than 290,000."""
