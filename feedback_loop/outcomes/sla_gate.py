"""Which classes are triaged so late that nothing about them goes without a person (R112): what is promised is not kept as it is.

From the verdicts of `sla_stages`; the policy asks for it as `is_sla_missed`. The rule that is easy to break: only promises that are over
count, so that a class is late by what was kept or not, never by what may still be.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from feedback_loop.contracts.outcome_vocab import SlaStage, SlaVerdict

LOOK_BACK = timedelta(days=7)
MOST_LATE, FEWEST = 0.2, 3
"""Share of the promises of a week that may be broken, and promises below which one bad day would decide; judgement, not measured."""

_OVER = (SlaVerdict.MET, SlaVerdict.BREACHED)


def late_classes(stages: pl.DataFrame, at: datetime) -> frozenset[str]:
    """The classes, of rows of `outcomes_sla_stage` as they were measured by then."""
    over = pl.col("sla_verdict").is_in([str(one) for one in _OVER]) & (pl.col("promised_stage") == str(SlaStage.TRIAGE))
    recent = (pl.col("clock_started_at") > at - LOOK_BACK) & (pl.col("measured_at") <= at)
    counted = (
        stages.filter(over & recent & pl.col("class_applied").is_not_null())
        .group_by("class_applied")
        .agg(promises=pl.len(), late=(pl.col("sla_verdict") == str(SlaVerdict.BREACHED)).mean())
    )
    return frozenset(counted.filter((pl.col("promises") >= FEWEST) & (pl.col("late") > MOST_LATE))["class_applied"])
