"""A decision of the policy made again from its audit record alone, and where the second differs from what was recorded.

The record holds the facts that the policy looked at; they are compared with the evidence that they were drawn from, given to the policy of
then, and held against the playbook of then. The rule that is easy to break: a policy or playbook of another version is never asked in the
place of the one that was in force; what lacks is named instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from feedback_loop.contracts.audit_trail import Content
from feedback_loop.contracts.audit_vocab import ReplayVerdict
from feedback_loop.contracts.canonical import instant_text
from feedback_loop.contracts.loop_vocab import TAKES_BACK
from feedback_loop.remediation.decision_record import POLICY_FACTS, FactsMissing, facts_from
from feedback_loop.remediation.evidence import recorded_case
from feedback_loop.remediation.playbooks import Playbook
from feedback_loop.remediation.policy import Decision, Policy, PolicyFacts, decide
from feedback_loop.remediation.proposals import first_status

_SHORT = 12


@dataclass(frozen=True)
class Rules:
    """The policies and playbooks that are at hand, each by its version."""

    policies: Mapping[str, Policy]
    playbooks: Mapping[str, Playbook]

    @classmethod
    def of(cls, policies: Sequence[Policy], playbooks: Sequence[Playbook]) -> Rules:
        """The rules by their versions."""
        return cls({one.policy_version: one for one in policies}, {one.playbook_version: one for one in playbooks})


@dataclass(frozen=True)
class Replay:
    """What came of re-running one decision: `differences` as sentences, and the versions or facts that lack."""

    proposal_id: str
    verdict: ReplayVerdict
    differences: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()


def replay(proposal_id: str, told: Content | None, proposed_at: datetime, rules: Rules, *, is_anew: bool = False) -> Replay:
    """The decision of the record made again; `told` is what the trail was told of the proposal, None where that was erased.

    What an erasure told anew has the status of that moment, which people may have moved since the policy spoke.
    """
    if told is None:
        return Replay(proposal_id, ReplayVerdict.ERASED)
    evidence = _mapping(told.get("evidence"))
    values = evidence.get(POLICY_FACTS)
    if not isinstance(values, Mapping):
        return Replay(proposal_id, ReplayVerdict.NOT_RECORDED, lacks=("the facts that the policy looked at",))
    policy, playbook = (rules.policies.get(str(told.get("policy_version"))), rules.playbooks.get(str(told.get("playbook_version"))))
    lacks = [f"policy {_short(told.get('policy_version'))}"] if policy is None else []
    lacks += [f"playbook {told.get('playbook_id')} {_short(told.get('playbook_version'))}"] if playbook is None else []
    differences = list(_against_evidence(told, evidence, values))
    if playbook is not None and told.get("action_kind") not in TAKES_BACK:
        # A reversal follows the rollback of the playbook, not its action.
        differences += _against_playbook(told, values, playbook, proposed_at)
    if policy is not None:
        try:
            differences += _against_policy(told, evidence, decide(facts_from(PolicyFacts, values), policy), is_anew=is_anew)
        except FactsMissing as missing:
            lacks += [f"the fact {name}, which the policy's code asks for now" for name in missing.names]
        except (TypeError, ValueError):
            differences.append("the facts of the record can't be read: one is of another kind")
    verdict = ReplayVerdict.DIFFERENT if differences else ReplayVerdict.VERSION_MISSING if lacks else ReplayVerdict.SAME
    return Replay(proposal_id, verdict, tuple(differences), tuple(lacks))


def _against_policy(told: Content, evidence: Mapping[str, Any], decision: Decision, *, is_anew: bool) -> Iterator[str]:
    if not is_anew:
        yield from _unequal("the policy", {"status": (str(first_status(decision)), told.get("proposal_status"))})
    again = {
        "approvals needed": (decision.needs_approvals, told.get("approvals_required_count")),
        "may be carried out": (decision.is_executable, told.get("is_executable")),
        "refusals": ([str(reason) for reason in decision.refusals], evidence.get("refusals")),
    }
    yield from _unequal("the policy", again)


def _against_playbook(told: Content, values: Mapping[str, Any], playbook: Playbook, proposed_at: datetime) -> Iterator[str]:
    again = {
        "action": (str(playbook.action_kind), told.get("action_kind")),
        "action of the facts": (str(playbook.action_kind), values.get("action_kind")),
        "risk": (str(playbook.risk), values.get("risk_level")),
        "evidence asked for": (playbook.required_evidence_count, values.get("required_evidence_count")),
        "approver roles": (list(playbook.approver_roles), told.get("approver_roles")),
        "expiry": (instant_text(proposed_at + timedelta(hours=playbook.expires_hours)), told.get("expires_at")),
    }
    yield from _unequal(f"playbook {playbook.playbook_id}", again)


def _against_evidence(told: Content, evidence: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[str]:
    """The facts beside the evidence that they were drawn from; a fact that this record does not hold is not compared."""
    try:
        case = recorded_case(evidence)
        drawn = {
            "action_kind": told["action_kind"],
            "cause_kind": str(case.cause_kind),
            "cause_service": case.leading_cause["cause_service"] if case.leading_cause else None,
            "complaint_class": None if case.complaint_class is None else str(case.complaint_class),
            "confidence_score": case.confidence_score,
            "evidence_count": case.alert["observed_count"],
            "certified_count": evidence["certified_count"],
        }
        yield from _unequal("the evidence", {name: (said, values[name]) for name, said in drawn.items() if name in values})
        yield from _unequal("the evidence", {"confidence": (case.confidence_score, told.get("confidence_score"))})
    except (KeyError, TypeError, ValueError):
        yield "the evidence of the record can't be read: a part is missing or of another kind"


def _unequal(source: str, again: Mapping[str, tuple[Any, Any]]) -> Iterator[str]:
    for name, (now, then) in again.items():
        if now != then:
            yield f"{name}: {source} says {_shown(now)}, the record {_shown(then)}"


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, list) else str(value)


def _short(version: object) -> str:
    return str(version)[:_SHORT]


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
