"""The one IO manager: what an asset returns replaces its days in the table of the same name; what it takes is read from there.

An input names in its metadata how far it looks back (`window_days`, the run's own days included; `HISTORY` for everything up to the last
day). Unpartitioned tables are replaced whole. Metadata hold counts, never a value of a row.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import dagster as dg
import polars as pl

from feedback_loop.adapters.processes import made_ahead
from feedback_loop.contracts.days import FIRST_DAY, DayRange
from feedback_loop.contracts.tables import TABLES, Table
from feedback_loop.defs.failures import without_values
from feedback_loop.defs.resources import StoreResource
from feedback_loop.defs.run_days import days_of


@dataclass(frozen=True)
class Portions:
    """The rows of a run, some days after the others, each portion made when it is written: memory does not grow with the days."""

    days: Sequence[DayRange]
    make: Callable[[DayRange], pl.DataFrame]


HISTORY = -1
"""A window without a beginning."""


def window(days: int) -> dg.AssetIn:
    """An input that is read for the run's days and the `days - 1` before them."""
    return dg.AssetIn(partition_mapping=_looking_back(0 if days == HISTORY else days - 1), metadata={"window_days": days})


def before(days: int) -> dg.AssetIn:
    """The same window where the days before the run's own may be missing: they say more, but nothing waits for them."""
    return dg.AssetIn(partition_mapping=_looking_back(0), metadata={"window_days": days})


def reads(table_name: str, days: int) -> dg.AssetDep:
    """The same window of a table that the asset reads itself, portion by portion."""
    return dg.AssetDep(table_name, partition_mapping=_looking_back(days - 1))


def _looking_back(before: int) -> dg.TimeWindowPartitionMapping:
    return dg.TimeWindowPartitionMapping(start_offset=-before, allow_nonexistent_upstream_partitions=True)


def whole() -> dg.AssetIn:
    """An input whose table is read whole."""
    return dg.AssetIn(metadata={"window_days": 0})


class TableIOManager(dg.ConfigurableIOManager):
    """Reads and replaces days of tables through the store."""

    store: StoreResource

    def handle_output(self, context: dg.OutputContext, obj: pl.DataFrame | Portions) -> None:
        """Replace the run's days (or the whole unpartitioned table) by the frame, or portion by portion as they are made."""
        with without_values():
            table = _table(context)
            if isinstance(obj, pl.DataFrame) and not is_daily(table):
                context.add_output_metadata({"rows": obj.height, "changed": self.store.open().replace_all(table, obj)})
            else:
                self._replace(context, table, Portions([days_of(context)], lambda _: obj) if isinstance(obj, pl.DataFrame) else obj)

    def load_input(self, context: dg.InputContext) -> pl.DataFrame:
        """The rows of the table in the window that the input asks for."""
        span = int((context.definition_metadata or {}).get("window_days", 1))
        with without_values():
            return self.store.open().read(_table(context), _window(span, context))

    def _replace(self, context: dg.OutputContext, table: Table, portions: Portions) -> None:
        rows = changed = 0
        for days, frame in made_ahead(portions.make, portions.days):
            changed += self.store.open().replace_days(table, frame, days)
            rows += frame.height
        context.add_output_metadata({"rows": rows, "days": len(days_of(context)), "days_changed": changed})


def is_daily(table: Table) -> bool:
    """Whether the table's asset is partitioned by day: what is computed of feedback is, all else is small and replaced whole."""
    return table.name.startswith(("silver_", "analysis_", "gold_"))


def _window(span: int, context: dg.InputContext) -> DayRange | None:
    if span == 0:
        return None
    days = days_of(context)
    return DayRange(FIRST_DAY, days.last) if span == HISTORY else days.widened(before=span - 1)


def _table(context: dg.InputContext | dg.OutputContext) -> Table:
    return TABLES[context.asset_key.path[-1]]
