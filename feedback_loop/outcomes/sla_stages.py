"""The SLA clocks of alerts, stage by stage: what was promised, by when, and how it stood with the last record (R109).

How clocks are read and judged is in `sla_clock` and `sla_verdicts`; the five latencies of a proposal's life, without calendars, stay in
`latencies`. A clock starts when the first record of an alert landed; the alert triages it, an action that mends mitigates it, telling the
customers remedies it (R104), and their answer confirms it; a person who closes the issue ends it, and one who opens it again starts
another. The rules that are easy to break: alerts of one story have one clock while it runs; an alert that nobody proposed anything for has
a clock too, or what is forgotten would never be late; and only a person closes one, for that a fix seems to have helped tells no customer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.decisions import LOOP
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.loop_vocab import MENDING, ActionStatus, IssueStatus
from feedback_loop.contracts.outcome_vocab import LifecycleStage, SlaStep, SlaVerdict
from feedback_loop.contracts.tables import TABLES
from feedback_loop.outcomes.lifecycle import executions
from feedback_loop.outcomes.sla_clock import Clock, Step, clocks_of
from feedback_loop.outcomes.sla_policy import SlaPolicy, Subject
from feedback_loop.outcomes.sla_verdicts import StageVerdict, verdicts

_SCHEMA = pl.Schema(TABLES["outcomes_sla_stage"].schema)
_STEPS = {
    LifecycleStage.EXECUTED: SlaStep.MITIGATED,
    LifecycleStage.TOLD: SlaStep.REMEDIATED,
    LifecycleStage.CONFIRMED: SlaStep.CONFIRMED,
}
_SAID = {IssueStatus.RESOLVED: SlaStep.CLOSED, IssueStatus.REOPENED: SlaStep.REOPENED}
_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Happened:
    """What is known, as the tables of these names; `issues` are gold_issue, `statuses` state_issue_status.

    Of fragments are read fragment_id, landed_at and tier, of triage fragment_id and urgency, of issues issue_id and alert_ids.
    """

    alerts: pl.DataFrame
    fragments: pl.DataFrame
    triage: pl.DataFrame
    lifecycle: pl.DataFrame
    actions: pl.DataFrame
    issues: pl.DataFrame
    statuses: pl.DataFrame


def sla_stages(happened: Happened, policy: SlaPolicy, at: datetime | None = None) -> pl.DataFrame:
    """The rows of `outcomes_sla_stage`: four of each clock, as they stand at the instant, or with the last record or step without one."""
    instants = (
        happened.fragments["landed_at"].max(), happened.lifecycle["occurred_at"].max(), happened.alerts["raised_at"].max(),
        happened.statuses["changed_at"].max(),
    )  # fmt: skip
    now = at or max((known for known in instants if isinstance(known, datetime)), default=None)
    if now is None:
        return pl.DataFrame(schema=_SCHEMA)
    steps = [*_alerted(happened, policy), *_done(happened), *_closed(happened)]
    clocks = clocks_of(steps, _first_of_story(happened.alerts))
    rows = [_row(clock, policy, row, now) for clock in clocks for row in verdicts(clock, policy, now)]
    products = happened.alerts.select("product", alerted_id="alert_id")
    judged = pl.DataFrame(rows, schema={name: dtype for name, dtype in _SCHEMA.items() if name != "product"})
    return judged.join(products, on="alerted_id", how="left", maintain_order="left").select(_SCHEMA.names())


def left_waiting(stages: pl.DataFrame) -> pl.DataFrame:
    """The promises that are at risk, or broken and still not kept, the one that is due first in front; rows of outcomes_sla_stage."""
    is_broken = (pl.col("sla_verdict") == str(SlaVerdict.BREACHED)) & pl.col("done_at").is_null()
    waiting = stages.filter(is_broken | (pl.col("sla_verdict") == str(SlaVerdict.AT_RISK)))
    return waiting.sort("due_at", "alerted_id", "promised_stage", nulls_last=True)


def _first_of_story(alerts: pl.DataFrame) -> dict[str, str]:
    """The first alert of its story by each of the others."""
    by_story = alerts.drop_nulls("story_id").sort("raised_at", "alert_id")
    first = by_story.group_by("story_id", maintain_order=True).agg(first_id=pl.col("alert_id").first())
    pairs = by_story.join(first, on="story_id").filter(pl.col("alert_id") != pl.col("first_id"))
    return dict(pairs.select("alert_id", "first_id").iter_rows())


def _alerted(happened: Happened, policy: SlaPolicy) -> Iterator[Step]:
    shown = _shown(happened)
    for alert in happened.alerts.iter_rows(named=True):
        customers = shown.get(alert["alert_id"], [])
        landed = min((at for _, _, at in customers), default=alert["raised_at"])
        subjects = [Subject(urgency, alert["alerted_class"], tier) for urgency, tier, _ in customers]
        subject = policy.strictest(subjects or [Subject(complaint_class=alert["alerted_class"])], landed)
        yield Step(alert["alert_id"], SlaStep.OPENED, landed, subject)
        # As in the lifecycle: it can't have been raised before its records had landed, however early its window ended.
        yield Step(alert["alert_id"], SlaStep.TRIAGED, max(alert["raised_at"], landed))


def _shown(happened: Happened) -> Mapping[str, list[tuple[str | None, str | None, datetime]]]:
    """Urgency, tier and landing of the fragments that each alert shows."""
    pairs = happened.alerts.select("alert_id", fragment_id="sample_fragment_ids").explode("fragment_id").drop_nulls()
    known = happened.fragments.select("fragment_id", "tier", "landed_at")
    joined = pairs.join(known, on="fragment_id").join(happened.triage.select("fragment_id", "urgency"), on="fragment_id", how="left")
    found = defaultdict[str, list[tuple[str | None, str | None, datetime]]](list)
    for alert, *customer in joined.select("alert_id", "urgency", "tier", "landed_at").iter_rows():
        found[alert].append((customer[0], customer[1], customer[2]))
    return found


def _done(happened: Happened) -> Iterator[Step]:
    """The steps after the alert; what was taken back and what mends nothing, such as a status note, mitigates nothing."""
    kept = happened.actions.filter(pl.col("action_status") != str(ActionStatus.ROLLED_BACK))
    mending = executions(kept).filter(pl.col("action_kind").is_in([str(kind) for kind in MENDING]))["proposal_id"].to_list()
    is_wanted = pl.col("lifecycle_stage").is_in([str(stage) for stage in _STEPS])
    is_kept = (pl.col("lifecycle_stage") != str(LifecycleStage.EXECUTED)) | pl.col("lifecycle_proposal_id").is_in(mending)
    taken = happened.lifecycle.filter(is_wanted & is_kept).select("alerted_id", "lifecycle_stage", "occurred_at")
    for alert, stage, at in taken.iter_rows():
        yield Step(alert, _STEPS[LifecycleStage(stage)], at)


def _closed(happened: Happened) -> Iterator[Step]:
    """That a person closed the issue of an alert, or opened it again."""
    said = happened.statuses.filter((pl.col("changed_by") != LOOP) & pl.col("issue_status").is_in([str(word) for word in _SAID]))
    spoken_of = happened.issues.select("issue_id", alert_id="alert_ids").explode("alert_id").drop_nulls().unique()
    alerts = happened.alerts.select("alert_id", "raised_at")
    steps = said.join(spoken_of, on="issue_id").join(alerts, on="alert_id").filter(pl.col("changed_at") >= pl.col("raised_at"))
    for alert, status, at in steps.select("alert_id", "issue_status", "changed_at").iter_rows():
        yield Step(alert, _SAID[IssueStatus(status)], at)


def _row(clock: Clock, policy: SlaPolicy, row: StageVerdict, now: datetime) -> dict[str, Any]:
    promise = policy.promise_for(clock.subject)
    return {
        "sla_stage_id": stable_id("slastage", clock.clock_id, row.stage),
        "sla_clock_id": clock.clock_id,
        "alerted_id": clock.complaint_id,
        "promised_stage": str(row.stage),
        "sla_verdict": str(row.verdict),
        "clock_started_at": clock.started_at,
        "urgency_applied": clock.subject.urgency,
        "class_applied": clock.subject.complaint_class,
        "tier_applied": clock.subject.tier,
        "sla_rule_applied": promise.rule_id,
        "calendar_applied": promise.calendar_name,
        "target_minutes": None if row.target is None else row.target / _MINUTE,
        "worked_minutes": row.used / _MINUTE,
        "at_risk_at": row.at_risk_at,
        "due_at": row.due_at,
        "done_at": row.ended_at,
        "measured_at": now,
        "sla_policy_version": promise.policy_version,
        "event_date": clock.started_at.date(),
    }
