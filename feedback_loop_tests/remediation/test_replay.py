"""A decision made again from its record: the same, or the difference is told; and what can't be made again says why."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from feedback_loop.adapters.state_store.proposal_rows import told
from feedback_loop.contracts.audit_vocab import ReplayVerdict
from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.remediation.policy import seed_policy
from feedback_loop.remediation.replay import Replay, Rules, replay
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import alert_row, cause_row, proposed, rollback_proposal, unknown_row

RULES = Rules.of([seed_policy()], seed_playbooks())

Told = dict[str, Any]


def told_of(proposal: Proposal) -> Told:
    """As the trail gives it back."""
    found: Told = json.loads(canonical_json(told(proposal)))
    return found


def again(content: Told | None, rules: Rules = RULES) -> Replay:
    return replay("proposal_1", content, START, rules)


def changed(content: Told, path: str, value: object) -> Told:
    """The content with the value at the path, such as `evidence.policy_facts.confidence_score`."""
    copy: Told = json.loads(json.dumps(content))
    *parts, last = path.split(".")
    place = copy
    for part in parts:
        place = place[part]
    place[last] = value
    return copy


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"is_live": False},
        {"causes": [unknown_row()]},
        {"causes": []},
        {"causes": [cause_row(hypothesis_score=0.1)]},
        {"documents": []},
        {"alerts": [alert_row(alerted_class="auth")]},
        {"alerts": [alert_row(observed_count=1)]},
        {"certified": ("fragment_1", "fragment_2")},
    ],
)
def test_whatever_was_proposed_is_decided_the_same_again(changes: dict[str, Any]) -> None:
    found = proposed(**changes)
    assert found
    for proposal in found:
        assert again(told_of(proposal)) == Replay("proposal_1", ReplayVerdict.SAME)


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("approvals_required_count", 0, "approvals needed: the policy says 2, the record 0"),
        ("is_executable", False, "may be carried out"),
        ("proposal_status", "approved", "status: the policy says awaiting_approval, the record approved"),
        ("evidence.refusals", ["no_owner"], "refusals: the policy says none, the record no_owner"),
        ("evidence.policy_facts.threshold_score", 0.95, "status"),
        ("evidence.policy_facts.risk_level", "low", "risk: playbook release-rollback says high, the record low"),
        ("evidence.policy_facts.confidence_score", 0.99, "confidence_score: the evidence says 0.9, the record 0.99"),
        ("evidence.policy_facts.certified_count", 9, "certified_count"),
        ("evidence.policy_facts.evidence_count", 41, "evidence_count"),
        ("evidence.policy_facts.complaint_class", None, "complaint_class"),
        ("evidence.policy_facts.cause_kind", "flag", "cause_kind"),
        ("evidence.policy_facts.cause_service", "mail", "cause_service"),
        ("evidence.policy_facts.has_rollback", False, "refusals: the policy says no_rollback, the record none"),
        ("evidence.policy_facts.required_evidence_count", 1, "evidence asked for"),
        ("evidence.alert.observed_count", 1, "evidence_count"),
        ("confidence_score", 0.2, "confidence: the evidence says 0.9, the record 0.2"),
        ("action_kind", "retry_job", "action"),
        ("approver_roles", ["intern"], "approver roles"),
        ("expires_at", "2099-01-01T00:00:00.000000Z", "expiry"),
    ],
)
def test_a_record_that_does_not_follow_from_its_facts_is_told(path: str, value: object, says: str) -> None:
    found = again(changed(told_of(rollback_proposal()), path, value))
    assert found.verdict is ReplayVerdict.DIFFERENT
    assert any(says in one for one in found.differences), found.differences


def test_what_was_erased_can_not_be_made_again() -> None:
    assert again(None) == Replay("proposal_1", ReplayVerdict.ERASED)


def test_a_proposal_from_before_says_that_its_facts_were_not_kept() -> None:
    content = told_of(rollback_proposal())
    del content["evidence"]["policy_facts"]
    found = again(content)
    assert (found.verdict, found.lacks) == (ReplayVerdict.NOT_RECORDED, ("the facts that the policy looked at",))
    assert again({}).verdict is ReplayVerdict.NOT_RECORDED


def test_versions_that_are_not_at_hand_are_named_and_no_other_is_asked_in_their_place() -> None:
    content = told_of(rollback_proposal())
    version, text = seed_policy().policy_version[:12], content["playbook_version"][:12]
    nothing = again(content, Rules.of([], []))
    assert (nothing.verdict, nothing.lacks) == (
        ReplayVerdict.VERSION_MISSING, (f"policy {version}", f"playbook release-rollback {text}"),
    )  # fmt: skip
    stricter = replace(seed_policy(), policy_version="another")
    assert again(content, Rules.of([stricter], seed_playbooks())).lacks == (f"policy {version}",)


def test_a_difference_is_told_even_where_a_version_lacks() -> None:
    content = changed(told_of(rollback_proposal()), "approvals_required_count", 0)
    found = again(content, Rules.of([seed_policy()], []))
    assert (found.verdict, len(found.lacks)) == (ReplayVerdict.DIFFERENT, 1)


def test_a_fact_that_the_record_lacks_is_named() -> None:
    content = told_of(rollback_proposal())
    del content["evidence"]["policy_facts"]["is_live"]
    found = again(content)
    assert found.verdict is ReplayVerdict.VERSION_MISSING
    assert "the fact is_live" in found.lacks[0]


@pytest.mark.parametrize(
    ("path", "value", "says"),
    [
        ("evidence.policy_facts.action_kind", "no_such_action", "the facts of the record can't be read"),
        ("evidence.alert", 7, "the evidence of the record can't be read"),
        ("evidence.hypotheses", None, "the evidence of the record can't be read"),
    ],
)
def test_a_record_that_can_not_be_read_is_a_difference(path: str, value: object, says: str) -> None:
    found = again(changed(told_of(rollback_proposal()), path, value))
    assert found.verdict is ReplayVerdict.DIFFERENT
    assert any(says in one for one in found.differences)
