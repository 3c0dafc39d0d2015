"""The policy over the whole finite grid of facts: nothing is allowed that one of its sentences forbids, and doubt denies."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pytest

from feedback_loop.contracts.loop_vocab import ActionKind, CauseKind, RefusalReason, RiskLevel
from feedback_loop.contracts.routes import PersonReason
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.remediation.policy import GUARDS, Decision, PolicyFacts, decide, parse_policy, person_because, seed_policy

POLICY = seed_policy()
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
)
LOOKS_ONLY = {ActionKind.QUEUE_FOR_REVIEW, ActionKind.ROUTE_WITH_CONTEXT, ActionKind.OPEN_INCIDENT}
ON_REQUEST = {ActionKind.REROUTE_CASES, ActionKind.RESTORE_CASES, ActionKind.SEND_MESSAGE}
CLASSES = (ComplaintClass.AUTH, ComplaintClass.BILLING, ComplaintClass.CRASH, None)
GOVERNED: tuple[dict[str, Any], ...] = ({}, {"has_playbook": False}, {"has_owner": False}, {"has_rollback": False})


def grid() -> Iterator[PolicyFacts]:
    flags = (False, True)
    for action, risk, cause, of_class, service in product(ActionKind, RiskLevel, CauseKind, CLASSES, ("web", "billing")):
        facts = replace(FINE, action_kind=action, risk_level=risk, cause_kind=cause, complaint_class=of_class, cause_service=service)
        for is_sure, is_enough, is_valid, is_live, governed in product(flags, flags, flags, flags, GOVERNED):
            yield replace(
                facts,
                confidence_score=0.6 if is_sure else 0.59,
                evidence_count=5 if is_enough else 4,
                are_documents_valid=is_valid,
                is_live=is_live,
                **governed,
            )


def is_sensitive(facts: PolicyFacts) -> bool:
    return facts.complaint_class in (ComplaintClass.AUTH, ComplaintClass.BILLING, None) or facts.cause_service == "billing"


def check(facts: PolicyFacts, decision: Decision) -> None:
    """The sentences of the policy, written a second time and without its code."""
    assert decision.is_executable == (decision.is_allowed and facts.is_live)
    assert decision.is_allowed == (not decision.refusals)
    assert RefusalReason.POLICY_ERROR not in decision.refusals
    if facts.risk_level is RiskLevel.HIGH:
        assert decision.needs_approvals == 2
    if is_sensitive(facts) and facts.action_kind not in (ActionKind.QUEUE_FOR_REVIEW, ActionKind.OPEN_INCIDENT):
        assert decision.needs_approvals >= 1
    reason = person_because(facts, POLICY)
    assert (reason is None) == (decision.needs_approvals == 0)
    if decision.is_allowed:
        assert facts.has_playbook
        assert facts.has_owner
        assert facts.has_rollback
        assert facts.confidence_score >= facts.threshold_score
        assert facts.evidence_count >= facts.required_evidence_count
        assert facts.are_documents_valid or facts.action_kind is ActionKind.QUEUE_FOR_REVIEW
        assert facts.cause_kind is not CauseKind.UNKNOWN or facts.action_kind in LOOKS_ONLY | ON_REQUEST
        assert facts.action_kind is not ActionKind.ROLL_BACK_RELEASE or facts.cause_kind is CauseKind.DEPLOY
        assert facts.action_kind is not ActionKind.RETRY_JOB or facts.cause_kind is CauseKind.JOB


def test_no_case_of_the_grid_is_allowed_that_a_sentence_forbids() -> None:
    seen = allowed = 0
    for facts in grid():
        decision = decide(facts, POLICY)
        check(facts, decision)
        seen, allowed = seen + 1, allowed + decision.is_allowed
    assert seen == 10 * 2 * 8 * 4 * 2 * 16 * 4
    assert 0 < allowed < seen / 10


@pytest.mark.parametrize("of_class", [*ComplaintClass, None])
def test_only_a_class_that_is_not_sensitive_goes_without_a_person(of_class: ComplaintClass | None) -> None:
    facts = replace(FINE, action_kind=ActionKind.ROLL_BACK_RELEASE, risk_level=RiskLevel.LOW, complaint_class=of_class)
    assert (decide(facts, POLICY).needs_approvals == 0) == (of_class not in (ComplaintClass.AUTH, ComplaintClass.BILLING, None))


def test_no_case_whatever_goes_without_a_person_that_is_sensitive_or_not_certified() -> None:
    """Every class, also none, with every action, risk, service, confidence, amount of evidence, of certified complaints, and history."""
    services = (None, "web", "billing", "payments-north", "accounts", "identity")
    alone = 0
    for action, risk, of_class, service, certified, score, count, precision in product(
        ActionKind, RiskLevel, (*ComplaintClass, None), services, (0, 2, 3, 50), (0.6, 1.0), (5, 10_000), (None, 0.79, 0.8, 1.0)
    ):
        facts = replace(
            FINE, action_kind=action, risk_level=risk, complaint_class=of_class, cause_service=service, certified_count=certified,
            confidence_score=score, evidence_count=count, playbook_precision_share=precision,
        )  # fmt: skip
        if decide(facts, POLICY).needs_approvals == 0 and action not in (ActionKind.QUEUE_FOR_REVIEW, ActionKind.OPEN_INCIDENT):
            alone += 1
            assert of_class not in (ComplaintClass.AUTH, ComplaintClass.BILLING, None)
            assert service in (None, "web")
            assert risk is RiskLevel.LOW
            assert certified >= 3
            assert precision is None or precision >= 0.8
            assert action not in (ActionKind.REROUTE_CASES, ActionKind.RESTORE_CASES, ActionKind.SEND_MESSAGE)
    assert alone == 5 * 7 * 2 * 2 * 2 * 2 * 3


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"risk_level": RiskLevel.HIGH, "complaint_class": ComplaintClass.AUTH}, PersonReason.HIGH_RISK),
        ({"complaint_class": ComplaintClass.AUTH, "certified_count": 0}, PersonReason.SENSITIVE_CLASS),
        ({"action_kind": ActionKind.SEND_MESSAGE, "certified_count": 0}, PersonReason.ON_REQUEST),
        ({"certified_count": 2, "playbook_precision_share": 0.5}, PersonReason.TOO_FEW_CERTIFIED),
        ({"playbook_precision_share": 0.5}, PersonReason.LOW_HISTORICAL_PRECISION),
        ({"playbook_precision_share": float("nan")}, PersonReason.LOW_HISTORICAL_PRECISION),
        ({"action_kind": ActionKind.OPEN_INCIDENT, "certified_count": 0}, None),
    ],
)
def test_why_people_decide_is_said_the_gravest_reason_first(change: dict[str, Any], reason: PersonReason | None) -> None:
    facts = replace(FINE, **({"risk_level": RiskLevel.LOW} | change))
    assert person_because(facts, POLICY) == reason


def test_a_person_too_many_is_asked_rather_than_one_too_few() -> None:
    strict = replace(POLICY, person_approvals=3)
    assert decide(replace(FINE, complaint_class=ComplaintClass.AUTH), strict).needs_approvals == 3
    assert decide(FINE, strict).needs_approvals == 2


@pytest.mark.parametrize(("service", "count"), [("web", 0), (None, 0), ("payments-north", 1), ("billing", 1), ("accounts", 1)])
def test_what_touches_a_sensitive_service_needs_a_person(service: str | None, count: int) -> None:
    facts = replace(FINE, action_kind=ActionKind.ROLL_BACK_RELEASE, risk_level=RiskLevel.LOW, cause_service=service)
    assert decide(facts, POLICY).needs_approvals == count


@pytest.mark.parametrize("of_class", [ComplaintClass.AUTH, ComplaintClass.BILLING, None])
def test_telling_people_of_a_sensitive_class_needs_no_person_first(of_class: ComplaintClass | None) -> None:
    facts = replace(FINE, action_kind=ActionKind.OPEN_INCIDENT, risk_level=RiskLevel.LOW, complaint_class=of_class)
    assert decide(facts, POLICY).needs_approvals == 0


def test_a_fine_case_is_executable_and_needs_two_people() -> None:
    assert decide(FINE, POLICY) == Decision(is_allowed=True, is_executable=True, needs_approvals=2, refusals=())


def test_what_is_not_live_is_never_executable() -> None:
    assert decide(replace(FINE, is_live=False), POLICY) == Decision(True, False, 2, ())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"has_playbook": False}, RefusalReason.NO_PLAYBOOK),
        ({"has_owner": False}, RefusalReason.NO_OWNER),
        ({"has_rollback": False}, RefusalReason.NO_ROLLBACK),
        ({"cause_kind": CauseKind.JOB}, RefusalReason.NOT_ALLOWED),
        ({"cause_kind": CauseKind.UNKNOWN}, RefusalReason.NOT_ALLOWED),
        ({"are_documents_valid": False}, RefusalReason.STALE_DOCUMENT),
        ({"confidence_score": 0.5999}, RefusalReason.LOW_CONFIDENCE),
        ({"confidence_score": float("nan")}, RefusalReason.LOW_CONFIDENCE),
        ({"evidence_count": 4}, RefusalReason.TOO_LITTLE_EVIDENCE),
    ],
)
def test_a_refusal_says_why(change: dict[str, object], reason: RefusalReason) -> None:
    assert decide(replace(FINE, **change), POLICY).refusals == (reason,)  # type: ignore[arg-type]


def test_all_reasons_are_given_in_the_order_of_the_guards() -> None:
    facts = replace(FINE, has_owner=False, confidence_score=0.0, are_documents_valid=False)
    expected = (RefusalReason.NO_OWNER, RefusalReason.STALE_DOCUMENT, RefusalReason.LOW_CONFIDENCE)
    assert decide(facts, POLICY).refusals == expected


@pytest.mark.parametrize("value", [None, 1, "yes"])
def test_a_guard_that_raises_or_says_anything_but_true_denies(value: Any) -> None:
    def raises(facts: PolicyFacts, _: object) -> bool:
        raise ZeroDivisionError

    assert decide(FINE, POLICY, [*GUARDS, (RefusalReason.NO_OWNER, raises)]).refusals == (RefusalReason.POLICY_ERROR,)
    assert decide(FINE, POLICY, [(RefusalReason.NO_OWNER, lambda *_: value)]).refusals == (RefusalReason.NO_OWNER,)


def test_a_policy_without_guards_denies() -> None:
    assert decide(FINE, POLICY, []).refusals == (RefusalReason.POLICY_ERROR,)


def test_an_approval_rule_that_can_not_be_computed_denies() -> None:
    broken = replace(POLICY, approvals={RiskLevel.LOW: 0})
    decision = decide(FINE, broken)
    assert decision.refusals == (RefusalReason.POLICY_ERROR,)
    assert not decision.is_executable


def test_a_kind_that_the_policy_does_not_list_is_not_allowed() -> None:
    silent = replace(POLICY, allowed_causes={})
    assert [kind for kind in ActionKind if decide(replace(FINE, action_kind=kind), silent).is_allowed] == []


def test_the_version_follows_from_the_text() -> None:
    text = "sensitive_classes: [auth]\nsensitive_services: []\napprovals: {low: 0, high: 2}\nperson_approvals: 1\n"
    text += "strong_indicators: 3\nautomatic_precision: 0.8\n"
    text += "needs_person: []\nhands_to_people: []\ntells_people: []\nallowed_causes: {}\n"
    assert parse_policy(text).policy_version != parse_policy(text + "\n").policy_version


def test_a_policy_with_a_word_that_does_not_exist_is_no_policy() -> None:
    with pytest.raises((KeyError, ValueError)):
        parse_policy("sensitive_classes: [everything]")
