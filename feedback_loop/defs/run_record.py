"""The runs of the command line in Dagster's history, so that the UI shows the days that it computed.

Dagster stores one event per asset and day, each in transactions of its own: 30 ms an event on SQLite, five minutes for two years of days.
For SQLite the events are written in two transactions instead; the last event of each asset goes through Dagster's own door, which also
updates its summary of the asset. Other storages get all events through that door.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import dagster as dg
from dagster._core.events import DagsterEvent, DagsterEventType, StepMaterializationData
from dagster._core.events.log import EventLogEntry
from dagster._core.instance.utils import RUNLESS_JOB_NAME, RUNLESS_RUN_ID
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.io_manager import is_daily

INSTANCE_SETTINGS = """\
telemetry: {enabled: false}
nux: {enabled: false}
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    # One DuckDB build file and one writer per table: a second run waits instead of failing.
    max_concurrent_runs: 1
"""


def open_instance(dagster_home: Path) -> dg.DagsterInstance:
    """The instance whose history and settings lie in the folder, made where it is missing."""
    dagster_home.mkdir(parents=True, exist_ok=True)
    settings = dagster_home / "dagster.yaml"
    if not settings.exists():
        settings.write_text(INSTANCE_SETTINGS)
    return dg.DagsterInstance.from_config(str(dagster_home))


def record_run(instance: dg.DagsterInstance, rows: Mapping[str, int], days: DayRange) -> None:
    """Stores that each table was materialised for the days, with the row count of the run."""
    for name, count in rows.items():
        keys: list[str | None] = [day.isoformat() for day in days] if name in TABLES and is_daily(TABLES[name]) else [None]
        events = [dg.AssetMaterialization(name, partition=key, metadata={"rows_of_run": count, "days_of_run": str(days)}) for key in keys]
        _store_in_bulk(instance, events[:-1])
        instance.report_runless_asset_event(events[-1])


def _store_in_bulk(instance: dg.DagsterInstance, events: list[dg.AssetMaterialization]) -> None:
    storage = instance.event_log_storage
    if not isinstance(storage, SqliteEventLogStorage):
        for event in events:
            instance.report_runless_asset_event(event)
    elif events:
        rows = [storage._event_to_row(_entry(event)) for event in events]
        with storage.run_connection(RUNLESS_RUN_ID) as connection:
            connection.execute(SqlEventLogStorageTable.insert(), rows)
        with storage.index_connection() as connection:
            connection.execute(SqlEventLogStorageTable.insert(), rows)


def _entry(materialization: dg.AssetMaterialization) -> EventLogEntry:
    kind = DagsterEventType.ASSET_MATERIALIZATION.value
    event = DagsterEvent(event_type_value=kind, job_name=RUNLESS_JOB_NAME, event_specific_data=StepMaterializationData(materialization))
    return EventLogEntry(  # type: ignore[no-untyped-call]
        error_info=None,
        level=20,
        user_message="",
        run_id=RUNLESS_RUN_ID,
        timestamp=time.time(),
        job_name=RUNLESS_JOB_NAME,
        dagster_event=event,
    )
