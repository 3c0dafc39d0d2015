"""What the loop and its people did: how fast, how often right, overridden, taken back or come back, and whether promises were kept.

How a share of a week is told is `weekly`, what each figure means stands in `metrics`. The rule that is easy to break: an action is judged
by its effect and by what came of it, never by its approval; what nobody could judge yet is in no share of right and wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from feedback_loop.contracts.loop_vocab import MENDING, TAKES_BACK, ActionKind, EffectVerdict, ProposalStatus, RefusalReason
from feedback_loop.contracts.outcome_vocab import LifecycleStage, OutcomeMetric, SlaStage, SlaVerdict
from feedback_loop.outcomes.lifecycle import LET_THROUGH
from feedback_loop.outcomes.weekly import Figure, median_hours, share

_HOURS = {
    OutcomeMetric.DETECTION_HOURS: (LifecycleStage.OCCURRED, LifecycleStage.ALERTED),
    OutcomeMetric.INSIGHT_HOURS: (LifecycleStage.OCCURRED, LifecycleStage.CAUSE_RANKED),
    OutcomeMetric.TRIAGE_HOURS: (LifecycleStage.LANDED, LifecycleStage.PROPOSED),
    OutcomeMetric.MITIGATION_HOURS: (LifecycleStage.LANDED, LifecycleStage.EXECUTED),
    OutcomeMetric.REMEDIATION_HOURS: (LifecycleStage.LANDED, LifecycleStage.TOLD),
    OutcomeMetric.CONFIRMATION_HOURS: (LifecycleStage.LANDED, LifecycleStage.CONFIRMED),
}
_KEPT = {
    OutcomeMetric.TRIAGE_KEPT: SlaStage.TRIAGE,
    OutcomeMetric.MITIGATION_KEPT: SlaStage.MITIGATE,
    OutcomeMetric.REMEDIATION_KEPT: SlaStage.REMEDIATE,
    OutcomeMetric.CONFIRMATION_KEPT: SlaStage.CONFIRM,
}


@dataclass(frozen=True)
class Handled:
    """What was done, as the tables of these names; `held_out` are the labels that count of held-out fragments.

    Of labels are read fragment_id, labelled_class, labelled_at; of fragments fragment_id, product; of classifications fragment_id,
    taxonomy_class, is_abstained.
    """

    lifecycle: pl.DataFrame
    stages: pl.DataFrame
    proposals: pl.DataFrame
    effects: pl.DataFrame
    held_out: pl.DataFrame
    fragments: pl.DataFrame
    classifications: pl.DataFrame


def loop_figures(handled: Handled) -> Iterator[Figure]:
    """The figures of the loop."""
    yield from _hours(handled.lifecycle)
    yield from _kept(handled.stages)
    yield Figure(OutcomeMetric.CLASSIFICATION_ACCURACY, _accuracy(handled))
    forward = handled.proposals.filter(~pl.col("action_kind").is_in([str(kind) for kind in TAKES_BACK]))
    yield from _decisions(forward)
    yield from _fixes(handled, forward)


def _hours(lifecycle: pl.DataFrame) -> Iterator[Figure]:
    first = lifecycle.group_by("alerted_id", "product", "lifecycle_stage").agg(pl.col("occurred_at").min())
    # One column per stage, also of a stage that nothing has reached.
    stages = [pl.col("occurred_at").filter(pl.col("lifecycle_stage") == str(stage)).first().alias(stage) for stage in LifecycleStage]
    lives = first.group_by("alerted_id", "product").agg(stages)
    for metric, (start, end) in _HOURS.items():
        yield Figure(metric, median_hours(lives, start, end))


def _kept(stages: pl.DataFrame) -> Iterator[Figure]:
    over = stages.filter(pl.col("sla_verdict").is_in([str(SlaVerdict.MET), str(SlaVerdict.BREACHED)]))
    told = over.with_columns(over_at=pl.coalesce("done_at", "due_at"), is_met=pl.col("sla_verdict") == str(SlaVerdict.MET))
    for metric, stage in _KEPT.items():
        yield Figure(metric, share(told.filter(pl.col("promised_stage") == str(stage)), "over_at", "is_met"))


def _accuracy(handled: Handled) -> pl.DataFrame:
    gold = handled.held_out.select("fragment_id", "labelled_class", "labelled_at")
    decided = handled.classifications.filter(~pl.col("is_abstained")).select("fragment_id", "taxonomy_class")
    known = gold.join(decided, on="fragment_id").join(handled.fragments.select("fragment_id", "product"), on="fragment_id")
    return share(known, "labelled_at", pl.col("labelled_class") == pl.col("taxonomy_class"))


def _decisions(forward: pl.DataFrame) -> Iterator[Figure]:
    of_alert = forward.group_by("product", "alert_id").agg(
        pl.col("proposed_at").min(), is_review=(pl.col("action_kind") == str(ActionKind.QUEUE_FOR_REVIEW)).any()
    )
    yield Figure(OutcomeMetric.ESCALATED, share(of_alert, "proposed_at", "is_review"))
    is_approved = pl.col("proposal_status").is_in([str(status) for status in LET_THROUGH]) & (pl.col("approvals_required_count") > 0)
    is_rejected = pl.col("refusal_reason") == str(RefusalReason.REJECTED_BY_PERSON)
    decided = forward.filter(is_approved | is_rejected.fill_null(False))
    yield Figure(OutcomeMetric.ACCEPTED, share(decided, "decided_at", ~is_rejected.fill_null(False)))
    yield Figure(OutcomeMetric.OVERRIDDEN, share(decided, "decided_at", is_rejected))
    carried_out = forward.filter(pl.col("proposal_status").is_in([str(ProposalStatus.DONE), str(ProposalStatus.ROLLED_BACK)]))
    is_taken_back = pl.col("proposal_status") == str(ProposalStatus.ROLLED_BACK)
    yield Figure(OutcomeMetric.CORRECTED, share(carried_out, "decided_at", is_taken_back))


def _fixes(handled: Handled, forward: pl.DataFrame) -> Iterator[Figure]:
    fixes = _carried_out(handled, forward)
    is_helped = (pl.col("effect_verdict") == str(EffectVerdict.FIXED)).fill_null(False) & ~pl.col("is_taken_back")
    is_wrong = (pl.col("effect_verdict") == str(EffectVerdict.NOT_FIXED)).fill_null(False) | pl.col("is_back") | pl.col("is_taken_back")
    alone = fixes.filter((pl.col("approvals_required_count") == 0) & (is_helped | is_wrong))
    yield Figure(OutcomeMetric.FALSE_AUTOMATION, share(alone, "executed_at", is_wrong))
    yield Figure(OutcomeMetric.CLOSED, share(fixes, "executed_at", is_helped & ~pl.col("is_back")))
    yield Figure(OutcomeMetric.REOPENED, share(fixes, "executed_at", "is_back"))


def _carried_out(handled: Handled, forward: pl.DataFrame) -> pl.DataFrame:
    """The fixes that another system confirmed: their proposals with executed_at, effect_verdict, is_back and is_taken_back."""
    mending = forward.filter(pl.col("action_kind").is_in([str(kind) for kind in MENDING]))
    steps = handled.lifecycle.filter(pl.col("lifecycle_proposal_id").is_not_null())
    executed = (
        steps.filter(pl.col("lifecycle_stage") == str(LifecycleStage.EXECUTED))
        .group_by(proposal_id="lifecycle_proposal_id")
        .agg(executed_at=pl.col("occurred_at").min())
    )
    back = steps.filter(pl.col("lifecycle_stage") == str(LifecycleStage.REOPENED))["lifecycle_proposal_id"].unique()
    # Where one proposal was judged twice, the later word counts, whatever the order of the rows.
    latest = handled.effects.sort("measured_at", "effect_id").unique("proposal_id", keep="last", maintain_order=True)
    judged = latest.select("proposal_id", "effect_verdict")
    return (
        mending.join(executed, on="proposal_id")
        .join(judged, on="proposal_id", how="left")
        .with_columns(
            is_back=pl.col("proposal_id").is_in(back.implode()),
            is_taken_back=pl.col("proposal_status") == str(ProposalStatus.ROLLED_BACK),
        )
    )
