"""How blocking checks are made: the generated one of each table, and those that list the ids of broken rows.

The checks themselves stand below their assets. A check of a range of days covers the whole range; where it fails, nothing downstream of it
runs. Metadata list ids and rules, never a value of a row.
"""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

import dagster as dg

from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.defs.failures import without_values
from feedback_loop.defs.io_manager import is_daily
from feedback_loop.defs.resources import StoreResource
from feedback_loop.defs.run_days import DAILY, days_of

_SHOWN = 20


def contract_check(table_name: str) -> dg.AssetChecksDefinition:
    """The generated check of the table: columns, types, nulls, keys, vocabularies and days are those of the contract."""
    table = TABLES[table_name]

    def fulfils_its_contract(context: dg.AssetCheckExecutionContext, store: StoreResource) -> dg.AssetCheckResult:
        days = days_of(context) if is_daily(table) else None
        return result([str(v) for v in violations(store.open().read(table, days), table)])

    fulfils_its_contract.__doc__ = f"The rows of {table_name} are as contracts/ say."
    return daily_check(table_name)(fulfils_its_contract)


def daily_check(table_name: str) -> Callable[[Callable[..., dg.AssetCheckResult]], dg.AssetChecksDefinition]:
    """A decorator that makes the function a blocking check of the table, by day where the table is."""
    partitions: dict[str, Any] = {"partitions_def": DAILY} if is_daily(TABLES[table_name]) else {}

    def decorate(function: Callable[..., dg.AssetCheckResult]) -> dg.AssetChecksDefinition:
        @wraps(function)
        def checked(*inputs: object, **named: object) -> dg.AssetCheckResult:
            with without_values():
                return function(*inputs, **named)

        return dg.asset_check(asset=table_name, description=function.__doc__, blocking=True, **partitions)(checked)

    return decorate


def result(offenders: Sequence[str]) -> dg.AssetCheckResult:
    """Passed where there are no offenders; otherwise the first of them and their number."""
    shown = dg.MetadataValue.md("\n".join(f"- `{o}`" for o in offenders[:_SHOWN]) or "none")
    return dg.AssetCheckResult(passed=not offenders, metadata={"offender_count": len(offenders), "offenders": shown})


def warned(offenders: Sequence[str]) -> dg.AssetCheckResult:
    """The same of what people should look at and what stops nothing."""
    told = result(offenders)
    return dg.AssetCheckResult(passed=told.passed, severity=dg.AssetCheckSeverity.WARN, metadata=told.metadata)
