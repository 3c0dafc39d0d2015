"""What an alert looks like over the days before it: its subject's complaints by parts of days, and the instants that are marked.

For people to look at; what is risen is decided in `detect`, when it began in `onset`. The rule that is easy to break: parts of days without
a complaint are rows too, or a picture would close its gaps.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.loop_vocab import HypothesisVerdict

DAYS_BEFORE, PART_HOURS = 7, 3
_MOST_CAUSES = 2


@dataclass(frozen=True)
class Mark:
    """An instant with what happened at it."""

    at: datetime
    what: str


@dataclass(frozen=True)
class AlertVolume:
    """One alert: `counts` has part_starts_at and complaint_count, ascending and without gaps."""

    alert: Mapping[str, Any]
    counts: pl.DataFrame
    marks: tuple[Mark, ...]


def strongest_volumes(
    alerts: pl.DataFrame,
    hypotheses: pl.DataFrame,
    fragments: pl.DataFrame,
    classifications: pl.DataFrame,
    clusters: pl.DataFrame,
    most: int = 3,
) -> list[AlertVolume]:
    """The strongest alerts of the last day that has any, with the causes that they are blamed on first."""
    found: list[AlertVolume] = []
    if alerts.is_empty():
        return found
    of_last = alerts.filter(pl.col("event_date") == alerts["event_date"].max())
    for alert in of_last.sort("alert_score", "alert_id", descending=[True, False]).head(most).to_dicts():
        blamed = hypotheses.filter(pl.col("alert_id") == alert["alert_id"]).sort("hypothesis_rank").to_dicts()
        complaints = _complaints(alert, fragments, classifications, clusters)
        found.append(AlertVolume(alert, _by_parts(alert, complaints), _marks(alert, blamed)))
    return found


def _complaints(alert: Mapping[str, Any], fragments: pl.DataFrame, classifications: pl.DataFrame, clusters: pl.DataFrame) -> pl.Series:
    """When the fragments came that the alert is about; of a class where it names no cluster, of all where it names neither."""
    of_product = fragments.filter(pl.col("product") == alert["product"])
    if alert["alerted_cluster_id"] is not None:
        of_cluster = clusters.filter(pl.col("cluster_id") == alert["alerted_cluster_id"])
        members = of_cluster.select(fragment_id="member_fragment_ids").explode("fragment_id")
        return of_product.join(members, on="fragment_id", how="semi")["occurred_at"]
    if alert["alerted_class"] is not None:
        of_class = classifications.filter(pl.col("best_class") == alert["alerted_class"])
        return of_product.join(of_class, on="fragment_id", how="semi")["occurred_at"]
    return of_product["occurred_at"]


def _by_parts(alert: Mapping[str, Any], occurred_at: pl.Series) -> pl.DataFrame:
    end, kind = datetime.combine(alert["event_date"] + timedelta(days=1), time(), UTC), pl.Datetime("us", "UTC")
    starts = pl.datetime_range(end - timedelta(days=DAYS_BEFORE), end, timedelta(hours=PART_HOURS), closed="left", eager=True)
    told = pl.DataFrame({"part_starts_at": occurred_at.cast(kind).dt.truncate(f"{PART_HOURS}h")})
    every = pl.DataFrame({"part_starts_at": starts.cast(kind)})
    counted = every.join(told.group_by("part_starts_at").len("complaint_count"), on="part_starts_at", how="left")
    return counted.with_columns(pl.col("complaint_count").fill_null(0).cast(pl.Int64)).sort("part_starts_at")


def _marks(alert: Mapping[str, Any], hypotheses: Sequence[Mapping[str, Any]]) -> tuple[Mark, ...]:
    named = [one for one in hypotheses if one["cause_started_at"] is not None and one["hypothesis_verdict"] != HypothesisVerdict.REFUTED]
    causes = [Mark(one["cause_started_at"], f"{one['cause_kind']} {one['cause_id']} began") for one in named[:_MOST_CAUSES]]
    onset = next((one["onset_at"] for one in hypotheses if one["onset_at"] is not None), None)
    begun = [] if onset is None else [Mark(onset, "complaints began to rise")]
    return tuple(sorted([*causes, *begun, Mark(alert["raised_at"], "alert")], key=lambda mark: mark.at))
