"""The records that count on given days: of each record its latest version, filed under the day that this version names.

An edited record leaves the day of its earlier version, so the choice looks at the versions of all days; of these, only the keys of the
records at hand are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import polars as pl

from feedback_loop.contracts.days import FIRST_DAY, DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import TableStore
from feedback_loop.silver.latest import ORDER, latest_versions

BRONZE = TABLES["bronze_feedback_record"]


def latest_records(
    store: TableStore, days: DayRange, matching: pl.DataFrame | None = None, columns: Sequence[str] = BRONZE.columns
) -> pl.DataFrame:
    """Rows of `bronze_feedback_record`, the latest version of each record whose latest version falls on the days.

    With `matching` only records that agree with one of its rows, as `TableStore.read` says.
    """
    found = store.read(BRONZE, days, columns=list(dict.fromkeys(("record_id", "record_version_id", *columns))), matching=matching)
    versions = store.read(BRONZE, columns=["record_id", *ORDER], matching=found.select("record_id").unique())
    return found.join(latest_versions(versions), on="record_version_id", how="semi").sort("record_id").select(columns)


def landed_days(store: TableStore) -> DayRange | None:
    """The days from the first to the last on which a landed record occurred that can be computed; None where there is none."""
    days: list[date] = [day for day in store.read(BRONZE, columns=["event_date"])["event_date"].unique() if day >= FIRST_DAY]
    return DayRange(min(days), max(days)) if days else None


def portions(store: TableStore, days: DayRange, rows: int) -> list[DayRange]:
    """The days cut into ranges of about so many landed rows each, no day cut in two: what is worked on at once does not grow with them."""
    landed = store.read(BRONZE, days, columns=["event_date"])["event_date"].value_counts().sort("event_date")
    cut: list[DayRange] = []
    first, held = days.first, 0
    for day, count in landed.iter_rows():
        if held and held + count > rows:
            cut.append(DayRange(first, day - timedelta(days=1)))
            first, held = day, 0
        held += count
    return [*cut, DayRange(first, days.last)]
