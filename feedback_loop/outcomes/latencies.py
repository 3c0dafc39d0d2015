"""How long each of the five stages of an alert took, and whether that was within its target (R106).

Read from the lifecycle alone. The rule that is easy to break: a stage begins where the one before it ended, so that the five add up to the
time from the first complaint to the customer who knows; a stage that has not ended has no row yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import polars as pl

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.outcome_vocab import LatencyStage, LifecycleStage
from feedback_loop.contracts.tables import TABLES

MET, BREACHED = "met", "breached"

_ENDS: Mapping[LatencyStage, tuple[LifecycleStage, ...]] = {
    LatencyStage.INTAKE: (LifecycleStage.LANDED,),
    LatencyStage.CLASSIFICATION: (LifecycleStage.ALERTED,),
    LatencyStage.ROOT_CAUSE: (LifecycleStage.CAUSE_RANKED, LifecycleStage.PROPOSED),
    LatencyStage.REMEDIATION: (LifecycleStage.EXECUTED,),
    LatencyStage.CONFIRMATION: (LifecycleStage.CONFIRMED, LifecycleStage.TOLD),
}
"""The step that ends each stage; where there are two, the second stands in for a first that has not happened."""

_SCHEMA = pl.Schema(TABLES["outcomes_sla_event"].schema)

Row = dict[str, object]


@dataclass(frozen=True)
class LatencyTargets:
    """What each stage should take at most, in minutes; None where nobody set a target.

    The defaults are those of a VIP's outage: triage within 15 minutes, mitigated within 60 (R110), and 72 hours from feedback to insight
    as the most that a customer waits for a word (R2). How fast a source delivers and a cause is found has no target of its own.
    """

    intake: float | None = None
    classification: float | None = 15.0
    root_cause: float | None = None
    remediation: float | None = 60.0
    confirmation: float | None = 72 * 60.0

    def of(self, stage: LatencyStage) -> float | None:
        """The target of the stage."""
        targets = (self.intake, self.classification, self.root_cause, self.remediation, self.confirmation)
        return dict(zip(LatencyStage, targets, strict=True))[stage]


def sla_events(lifecycle: pl.DataFrame, targets: LatencyTargets | None = None) -> pl.DataFrame:
    """The rows of `outcomes_sla_event`: the stages that have ended of each alert of `outcomes_lifecycle_event`."""
    applied = targets or LatencyTargets()
    first = lifecycle.group_by("alerted_id", "product", "lifecycle_stage").agg(pl.col("occurred_at").min())
    lives: dict[tuple[str, str], dict[str, datetime]] = {}
    for alert, product, stage, instant in first.iter_rows():
        lives.setdefault((alert, product), {})[stage] = instant
    rows = [row for (alert, product), life in sorted(lives.items()) for row in _stages(alert, product, life, applied)]
    return pl.DataFrame(rows, schema=_SCHEMA)


def _stages(alert: str, product: str, life: Mapping[str, datetime], targets: LatencyTargets) -> Iterator[Row]:
    start = life.get(LifecycleStage.OCCURRED)
    for stage, ends in _ENDS.items():
        end = next((life[step] for step in ends if step in life), None)
        if start is not None and end is not None:
            # Who knew before the fix, such as one told that it is being worked on, waited no time after it.
            end = max(end, start)
            yield _row(alert, product, stage, (start, end), targets.of(stage))
        start = end


def _row(alert: str, product: str, stage: LatencyStage, span: tuple[datetime, datetime], target: float | None) -> Row:
    elapsed = (span[1] - span[0]) / timedelta(minutes=1)
    return {
        "sla_event_id": stable_id("sla", alert, stage),
        "alerted_id": alert,
        "product": product,
        "latency_stage": str(stage),
        "stage_started_at": span[0],
        "stage_ended_at": span[1],
        "elapsed_minutes": elapsed,
        "target_minutes": target,
        "sla_result": None if target is None else MET if elapsed <= target else BREACHED,
        "event_date": span[1].date(),
    }
