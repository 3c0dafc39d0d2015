"""What was found, in the form in which a simulation is scored: alerts with the messages behind them, segments, ranked causes, actions.

From frames of one instant (the closed loop) or from a home's tables (the demo). How well that is, `simulation/scoring.py` says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.loop_vocab import ActionKind, ActionStatus, HypothesisVerdict
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ISSUE_CLASSES, AlertKind, SubjectKind
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.simulation.scoring import Found, FoundAction, FoundAlert, FoundCause
from feedback_loop.workflows.as_known import Findings


def found_in(tables: TableStore, state: StateStore, days: DayRange, as_of: datetime) -> Found:
    """All that a home's tables and its state say was found and done on the days."""
    read = {name: tables.read(TABLES[name], days) for name in _TABLES}
    findings = Findings(days.last, as_of, *(read[name] for name in _TABLES))
    records = tables.read(TABLES["bronze_feedback_record"], days, columns=["record_id", "source_record_id"])
    return Found(list(found_alerts(findings, records)), list(_actions(state)))


_TABLES = (
    "silver_message", "silver_fragment", "analysis_classification", "analysis_cluster", "analysis_alert", "analysis_cohort",
    "analysis_hypothesis",
)  # fmt: skip


def _actions(state: StateStore) -> Iterator[FoundAction]:
    proposals = state.snapshot(TABLES["remediation_proposal"]).select("proposal_id", "approvals_required_count")
    done = state.snapshot(TABLES["remediation_action"]).filter(action_status=str(ActionStatus.DONE)).join(proposals, on="proposal_id")
    for row in done.iter_rows(named=True):
        is_automatic = row["approvals_required_count"] == 0
        yield FoundAction(row["executed_at"], ActionKind(row["action_kind"]), row["action_target"], is_automatic)


def found_alerts(findings: Findings, records: pl.DataFrame, now: datetime | None = None) -> Iterator[FoundAlert]:
    """The alerts of interest with the messages behind them, segment and ranked causes; raised `now`, or at their own instant."""
    for alert in of_interest(findings):
        of_alert = pl.col("alert_id") == alert["alert_id"]
        segment = findings.cohorts.filter(of_alert).sort("cohort_rank")["cohort_attributes"].to_list()
        causes = findings.hypotheses.filter(of_alert).sort("hypothesis_rank")
        rows = causes.select("cause_id", "hypothesis_score", "hypothesis_verdict").iter_rows()
        yield FoundAlert(
            raised_at=now or alert["raised_at"],
            subject=f"{alert['subject_kind']}:{alert['subject_id']}",
            message_ids=frozenset(_message_ids(alert, findings, records)),
            cohort=_parsed(segment[0]) if segment else {},
            causes=tuple(FoundCause(cause, score, HypothesisVerdict(verdict)) for cause, score, verdict in rows),
        )


def of_interest(findings: Findings) -> list[dict[str, Any]]:
    """The alerts that a playbook may follow from, one of each story: a share of some hours, or a rise of one class or cluster."""
    is_rise = pl.col("alert_kind").is_in([AlertKind.RATE, AlertKind.CHANGE]) & pl.col("alerted_class").is_not_null()
    wanted = (pl.col("alert_kind") == AlertKind.SHARE) | is_rise
    return list(findings.alerts.filter(wanted & pl.col("is_story_head")).iter_rows(named=True))


def _message_ids(alert: Mapping[str, Any], findings: Findings, records: pl.DataFrame) -> list[str]:
    """Ids, in their sources, of the messages of the alert's window that complain about its subject."""
    began = alert["raised_at"] - timedelta(minutes=alert["window_minutes"])
    cut = findings.fragments.filter((pl.col("occurred_at") >= began) & (pl.col("event_date") <= alert["event_date"]))
    if alert["subject_kind"] == SubjectKind.CLUSTER:
        cluster = findings.clusters.filter(pl.col("cluster_id") == alert["alerted_cluster_id"])
        members = cluster["member_fragment_ids"].explode().to_list()
        said = cut.filter(pl.col("fragment_id").is_in(members))
    else:
        wanted = [alert["alerted_class"]] if alert["alerted_class"] else [str(c) for c in ISSUE_CLASSES]
        classes = findings.classifications.filter(pl.col("best_class").is_in(wanted))
        said = cut.join(classes, on="fragment_id", how="semi")
    return records.join(said, on="record_id", how="semi")["source_record_id"].unique().to_list()


def _parsed(attributes: str) -> dict[str, str]:
    return {str(name): str(value) for name, value in json.loads(attributes).items()}
