"""The policy over the grid of situations: nothing goes that one of its sentences forbids, each guard is needed, and doubt denies."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from feedback_loop.contracts.autonomy_vocab import MaturityPhase
from feedback_loop.contracts.loop_vocab import ActionKind, CauseKind, RefusalReason, RiskLevel
from feedback_loop.contracts.routes import PersonReason
from feedback_loop.contracts.vocab import ComplaintClass
from feedback_loop.errors import PolicyRefused
from feedback_loop.remediation.cedar_guards import parse_guards, seed_guards
from feedback_loop.remediation.limits import limits_text, seed_limits
from feedback_loop.remediation.policy import (
    BlastRadius,
    Consents,
    Decision,
    PolicyFacts,
    approvals_needed,
    decide,
    parse_policy,
    person_because,
    policy_of,
    refusals_to_send,
    seed_policy,
)
from feedback_loop_tests.remediation.policy_grid import ADA, BO, EVE, FINE, REQUESTER, ROLES, asked, broken, probes, situations, without

POLICY = seed_policy()
LOW = replace(FINE, risk_level=RiskLevel.LOW)
GUARDS = sorted(seed_guards().ids - {"base"})
BACKED = {
    "approver_lacks_role.count": "more people than two are asked by no limit of the package; the two guards of people hold the rest",
    "approver_lacks_role.one_person": "the count says the same; it stands for itself, should the count be wrong",
    "high_risk": "the limits ask two people for it all the same; why they decide is told by it",
    "not_allowed.unknown_cause": "the limits list no unknown cause for what it forbids; it holds should the list be wrong",
}
"""Guards that something else backs: taken away alone, nothing gets through."""


def test_no_situation_of_the_grid_breaks_an_invariant() -> None:
    counts, seen, sent = broken(situations(POLICY, is_small=True))
    assert counts == {}
    assert seen > 9_000
    assert 0 < sent < seen / 3


@pytest.mark.parametrize("guard", GUARDS)
def test_without_one_of_its_guards_an_invariant_breaks(guard: str) -> None:
    counts, _, _ = broken(probes(without(guard)))
    assert (counts == {}) == (guard in BACKED), f"{guard} is guarded by no invariant"


def test_either_guard_of_the_first_person_holds_without_the_other() -> None:
    guards = ("approver_lacks_role.count", "approver_lacks_role.one_person")
    facts, nobody = replace(LOW, complaint_class=None), Consents(1, "loop", ROLES, ())
    assert refusals_to_send(facts, nobody, without(*guards)) == ()
    assert all(refusals_to_send(facts, nobody, without(guard)) for guard in guards)


def test_an_unknown_cause_is_refused_even_where_the_limits_list_it() -> None:
    lists = {kind: frozenset(CauseKind) for kind in ActionKind}
    loose = policy_of(replace(seed_limits(), allowed_causes=lists), seed_guards(), "loose")
    assert decide(replace(FINE, cause_kind=CauseKind.UNKNOWN), loose).refusals == (RefusalReason.NOT_ALLOWED,)


@pytest.mark.parametrize("of_class", [*ComplaintClass, None])
def test_only_a_class_that_is_not_sensitive_goes_without_a_person(of_class: ComplaintClass | None) -> None:
    alone = approvals_needed(replace(LOW, complaint_class=of_class), POLICY) == 0
    assert alone == (of_class not in (ComplaintClass.AUTH, ComplaintClass.BILLING, None))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"risk_level": RiskLevel.HIGH, "complaint_class": ComplaintClass.AUTH}, PersonReason.HIGH_RISK),
        ({"complaint_class": ComplaintClass.AUTH, "certified_count": 0}, PersonReason.SENSITIVE_CLASS),
        ({"cause_service": "payments-north"}, PersonReason.SENSITIVE_CLASS),
        ({"action_kind": ActionKind.SEND_MESSAGE, "certified_count": 0}, PersonReason.ON_REQUEST),
        ({"is_requested": True, "certified_count": 0}, PersonReason.ON_REQUEST),
        ({"is_reversible": False, "certified_count": 0}, PersonReason.IRREVERSIBLE),
        ({"certified_count": 2, "playbook_precision_share": 0.5}, PersonReason.TOO_FEW_CERTIFIED),
        ({"playbook_precision_share": 0.5}, PersonReason.LOW_HISTORICAL_PRECISION),
        ({"playbook_precision_share": float("nan")}, PersonReason.LOW_HISTORICAL_PRECISION),
        ({"maturity_phase": MaturityPhase.ASSISTED, "is_sla_missed": True}, PersonReason.NOT_AUTOMATED),
        ({"is_sla_missed": True}, PersonReason.SLA_MISSED),
        ({"action_kind": ActionKind.OPEN_INCIDENT, "certified_count": 0, "complaint_class": None}, None),
    ],
)
def test_why_people_decide_is_said_the_gravest_reason_first(change: dict[str, Any], reason: PersonReason | None) -> None:
    assert person_because(replace(LOW, **change), POLICY) == reason


def test_a_company_may_ask_for_more_people_than_the_package() -> None:
    strict = parse_policy(limits_text().replace("person_approvals: 1", "person_approvals: 3"))
    assert approvals_needed(replace(LOW, complaint_class=ComplaintClass.AUTH), strict) == 3
    assert approvals_needed(FINE, strict) == 3


@pytest.mark.parametrize(("service", "count"), [("web", 0), (None, 0), ("payments-north", 1), ("billing", 1), ("accounts", 1)])
def test_what_touches_a_sensitive_service_needs_a_person(service: str | None, count: int) -> None:
    assert approvals_needed(replace(LOW, cause_service=service), POLICY) == count


def test_a_fine_case_is_executable_and_needs_two_people() -> None:
    assert decide(FINE, POLICY) == Decision(is_allowed=True, is_executable=True, needs_approvals=2, refusals=())
    assert refusals_to_send(FINE, Consents(2, "loop", ROLES, (ADA, BO)), POLICY) == ()


@pytest.mark.parametrize(
    "agreed", [(), (ADA,), (ADA, EVE), (ADA, ("ada", ROLES))], ids=["nobody", "one", "one without a role", "the same twice"]
)
def test_a_high_risk_is_not_sent_without_two_people(agreed: tuple[Any, ...]) -> None:
    assert refusals_to_send(FINE, Consents(2, "loop", ROLES, agreed), POLICY) == (RefusalReason.APPROVER_LACKS_ROLE,)
    assert refusals_to_send(FINE, Consents(0, "loop", ROLES, agreed), POLICY) == (RefusalReason.APPROVER_LACKS_ROLE,)


def test_who_asked_for_it_does_not_count() -> None:
    assert asked(FINE, ((REQUESTER, ROLES), ADA), POLICY).to_send == (RefusalReason.APPROVER_LACKS_ROLE,)


def test_what_is_not_live_is_never_executable() -> None:
    assert decide(replace(FINE, is_live=False), POLICY) == Decision(True, False, 2, ())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"has_playbook": False}, RefusalReason.NO_PLAYBOOK),
        ({"has_owner": False}, RefusalReason.NO_OWNER),
        ({"has_rollback": False}, RefusalReason.NO_ROLLBACK),
        ({"is_in_pilot": False}, RefusalReason.OUTSIDE_PILOT),
        ({"cause_kind": CauseKind.JOB}, RefusalReason.NOT_ALLOWED),
        ({"cause_kind": CauseKind.UNKNOWN}, RefusalReason.NOT_ALLOWED),
        ({"action_kind": ActionKind.REFUND, "risk_level": RiskLevel.LOW}, RefusalReason.NOT_ALLOWED),
        ({"maturity_phase": MaturityPhase.VISIBILITY}, RefusalReason.VISIBILITY_ONLY),
        ({"are_documents_valid": False}, RefusalReason.STALE_DOCUMENT),
        ({"confidence_score": 0.5999}, RefusalReason.LOW_CONFIDENCE),
        ({"confidence_score": float("nan")}, RefusalReason.LOW_CONFIDENCE),
        ({"threshold_score": float("nan")}, RefusalReason.LOW_CONFIDENCE),
        ({"evidence_count": 4}, RefusalReason.TOO_LITTLE_EVIDENCE),
        ({"affected_count": 101}, RefusalReason.BLAST_RADIUS),
        ({"affected_share": float("nan")}, RefusalReason.BLAST_RADIUS),
        ({"actions_in_window": 3}, RefusalReason.BLAST_RADIUS),
        ({"tiers": frozenset()}, RefusalReason.BLAST_RADIUS),
        ({"evidence_count": "many"}, RefusalReason.POLICY_ERROR),
        ({"maturity_phase": None}, RefusalReason.POLICY_ERROR),
        ({"complaint_class": 'x"'}, None),
    ],
)
def test_a_refusal_says_why(change: dict[str, Any], reason: RefusalReason | None) -> None:
    assert decide(replace(FINE, **change), POLICY).refusals == (() if reason is None else (reason,))


def test_all_reasons_are_given_the_gravest_first_with_the_guards_that_spoke() -> None:
    decision = decide(replace(FINE, has_owner=False, confidence_score=0.0, are_documents_valid=False), POLICY)
    assert decision.refusals == (RefusalReason.NO_OWNER, RefusalReason.STALE_DOCUMENT, RefusalReason.LOW_CONFIDENCE)
    assert decision.guards == ("low_confidence", "no_owner", "stale_document")


@pytest.mark.parametrize("score", [0.29, 0.57, 0.1 + 0.2, 1 / 3, 1e-6, 1.0])
def test_a_score_at_its_threshold_passes_and_one_just_below_does_not(score: float) -> None:
    assert decide(replace(FINE, confidence_score=score, threshold_score=score), POLICY).is_allowed
    assert not decide(replace(FINE, confidence_score=score - 2e-6, threshold_score=score), POLICY).is_allowed


def test_a_guard_that_fails_denies() -> None:
    """Cedar passes over a guard that fails; here an overflow does."""
    failing = parse_policy(
        None, '@id("sum") forbid (principal, action, resource) when { context.evidence_count + 9223372036854775807 < 0 };'
    )
    assert decide(FINE, failing).refusals == (RefusalReason.POLICY_ERROR,)
    assert refusals_to_send(FINE, Consents(2, "loop", ROLES, (ADA, BO)), failing) == (RefusalReason.POLICY_ERROR,)


def test_a_policy_without_a_permit_denies() -> None:
    empty = policy_of(seed_limits(), parse_guards("", '@id("none") forbid (principal, action, resource) when { false };'), "")
    assert decide(FINE, empty).refusals == (RefusalReason.POLICY_ERROR,)


def test_a_company_adds_a_guard_of_its_own_and_people_are_told_its_name() -> None:
    own = '@id("only_crashes") forbid (principal, action == Action::"propose", resource) unless { context.complaint_class == "latency" };'
    decision = decide(FINE, parse_policy(None, own))
    assert (decision.refusals, decision.guards) == ((RefusalReason.COMPANY_GUARD,), ("only_crashes",))
    alone = '@id("never") forbid (principal, action == Action::"act_alone", resource);'
    assert person_because(LOW, parse_policy(None, alone)) is PersonReason.COMPANY_GUARD


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('@id("x") permit (principal, action, resource);', "may only forbid"),
        ("forbid (principal, action, resource);", "without a name"),
        ('@id("no_owner") forbid (principal, action, resource);', "two guards called no_owner"),
        ('@id("x") forbid (principal, action, resource) when { context.colour == 1 };', "colour"),
        ('@id("x") forbid (principal, action == Action::"fly", resource);', "fly"),
        ("nonsense", "is no Cedar"),
        (f'@id("x") forbid (principal, action, resource) when {{ {" && ".join(["true"] * 1000)} }};', "nested too deeply"),
        ('@id("x") forbid (principal == ?principal, action, resource);', "templates"),
    ],
)
def test_a_company_can_not_permit_misspell_or_shadow(text: str, problem: str) -> None:
    with pytest.raises(PolicyRefused, match=problem):
        parse_policy(None, text)


@pytest.mark.parametrize(
    ("part", "laxer", "problem"),
    [
        ("[auth, billing]", "[auth]", "sensitive_classes lacks billing"),
        ("low: 0, high: 2", "low: 0, high: 1", "approvals of high risk must be at least 2"),
        ("strong_indicators: 3", "strong_indicators: 2", "strong_indicators must be at least 3"),
        ("automatic_precision: 0.8", "automatic_precision: .nan", "automatic_precision must be at least"),
        ("person_approvals: 1", "person_approvals: 0", "person_approvals"),
        ("send_message, refund]\n", "send_message]\n", "needs_person lacks refund"),
        ("tells_people: [queue_for_review, open_incident]", "tells_people: [refund]", "tells_people must not hold refund"),
        ("roll_back_release: [deploy]", "roll_back_release: [deploy, job]", "must not hold job"),
        ("strong_indicators: 3", "strong_indicators: many", "can't be read"),
        ("strong_indicators: 3", "strong_indicators: .inf", "can't be read"),
        ("strong_indicators: 3", "strong_indicators: 99999999999999999999", "at most 1,000"),
        ("automatic_precision: 0.8", "automatic_precision: 1.0e+30", "at most 1"),
        ("person_approvals: 1", "person_approval: 1", "person_approvals is missing"),
    ],
)
def test_a_company_can_not_ask_for_less_than_the_package(part: str, laxer: str, problem: str) -> None:
    assert part in limits_text()
    with pytest.raises(PolicyRefused, match=problem):
        parse_policy(limits_text().replace(part, laxer))


def test_the_version_follows_from_every_text() -> None:
    own = '@id("never") forbid (principal, action, resource) when { false };'
    versions = {POLICY.policy_version, parse_policy(limits_text() + "\n").policy_version, parse_policy(None, own).policy_version}
    assert len(versions) == 3
    assert parse_policy().policy_version == POLICY.policy_version


def test_no_radius_restricts_nobody() -> None:
    assert decide(replace(FINE, affected_count=10**9, tiers=frozenset(), affected_share=1.0, blast_radius=BlastRadius()), POLICY).is_allowed


def test_facts_are_frozen() -> None:
    assert isinstance(hash(FINE), int)
    assert isinstance(FINE, PolicyFacts)
