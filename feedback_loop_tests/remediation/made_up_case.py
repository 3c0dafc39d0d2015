"""One made-up case: a share alert about crashes that a release leads to, and the documents of every playbook, as frames."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.autonomy_vocab import MaturityPhase
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import HypothesisVerdict
from feedback_loop.contracts.tables import TABLES
from feedback_loop.remediation.autonomy import EVERYTHING, Autonomy
from feedback_loop.remediation.playbooks import seed_playbooks
from feedback_loop.remediation.proposals import proposals
from feedback_loop.remediation.rules import Rules
from feedback_loop_tests.fakes import START

Row = dict[str, Any]

ALERT, CAUSE = "alert_1", "release-6.4.0"
LET_GO = Rules(autonomy=Autonomy({EVERYTHING: MaturityPhase.AUTOMATED}))
"""The package's rules, and people let every class go as far as the policy lets it."""

UNBOUNDED = tuple(playbook.model_copy(update={"blast_radius": None}) for playbook in LET_GO.playbooks)
"""The package's playbooks without a limit on how much they may do, for tests that do much of one thing."""

DOCUMENTS = sorted({name for playbook in seed_playbooks() for name in playbook.governing_documents})


def frame(table: str, rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=pl.Schema(TABLES[table].schema), orient="row")


def alert_row(**changes: Any) -> Row:
    row: Row = {
        "alert_id": ALERT, "alert_kind": "rate", "subject_kind": "class", "subject_id": "crash", "product": "Printwren",
        "alerted_cluster_id": None, "alerted_class": "crash", "observed_count": 40, "exposure_count": 180, "expected_count": 6.0,
        "rate_ratio": 6.7, "p_value": 1e-9, "alert_score": 9.0, "raised_at": START, "window_minutes": 360.0,
        "sample_fragment_ids": ["fragment_1", "fragment_2"], "candidates": [],
        "story_id": "story_1", "is_continuation": False, "is_story_head": True, "story_observed_count": 40,
        "alerted_change_id": None, "alert_rule_id": None, "detector_version": "1", "event_date": START.date(),
    }  # fmt: skip
    return row | changes


def cause_row(**changes: Any) -> Row:
    row: Row = {
        "hypothesis_id": "hypothesis_1", "alert_id": ALERT, "product": "Printwren", "hypothesis_rank": 1, "cause_kind": "deploy",
        "cause_id": CAUSE, "cause_step_ids": [CAUSE], "cause_service": "web", "cause_scope": '{"browser":["Safari 18"]}',
        "cause_started_at": START - timedelta(hours=7), "onset_at": START - timedelta(hours=6), "hypothesis_score": 0.9,
        "hypothesis_verdict": "likely", "evidence_for": ["it began 40 minutes before the complaints rose"], "evidence_against": [],
        "deciding_observations": [],
        "hypothesis_version": "1", "event_date": START.date(),
    }  # fmt: skip
    return row | changes


def unknown_row(**changes: Any) -> Row:
    row = cause_row(
        hypothesis_id="hypothesis_0", cause_kind="unknown", cause_id=None, cause_step_ids=[], cause_service=None, cause_scope="{}",
        cause_started_at=None, hypothesis_verdict=str(HypothesisVerdict.INSUFFICIENT_EVIDENCE),
    )  # fmt: skip
    return row | changes


def cohort_row(**changes: Any) -> Row:
    row: Row = {
        "cohort_id": "cohort_1", "alert_id": ALERT, "product": "Printwren", "cohort_attributes": '{"browser":"Safari 18"}',
        "cohort_aliases": [], "cohort_confidence": 0.9, "rise_verdict": "localised", "rise_confidence": 0.95,
        "cohort_rank": 1, "observed_count": 36, "cohort_exposure_count": 40, "expected_count": 5.0, "cohort_lift": 7.2, "p_value": 1e-8,
        "event_date": START.date(),
    }  # fmt: skip
    return row | changes


def document_row(document_id: str, **changes: Any) -> Row:
    row: Row = {
        "statement_id": f"statement_{document_id}", "document_id": document_id, "document_kind": "runbook", "document_title": document_id,
        "document_text": "Steps.", "document_version": f"version of {document_id}", "product": "Printwren", "owner": "support-operations",
        "started_at": START - timedelta(days=90), "valid_until_at": START + timedelta(days=90), "landed_at": START - timedelta(days=80),
        "event_date": START.date(),
    }  # fmt: skip
    return row | changes


def issue_row(issue_id: str = "issue_1", alert_ids: tuple[str, ...] = (ALERT,), **changes: Any) -> Row:
    row: Row = dict.fromkeys(TABLES["gold_issue"].columns)
    return row | {"issue_id": issue_id, "product": "Printwren", "alert_ids": list(alert_ids), "event_date": START.date()} | changes


def all_documents() -> list[Row]:
    return [document_row(name) for name in DOCUMENTS]


def proposed(
    alerts: list[Row] | None = None,
    causes: list[Row] | None = None,
    documents: list[Row] | None = None,
    *,
    issues: list[Row] | None = None,
    thresholds: list[Row] | None = None,
    existing: list[Proposal] | None = None,
    at: datetime = START,
    is_live: bool = True,
    certified: tuple[str, ...] = (),
    rules: Rules | None = None,
) -> list[Proposal]:
    """What the seed playbooks propose of the case as it was changed."""
    return proposals(
        frame("analysis_alert", [alert_row()] if alerts is None else alerts),
        frame("analysis_cohort", [cohort_row()]),
        frame("analysis_hypothesis", [cause_row()] if causes is None else causes),
        frame("gold_issue", issues or []),
        frame("context_document", all_documents() if documents is None else documents),
        frame("state_threshold", thresholds or []),
        frame("remediation_proposal", [proposal.row() for proposal in existing or []]),
        seed_playbooks(),
        at,
        is_live,
        rules or LET_GO,
        routes=frame("analysis_route", [route_row(name) for name in certified]),
    )


def route_row(fragment_id: str, **changes: Any) -> Row:
    """A fragment that goes the automatic way unless the changes say otherwise."""
    row: Row = {
        "fragment_id": fragment_id, "route": "automatic", "route_reason": "certified", "gate_score_applied": 0.8,
        "strong_indicator_count": 3, "event_date": START.date(),
    }  # fmt: skip
    return row | changes


def rollback_proposal(**changes: Any) -> Proposal:
    """The live proposal to roll the release back, which needs two people."""
    (found,) = proposed(**changes)
    return found
