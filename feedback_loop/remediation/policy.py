"""The policy: whether an action may be proposed at all, and how many people have to approve it. Everything not allowed is denied.

It looks at computed facts alone, never at a claim of a model. Its figures and lists stand in `policy.yaml`; who approves what and when is
kept by `approvals`, which complaints are certified by `analysis_route`. The rules that are easy to break: a guard that raises denies; a
fact that is not known counts as the worse one; where too few complaints are certified nothing but telling people is done without a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.loop_vocab import ActionKind, CauseKind, RefusalReason, RiskLevel
from feedback_loop.contracts.routes import PersonReason
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.methods.yaml_texts import yaml_content

_UNKNOWN_CAUSE_ACTIONS = (ActionKind.QUEUE_FOR_REVIEW, ActionKind.ROUTE_WITH_CONTEXT, ActionKind.OPEN_INCIDENT)
_ON_REQUEST = (ActionKind.REROUTE_CASES, ActionKind.RESTORE_CASES, ActionKind.SEND_MESSAGE)
"""What people ask for and no playbook proposes: no cause stands behind it."""


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


@dataclass(frozen=True)
class Policy:
    """The lists and figures of the policy, and the hash of the text that they were read from."""

    sensitive_classes: frozenset[ComplaintClass]
    sensitive_services: frozenset[str]
    approvals: Mapping[RiskLevel, int]
    person_approvals: int
    strong_indicators: int
    automatic_precision: float
    needs_person: frozenset[ActionKind]
    hands_to_people: frozenset[ActionKind]
    tells_people: frozenset[ActionKind]
    allowed_causes: Mapping[ActionKind, frozenset[CauseKind]]
    policy_version: str


@dataclass(frozen=True)
class Decision:
    """What the policy says: all refusals, in the order of the guards; whether it may be carried out; how many approvals it needs."""

    is_allowed: bool
    is_executable: bool
    needs_approvals: int
    refusals: tuple[RefusalReason, ...]


Guard = Callable[[PolicyFacts, Policy], bool]


def _action_fits_the_cause(facts: PolicyFacts, policy: Policy) -> bool:
    return facts.cause_kind in policy.allowed_causes.get(facts.action_kind, frozenset())


def _unknown_cause_is_only_looked_at(facts: PolicyFacts, policy: Policy) -> bool:
    return facts.cause_kind is not CauseKind.UNKNOWN or facts.action_kind in (*_UNKNOWN_CAUSE_ACTIONS, *_ON_REQUEST)


GUARDS: tuple[tuple[RefusalReason, Guard], ...] = (
    (RefusalReason.NO_PLAYBOOK, lambda facts, _: facts.has_playbook),
    (RefusalReason.NO_OWNER, lambda facts, _: facts.has_owner),
    (RefusalReason.NO_ROLLBACK, lambda facts, _: facts.has_rollback),
    (RefusalReason.NOT_ALLOWED, _action_fits_the_cause),
    (RefusalReason.NOT_ALLOWED, _unknown_cause_is_only_looked_at),
    (RefusalReason.STALE_DOCUMENT, lambda facts, policy: facts.are_documents_valid or facts.action_kind in policy.hands_to_people),
    (RefusalReason.LOW_CONFIDENCE, lambda facts, _: facts.confidence_score >= facts.threshold_score),
    (RefusalReason.TOO_LITTLE_EVIDENCE, lambda facts, _: facts.evidence_count >= facts.required_evidence_count),
)
"""Each names why it refuses and holds where it does not. A case that can't be done safely still goes to people, stale document or not."""


@cache
def seed_policy() -> Policy:
    """The policy that comes with the package."""
    return parse_policy((files("feedback_loop.remediation") / "policy.yaml").read_text("utf-8"))


def parse_policy(text: str) -> Policy:
    """The policy of the YAML text; raises KeyError or ValueError where a part is missing or names a word that does not exist."""
    content = yaml_content(text)
    return Policy(
        sensitive_classes=frozenset(map(ComplaintClass, content["sensitive_classes"])),
        sensitive_services=frozenset(content["sensitive_services"]),
        approvals={risk: int(content["approvals"][risk]) for risk in RiskLevel},
        person_approvals=int(content["person_approvals"]),
        strong_indicators=int(content["strong_indicators"]),
        automatic_precision=float(content["automatic_precision"]),
        needs_person=frozenset(map(ActionKind, content["needs_person"])),
        hands_to_people=frozenset(map(ActionKind, content["hands_to_people"])),
        tells_people=frozenset(map(ActionKind, content["tells_people"])),
        allowed_causes={ActionKind(kind): frozenset(map(CauseKind, causes)) for kind, causes in content["allowed_causes"].items()},
        policy_version=content_hash(text),
    )


def decide(facts: PolicyFacts, policy: Policy, guards: Sequence[tuple[RefusalReason, Guard]] = GUARDS) -> Decision:
    """What the policy says of the case; a guard that raises refuses with `policy_error`."""
    found = [_refusal(reason, guard, facts, policy) for reason, guard in guards]
    refusals = tuple(dict.fromkeys(reason for reason in found if reason is not None)) if guards else (RefusalReason.POLICY_ERROR,)
    try:
        needs = _needed_approvals(facts, policy)
    except Exception:
        needs, refusals = max(policy.approvals.values(), default=2), (*refusals, RefusalReason.POLICY_ERROR)
    return Decision(not refusals, not refusals and facts.is_live, needs, refusals)


def _refusal(reason: RefusalReason, guard: Guard, facts: PolicyFacts, policy: Policy) -> RefusalReason | None:
    try:
        return None if guard(facts, policy) is True else reason
    except Exception:
        # A guard that can't tell must not let anything through.
        return RefusalReason.POLICY_ERROR


def _needed_approvals(facts: PolicyFacts, policy: Policy) -> int:
    needs = policy.approvals[facts.risk_level]
    return needs if facts.action_kind in policy.tells_people or _doubt(facts, policy) is None else max(needs, policy.person_approvals)


def person_because(facts: PolicyFacts, policy: Policy) -> PersonReason | None:
    """Why people decide on the case, the gravest reason; None where it goes the automatic way, as telling people of it always does."""
    if policy.approvals[facts.risk_level]:
        return PersonReason.HIGH_RISK
    if facts.action_kind in policy.tells_people:
        return None
    return _doubt(facts, policy)


def _doubt(facts: PolicyFacts, policy: Policy) -> PersonReason | None:
    precision = facts.playbook_precision_share
    reasons = {
        PersonReason.SENSITIVE_CLASS: _is_sensitive(facts, policy),
        PersonReason.ON_REQUEST: facts.action_kind in policy.needs_person,
        PersonReason.TOO_FEW_CERTIFIED: not facts.certified_count >= policy.strong_indicators,
        PersonReason.LOW_HISTORICAL_PRECISION: precision is not None and not precision >= policy.automatic_precision,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _is_sensitive(facts: PolicyFacts, policy: Policy) -> bool:
    """An alert about no single class may be about a sensitive one."""
    if facts.complaint_class is None or facts.complaint_class in policy.sensitive_classes:
        return True
    return (facts.cause_service or "").split("-")[0] in policy.sensitive_services
