"""Which share of the complaints fits no cluster: noise, beside its own past.

What a cluster is is decided in `analysis/cluster`, a share beside its past in `quality_shares`. The rule that is easy to break: a day's own
complaints are counted, not those of the window, or a bad day would show only after weeks.
"""

from __future__ import annotations

import polars as pl

from feedback_loop.analysis.model_health import Judgement
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.methods.statistics.seasonal_counts import SEASON_DAYS
from feedback_loop.ports import TableStore
from feedback_loop.workflows.model_health import risen, share_judgement

CLUSTER = TABLES["analysis_cluster"]

MOST_NOISE = 0.95
"""The share that is too much in a home that is too young to have a past."""

_TODO = "read some of them with `issues`: many new wordings, or texts of another kind than before; alerts by class still see them"


def noise_judgement(tables: TableStore, days: DayRange) -> Judgement:
    """Whether on any of the days more complaints than usual fit no cluster."""
    clusters = tables.read(CLUSTER, days.widened(before=SEASON_DAYS), columns=["event_date", "is_catch_all", "day_fragment_ids"])
    return share_judgement(risen(noise_by_day(clusters), days, MOST_NOISE), "in no cluster", _TODO)


def noise_by_day(clusters: pl.DataFrame) -> pl.DataFrame:
    """Complaints by day: event_date, hit_count (those in no cluster), record_count (all); rows of `analysis_cluster`."""
    count = pl.col("day_fragment_ids").list.len().cast(pl.Int64)
    counted = clusters.group_by("event_date").agg(count.filter("is_catch_all").sum().alias("hit_count"), count.sum().alias("record_count"))
    return counted.filter(pl.col("record_count") > 0).sort("event_date")
