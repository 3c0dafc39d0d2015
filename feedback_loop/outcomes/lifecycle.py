"""The life of an alert, step by step: from the first customer who complained to the one who confirms that it is mended.

Only alerts that led to a proposal have a life here. How long the steps took is judged in `latencies`. The rules that are easy to break: a
step that did not happen has no row, so a customer who says nothing has not confirmed; and an alert can't have been raised before its
records had landed, however early its window ended.
"""

from __future__ import annotations

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


def lifecycle_events(
    alerts: pl.DataFrame,
    fragments: pl.DataFrame,
    proposals: pl.DataFrame,
    actions: pl.DataFrame,
    told: pl.DataFrame,
    hypotheses: pl.DataFrame,
) -> pl.DataFrame:
    """The rows of `outcomes_lifecycle_event`; `told` are the messages to customers, the others the tables of their names.

    Read of fragments: fragment_id, occurred_at, landed_at.
    """
    # Taking an action back is no step towards mending what was complained of.
    forward = proposals.filter(~pl.col("action_kind").is_in([str(kind) for kind in TAKES_BACK]))
    proposed = forward.join(alerts.select("alert_id"), on="alert_id", how="semi")
    carried_out = executions(actions).join(proposed.select("proposal_id", "alert_id", "product"), on="proposal_id")
    sent = told.group_by("proposal_id").agg(pl.col("sent_at", "confirmed_at").min())
    told_of = proposed.select("proposal_id", "alert_id", "product").join(sent, on="proposal_id")
    known = hypotheses.select(proposed_hypothesis_id="hypothesis_id")
    steps = [
        *_signal(alerts.join(proposed, on="alert_id", how="semi"), fragments),
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


def _signal(alerts: pl.DataFrame, fragments: pl.DataFrame) -> list[pl.DataFrame]:
    """When the first of the alert's records was spoken, when it landed, and when the alert could be raised."""
    shown = alerts.select("alert_id", fragment_id="sample_fragment_ids").explode("fragment_id").drop_nulls()
    of_alert = shown.join(fragments.select("fragment_id", "occurred_at", "landed_at"), on="fragment_id")
    first = of_alert.group_by("alert_id").agg(pl.col("occurred_at", "landed_at").min())
    alerted = alerts.select("alert_id", "product", "raised_at", proposal_id=pl.lit(None, pl.String)).join(first, on="alert_id", how="left")
    alerted = alerted.with_columns(alerted_at=pl.max_horizontal("raised_at", "landed_at"))
    return [
        _steps(LifecycleStage.OCCURRED, alerted, "occurred_at"),
        _steps(LifecycleStage.LANDED, alerted, "landed_at"),
        _steps(LifecycleStage.ALERTED, alerted, "alerted_at"),
    ]


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
