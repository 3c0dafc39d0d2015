"""The ledger of issues for some days, going on from the day before where that is stored, else from the first day of clusters.

What a day costs is what its window holds: of the past only the last stored day is read. The rule that is easy to break: a day of clusters
that is not in the ledger yet must not be skipped, so whatever lies between the stored day and the first day asked for is computed as
well, and a ledger of another version is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

import polars as pl

from feedback_loop.contracts.days import FIRST_DAY, DayRange
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.gold.day_steps import RESOLVED_DAYS
from feedback_loop.gold.identity import IDENTITY_VERSION, Said, carried_days
from feedback_loop.gold.ledger import Ledger
from feedback_loop.gold.ledger_rows import ledgers_of, rows_of, state_frame
from feedback_loop.ports import TableStore

STATE, CLUSTER, FRAGMENT, EMBEDDING = (
    TABLES[name] for name in ("gold_issue_state", "analysis_cluster", "silver_fragment", "analysis_embedding")
)

PORTION_DAYS = 28
"""Days whose windows are held in memory at once."""

_REACHES = (1, WINDOW_DAYS, RESOLVED_DAYS + WINDOW_DAYS)
"""How far back a stored day is looked for, nearest first: most days follow a day."""


def carried_states(tables: TableStore, statuses: pl.DataFrame, days: DayRange) -> pl.DataFrame:
    """The rows of `gold_issue_state` for the days; statuses are rows of `state_issue_status`."""
    stored, ledgers = _stored(tables, days.first)
    first = _first_unknown(tables, stored, days.first)
    rows = []
    for portion in _portions(first, days.last):
        clusters = tables.read(CLUSTER, portion)
        said = _said(tables, portion)
        for day, ledger in carried_days(clusters, said, statuses, ledgers, portion):
            if day in days:
                rows += rows_of(ledger, day, IDENTITY_VERSION)
    return state_frame(rows)


def _stored(tables: TableStore, before: date) -> tuple[date | None, dict[str, Ledger]]:
    """The last stored day before that day, with its ledgers: a stored day holds those of all products."""
    for reach in _REACHES:
        past = DayRange(before - timedelta(days=reach), before - timedelta(days=1))
        known = tables.read(STATE, past, columns=["event_date", "identity_version"]).unique()
        last = known.filter(identity_version=IDENTITY_VERSION)["event_date"].max()
        if isinstance(last, date):
            return last, ledgers_of(tables.read(STATE, DayRange(last, last)))
    return None, {}


def _first_unknown(tables: TableStore, stored: date | None, asked: date) -> date:
    """The day after the stored one; without one the first day of clusters, where there is one before the day asked for."""
    if stored is not None:
        return stored + timedelta(days=1)
    past = tables.read(CLUSTER, DayRange(FIRST_DAY, asked), columns=["event_date"])["event_date"]
    first = past.min()
    return first if isinstance(first, date) else asked


def _portions(first: date, last: date) -> Iterator[DayRange]:
    while first <= last:
        end = min(last, first + timedelta(days=PORTION_DAYS - 1))
        yield DayRange(first, end)
        first = end + timedelta(days=1)


def _said(tables: TableStore, days: DayRange) -> Said:
    near = days.widened(before=WINDOW_DAYS - 1)
    fragments = tables.read(FRAGMENT, near, columns=["fragment_id", "event_date", "occurred_at", "masked_text"])
    return Said.of(fragments, tables.read(EMBEDDING, near, columns=["fragment_id", "embedding_model_version", "vector"]))
