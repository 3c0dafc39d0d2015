"""The situations of the policy, and what has to hold in each: its sentences, written a second time without its code.

`situations` is the whole grid; with `is_small` one that `make test` has time for. The rule that is easy to break: an invariant looks at the
facts and the answers only, never at a guard.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, product
from typing import Any

from feedback_loop.contracts.autonomy_vocab import MaturityPhase
from feedback_loop.contracts.loop_vocab import ActionKind, CauseKind, RefusalReason, RiskLevel
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.remediation.cedar_guards import parse_guards, policy_text
from feedback_loop.remediation.limits import limits_text, seed_limits
from feedback_loop.remediation.policy import (
    BlastRadius,
    Consents,
    Policy,
    PolicyFacts,
    approvals_needed,
    decide,
    policy_of,
    refusals_to_send,
)

FINE = PolicyFacts(
    action_kind=ActionKind.ROLL_BACK_RELEASE,
    risk_level=RiskLevel.HIGH,
    cause_kind=CauseKind.DEPLOY,
    cause_service="web",
    complaint_class=ComplaintClass.CRASH,
    confidence_score=0.9,
    threshold_score=0.6,
    evidence_count=40,
    required_evidence_count=5,
    certified_count=3,
    playbook_precision_share=None,
    has_playbook=True,
    has_owner=True,
    has_rollback=True,
    are_documents_valid=True,
    is_live=True,
    is_reversible=True,
    is_in_pilot=True,
    is_requested=False,
    is_stopped=False,
    maturity_phase=MaturityPhase.AUTOMATED,
    affected_count=40,
    affected_share=0.2,
    actions_in_window=0,
    tiers=frozenset({"free"}),
    blast_radius=BlastRadius(100, 0.5, 3, frozenset({"free", "pro"})),
)
FAULTS: tuple[dict[str, Any], ...] = (
    {"has_playbook": False}, {"has_owner": False}, {"has_rollback": False}, {"are_documents_valid": False}, {"is_live": False},
    {"is_in_pilot": False}, {"is_stopped": True}, {"is_reversible": False}, {"confidence_score": 0.59999}, {"evidence_count": 4},
    {"is_requested": True}, {"playbook_precision_share": 0.79}, {"is_sla_missed": True}, {"affected_count": 101}, {"affected_share": 0.51},
    {"actions_in_window": 3}, {"tiers": frozenset({"vip"})}, {"tiers": frozenset()},
)  # fmt: skip
ROLES = ("release_manager", "incident_commander")
ADA, BO, EVE = ("ada", ("release_manager",)), ("bo", ("incident_commander",)), ("eve", ("analyst",))
AGREED = ((), (ADA,), (ADA, BO), (ADA, EVE), (ADA, ("ada", ("incident_commander",))), (ADA, BO, ("cleo", ROLES)))
TELLS = {ActionKind.QUEUE_FOR_REVIEW, ActionKind.OPEN_INCIDENT}
SENSITIVE = {ComplaintClass.AUTH, ComplaintClass.BILLING, None}
FITTING = {
    ActionKind.ROLL_BACK_RELEASE: {CauseKind.DEPLOY},
    ActionKind.ROLL_BACK_CONFIG: {CauseKind.CONFIG, CauseKind.FLAG},
    ActionKind.RETRY_JOB: {CauseKind.JOB},
    ActionKind.CREATE_CONTENT_TASK: {CauseKind.CONTENT},
}
REQUESTS = {
    ActionKind.REROUTE_CASES, ActionKind.RESTORE_CASES, ActionKind.SEND_MESSAGE, ActionKind.REFUND, ActionKind.REPLACE_LICENCE_KEY,
    ActionKind.OPEN_SAVE_OFFER, ActionKind.REVERSE_ACTION,
}  # fmt: skip


@dataclass(frozen=True)
class Situation:
    """Facts, who agreed, and what the policy said of both."""

    facts: PolicyFacts
    agreed: tuple[tuple[str, tuple[str, ...]], ...]
    needs: int
    refusals: tuple[RefusalReason, ...]
    to_send: tuple[RefusalReason, ...]

    @property
    def is_sent(self) -> bool:
        return not self.to_send

    @property
    def is_alone(self) -> bool:
        """Sent, though nobody has to agree."""
        return self.is_sent and self.needs == 0

    @property
    def entitled(self) -> set[str]:
        return {name for name, roles in self.agreed if set(roles) & set(ROLES) and name != REQUESTER}


def takes_back(situation: Situation) -> bool:
    return situation.facts.action_kind is ActionKind.REVERSE_ACTION


REQUESTER = "cleo"
Invariant = Callable[[Situation], bool]
INVARIANTS: dict[str, Invariant] = {
    "a high risk takes two people with a role, none of whom asked for it": lambda s: (
        not s.is_sent or s.facts.risk_level is RiskLevel.LOW or len(s.entitled) >= 2
    ),
    "as many people agree as have to": lambda s: not s.is_sent or len(s.entitled) >= s.needs,
    "a refund is of high risk, and two people agree": lambda s: (
        s.facts.action_kind is not ActionKind.REFUND or not s.is_sent or len(s.entitled) >= 2
    ),
    "what a person has to ask for never goes alone": lambda s: (
        not s.is_alone or s.facts.action_kind not in REQUESTS - {ActionKind.REPLACE_LICENCE_KEY, ActionKind.OPEN_SAVE_OFFER}
    ),
    "what somebody asked for never goes alone": lambda s: not s.is_alone or not s.facts.is_requested,
    "a sensitive class or service never goes alone": lambda s: (
        not s.is_alone
        or s.facts.action_kind in TELLS
        or (s.facts.complaint_class not in SENSITIVE and s.facts.cause_service not in ("billing", "payments-north"))
    ),
    "nothing goes alone that too few certified complaints show": lambda s: (
        not s.is_alone or s.facts.action_kind in TELLS or s.facts.certified_count >= 3
    ),
    "nothing goes alone before its class was let go": lambda s: (
        not s.is_alone or s.facts.action_kind in TELLS or s.facts.maturity_phase is MaturityPhase.AUTOMATED
    ),
    "nothing goes alone that helped too seldom": lambda s: (
        not s.is_alone or s.facts.action_kind in TELLS or (s.facts.playbook_precision_share or 1.0) >= 0.8
    ),
    "nothing goes alone while triage misses its target": lambda s: (
        not s.is_alone or s.facts.action_kind in TELLS or not s.facts.is_sla_missed
    ),
    "what can't be undone never goes alone": lambda s: not s.is_alone or s.facts.is_reversible,
    "taking back never goes alone": lambda s: not s.is_alone or s.facts.action_kind is not ActionKind.REVERSE_ACTION,
    "before its time a class is only shown to people, and what was done before is taken back": lambda s: (
        bool(s.refusals)
        or s.facts.maturity_phase is not MaturityPhase.VISIBILITY
        or s.facts.action_kind in (ActionKind.QUEUE_FOR_REVIEW, ActionKind.REVERSE_ACTION)
    ),
    "without playbook, owner and rollback nothing is proposed": lambda s: (
        bool(s.refusals) or (s.facts.has_playbook and s.facts.has_owner and s.facts.has_rollback)
    ),
    "outside of the pilot nothing is proposed but to take back": lambda s: bool(s.refusals) or s.facts.is_in_pilot or takes_back(s),
    "what is stopped is not sent, but taken back": lambda s: not s.is_sent or not s.facts.is_stopped or takes_back(s),
    "what is not live is not sent": lambda s: not s.is_sent or s.facts.is_live,
    "low confidence is not proposed": lambda s: bool(s.refusals) or s.facts.confidence_score >= s.facts.threshold_score,
    "too little evidence is not proposed": lambda s: bool(s.refusals) or s.facts.evidence_count >= s.facts.required_evidence_count,
    "a stale document stops all but the queue of people and taking back": lambda s: (
        bool(s.refusals) or s.facts.are_documents_valid or s.facts.action_kind is ActionKind.QUEUE_FOR_REVIEW or takes_back(s)
    ),
    "an action fits its cause": lambda s: bool(s.refusals) or s.facts.cause_kind in FITTING.get(s.facts.action_kind, set(CauseKind)),
    "an unknown cause is only looked at": lambda s: (
        bool(s.refusals)
        or s.facts.cause_kind is not CauseKind.UNKNOWN
        or s.facts.action_kind in TELLS | REQUESTS | {ActionKind.ROUTE_WITH_CONTEXT}
    ),
    "no more customers than the playbook allows": lambda s: bool(s.refusals) or s.facts.affected_count <= 100,
    "no larger share than the playbook allows": lambda s: bool(s.refusals) or s.facts.affected_share <= 0.5,
    "no more actions in the window than the playbook allows": lambda s: bool(s.refusals) or s.facts.actions_in_window < 3,
    "no customers of other tiers than the playbook allows, nor of unknown ones": lambda s: (
        bool(s.refusals) or (bool(s.facts.tiers) and s.facts.tiers <= {"free", "pro"})
    ),
    "what may not be proposed is not sent": lambda s: not s.is_sent or not s.refusals,
}


def situations(policy: Policy, *, is_small: bool = False) -> Iterator[Situation]:
    """Every action, risk and cause with every class, amount of proof, phase and set of people; and every fault and pair of faults."""
    classes = (ComplaintClass.CRASH, None) if is_small else (ComplaintClass.AUTH, ComplaintClass.BILLING, ComplaintClass.CRASH, None)
    services = ("web",) if is_small else ("web", "payments-north")
    phases = (MaturityPhase.ASSISTED, MaturityPhase.AUTOMATED) if is_small else tuple(MaturityPhase)
    for facts in _kinds():
        for of_class, service, certified, phase in product(classes, services, (2, 3), phases):
            known = {"complaint_class": of_class, "cause_service": service, "certified_count": certified, "maturity_phase": phase}
            changed = replace(facts, **known)  # type: ignore[arg-type]
            yield from (asked(changed, agreed, policy) for agreed in (AGREED[:3] if is_small else AGREED))
    yield from _faulty(policy, most_at_once=1 if is_small else 2)


PROBED: tuple[dict[str, Any], ...] = (
    {},
    {"action_kind": ActionKind.ROUTE_WITH_CONTEXT, "risk_level": RiskLevel.LOW, "cause_kind": CauseKind.CONFIG},
    {"action_kind": ActionKind.OPEN_INCIDENT, "risk_level": RiskLevel.LOW},
    {"action_kind": ActionKind.SEND_MESSAGE, "risk_level": RiskLevel.LOW},
    {"action_kind": ActionKind.REFUND, "risk_level": RiskLevel.LOW, "maturity_phase": MaturityPhase.ASSISTED},
    {"action_kind": ActionKind.RETRY_JOB, "risk_level": RiskLevel.LOW, "cause_service": "payments-north", "cause_kind": CauseKind.JOB},
    {"action_kind": ActionKind.RETRY_JOB, "risk_level": RiskLevel.LOW},
    {"action_kind": ActionKind.REVERSE_ACTION, "risk_level": RiskLevel.LOW},
)


def probes(policy: Policy) -> Iterator[Situation]:
    """Some hundred situations, each of which only one guard or two stand against."""
    more = ({}, {"certified_count": 2}, {"complaint_class": None}, *({"maturity_phase": phase} for phase in MaturityPhase))
    for kind, fault, agreed in product(PROBED, (*more, *FAULTS), ((), (ADA, BO), (ADA, EVE), ((REQUESTER, ROLES), ADA))):
        yield asked(replace(FINE, **kind | fault), agreed, policy)


def _kinds() -> Iterator[PolicyFacts]:
    for action, risk, cause in product(ActionKind, RiskLevel, CauseKind):
        yield replace(FINE, action_kind=action, risk_level=risk, cause_kind=cause)


def _faulty(policy: Policy, most_at_once: int) -> Iterator[Situation]:
    for number in range(1, most_at_once + 1):
        for faults in combinations(FAULTS, number):
            changes = {name: value for fault in faults for name, value in fault.items()}
            for facts in _kinds():
                yield asked(replace(facts, **changes), (ADA, BO), policy)
    for agreed, action in product((*AGREED, ((REQUESTER, ROLES), ADA)), ActionKind):
        yield asked(replace(FINE, action_kind=action, maturity_phase=MaturityPhase.VISIBILITY), agreed, policy)
        yield asked(replace(FINE, action_kind=action, cause_service="payments-north", risk_level=RiskLevel.LOW), agreed, policy)


def without(*guards: str) -> Policy:
    """The package's policy with some guards cut out of its text; raises KeyError where there is none of that name."""
    text = policy_text("guards.cedar")
    for guard in guards:
        text, count = re.subn(rf'@id\("{re.escape(guard)}"\)\nforbid .*?;\n', "", text, count=1, flags=re.DOTALL)
        if not count:
            raise KeyError(guard)
    return policy_of(seed_limits(), parse_guards("", text), limits_text())


def asked(facts: PolicyFacts, agreed: tuple[tuple[str, tuple[str, ...]], ...], policy: Policy) -> Situation:
    """The situation with what the policy says of it."""
    needs = approvals_needed(facts, policy)
    to_send = refusals_to_send(facts, Consents(needs, REQUESTER, ROLES, agreed), policy)
    return Situation(facts, agreed, needs, decide(facts, policy).refusals, to_send)


def broken(found: Iterable[Situation]) -> tuple[Counter[str], int, int]:
    """How often each invariant does not hold; how many situations there were, and how many of them were sent."""
    counts: Counter[str] = Counter()
    seen = sent = 0
    for situation in found:
        seen, sent = seen + 1, sent + situation.is_sent
        counts.update(name for name, holds in INVARIANTS.items() if not holds(situation))
    return counts, seen, sent
