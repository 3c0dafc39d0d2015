"""What happened to issues on each day, as what differs between the ledger of the day and that of the day before.

The rule that is easy to break: events are read off the states and never counted on the side, so that no move of a fragment from one issue
to another is without an event that names both.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.issue_vocab import IssueEventKind
from feedback_loop.contracts.tables import TABLES

Row = dict[str, Any]


def issue_events(states: pl.DataFrame, days: DayRange) -> pl.DataFrame:
    """The rows of `gold_issue_event` for the days; states are rows of `gold_issue_state` of the days and the one before."""
    parts = states.partition_by("event_date", "product", as_dict=True)
    rows = [
        row
        for (day, product), now in sorted(parts.items())
        if day in days
        for row in _of_day(day, str(product), parts.get((day - timedelta(days=1), product), states.clear()), now)
    ]
    return pl.DataFrame(rows, schema=pl.Schema(TABLES["gold_issue_event"].schema), orient="row").sort("event_date", "issue_event_id")


@dataclass(frozen=True)
class _Side:
    """The issues of one day by id, those left out that are only forming, and whose each fragment is."""

    issues: Mapping[str, Row]
    owner: Mapping[str, str]

    @classmethod
    def of(cls, states: pl.DataFrame) -> _Side:
        issues = {row["issue_id"]: row for row in states.filter(pl.col("parent_issue_id").is_null()).iter_rows(named=True)}
        return cls(issues, {f: name for name, row in issues.items() for f in row["member_fragment_ids"]})


def _of_day(day: date, product: str, earlier: pl.DataFrame, states: pl.DataFrame) -> Iterator[Row]:
    before, now = _Side.of(earlier), _Side.of(states)
    moved = Counter((before.owner[f], name) for f, name in now.owner.items() if before.owner.get(f, name) != name)
    left = Counter(before.owner[f] for f in now.owner if f in before.owner)
    version = states["identity_version"][0]
    for kind, name, other in (*_moves(moved, now), *_lone(moved, before, now, day)):
        pair = (name, other or "") if kind is IssueEventKind.MERGED else (other or "", name)
        row = now.issues.get(name) or before.issues[name]
        yield {
            "issue_event_id": stable_id("issue_event", day, name, kind, other or ""),
            "product": product,
            "issue_id": name,
            "issue_event_kind": str(kind),
            "other_issue_id": other,
            "moved_fragment_count": moved[pair] if other else 0,
            "moved_share": moved[pair] / left[pair[0]] if other else None,
            "occurrence_count": row["occurrence_count"],
            "identity_version": version,
            "event_date": day,
        }


def _moves(moved: Mapping[tuple[str, str], int], now: _Side) -> Iterator[tuple[IssueEventKind, str, str]]:
    for source, target in sorted(moved):
        if source not in now.issues:
            yield IssueEventKind.MERGED, source, target
        else:
            yield IssueEventKind.SPLIT, target, source


def _lone(moved: Mapping[tuple[str, str], int], before: _Side, now: _Side, day: date) -> Iterator[tuple[IssueEventKind, str, None]]:
    split_off = {target for source, target in moved if source in now.issues}
    for name, row in sorted(now.issues.items()):
        if row["founded_date"] == day and name not in split_off:
            yield IssueEventKind.OPENED, name, None
        if row["reopened_date"] == day:
            yield IssueEventKind.REOPENED, name, None
        if not row["member_fragment_ids"] and before.issues.get(name, {}).get("member_fragment_ids"):
            yield IssueEventKind.DORMANT, name, None
