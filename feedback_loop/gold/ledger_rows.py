"""Ledgers as rows of `gold_issue_state`, and back: what a day leaves for the next.

The rule that is easy to break: a ledger that is read back behaves like the one that was written, the order of votes included; otherwise a
day would end differently when it is computed alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
import polars as pl

from feedback_loop.contracts.tables import TABLES
from feedback_loop.gold.ledger import Issue, Ledger

Row = dict[str, Any]


def rows_of(ledger: Ledger, day: date, identity_version: str) -> list[Row]:
    """One row per issue, those without a fragment in the window and those that are only forming among them."""
    return [
        _row(issue) | {"product": ledger.product, "identity_version": identity_version, "event_date": day}
        for _, issue in sorted(ledger.issues.items())
    ]


def state_frame(rows: Iterable[Row]) -> pl.DataFrame:
    """The rows as `gold_issue_state` has them."""
    schema = pl.Schema(TABLES["gold_issue_state"].schema)
    return pl.DataFrame(list(rows), schema=schema, orient="row").sort("event_date", "issue_id")


def ledgers_of(states: pl.DataFrame) -> dict[str, Ledger]:
    """The ledgers by product, from the rows of each product's last day."""
    ledgers: dict[str, Ledger] = {}
    last = pl.col("event_date") == pl.col("event_date").max().over("product")
    for row in states.filter(last).sort("issue_id").iter_rows(named=True):
        ledger = ledgers.setdefault(row["product"], Ledger(row["product"], last_day=row["event_date"]))
        ledger.issues[row["issue_id"]] = _issue(row)
    return ledgers


def _row(issue: Issue) -> Row:
    return {
        "issue_id": issue.issue_id,
        "issue_class": issue.issue_class,
        "issue_label": issue.label,
        "member_fragment_ids": sorted(issue.members),
        "core_fragment_ids": sorted(issue.core),
        "centroid": issue.centroid.tolist(),
        "embedding_model_version": issue.model_version,
        "founded_date": issue.founded_on,
        "last_seen_date": issue.seen_on,
        "first_seen_at": issue.first_seen_at,
        "last_seen_at": issue.last_seen_at,
        "voted_classes": list(issue.class_votes),
        "class_votes": list(issue.class_votes.values()),
        "voted_terms": list(issue.term_votes),
        "term_votes": list(issue.term_votes.values()),
        "parent_issue_id": issue.parent_id,
        "apart_days": issue.apart_days,
        "within_issue_id": issue.within_id,
        "within_days": issue.within_days,
        "resolved_date": issue.resolved_on,
        "reopened_date": issue.reopened_on,
        "occurrence_count": issue.occurrence_count,
    }


def _issue(row: Mapping[str, Any]) -> Issue:
    return Issue(
        row["issue_id"],
        row["founded_date"],
        row["last_seen_date"],
        row["first_seen_at"],
        row["last_seen_at"],
        np.array(row["centroid"], dtype=np.float32),
        row["embedding_model_version"],
        frozenset(row["member_fragment_ids"]),
        frozenset(row["core_fragment_ids"]),
        Counter(dict(zip(row["voted_classes"], row["class_votes"], strict=True))),
        Counter(dict(zip(row["voted_terms"], row["term_votes"], strict=True))),
        row["parent_issue_id"],
        row["apart_days"],
        row["within_issue_id"],
        row["within_days"],
        row["resolved_date"],
        row["reopened_date"],
        row["occurrence_count"],
    )
