"""What somebody decided on stays as it was: a run over past days keeps the rows that a decision rests on, whatever it finds.

Which days are past is the affair of `workflows/live_days.py`. The rule that is easy to break: what was decided is asked of the state store,
never of the snapshot table, which lies downstream of the alerts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

import dagster as dg
import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.decisions import PROPOSAL_TABLE
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.resources import ClockResource, StateResource, StoreResource
from feedback_loop.defs.run_days import days_of
from feedback_loop.ports import TableStore
from feedback_loop.workflows.live_days import undecided, with_decided_kept


@dataclass(frozen=True)
class Decided:
    """The alerts that something was proposed for, as a run over the days meets them at the instant."""

    tables: TableStore
    days: DayRange
    now: datetime
    alert_ids: list[str]

    def left_open(self, alerts: pl.DataFrame) -> pl.DataFrame:
        """The alerts whose segments and causes this run looks for anew."""
        return undecided(alerts, self.alert_ids, self.now)

    def kept(self, table_name: str, found: pl.DataFrame) -> pl.DataFrame:
        """The found rows of the table, but of alerts decided on the rows that it holds; it is not read where nothing was decided."""
        if not self.alert_ids:
            return found
        return with_decided_kept(found, self.tables.read(TABLES[table_name], self.days), self.alert_ids, self.now)


def decided(context: dg.AssetExecutionContext, store: StoreResource, state: StateResource, clock: ClockResource) -> Decided:
    """What was decided on by now."""
    alert_ids = state.snapshot(PROPOSAL_TABLE)["alert_id"].unique().sort().to_list()
    return Decided(store.open(), days_of(context), clock.now(), alert_ids)


def decided_of(
    alerts: pl.DataFrame, context: dg.AssetExecutionContext, store: StoreResource, state: StateResource, clock: ClockResource
) -> Decided:
    """The same of these alerts alone, so that no row is kept of an alert that is gone."""
    known = decided(context, store, state, clock)
    return replace(known, alert_ids=sorted({*known.alert_ids} & {*alerts["alert_id"]}))
