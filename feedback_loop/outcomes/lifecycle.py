"""The life of an alert, step by step: from the first customer who complained to the one who confirms that it is mended.

Only alerts that led to a proposal have a life here. How long the steps took is judged in `latencies`. The rules that are easy to break: a
step that did not happen has no row, so a customer who says nothing has not confirmed; an alert can't have been raised before its records
had landed, however early its window ended; and a step whose table holds no instant of its own (a class, an issue, a ranked cause) stands
at the first instant by which something that is dated shows it, so that no step looks faster than it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.loop_vocab import TAKES_BACK, ActionStatus, ProposalStatus
from feedback_loop.contracts.outcome_vocab import LifecycleStage
from feedback_loop.contracts.tables import TABLES

REOPENED_WITHIN = timedelta(days=1)
"""A fix whose subject alerts again within this time was none (R107)."""

LET_THROUGH = (
    ProposalStatus.APPROVED, ProposalStatus.CLAIMED, ProposalStatus.IN_DOUBT, ProposalStatus.DONE, ProposalStatus.FAILED,
    ProposalStatus.ROLLED_BACK,
)  # fmt: skip
"""Where a proposal stands that was approved, whatever became of it."""

_CARRIED_OUT = (ActionStatus.DONE, ActionStatus.ROLLED_BACK)

_SCHEMA = pl.Schema(TABLES["outcomes_lifecycle_event"].schema)
_KEY = ("alerted_id", "lifecycle_proposal_id", "lifecycle_stage")


@dataclass(frozen=True)
class Recorded:
    """What the life of alerts is read from, as the tables of these names; `told` are remediation_message, `labels` those that count.

    Of fragments are read fragment_id, occurred_at, landed_at, of classifications fragment_id, is_abstained, of issues alert_ids,
    day_fragment_ids, event_date, of labels fragment_id, labelled_at.
    """

    alerts: pl.DataFrame
    fragments: pl.DataFrame
    classifications: pl.DataFrame
    issues: pl.DataFrame
    hypotheses: pl.DataFrame
    proposals: pl.DataFrame
    actions: pl.DataFrame
    told: pl.DataFrame
    labels: pl.DataFrame


def lifecycle_events(recorded: Recorded) -> pl.DataFrame:
    """The rows of `outcomes_lifecycle_event`."""
    alerts = recorded.alerts
    # Taking an action back is no step towards mending what was complained of.
    forward = recorded.proposals.filter(~pl.col("action_kind").is_in([str(kind) for kind in TAKES_BACK]))
    proposed = forward.join(alerts.select("alert_id"), on="alert_id", how="semi")
    carried_out = executions(recorded.actions).join(proposed.select("proposal_id", "alert_id", "product"), on="proposal_id")
    sent = recorded.told.group_by("proposal_id").agg(pl.col("sent_at", "confirmed_at").min())
    told_of = proposed.select("proposal_id", "alert_id", "product").join(sent, on="proposal_id")
    known = recorded.hypotheses.select(proposed_hypothesis_id="hypothesis_id")
    living = alerts.join(proposed, on="alert_id", how="semi")
    shown = _shown(living, recorded.fragments)
    raised = _raised(living, shown)
    steps = [
        _steps(LifecycleStage.OCCURRED, raised, "occurred_at"),
        _steps(LifecycleStage.LANDED, raised, "landed_at"),
        _steps(LifecycleStage.CLASSIFIED, _classified(raised, shown, recorded), "classified_at"),
        _steps(LifecycleStage.ALERTED, raised, "alerted_at"),
        _steps(LifecycleStage.ISSUE_ASSIGNED, _assigned(raised, shown, proposed, recorded.issues), "assigned_at"),
        _steps(LifecycleStage.CAUSE_RANKED, proposed.join(known, on="proposed_hypothesis_id", how="semi"), "proposed_at"),
        _steps(LifecycleStage.PROPOSED, proposed, "proposed_at"),
        _steps(LifecycleStage.APPROVED, proposed.filter(pl.col("proposal_status").is_in([str(s) for s in LET_THROUGH])), "decided_at"),
        _steps(LifecycleStage.EXECUTED, carried_out, "executed_at"),
        _steps(LifecycleStage.TOLD, told_of, "sent_at"),
        _steps(LifecycleStage.CONFIRMED, told_of, "confirmed_at"),
        _steps(LifecycleStage.REOPENED, _alerted_again(carried_out, alerts), "raised_again_at"),
    ]
    return _as_rows(pl.concat(steps))


def executions(actions: pl.DataFrame) -> pl.DataFrame:
    """The first action of each proposal that another system confirmed: proposal_id, action_id, action_kind, executed_at."""
    done = actions.filter(pl.col("action_status").is_in([str(s) for s in _CARRIED_OUT]) & ~pl.col("is_dry_run"))
    first = done.drop_nulls("executed_at").sort("executed_at", "action_id").unique("proposal_id", keep="first", maintain_order=True)
    return first.select("proposal_id", "action_id", "action_kind", "executed_at")


def _shown(alerts: pl.DataFrame, fragments: pl.DataFrame) -> pl.DataFrame:
    """The records that show each alert: alert_id, fragment_id, occurred_at, landed_at."""
    samples = alerts.select("alert_id", fragment_id="sample_fragment_ids").explode("fragment_id").drop_nulls()
    return samples.join(fragments.select("fragment_id", "occurred_at", "landed_at"), on="fragment_id")


def _raised(alerts: pl.DataFrame, shown: pl.DataFrame) -> pl.DataFrame:
    """When the first of each alert's records was spoken, when it landed, and when the alert could be raised."""
    first = shown.group_by("alert_id").agg(pl.col("occurred_at", "landed_at").min())
    # These steps are the alert's and not those of one of its proposals.
    of_alert = alerts.select("alert_id", "product", "event_date", "raised_at", proposal_id=pl.lit(None, pl.String))
    return of_alert.join(first, on="alert_id", how="left").with_columns(alerted_at=pl.max_horizontal("raised_at", "landed_at"))


def _classified(raised: pl.DataFrame, shown: pl.DataFrame, recorded: Recorded) -> pl.DataFrame:
    """The alerts of whose records one has a class, by the classifier (then before the alert that rests on it) or by a person."""
    sure = recorded.classifications.filter(~pl.col("is_abstained"))
    by_model = raised.join(shown.join(sure, on="fragment_id", how="semi"), on="alert_id", how="semi")
    by_people = shown.join(recorded.labels.select("fragment_id", "labelled_at"), on="fragment_id")
    instants = [by_model.select("alert_id", classified_at="alerted_at"), by_people.select("alert_id", classified_at="labelled_at")]
    return raised.join(pl.concat(instants).group_by("alert_id").agg(pl.col("classified_at").min()), on="alert_id")


def _assigned(raised: pl.DataFrame, shown: pl.DataFrame, proposed: pl.DataFrame, issues: pl.DataFrame) -> pl.DataFrame:
    """The alerts of whose records one came to an issue: when a proposal first named one, at the end of the record's day at the latest."""
    of_records = shown.with_columns(event_date=pl.col("occurred_at").dt.date())
    near = issues.join(pl.concat([of_records.select("event_date"), raised.select("event_date")]), on="event_date", how="semi")
    held = near.select("event_date", fragment_id="day_fragment_ids").explode("fragment_id")
    # An issue may speak of the alert of a cluster and hold none of the records that show it.
    spoken_of = near.select("event_date", alert_id="alert_ids").explode("alert_id").join(raised, on=["event_date", "alert_id"], how="semi")
    found = pl.concat([of_records.join(held, on=["event_date", "fragment_id"]).select("event_date", "alert_id"), spoken_of])
    day_ends = pl.col("event_date").min().cast(_SCHEMA["occurred_at"]) + pl.duration(days=1)
    named = proposed.drop_nulls("proposed_issue_id").group_by("alert_id").agg(named_at=pl.col("proposed_at").min())
    known = raised.join(found.group_by("alert_id").agg(day_ends_at=day_ends), on="alert_id").join(named, on="alert_id", how="left")
    return known.with_columns(assigned_at=pl.max_horizontal("landed_at", pl.min_horizontal("named_at", "day_ends_at")))


def _alerted_again(carried_out: pl.DataFrame, alerts: pl.DataFrame) -> pl.DataFrame:
    """The fixes after which the same subject alerted again, on records of the time after the fix alone."""
    subject = alerts.select("alert_id", "alerted_class")
    again = alerts.select(
        "product",
        again_id="alert_id",
        again_class="alerted_class",
        raised_again_at="raised_at",
        window_start=pl.col("raised_at") - pl.duration(microseconds=pl.col("window_minutes") * 60_000_000),
    )
    pairs = carried_out.join(subject, on="alert_id").join(again, on="product")
    since = pl.col("window_start") - pl.col("executed_at")
    is_same = pl.col("alerted_class").eq_missing(pl.col("again_class")) & (pl.col("alert_id") != pl.col("again_id"))
    found = pairs.filter(is_same & (since >= pl.duration()) & (since <= REOPENED_WITHIN))
    return found.group_by("proposal_id", "alert_id", "product").agg(pl.col("raised_again_at").min())


def _steps(stage: LifecycleStage, frame: pl.DataFrame, instant: str) -> pl.DataFrame:
    return frame.drop_nulls(instant).select(
        "product",
        alerted_id="alert_id",
        lifecycle_proposal_id="proposal_id",
        lifecycle_stage=pl.lit(str(stage)),
        occurred_at=pl.col(instant).cast(_SCHEMA["occurred_at"]),
    )


def _as_rows(steps: pl.DataFrame) -> pl.DataFrame:
    ids = [stable_id("life", *key) for key in steps.select(_KEY).iter_rows()]
    filled = steps.with_columns(lifecycle_event_id=pl.Series(ids, dtype=pl.String), event_date=pl.col("occurred_at").dt.date())
    return filled.select(_SCHEMA.names()).cast(_SCHEMA).sort("occurred_at", "lifecycle_event_id")
