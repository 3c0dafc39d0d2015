"""Evidence: the case of an alert, the hash that notices a change of what matters, and documents that go stale."""

from __future__ import annotations

import json
from typing import Any

import pytest

from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.loop_vocab import CauseKind
from feedback_loop.remediation.evidence import Case, cases, evidence_hash, evidence_of, plain
from feedback_loop_tests.fakes import START
from feedback_loop_tests.remediation.made_up_case import (
    ALERT,
    CAUSE,
    Row,
    alert_row,
    cause_row,
    cohort_row,
    frame,
    issue_row,
    unknown_row,
)


def case(alerts: list[Row] | None = None, causes: list[Row] | None = None, issues: list[Row] | None = None) -> Case:
    return cases(
        frame("analysis_alert", alerts or [alert_row()]),
        frame("analysis_cohort", [cohort_row(cohort_rank=2, cohort_id="cohort_2", cohort_attributes="{}"), cohort_row()]),
        frame("analysis_hypothesis", [cause_row()] if causes is None else causes),
        frame("gold_issue", issues or []),
    )[0]


def test_a_case_has_its_first_segment_and_its_first_three_causes() -> None:
    causes = [cause_row(hypothesis_id=f"h{rank}", hypothesis_rank=rank) for rank in (4, 2, 1, 3)]
    found = case(causes=causes)
    assert found.cohort is not None
    assert found.cohort["cohort_id"] == "cohort_1"
    assert [c["hypothesis_id"] for c in found.causes] == ["h1", "h2", "h3"]


def test_the_gravest_alert_comes_first() -> None:
    assert case([alert_row(), alert_row(alert_id="alert_2", alert_score=12.0)]).alert["alert_id"] == "alert_2"


def test_the_subject_keeps_its_name_from_day_to_day() -> None:
    assert case().subject == "class:crash"
    of_a_cluster = alert_row(alerted_cluster_id="cluster_1")
    assert case([of_a_cluster], issues=[issue_row("issue_7")]).subject == "issue_7"


def test_alert_about_a_class_is_not_named_after_the_issue_that_holds_its_samples_today() -> None:
    found = case(issues=[issue_row("issue_7")])
    assert (found.issue_id, found.subject) == ("issue_7", "class:crash")


@pytest.mark.parametrize(
    "causes",
    [[], [unknown_row()], [cause_row(hypothesis_verdict="refuted")], [unknown_row(), cause_row(hypothesis_rank=2)]],
    ids=["none", "unknown", "refuted", "second"],
)
def test_only_the_first_cause_may_be_acted_on(causes: list[Row]) -> None:
    found = case(causes=causes)
    assert found.leading_cause is None
    assert (found.cause_kind, found.confidence_score) == (CauseKind.UNKNOWN, 0.0)


def test_evidence_is_plain_and_holds_no_words_of_customers() -> None:
    said = evidence_of(case(), {"rollback-release": "v1"})
    assert json.loads(canonical_json(said)) == said
    assert set(said) == {"alert", "cohort", "hypotheses", "issue_id", "documents"}
    assert "candidates" not in said["alert"]


def hashed(causes: list[Row] | None = None, version: str = "v1", *, rests_on_cause: bool = True, **alert: Any) -> str:
    return evidence_hash(case([alert_row(**alert)], causes), {"rollback-release": version}, rests_on_cause=rests_on_cause)


@pytest.mark.parametrize(
    "causes",
    [
        [cause_row(cause_id="other")],
        [cause_row(cause_step_ids=[CAUSE, "its next step"])],
        [cause_row(cause_scope="{}")],
        [cause_row(hypothesis_verdict="refuted")],
        [],
    ],
)
def test_another_cause_is_another_hash(causes: list[Row]) -> None:
    assert hashed(causes) != hashed()
    assert hashed(causes, rests_on_cause=False) == hashed(rests_on_cause=False)


def test_another_document_version_or_class_is_another_hash() -> None:
    assert len({hashed(), hashed(version="v2"), hashed(alerted_class="latency"), hashed(product="Other")}) == 4


def test_counts_that_go_on_growing_leave_the_hash() -> None:
    assert hashed(observed_count=44, p_value=1e-12) == hashed()
    assert hashed([cause_row(hypothesis_score=0.95)]) == hashed()


def test_plain_values_are_what_json_knows() -> None:
    assert plain({"at": START, "x": float("nan"), "list": (1, {"day": START.date()})}) == {
        "at": START.isoformat(),
        "x": None,
        "list": [1, {"day": "2026-01-05"}],
    }


def test_names_of_the_made_up_case_are_those_of_its_rows() -> None:
    assert (alert_row()["alert_id"], cause_row()["cause_id"]) == (ALERT, CAUSE)
