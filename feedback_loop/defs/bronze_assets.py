"""Bronze: what landed, as it came. Materialising it lands what waits in the inbox; it never fetches to replace.

Telemetry and logs belong here although they are context: landing writes them, without a copy in bronze. Their contract is checked whole,
as that of every other table: a million rows take about a second.
"""

from collections.abc import Iterator

import dagster as dg

from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.checks import contract_check
from feedback_loop.defs.failures import without_values
from feedback_loop.defs.resources import ClockResource, HomeResource, StoreResource
from feedback_loop.workflows.inbox import land_inbox

BRONZE_TABLES = (
    "bronze_feedback_record", "bronze_quarantine", "bronze_release", "bronze_context_statement", "context_telemetry", "context_log",
)  # fmt: skip
"""Every table that landing appends to."""


@dg.multi_asset(
    name="bronze",
    specs=[
        dg.AssetSpec(name, group_name="bronze", description=f"One row: {TABLES[name].grain}.", kinds={"python", "deltalake"})
        for name in BRONZE_TABLES
    ],
)
def bronze(
    context: dg.AssetExecutionContext, home: HomeResource, store: StoreResource, clock: ClockResource
) -> Iterator[dg.MaterializeResult[None]]:
    """Lands the files of the inbox; landing the same record again adds nothing."""
    tables = store.open()
    with without_values():
        settings = home.settings()
        report = land_inbox(settings.inbox_folder, tables, clock, own_domains=settings.own_domains)
    counts = {"read": report.total.read, "landed": report.total.landed, "quarantined": report.total.quarantined}
    context.log.info("files landed: %d, refused: %d", len(report.landed), len(report.refused))
    for name in BRONZE_TABLES:
        yield dg.MaterializeResult(asset_key=name, metadata={**counts, "version": tables.version(TABLES[name])})


bronze_checks = [contract_check(name) for name in BRONZE_TABLES]
