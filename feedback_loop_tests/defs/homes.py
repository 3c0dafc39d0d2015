"""A home folder with real Delta tables and the real assets over it, as tests use it: land rows, run days, compare tables.

The vectors are those of spelling (`FEEDBACK_LOOP_EMBEDDER=tfidf`, set in conftest.py), cached and their classifier trained once for all
homes of a test process, because they depend on texts alone.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import dagster as dg
import polars as pl
import polars.selectors as cs

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.config import load_settings
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.records import LandingReport
from feedback_loop.contracts.tables import TABLES, Table, python_tables
from feedback_loop.defs.bronze_assets import BRONZE_TABLES
from feedback_loop.defs.drive import Progress, RunSummary, run_assets
from feedback_loop.defs.resources import EmbedderResource, HomeResource, StateResource
from feedback_loop.defs.wiring import build_defs, build_resources, build_run_defs
from feedback_loop.ports import StateStore
from feedback_loop.sources.reading import Row
from feedback_loop.workflows.ingest import land_rows
from feedback_loop_tests.defs.made_up_feedback import LANDED_AT
from feedback_loop_tests.table_digests import WHEN_AND_WHERE_FROM, digest

PIPELINE = [dg.AssetKey(t.name) for t in python_tables() if t.name not in BRONZE_TABLES]
"""What the loop job computes, without the marts, whose dbt start-up costs more than everything else."""


@dataclass(frozen=True)
class Home:
    """One home; `vectors` is the folder whose cache of vectors all homes of a test process share."""

    folder: Path
    vectors: Path

    @property
    def store(self) -> DeltaTableStore:
        """The tables."""
        settings = load_settings(self.folder)
        return DeltaTableStore(settings.tables_folder, settings.locks_folder)

    def copied_to(self, other: Home) -> Home:
        """The other home, which now holds the same."""
        shutil.copytree(self.folder, other.folder)
        return other

    def land(self, rows: Sequence[Row], at: datetime = LANDED_AT) -> LandingReport:
        """Lands the rows at the instant."""
        return land_rows(rows, self.store, at)

    def resources(self, now: datetime | None = None) -> dict[str, object]:
        """The real resources over the home, with a clock that stands still where an instant is given."""
        return {**build_resources(str(self.folder), now), "embedder": EmbedderResource(home=HomeResource(home=str(self.vectors)))}

    def state(self, now: datetime | None = None) -> StateStore:
        """What was decided."""
        resource = self.resources(now)["state"]
        assert isinstance(resource, StateResource)
        return resource.open()

    def run(self, days: DayRange, progress: Progress | None = None, now: datetime | None = None, **replaced: object) -> RunSummary:
        """The command line's run over the days, without the marts."""
        return run_assets(build_run_defs({**self.resources(now), **replaced}, with_marts=False), days, progress)

    def defs(self, now: datetime | None = None) -> dg.Definitions:
        """What Dagster shows and runs, over this home."""
        return _defs(self, now)

    def loop(
        self,
        day: date | None = None,
        tags: dict[str, str] | None = None,
        instance: dg.DagsterInstance | None = None,
        without: Sequence[str] = (),
        replaced: Mapping[str, object] | None = None,
    ) -> dg.ExecuteInProcessResult:
        """The loop job, in this process and without the marts, for one partition or for the partitions that the tags name."""
        defs = build_defs({**self.resources(), **replaced}) if replaced else self.defs()
        return defs.resolve_job_def("loop").execute_in_process(
            partition_key=None if day is None else day.isoformat(),
            tags=tags,
            instance=instance,
            asset_selection=[key for key in PIPELINE if key.path[-1] not in without],
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=False,
        )

    def table(self, name: str, days: DayRange | None = None) -> pl.DataFrame:
        """The rows of the table."""
        return self.store.read(TABLES[name], days)

    def digests(self) -> dict[str, str]:
        """The digest of each table, whatever may differ between homes that got the same rows in another order left out."""
        # Polars can't write bytes as JSON, from which the digest is made.
        frames = {t: self.store.read(t).with_columns(cs.binary().bin.encode("hex")) for t in python_tables()}
        return {table.name: digest(frame, table, WHEN_AND_WHERE_FROM) for table, frame in frames.items() if table.name not in TELLS_WHEN}

    def digests_by_day(self, name: str, days: DayRange) -> dict[date, str]:
        """The digest of each day of the table."""
        table, rows = TABLES[name], self.table(name, days)
        return {day: digest(rows.filter(event_date=day), table, WHEN_AND_WHERE_FROM) for day in days}

    def versions(self) -> dict[str, int]:
        """The Delta version of each table."""
        return {table.name: self.store.version(table) for table in python_tables()}


TELLS_WHEN = ("outcomes_sla_stage", "outcomes_metric")
"""Tables of when rows landed: a clock begins with the first of them, and hours are counted from it, so that another order of landing is
another time to wait.
"""


def waits_for_decision(table: Table) -> bool:
    """Whether the table is empty until something was proposed, decided or done."""
    return table.name.startswith(("state_", "remediation_", "outcomes_"))


def waits_for_language_model(table: Table) -> bool:
    """Whether the table is empty where no language model is configured."""
    return table.name == "gold_issue_wording"


@lru_cache(maxsize=8)
def _defs(home: Home, now: datetime | None) -> dg.Definitions:
    return build_defs(home.resources(now))


NewHome = Callable[[], Home]
