"""Proposals: every alert of an issue class leads to one, none is made twice, and what is doubtful goes to people."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import ActionKind, CauseKind, HypothesisVerdict, ProposalStatus, RefusalReason, RiskLevel
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.contracts.vocab import ISSUE_CLASSES, AlertKind, ComplaintClass
from feedback_loop.remediation.evidence import certified_fragments
from feedback_loop.remediation.proposals import arguments_hash, arguments_hash_of
from feedback_loop.remediation.standing import QUIET_DAYS
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import (
    CAUSE,
    Row,
    alert_row,
    all_documents,
    cause_row,
    document_row,
    frame,
    issue_row,
    proposed,
    rollback_proposal,
    route_row,
    unknown_row,
)


def told(found: list[Proposal]) -> list[tuple[str, str]]:
    return [(p.playbook_id, str(p.proposal_status)) for p in found]


def test_a_release_that_leads_is_proposed_to_be_rolled_back_by_two_people() -> None:
    found = rollback_proposal()
    assert (found.action_kind, found.action_target, found.risk_level) == (ActionKind.ROLL_BACK_RELEASE, CAUSE, RiskLevel.HIGH)
    assert (found.proposal_status, found.approvals_required_count, found.is_executable) == (ProposalStatus.AWAITING_APPROVAL, 2, True)
    assert json.loads(found.action_arguments)["scope"] == {"browser": ["Safari 18"]}
    assert found.expires_at == START + timedelta(hours=24)
    assert found.evidence["documents"] == {"rollback-release": "version of rollback-release"}


def test_a_proposal_fulfils_the_contract_of_its_table() -> None:
    rows = [p.row() for p in [*proposed(), *proposed(causes=[cause_row(hypothesis_score=0.1)]), *proposed(is_live=False)]]
    made = frame("remediation_proposal", rows)
    assert violations(made.unique("proposal_id"), TABLES["remediation_proposal"]) == []


def test_a_share_alert_opens_an_incident_with_its_segment_at_once_and_rolls_back_beside_it() -> None:
    notice, rollback = proposed([alert_row(alert_kind="share")])
    assert (notice.playbook_id, notice.proposal_status) == ("incident-notice", ProposalStatus.APPROVED)
    assert json.loads(notice.action_arguments)["segment"] == {"browser": "Safari 18"}
    assert notice.proposed_hypothesis_id is None
    assert rollback.playbook_id == "release-rollback"


@pytest.mark.parametrize(("kind", "playbook"), [("deploy", "release-rollback"), ("flag", "config-rollback")])
def test_a_rollback_names_every_step_of_a_rollout(kind: str, playbook: str) -> None:
    (rollback,) = proposed(causes=[cause_row(cause_kind=kind, cause_step_ids=[CAUSE, "step-2", "step-3"])])
    assert rollback.playbook_id == playbook
    assert json.loads(rollback.action_arguments)["change_ids"] == [CAUSE, "step-2", "step-3"]


def test_a_sensitive_class_never_goes_without_a_person() -> None:
    (retry,) = proposed([alert_row(alerted_class="billing")], causes=[cause_row(cause_kind="job", cause_service="billing")])
    assert (retry.action_kind, retry.proposal_status, retry.approvals_required_count) == (
        ActionKind.RETRY_JOB,
        ProposalStatus.AWAITING_APPROVAL,
        1,
    )


SAMPLES = ("fragment_1", "fragment_2", "fragment_3")
ARTICLE = cause_row(cause_kind="content", cause_service="help-centre", cause_id="article-7")


@pytest.mark.parametrize(
    ("certified", "of_class", "status", "because"),
    [
        (SAMPLES, "crash", ProposalStatus.APPROVED, None),
        (SAMPLES[:2], "crash", ProposalStatus.AWAITING_APPROVAL, "too_few_certified"),
        ((*SAMPLES[:2], "fragment_9"), "crash", ProposalStatus.AWAITING_APPROVAL, "too_few_certified"),
        ((), "crash", ProposalStatus.AWAITING_APPROVAL, "too_few_certified"),
        (SAMPLES, "billing", ProposalStatus.AWAITING_APPROVAL, "sensitive_class"),
        (SAMPLES, "auth", ProposalStatus.AWAITING_APPROVAL, "sensitive_class"),
    ],
)
def test_an_action_goes_the_automatic_way_on_three_certified_complaints_and_otherwise_waits_for_a_person(
    certified: tuple[str, ...], of_class: str, status: ProposalStatus, because: str | None
) -> None:
    alert = alert_row(alerted_class=of_class, sample_fragment_ids=list(SAMPLES))
    (task,) = proposed([alert], causes=[ARTICLE], certified=certified)
    assert (task.action_kind, task.proposal_status) == (ActionKind.CREATE_CONTENT_TASK, status)
    assert task.approvals_required_count == (because is not None)
    assert task.evidence["person_because"] == because


def test_what_a_language_model_answered_or_lies_below_its_gate_certifies_nothing() -> None:
    reasons = ("answered_by_model", "below_gate", "no_gate")
    rows = [route_row(name, route_reason=reason) for name, reason in zip(SAMPLES, reasons, strict=True)]
    assert certified_fragments(frame("analysis_route", rows)) == frozenset()
    assert certified_fragments(frame("analysis_route", [route_row("f", route_reason="too_little_evidence")])) == {"f"}


def test_a_playbook_that_was_wrong_too_often_waits_for_a_person_whatever_is_certified() -> None:
    row = dict.fromkeys(TABLES["state_threshold"].columns) | {"playbook_id": "broken-article-task", "threshold_score": 0.5}
    row |= {"precision_share": 0.6, "effective_at": START, "threshold_id": "t"}
    (task,) = proposed([alert_row(sample_fragment_ids=list(SAMPLES))], causes=[ARTICLE], certified=SAMPLES, thresholds=[row])
    assert task.evidence["person_because"] == "low_historical_precision"


def test_what_may_no_longer_go_the_automatic_way_is_another_proposal() -> None:
    alert = alert_row(sample_fragment_ids=list(SAMPLES))
    (alone,), (asked,) = (proposed([alert], causes=[ARTICLE], certified=certified) for certified in (SAMPLES, ()))
    assert alone.proposal_id != asked.proposal_id


def test_a_share_of_complaints_of_many_classes_opens_an_incident_too() -> None:
    notice, *_ = proposed([alert_row(alert_kind="share", alerted_class=None, subject_kind="product", subject_id="Printwren")])
    assert (notice.playbook_id, notice.proposal_status) == ("incident-notice", ProposalStatus.APPROVED)


def test_a_rate_of_all_complaints_alone_proposes_nothing() -> None:
    assert proposed([alert_row(alerted_class=None, subject_kind="product", subject_id="Printwren")]) == []


@pytest.mark.parametrize("causes", [[], [unknown_row()], [cause_row(hypothesis_verdict="refuted")]])
def test_what_nobody_knows_the_cause_of_goes_to_people_at_once(causes: list[Row]) -> None:
    (review,) = proposed(causes=causes)
    assert (review.playbook_id, review.action_kind, review.action_target) == ("human-review", ActionKind.QUEUE_FOR_REVIEW, "review")
    assert (review.proposal_status, review.approvals_required_count) == (ProposalStatus.APPROVED, 0)


@pytest.mark.parametrize(
    ("causes", "documents", "alerts", "reason"),
    [
        ([cause_row(hypothesis_score=0.59)], None, None, RefusalReason.LOW_CONFIDENCE),
        (None, [document_row("rollback-release", valid_until_at=None)], None, RefusalReason.STALE_DOCUMENT),
        (None, [], None, RefusalReason.STALE_DOCUMENT),
        (None, None, [alert_row(observed_count=4)], RefusalReason.TOO_LITTLE_EVIDENCE),
    ],
)
def test_what_the_policy_refuses_is_shown_and_goes_to_people(
    causes: list[Row] | None, documents: list[Row] | None, alerts: list[Row] | None, reason: RefusalReason
) -> None:
    refused, review = proposed(alerts, causes, documents)
    assert (refused.playbook_id, refused.proposal_status, refused.refusal_reason) == ("release-rollback", ProposalStatus.REFUSED, reason)
    assert not refused.is_executable
    assert (review.playbook_id, review.proposal_status) == ("human-review", ProposalStatus.APPROVED)
    assert json.loads(review.action_arguments)["refusal_reason"] == reason


def test_the_threshold_that_holds_at_the_time_goes_before_the_playbooks() -> None:
    row = dict.fromkeys(TABLES["state_threshold"].columns) | {"playbook_id": "release-rollback"}
    past = row | {"threshold_id": "t1", "threshold_score": 0.95, "effective_at": START - timedelta(days=1)}
    future = row | {"threshold_id": "t2", "threshold_score": 0.1, "effective_at": START + timedelta(days=1)}
    refused, _ = proposed(thresholds=[past, future])
    assert (refused.refusal_reason, refused.proposal_threshold_score) == (RefusalReason.LOW_CONFIDENCE, 0.95)
    assert told(proposed(thresholds=[future])) == [("release-rollback", "awaiting_approval")]


def test_two_alerts_about_one_cause_are_one_proposal() -> None:
    alerts = [alert_row(), alert_row(alert_id="alert_2", subject_kind="cluster", alerted_class="latency")]
    causes = [cause_row(), cause_row(alert_id="alert_2", hypothesis_id="hypothesis_2")]
    assert told(proposed(alerts, causes)) == [("release-rollback", "awaiting_approval")]


@pytest.mark.parametrize("status", ["awaiting_approval", "approved", "claimed", "in_doubt", "done", "failed", "rolled_back"])
def test_nothing_is_proposed_beside_what_is_active_or_was_decided_lately(status: str) -> None:
    before = replace(rollback_proposal(), proposal_status=ProposalStatus(status), decided_at=START, proposal_id="p")
    assert proposed(existing=[before], at=START + timedelta(days=QUIET_DAYS) - timedelta(seconds=1)) == []


@pytest.mark.parametrize("status", ["done", "failed", "rolled_back"])
def test_what_was_decided_long_ago_stands_in_nobodys_way(status: str) -> None:
    before = replace(rollback_proposal(), proposal_id="p", proposal_status=ProposalStatus(status), decided_at=START)
    assert told(proposed(existing=[before], at=START + timedelta(days=QUIET_DAYS))) == [("release-rollback", "awaiting_approval")]


def test_what_ran_out_without_a_decision_stands_in_nobodys_way() -> None:
    before = replace(rollback_proposal(), proposal_id="p", proposal_status=ProposalStatus.EXPIRED, decided_at=START)
    assert told(proposed(existing=[before])) == [("release-rollback", "awaiting_approval")]


def test_what_a_person_rejected_is_not_proposed_again_soon() -> None:
    before = replace(
        rollback_proposal(), proposal_status=ProposalStatus.REFUSED, refusal_reason=RefusalReason.REJECTED_BY_PERSON, decided_at=START
    )
    assert proposed([alert_row(alert_id="alert_2")], [cause_row(alert_id="alert_2")], existing=[before]) == []


def test_what_the_policy_refused_is_proposed_once_the_evidence_is_enough() -> None:
    doubtful = proposed(causes=[cause_row(hypothesis_score=0.3)])
    assert told(doubtful) == [("release-rollback", "refused"), ("human-review", "approved")]
    assert proposed([alert_row(alert_id="a2")], [cause_row(alert_id="a2", hypothesis_score=0.4)], existing=doubtful) == []
    sure = proposed([alert_row(alert_id="a2")], [cause_row(alert_id="a2")], existing=doubtful)
    assert told(sure) == [("release-rollback", "awaiting_approval")]


def test_the_same_alert_can_become_sure() -> None:
    doubtful = proposed(causes=[cause_row(hypothesis_verdict="possible", hypothesis_score=0.3)])
    assert told(proposed(existing=doubtful)) == [("release-rollback", "awaiting_approval")]


def test_a_backfill_makes_nothing_that_can_be_carried_out_and_stands_in_no_ones_way() -> None:
    past = proposed(is_live=False)
    assert told(past) == [("release-rollback", "proposed")]
    assert past[0].decided_at is None
    assert not any(p.is_executable for p in past)
    assert proposed(existing=past, is_live=False) == []
    assert told(proposed(existing=past)) == [("release-rollback", "awaiting_approval")]


def test_the_id_follows_from_the_content_alone() -> None:
    assert rollback_proposal().proposal_id == rollback_proposal(at=START + timedelta(hours=1)).proposal_id
    assert rollback_proposal().proposal_id != rollback_proposal(issues=[issue_row()], causes=[cause_row(cause_id="x")]).proposal_id


def test_the_hash_of_the_arguments_covers_kind_target_and_arguments() -> None:
    found = rollback_proposal()
    assert arguments_hash_of(found) == found.arguments_hash
    hashes = {arguments_hash(kind, target, {"a": value}) for kind in list(ActionKind)[:2] for target in "xy" for value in (1, 2)}
    assert len(hashes) == 8
    assert arguments_hash_of(replace(found, action_target="other")) != found.arguments_hash


@given(
    kind=st.sampled_from(CauseKind),
    verdict=st.sampled_from(HypothesisVerdict),
    score=st.floats(0, 1),
    alert_kind=st.sampled_from([AlertKind.RATE, AlertKind.SHARE]),
    of_class=st.sampled_from(ISSUE_CLASSES),
    service=st.sampled_from(["web", "billing", "entitlements", None]),
    observed=st.integers(1, 50),
    is_governed=st.booleans(),
)
@settings(deadline=None)
def test_every_alert_of_an_issue_class_leads_to_an_open_proposal(
    kind: CauseKind, verdict: HypothesisVerdict, score: float, alert_kind: str, of_class: str, service: str | None, observed: int,
    is_governed: bool,
) -> None:  # fmt: skip
    alert = alert_row(alert_kind=str(alert_kind), alerted_class=str(of_class), observed_count=observed)
    cause = cause_row(cause_kind=str(kind), hypothesis_verdict=str(verdict), hypothesis_score=score, cause_service=service)
    found = proposed([alert], [cause], all_documents() if is_governed else [])
    is_open = [p.proposal_status in (ProposalStatus.AWAITING_APPROVAL, ProposalStatus.APPROVED) for p in found]
    assert any(is_open)
    assert len({p.proposal_id for p in found}) == len(found)
    assert all(p.approvals_required_count == 2 for p in found if p.risk_level is RiskLevel.HIGH)


@pytest.mark.parametrize(
    "alert",
    [alert_row(alert_kind="urgent"), alert_row(alerted_class=None), alert_row(alerted_class=str(ComplaintClass.PRAISE))],
    ids=["urgent", "product", "praise"],
)
def test_other_alerts_lead_to_none(alert: Row) -> None:
    assert proposed([alert]) == []
