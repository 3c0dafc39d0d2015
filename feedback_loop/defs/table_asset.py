"""What every asset that writes a table has in common, taken from the table's contract.

Asset key = function name = table name. The description, owner and partitions follow from `contracts/tables.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

import dagster as dg

from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.failures import without_values
from feedback_loop.defs.io_manager import is_daily
from feedback_loop.defs.run_days import DAILY

GATE = (
    dg.AutomationCondition.any_deps_updated().allow(dg.AssetSelection.assets("analysis_alert")).since_last_handled()
    & dg.AutomationCondition.all_deps_blocking_checks_passed()
    & ~dg.AutomationCondition.any_deps_missing()
    & ~dg.AutomationCondition.in_progress()
)
"""Gold follows analysis only where every blocking check of that day passed.

Alerts come last of what gold reads: when they are new, the tables before them are, and of one day. An update stays due until gold was
requested or computed, for a check may end minutes after the table that it is of. Runs that compute gold themselves, as the loop job
does, make nothing due.
"""


def table_asset(
    ins: Mapping[str, dg.AssetIn] | None = None,
    deps: Sequence[str | dg.AssetDep] | None = None,
    automation_condition: dg.AutomationCondition[Any] | None = None,
) -> Callable[[Callable[..., Any]], dg.AssetsDefinition]:
    """A decorator that makes the function the asset of the table of its name."""

    def decorate(function: Callable[..., Any]) -> dg.AssetsDefinition:
        @wraps(function)
        def computed(*inputs: object, **named: object) -> object:
            with without_values():
                return function(*inputs, **named)

        table = TABLES[function.__name__]
        daily: dict[str, Any] = {"partitions_def": DAILY, "backfill_policy": dg.BackfillPolicy.single_run()} if is_daily(table) else {}
        asset: dg.AssetsDefinition = dg.asset(
            ins=ins,
            deps=deps,
            group_name=table.name.split("_")[0],
            description=f"One row: {table.grain}.",
            kinds={"python", "deltalake"},
            metadata={"key": list(table.key), "lookback_days": "whole history" if table.lookback_days is None else table.lookback_days},
            automation_condition=automation_condition,
            **daily,
        )(computed)
        return asset

    return decorate
