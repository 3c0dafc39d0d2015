"""The records that count on given days: of each record its latest version, filed under the day that this version names.

An edited record leaves the day of its earlier version, so the choice looks at the versions of all days; only their keys are read for that.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from feedback_loop.contracts.days import FIRST_DAY, DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import TableStore
from feedback_loop.silver.latest import ORDER, latest_versions

BRONZE = TABLES["bronze_feedback_record"]


def latest_records(store: TableStore, days: DayRange) -> pl.DataFrame:
    """Rows of `bronze_feedback_record`, the latest version of each record whose latest version falls on the days."""
    versions = store.read(BRONZE, columns=["record_id", *ORDER])
    wanted = latest_versions(versions).select("record_version_id")
    return store.read(BRONZE, days).join(wanted, on="record_version_id", how="semi").sort("record_id")


def landed_days(store: TableStore) -> DayRange | None:
    """The days from the first to the last on which a landed record occurred that can be computed; None where there is none."""
    days: list[date] = [day for day in store.read(BRONZE, columns=["event_date"])["event_date"].unique() if day >= FIRST_DAY]
    return DayRange(min(days), max(days)) if days else None
