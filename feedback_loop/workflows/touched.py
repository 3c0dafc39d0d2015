"""Which days a landing touches, from the versions of the bronze tables before and after it.

A record touches the day of its event and, where it is an edit, the day that its earlier version was filed under. A release, fed or
inferred, touches the days on which it is a candidate. How far each table looks back is its contract's affair (`lookback_days`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import CANDIDATE_DAYS, TABLES, Table
from feedback_loop.ports import TableStore


def touched_days(store: TableStore, landed_after: datetime | None) -> list[date]:
    """The event days that rows landed after the instant touch directly, ascending."""
    records = store.read(TABLES["bronze_feedback_record"], columns=["record_id", "event_date", "landed_at"])
    fresh = records if landed_after is None else records.filter(pl.col("landed_at") > landed_after)
    filed = records.join(fresh.select("record_id").unique(), on="record_id", how="semi")
    return sorted({*filed["event_date"], *_release_days(store, landed_after)})


def reached_by(table: Table, days: Iterable[date], last: date) -> DayRange | None:
    """The days of the table that must be computed again when the rows of `days` changed, up to `last`; None where there are none."""
    direct = sorted(day for day in days if day <= last)
    if not direct:
        return None
    end = last if table.lookback_days is None else min(last, direct[-1] + timedelta(days=table.lookback_days))
    return DayRange(direct[0], end)


def latest_landing(store: TableStore) -> datetime | None:
    """The instant of the latest landing of a record or a release; None where nothing landed."""
    instants = [store.read(TABLES[name], columns=["landed_at"])["landed_at"].max() for name in ("bronze_feedback_record", "bronze_release")]
    return max((i for i in instants if isinstance(i, datetime)), default=None)


def _release_days(store: TableStore, landed_after: datetime | None) -> set[date]:
    """The days on which a release that became known after the instant stands beside alerts."""
    statements = store.read(TABLES["bronze_release"], columns=["product", "release_version", "released_at", "landed_at"])
    known = statements if landed_after is None else statements.filter(pl.col("landed_at") > landed_after)
    stale = statements.join(known.select("product", "release_version").unique(), on=["product", "release_version"], how="semi")
    starts = stale["released_at"].dt.date().to_list()
    return {start + timedelta(days=n) for start in starts for n in range(CANDIDATE_DAYS + 1)}
