"""One proposal of a back-test and what is known of it by now, each of which a test may change; beside `one_loop`, which really happened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import ActionKind, ProposalStatus, RiskLevel
from feedback_loop.outcomes.backtest_later import Later, Tried, Way
from feedback_loop_tests.outcomes.one_loop import HOUR, RAISED, Row, proposal, table

LOOKED = RAISED + HOUR
"""When the back-test looked."""


def tried(
    way: Way = Way.AUTOMATIC,
    cause_id: str | None = "chg-1",
    alerted_class: str | None = "billing",
    blames: str | None = None,
    cause: Row | None = None,
    **changes: Any,
) -> Tried:
    """The rollback of the cause of the alert `a1`, or without a cause an incident that was opened, whose alert blames what it `blames`."""
    cause = cause or {}
    alert = {"alert_id": "a1", "raised_at": RAISED.isoformat(), "window_minutes": 360.0, "sample_fragment_ids": ["f1", "f2"]}
    blamed = {"hypothesis_id": "h1", "cause_id": cause_id or blames, "hypothesis_verdict": "likely"}
    causes = [blamed | cause] if cause_id or blames or cause else []
    kind = ActionKind.ROLL_BACK_CONFIG if cause_id else ActionKind.OPEN_INCIDENT
    values: dict[str, Any] = {
        **dict.fromkeys(("playbook_version", "policy_version", "arguments_hash", "evidence_hash", "requested_by"), "x"),
        "proposal_id": "tried", "alert_id": "a1", "product": "shop", "proposed_issue_id": None,
        "proposed_hypothesis_id": "h1" if cause_id else None, "playbook_id": "config-rollback", "action_kind": kind,
        "action_target": cause_id or "shop", "action_arguments": json.dumps({"subject": cause_id or "class:billing"}),
        "risk_level": RiskLevel.LOW, "confidence_score": 0.9, "proposal_threshold_score": 0.6, "approvals_required_count": 0,
        "proposal_status": ProposalStatus.PROPOSED, "is_executable": False, "proposed_at": LOOKED, "expires_at": LOOKED + HOUR,
        "approver_roles": (), "evidence": {"alert": alert | {"alerted_class": alerted_class}, "hypotheses": causes},
    }  # fmt: skip
    made = Proposal(**values | changes)
    return Tried(made.proposed_at.date(), way, made)


def really(**changes: Any) -> Row:
    """What was really proposed on the same cause, and done with nobody asked."""
    about = {"action_arguments": json.dumps({"subject": "chg-1"}), "refusal_reason": None, "approvals_given_count": 0}
    return proposal(**about | {"proposed_issue_id": None} | changes)


def effect(verdict: str, proposal_id: str = "p1", at: datetime = LOOKED, **changes: Any) -> Row:
    """Whether its action helped."""
    row = {"effect_id": f"{proposal_id}-{at}", "proposal_id": proposal_id, "action_id": "x1", "product": "shop", "measured_at": at}
    return row | {"effect_verdict": verdict, "effect_ratio": 0.25, "treated_before_count": 40} | changes


def label(word: str, hypothesis_id: str = "h1", at: datetime = LOOKED, **changes: Any) -> Row:
    """A person's word on the cause."""
    row = {"label_id": f"{hypothesis_id}-{at}", "hypothesis_id": hypothesis_id, "alert_id": "a1", "product": "shop", "cause_id": "chg-1"}
    return row | {"hypothesis_label": word, "labelled_at": at} | changes


def later(
    proposals: Sequence[Row] = (),
    effects: Sequence[Row] = (),
    lifecycle: Sequence[Row] = (),
    issue_events: Sequence[Row] = (),
    labels: Sequence[Row] = (),
    class_of: dict[str, str] | None = None,
) -> Later:
    """What is known by now."""
    return Later(
        table("remediation_proposal", *proposals),
        table("outcomes_effect", *effects),
        table("outcomes_lifecycle_event", *lifecycle),
        table("gold_issue_event", *issue_events),
        table("state_hypothesis_label", *labels),
        class_of or {},
    )
