"""A request becomes a proposal under the policy, for somebody of the evidence, and never approved by who asked."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.analysis.ownership import seed_ownership
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import ActionKind, ApprovalVerdict, ProposalStatus, RefusalReason, RiskLevel
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput, DecisionRefused
from feedback_loop.remediation.rules import Rules
from feedback_loop.workflows.approve import decide
from feedback_loop.workflows.request_action import request_action
from feedback_loop_tests.adapters.state_store.conftest import open_state
from feedback_loop_tests.contracts.rows import frame_of
from feedback_loop_tests.fakes import START, FakeClock, FakeTableStore
from feedback_loop_tests.remediation.made_up_case import ALERT, alert_row, all_documents, cause_row, cohort_row, frame

PEOPLE = {"ada": ("support_lead",), "bo": ("billing_owner",), "cleo": ("incident_commander",)}


def issues(**changes: object) -> pl.DataFrame:
    row = {"issue_id": "issue_1", "product": "Printwren", "alert_ids": [ALERT], "day_fragment_ids": ["f1"], "event_date": START.date()}
    return frame_of(TABLES["gold_issue"], row | changes)


@pytest.fixture
def tables() -> FakeTableStore:
    store = FakeTableStore()
    fragments = [{"fragment_id": "f1", "customer_id": "customer_1"}, {"fragment_id": "f2", "customer_id": "customer_2"}]
    content = {
        "analysis_alert": [alert_row()],
        "analysis_cohort": [cohort_row()],
        "analysis_hypothesis": [cause_row()],
        "context_document": all_documents(),
    }
    for name, rows in content.items():
        store.replace_all(TABLES[name], frame(name, rows))
    store.replace_all(TABLES["gold_issue"], issues())
    store.replace_all(TABLES["silver_fragment"], frame_of(TABLES["silver_fragment"], *fragments))
    return store


@pytest.fixture
def state(tmp_path: Path) -> SqlStateStore:
    return open_state(tmp_path)


def asked(
    tables: FakeTableStore,
    state: SqlStateStore,
    playbook: str = "refund",
    whom: str | None = "customer_1",
    person: str = "ada",
    issue: str = "issue_1",
    why: str = "charged twice",
) -> Proposal:
    return request_action(playbook, issue, whom, why, person, PEOPLE, tables, state, Rules(), seed_ownership(), START)


def test_a_refund_waits_for_two_people_and_names_whom_it_is_for(tables: FakeTableStore, state: SqlStateStore) -> None:
    made = asked(tables, state)
    assert (made.action_kind, made.risk_level, made.requested_by) == (ActionKind.REFUND, RiskLevel.HIGH, "ada")
    assert (made.action_target, made.proposal_status, made.approvals_required_count) == ("customer_1", ProposalStatus.AWAITING_APPROVAL, 2)
    assert made.evidence["request"] == {"for": "customer_1", "why": "charged twice"}
    assert state.proposal(made.proposal_id) == made


def test_who_asked_does_not_approve(tables: FakeTableStore, state: SqlStateStore) -> None:
    made = asked(tables, state)
    with pytest.raises(DecisionRefused) as refusal:
        decide(made.proposal_id, ApprovalVerdict.APPROVE, "ada", PEOPLE, state, FakeClock())
    assert refusal.value.reason == RefusalReason.APPROVER_IS_REQUESTER
    for person in ("bo", "cleo"):
        moved = decide(made.proposal_id, ApprovalVerdict.APPROVE, person, PEOPLE, state, FakeClock())
    assert moved.proposal_status is ProposalStatus.APPROVED


def test_the_same_again_stands_already(tables: FakeTableStore, state: SqlStateStore) -> None:
    asked(tables, state)
    with pytest.raises(BadInput, match="stands already"):
        asked(tables, state, person="bo")


def test_a_note_is_for_the_issue_and_a_routing_for_a_team(tables: FakeTableStore, state: SqlStateStore) -> None:
    assert asked(tables, state, "status-page-note", None).action_target == "issue_1"
    assert asked(tables, state, "queue-routing", "billing-team").action_target == "billing-team"


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"whom": "customer_2"}, "1 customers who complained of issue_1"),
        ({"whom": None}, "--for"),
        ({"playbook": "queue-routing", "whom": "customer_1"}, "billing-team"),
        ({"playbook": "status-page-note"}, "Leave --for out"),
        ({"playbook": "release-rollback"}, "refund"),
        ({"issue": "issue_9"}, "no issue has the id"),
        ({"person": "eve"}, "nobody called 'eve'"),
        ({"why": " "}, "--why"),
    ],
)
def test_what_the_evidence_does_not_hold_can_not_be_asked_for(
    tables: FakeTableStore, state: SqlStateStore, change: dict[str, str | None], problem: str
) -> None:
    with pytest.raises(BadInput, match=problem):
        asked(tables, state, **change)  # type: ignore[arg-type]
    assert state.records() == []


def test_an_issue_without_alerts_has_nothing_to_ask_for(tables: FakeTableStore, state: SqlStateStore) -> None:
    tables.replace_all(TABLES["gold_issue"], issues(alert_ids=[]))
    with pytest.raises(BadInput, match="no alert speaks of issue_1"):
        asked(tables, state)
