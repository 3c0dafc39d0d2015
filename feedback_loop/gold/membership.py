"""Which fragments of the window each issue of each day holds, catch-alls among them: ledger and clusters put together.

The rule that is easy to break: what an issue holds is in no catch-all, whatever cluster it lies in, so that each fragment counts once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from feedback_loop.contracts.identifiers import stable_id

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Held:
    """One issue on one day; `state` is its row of the ledger, None for a catch-all."""

    event_date: date
    product: str
    issue_id: str
    members: tuple[str, ...]
    centroid: list[float]
    issue_class: str
    issue_label: str
    cluster_id: str
    cluster_ids: tuple[str, ...]
    state: Row | None


def held_fragments(states: pl.DataFrame, clusters: pl.DataFrame) -> Iterator[Held]:
    """Every issue of every day of the clusters, by day and product; those without a fragment in the window are left out."""
    full = states.filter(pl.col("parent_issue_id").is_null() & (pl.col("member_fragment_ids").list.len() > 0))
    known = full.partition_by("event_date", "product", as_dict=True)
    for (day, product), found in sorted(clusters.partition_by("event_date", "product", as_dict=True).items()):
        issues = known.get((day, product), full.clear()).sort("issue_id").to_dicts()
        yield from _of_day(day, str(product), issues, found.sort("cluster_id").to_dicts())


def _of_day(day: date, product: str, issues: list[dict[str, Any]], clusters: list[dict[str, Any]]) -> Iterator[Held]:
    owner = {fragment: row["issue_id"] for row in issues for fragment in row["member_fragment_ids"]}
    by_issue: dict[str, list[Row]] = {}
    for cluster in clusters:
        votes = Counter(owner[f] for f in cluster["member_fragment_ids"] if f in owner)
        if votes and not cluster["is_catch_all"]:
            by_issue.setdefault(min(votes, key=lambda name: (-votes[name], name)), []).append(cluster)
    for row in issues:
        yield _issue(day, product, row, by_issue.get(row["issue_id"], []))
    for cluster in clusters:
        if cluster["is_catch_all"]:
            yield _catch_all(day, product, cluster, owner)


def _issue(day: date, product: str, row: Row, held: list[Row]) -> Held:
    largest = max(held, key=lambda c: (len(c["member_fragment_ids"]), c["cluster_id"]), default=None)
    # No cluster of the day holds more of it than of another issue: then its own fragments are named as one.
    own = stable_id("cluster", day, product, row["issue_id"])
    return Held(
        day, product, row["issue_id"], tuple(row["member_fragment_ids"]), row["centroid"], row["issue_class"], row["issue_label"],
        largest["cluster_id"] if largest else own, tuple(c["cluster_id"] for c in held), row,
    )  # fmt: skip


def _catch_all(day: date, product: str, cluster: Row, owner: Mapping[str, str]) -> Held:
    left = tuple(sorted(f for f in cluster["member_fragment_ids"] if f not in owner))
    name = stable_id("issue", product, cluster["best_class"], "catch_all")
    return Held(
        day, product, name, left, cluster["centroid"], cluster["best_class"], cluster["cluster_label"], cluster["cluster_id"],
        (cluster["cluster_id"],), None,
    )  # fmt: skip
