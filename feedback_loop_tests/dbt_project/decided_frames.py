"""The frames of `made_up_home` where people and the loop decided in every way, with the weekly figures that the platform's own code makes.

For comparing one number by two routes: verdicts, routes, times and effects differ from row to row, so that a share that forgets a filter or
weighs wrongly is another number. Steps are changed one by one, so the frames fit their contracts but not every data test of the project.
"""

from __future__ import annotations

from datetime import timedelta

import polars as pl

from feedback_loop.contracts.outcome_vocab import SlaStage
from feedback_loop.contracts.tables import TABLES
from feedback_loop.outcomes.customer_metrics import Customers
from feedback_loop.outcomes.loop_metrics import Handled
from feedback_loop.outcomes.metrics import metrics
from feedback_loop_tests.dbt_project.made_up_home import made_up_frames

Frames = dict[str, pl.DataFrame]
_ROW = pl.int_range(pl.len())


def decided_frames() -> Frames:
    """The frames of every table that dbt reads, by name."""
    frames = made_up_frames()
    frames["analysis_route"] = frames["analysis_route"].with_columns(route=_by_row(("human", "automatic", "llm")))
    frames["outcomes_sla_stage"] = _promises(frames["outcomes_sla_stage"])
    frames["outcomes_sla_event"] = frames["outcomes_sla_event"].with_columns(elapsed_minutes=10.0 + (_ROW * 7) % 50)
    frames["remediation_proposal"] = _proposals(frames["remediation_proposal"])
    frames["outcomes_effect"] = frames["outcomes_effect"].with_columns(
        effect_verdict=_by_row(("fixed", "not_fixed", "insufficient_evidence", "fixed", "fixed"))
    )
    frames["outcomes_lifecycle_event"] = _with_returns(frames["outcomes_lifecycle_event"])
    frames["outcomes_metric"] = _figures(frames)
    return frames


def _by_row(words: tuple[str, ...]) -> pl.Expr:
    return pl.lit(pl.Series(words)).gather(_ROW % len(words))


def _promises(stages: pl.DataFrame) -> pl.DataFrame:
    """Each clock with all four stages; which was kept, broken or is still on, how long it took and for whom changes from row to row."""
    every = pl.concat(
        stages.with_columns(promised_stage=pl.lit(str(stage)), sla_stage_id=pl.col("sla_stage_id") + f"-{stage}") for stage in SlaStage
    )
    told = every.with_columns(
        sla_verdict=_by_row(("met", "met", "breached", "running", "met", "not_asked", "breached", "met", "breached", "met", "met")),
        worked_minutes=20.0 + (_ROW * 13) % 170,
        tier_applied=_by_row(("vip", "gold")),
    )
    is_on = pl.col("sla_verdict") == "running"
    late = pl.col("done_at") + pl.duration(days=_ROW % 9)
    return told.with_columns(done_at=pl.when(is_on).then(None).otherwise(late))


def _proposals(proposals: pl.DataFrame) -> pl.DataFrame:
    is_done, is_refused = pl.col("proposal_status") == "done", pl.col("proposal_status") == "refused"
    return proposals.with_columns(
        approvals_required_count=pl.when(_ROW % 3 > 0).then(0).otherwise(pl.col("approvals_required_count")).cast(pl.Int64),
        proposal_status=pl.when(is_done & (_ROW % 7 == 0)).then(pl.lit("rolled_back")).otherwise("proposal_status"),
        refusal_reason=pl.when(is_refused & (_ROW % 2 == 1)).then(pl.lit("rejected_by_person")).otherwise("refusal_reason"),
        decided_at=pl.when(is_refused).then(pl.col("proposed_at") + timedelta(hours=3)).otherwise("decided_at"),
    )


def _with_returns(life: pl.DataFrame) -> pl.DataFrame:
    """Every fourth fix is followed by the same alert within the day."""
    back = life.filter(lifecycle_stage="executed").gather_every(4)
    returns = back.with_columns(
        lifecycle_stage=pl.lit("reopened"),
        lifecycle_event_id=pl.col("lifecycle_event_id") + "-back",
        occurred_at=pl.col("occurred_at") + timedelta(hours=5),
    )
    return pl.concat([life, returns])


def _figures(frames: Frames) -> pl.DataFrame:
    nothing = {name: pl.DataFrame(schema=pl.Schema(TABLES[name].schema)) for name in ("context_business_event", "state_label")}
    said = (frames["silver_message"], frames["silver_fragment"], frames["analysis_classification"])
    proposals = frames["remediation_proposal"]
    customers = Customers(*said, nothing["context_business_event"], frames["remediation_message"], proposals, frames["analysis_alert"])
    handled = Handled(
        frames["outcomes_lifecycle_event"], frames["outcomes_sla_stage"], proposals, frames["outcomes_effect"],
        nothing["state_label"], *said[1:],
    )  # fmt: skip
    return metrics(customers, handled)
