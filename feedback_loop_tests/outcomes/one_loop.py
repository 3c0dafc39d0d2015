"""One alert with its cause, proposal, action and message, as frames of their tables, each of which a test may change."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.tables import TABLES
from feedback_loop.outcomes.lifecycle import Recorded
from feedback_loop_tests.contracts.rows import frame_of

Row = dict[str, Any]
RAISED = datetime(2026, 3, 10, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GRACE = 2 * HOUR
ONSET, PROPOSED, APPROVED, EXECUTED, SENT, CONFIRMED = (RAISED + n * HOUR for n in (-6, 1, 2, 3, 4, 5))


def table(name: str, *rows: Row) -> pl.DataFrame:
    """The rows as a frame of the table, filled up to valid ones."""
    return frame_of(TABLES[name], *rows)


def alert(**changes: Any) -> Row:
    """The alert about billing in the shop, of a six-hour window."""
    row = {"alert_id": "a1", "product": "shop", "alerted_class": "billing", "raised_at": RAISED, "window_minutes": 360.0}
    return row | {"sample_fragment_ids": ["f2", "f1"], "event_date": RAISED.date()} | changes


def fragments() -> pl.DataFrame:
    """Two complaints of the alert and one that came before them and is not of it."""
    spoken = {"f0": -9 * HOUR, "f1": -5 * HOUR, "f2": -2 * HOUR}
    rows = [{"fragment_id": f, "occurred_at": RAISED + at, "landed_at": RAISED + at + 0.5 * HOUR} for f, at in spoken.items()]
    return table("silver_fragment", *rows)


def proposal(**changes: Any) -> Row:
    """The proposal to roll the cause back, which was approved and carried out."""
    row = {"proposal_id": "p1", "alert_id": "a1", "product": "shop", "proposed_hypothesis_id": "h1", "proposal_status": "done"}
    return row | {"action_kind": "roll_back_config", "proposed_at": PROPOSED, "decided_at": APPROVED} | changes


def action(**changes: Any) -> Row:
    """Its action, which another system confirmed."""
    row = {"action_id": "x1", "proposal_id": "p1", "action_kind": "roll_back_config", "action_status": "done", "executed_at": EXECUTED}
    return row | changes


def message(**changes: Any) -> Row:
    """Its message, which was sent and confirmed."""
    row = {"message_draft_id": "m1", "proposal_id": "p1", "message_status": "confirmed", "sent_at": SENT, "confirmed_at": CONFIRMED}
    return row | changes


def classification(**changes: Any) -> Row:
    """The class of the first of its complaints, of which the classifier is sure."""
    return {"fragment_id": "f1", "is_abstained": False} | changes


def issue(**changes: Any) -> Row:
    """The issue that the alert speaks of and that holds one of its complaints, on its day."""
    return {"issue_id": "i1", "product": "shop", "alert_ids": ["a1"], "day_fragment_ids": ["f1"], "event_date": RAISED.date()} | changes


def hypothesis(**changes: Any) -> Row:
    """The cause: a configuration that reached one browser."""
    row = {"hypothesis_id": "h1", "alert_id": "a1", "product": "shop", "cause_kind": "config", "cause_id": "chg-1", "onset_at": ONSET}
    return row | {"cause_scope": '{"browser": ["Safari 18"]}', "hypothesis_rank": 1} | changes


def recorded(**changes: pl.DataFrame) -> Recorded:
    """All of it, as the life of the alert is read from."""
    frames = {
        "alerts": table("analysis_alert", alert()), "fragments": fragments(), "hypotheses": table("analysis_hypothesis", hypothesis()),
        "classifications": table("analysis_classification", classification()), "issues": table("gold_issue", issue()),
        "proposals": table("remediation_proposal", proposal()), "actions": table("remediation_action", action()),
        "told": table("remediation_message", message()), "labels": table("state_label"),
    }  # fmt: skip
    return Recorded(**frames | changes)


def cohort(**changes: Any) -> Row:
    """The segment that stands out in the alert."""
    row = {"cohort_id": "g1", "alert_id": "a1", "product": "shop", "cohort_rank": 1, "cohort_attributes": '{"browser":"Safari 18"}'}
    return row | changes
