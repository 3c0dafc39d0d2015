"""Which days a landing touches, from what bronze holds now and what it held when it was last looked at.

A record touches the day of its event and, where it is an edit, the days that its earlier versions were filed under. A release, a change or
an incident touches the days on which it stands beside alerts as a candidate, and those on which it stood by what was said of it before.
Telemetry and logs touch the days that they measure. Customers, business events and documents touch no day: what is computed of them is
computed whole. How far each table looks back from there is its contract's affair (`lookback_days`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date, timedelta

import polars as pl

from feedback_loop.bronze.context import context_changes, context_incidents
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import CANDIDATE_DAYS, TABLES, Table
from feedback_loop.ports import TableStore
from feedback_loop.silver.context_links import candidate_days

RECORD, RELEASE, STATEMENT = TABLES["bronze_feedback_record"], TABLES["bronze_release"], TABLES["bronze_context_statement"]
TELEMETRY, LOG = TABLES["context_telemetry"], TABLES["context_log"]


@dataclass(frozen=True)
class Landed:
    """How far landing had come: the versions of the tables that it appends to."""

    records: int = -1
    releases: int = -1
    statements: int = -1
    telemetry: int = -1
    logs: int = -1

    def __str__(self) -> str:
        return "/".join(str(version) for version in astuple(self))

    @classmethod
    def parse(cls, text: str | None) -> Landed:
        """The state that was written as text, perhaps before some tables existed; the beginning where there is none."""
        return cls(*(int(part) for part in text.split("/"))) if text else cls()


def landed_now(store: TableStore) -> Landed:
    """How far landing has come."""
    return Landed(*(store.version(table) for table in (RECORD, RELEASE, STATEMENT, TELEMETRY, LOG)))


def touched_days(store: TableStore, since: Landed) -> list[date]:
    """The event days that rows landed since then touch directly, ascending."""
    fresh = store.added_since(RECORD, since.records, ["record_id"]).unique()
    filed = store.read(RECORD, columns=["record_id", "event_date"]).join(fresh, on="record_id", how="semi")
    measured = [
        *_measured_days(store, TELEMETRY, since.telemetry),
        *_measured_days(store, LOG, since.logs),
    ]
    return sorted({*filed["event_date"], *_release_days(store, since), *_statement_days(store, since), *measured})


def reached_by(table: Table, days: Iterable[date], last: date) -> DayRange | None:
    """The days of the table that must be computed again when rows of `days` changed, up to `last`; None where there are none."""
    direct = sorted(day for day in days if day <= last)
    if not direct:
        return None
    end = last if table.lookback_days is None else min(last, direct[-1] + timedelta(days=table.lookback_days))
    return DayRange(direct[0], end)


def _release_days(store: TableStore, since: Landed) -> set[date]:
    """The days on which a release of which something new was said is a candidate: by that, by an earlier statement or by inference."""
    version = ["product", "release_version"]
    fresh = store.added_since(RELEASE, since.releases, version).unique()
    said = store.read(RELEASE, columns=[*version, "released_at"]).join(fresh, on=version, how="semi")
    stated: list[date] = said.select(pl.col("released_at").dt.date()).to_series().to_list()
    named = store.read(RECORD, columns=["product", "product_version", "event_date"]).rename({"product_version": "release_version"})
    inferred: list[date] = (
        named.join(fresh, on=version, how="semi").group_by(version).agg(pl.col("event_date").min())["event_date"].to_list()
    )
    return {start + timedelta(days=n) for start in {*stated, *inferred} for n in range(CANDIDATE_DAYS + 1)}


def _statement_days(store: TableStore, since: Landed) -> set[date]:
    """The days on which a change or an incident of which something new was said is a candidate, by that or by an earlier statement."""
    fresh = store.added_since(STATEMENT, since.statements, STATEMENT.columns)
    if fresh.is_empty():
        return set()
    said = store.read(STATEMENT)
    found: set[date] = set()
    for told, id_column in ((context_changes, "change_id"), (context_incidents, "incident_id")):
        concerned = told(said).join(told(fresh), on=id_column, how="semi")
        found |= set(concerned.select(candidate_days().alias("days")).explode("days").drop_nulls()["days"])
    return found


def _measured_days(store: TableStore, table: Table, since: int) -> pl.Series:
    return store.added_since(table, since, ["event_date"])["event_date"].unique()
