"""The issue ledger by day: what each issue was on a day, how it moves, and the words that show it.

Which fragment belongs to which issue is decided in `identity`; what an issue costs stands in `impact`. The rule that is
easy to break: each day, the fragments of all issues are the day's fragments with an issue class that are no duplicates, each exactly once;
catch-alls are issues too, so that the sum holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.contracts.vocab import Trend
from feedback_loop.gold.alerted import AlertsOfIssues, alerts_of_issues
from feedback_loop.gold.identity import IDENTITY_VERSION
from feedback_loop.gold.membership import Held, held_fragments
from feedback_loop.methods.statistics.count_models import binomial_tail

RECENT_DAYS = 7
"""Length of the recent part of the window; also how long an issue counts as new."""

TREND_RATIO, TREND_SIGNIFICANCE = 1.25, 0.05
"""A trend needs a daily rate this much higher (or lower) than before, and a difference that chance rarely makes."""

QUOTE_COUNT, QUOTE_LENGTH = 5, (20, 300)

Row = dict[str, object]


def issues(
    states: pl.DataFrame, clusters: pl.DataFrame, fragments: pl.DataFrame, embeddings: pl.DataFrame, alerts: pl.DataFrame, days: DayRange
) -> pl.DataFrame:
    """The rows of `gold_issue` for the days.

    States cover the days and the one before, clusters and alerts the days, fragments and embeddings the days and the `WINDOW_DAYS - 1`
    before. Read of fragments and what follows: fragment_id, product, occurred_at, event_date, customer_id, product_version, masked_text,
    fingerprint · fragment_id, vector · alert_id, product, event_date, alerted_cluster_id, alert_score, sample_fragment_ids.
    """
    said, before = _Said.of(fragments, embeddings, days), _members_by_day(states)
    found = list(held_fragments(states, clusters.filter(pl.col("event_date").is_between(days.first, days.last))))
    raised, starts = alerts_of_issues(alerts, found), _first_days(found, said)
    rows = [_row(one, said, starts[one.event_date, one.product], raised, before) for one in found if one.members]
    return pl.DataFrame(rows, schema=pl.Schema(TABLES["gold_issue"].schema)).sort("event_date", "issue_id")


def _members_by_day(states: pl.DataFrame) -> dict[tuple[date, str], list[str]]:
    full = states.filter(pl.col("parent_issue_id").is_null()).select("event_date", "issue_id", "member_fragment_ids")
    return {(day, name): members for day, name, members in full.iter_rows()}


def _first_days(found: Sequence[Held], said: _Said) -> dict[tuple[date, str], date]:
    """The first day of which each day's window has a fragment: no trend can look further back."""
    starts: dict[tuple[date, str], date] = {}
    for one in found:
        key = one.event_date, one.product
        starts[key] = min([said.days[said.positions[f]] for f in one.members] + [starts.get(key, one.event_date)])
    return starts


@dataclass(frozen=True)
class _Said:
    """What the fragments in a window of the days say, by id."""

    positions: dict[str, int]
    days: list[date]
    instants: list[datetime]
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
            dict(zip(rows["fragment_id"].to_list(), range(rows.height), strict=True)),
            rows["event_date"].to_list(),
            rows["occurred_at"].to_list(),
            rows["customer_id"].to_list(),
            rows["product_version"].to_list(),
            rows["masked_text"].to_list(),
            rows["fingerprint"].to_list(),
            rows["vector"].explode().to_numpy().reshape(rows.height, -1) if rows.height else np.zeros((0, 1), dtype=np.float32),
        )


def _row(held: Held, said: _Said, started: date, raised: AlertsOfIssues, before: dict[tuple[date, str], list[str]]) -> Row:
    positions = [said.positions[f] for f in held.members]
    today = [f for f, p in zip(held.members, positions, strict=True) if said.days[p] == held.event_date]
    customers = {said.customers[p] for p in positions} - {None}
    quoted = _most_typical(positions, held.centroid, said)
    ids = dict(zip(positions, held.members, strict=True))
    state = held.state or {}
    times = [said.instants[p] for p in positions]
    return {
        "issue_id": held.issue_id,
        "product": held.product,
        "issue_class": held.issue_class,
        "issue_label": held.issue_label,
        "cluster_id": held.cluster_id,
        "held_cluster_ids": list(held.cluster_ids),
        "is_catch_all": held.state is None,
        "fragment_count": len(today),
        "window_fragment_count": len(held.members),
        "customer_count": len(customers) or None,
        "first_seen_at": state.get("first_seen_at") or min(times),
        "last_seen_at": state.get("last_seen_at") or max(times),
        "trend": str(_trend(held, [said.days[p] for p in positions], started)),
        "occurrence_count": state.get("occurrence_count", 1),
        "reopened_date": state.get("reopened_date"),
        "product_versions": _by_frequency([v for p in positions if (v := said.versions[p]) is not None]),
        "quote_fragment_ids": [ids[p] for p in quoted],
        "quotes": [said.texts[p] for p in quoted],
        "day_fragment_ids": today,
        "alert_ids": raised.get((held.event_date, held.issue_id), []),
        "continuity_share": _continuity(held, said, before),
        "identity_version": IDENTITY_VERSION,
        "event_date": held.event_date,
    }


def _continuity(held: Held, said: _Said, before: dict[tuple[date, str], list[str]]) -> float | None:
    """The share of what it held the day before, and the window still has, that it holds now."""
    first = held.event_date - timedelta(days=WINDOW_DAYS - 1)
    earlier = before.get((held.event_date - timedelta(days=1), held.issue_id), [])
    left = [f for f in earlier if f in said.positions and said.days[said.positions[f]] >= first]
    return len(set(left) & set(held.members)) / len(left) if left else None


def _trend(held: Held, member_days: Sequence[date], started: date) -> Trend:
    founded = held.state["founded_date"] if held.state else started
    if (held.event_date - founded).days < RECENT_DAYS:
        return Trend.NEW
    recent = sum((held.event_date - day).days < RECENT_DAYS for day in member_days)
    days_before = min(WINDOW_DAYS - 1, (held.event_date - started).days) - RECENT_DAYS + 1
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
