"""The issue ledger by day: what each issue was on a day, how it moves, and the words that show it.

Which cluster is which issue is decided in `identity`. The rule that is easy to break: each day, the fragments of all issues are the day's
fragments with an issue class that are no duplicates, each exactly once; catch-alls are issues too, so that the sum holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import numpy.typing as npt
import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.contracts.vocab import Trend
from feedback_loop.gold.identity import IDENTITY_VERSION, Carried, carried_identities
from feedback_loop.methods.statistics.count_models import binomial_tail

RECENT_DAYS = 7
"""Length of the recent part of the window; also how long an issue counts as new."""

TREND_RATIO, TREND_SIGNIFICANCE = 1.25, 0.05
"""A trend needs a daily rate this much higher (or lower) than before, and a difference that chance rarely makes."""

QUOTE_COUNT, QUOTE_LENGTH = 5, (20, 300)

Row = dict[str, object]


def issues(clusters: pl.DataFrame, fragments: pl.DataFrame, embeddings: pl.DataFrame, alerts: pl.DataFrame, days: DayRange) -> pl.DataFrame:
    """The rows of `gold_issue` for the days.

    Clusters and fragments cover the whole history up to the last day, embeddings the days and the `WINDOW_DAYS - 1` before, alerts the
    days. Read of them: all columns · fragment_id, product, occurred_at, event_date, customer_id, product_version, masked_text,
    fingerprint · fragment_id, vector · alert_id, alerted_cluster_id, alert_score.
    """
    history = clusters.filter(pl.col("event_date") <= days.last)
    said = _Said.of(fragments, embeddings, days)
    started = dict(fragments.group_by("product").agg(pl.col("event_date").min()).iter_rows())
    carried = {c.cluster_id: c for c in carried_identities(history, said.occurred_at) if c.event_date in days}
    raised = _alert_ids(alerts)
    rows = [
        _row(carried[str(cluster["cluster_id"])], cluster, said, started, raised)
        for cluster in history.filter(pl.col("event_date") >= days.first).iter_rows(named=True)
    ]
    return pl.DataFrame(rows, schema=pl.Schema(TABLES["gold_issue"].schema)).sort("event_date", "issue_id")


@dataclass(frozen=True)
class _Said:
    """What the fragments say, by id: the instant of all, the rest of those in a window of the days."""

    occurred_at: dict[str, datetime]
    positions: dict[str, int]
    days: list[date]
    customers: list[str | None]
    versions: list[str | None]
    texts: list[str]
    sayings: list[str]
    vectors: npt.NDArray[np.float32]

    @classmethod
    def of(cls, fragments: pl.DataFrame, embeddings: pl.DataFrame, days: DayRange) -> _Said:
        near = fragments.filter(pl.col("event_date").is_between(days.widened(before=WINDOW_DAYS - 1).first, days.last))
        rows = near.join(embeddings.select("fragment_id", "vector"), on="fragment_id").sort("fragment_id")
        return cls(
            dict(fragments.select("fragment_id", "occurred_at").iter_rows()),
            dict(zip(rows["fragment_id"].to_list(), range(rows.height), strict=True)),
            rows["event_date"].to_list(),
            rows["customer_id"].to_list(),
            rows["product_version"].to_list(),
            rows["masked_text"].to_list(),
            rows["fingerprint"].to_list(),
            rows["vector"].explode().to_numpy().reshape(rows.height, -1) if rows.height else np.zeros((0, 1), dtype=np.float32),
        )


def _row(carried: Carried, cluster: Row, said: _Said, started: dict[str, date], raised: dict[str, list[str]]) -> Row:
    members, today = _texts(cluster["member_fragment_ids"]), _texts(cluster["day_fragment_ids"])
    positions = [said.positions[f] for f in members]
    customers = {said.customers[p] for p in positions} - {None}
    quoted = _most_typical(positions, cluster["centroid"], said)
    ids = dict(zip(positions, members, strict=True))
    return {
        "issue_id": carried.issue_id,
        "product": carried.product,
        "issue_class": carried.issue_class,
        "issue_label": carried.issue_label,
        "cluster_id": carried.cluster_id,
        "is_catch_all": cluster["is_catch_all"],
        "fragment_count": len(today),
        "window_fragment_count": len(members),
        "customer_count": len(customers) or None,
        "first_seen_at": carried.first_seen_at,
        "last_seen_at": carried.last_seen_at,
        "trend": str(_trend(carried, [said.days[p] for p in positions], started[carried.product])),
        "product_versions": _by_frequency([v for p in positions if (v := said.versions[p]) is not None]),
        "quote_fragment_ids": [ids[p] for p in quoted],
        "quotes": [said.texts[p] for p in quoted],
        "day_fragment_ids": today,
        "alert_ids": raised.get(carried.cluster_id, []),
        "continuity_share": carried.continuity_share,
        "identity_version": IDENTITY_VERSION,
        "event_date": carried.event_date,
    }


def _trend(carried: Carried, member_days: Sequence[date], started: date) -> Trend:
    if (carried.event_date - carried.founded_on).days < RECENT_DAYS:
        return Trend.NEW
    recent = sum((carried.event_date - day).days < RECENT_DAYS for day in member_days)
    days_before = min(WINDOW_DAYS - 1, (carried.event_date - started).days) - RECENT_DAYS + 1
    return trend(recent, len(member_days) - recent, days_before)


def trend(recent: int, before: int, days_before: int) -> Trend:
    """How the last `RECENT_DAYS` compare with the days before them, given the fragments of both.

    Given their sum, the recent count of a steady issue is binomial: the conditional test of two Poisson rates (Przyborowski & Wilenski,
    Biometrika 31, 1940).
    """
    if days_before <= 0:
        return Trend.STEADY
    ratio = recent * days_before, before * RECENT_DAYS
    chance = RECENT_DAYS / (RECENT_DAYS + days_before)
    if ratio[0] >= TREND_RATIO * ratio[1] and binomial_tail(recent, recent + before, chance) <= TREND_SIGNIFICANCE:
        return Trend.RISING
    if TREND_RATIO * ratio[0] <= ratio[1] and binomial_tail(before, recent + before, 1.0 - chance) <= TREND_SIGNIFICANCE:
        return Trend.FALLING
    return Trend.STEADY


def _most_typical(positions: Sequence[int], centroid: object, said: _Said) -> list[int]:
    """Up to `QUOTE_COUNT` positions nearest to the centroid that say different things, those of readable length first."""
    similarity = said.vectors[list(positions)] @ np.asarray(centroid, dtype=np.float32)
    ranked = sorted(zip((-similarity).round(5).tolist(), positions, strict=True))
    readable = [p for _, p in ranked if QUOTE_LENGTH[0] <= len(said.texts[p]) <= QUOTE_LENGTH[1]]
    distinct: dict[str, int] = {}
    for position in [*readable, *(p for _, p in ranked)]:
        distinct.setdefault(said.sayings[position], position)
        if len(distinct) == QUOTE_COUNT:
            break
    return list(distinct.values())


def _by_frequency(values: Sequence[str]) -> list[str]:
    counted = Counter(values)
    return sorted(counted, key=lambda value: (-counted[value], value))


def _alert_ids(alerts: pl.DataFrame) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    ranked = alerts.filter(pl.col("alerted_cluster_id").is_not_null()).sort("alert_score", "alert_id", descending=[True, False])
    for cluster_id, alert_id in ranked.select("alerted_cluster_id", "alert_id").iter_rows():
        found.setdefault(cluster_id, []).append(alert_id)
    return found


def _texts(value: object) -> list[str]:
    return [str(v) for v in value] if isinstance(value, list) else []
