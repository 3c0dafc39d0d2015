"""All definitions in one place: `build_defs()` for Dagster, with fakes for tests, without partitions for the command line."""

from __future__ import annotations

from collections.abc import Mapping

import dagster as dg

from feedback_loop.defs import analysis_assets, bronze_assets, context_assets, gold_assets, jobs, sensors, silver_assets
from feedback_loop.defs.drive import without_partitions
from feedback_loop.defs.io_manager import TableIOManager
from feedback_loop.defs.marts_assets import mart_assets
from feedback_loop.defs.resources import ClockResource, EmbedderResource, HomeResource, StoreResource

PIPELINE_MODULES = (context_assets, silver_assets, analysis_assets, gold_assets)


def build_resources(home: str = "") -> dict[str, object]:
    """The real resources over a home folder; an empty path means the configured one."""
    place = HomeResource(home=home)
    store = StoreResource(home=place)
    return {
        "home": place,
        "store": store,
        "embedder": EmbedderResource(home=place),
        "clock": ClockResource(),
        "io_manager": TableIOManager(store=store),
    }


def build_defs(resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """What the Dagster UI shows and the daemon runs."""
    return dg.Definitions(
        assets=[bronze_assets.bronze, *dg.load_assets_from_modules(PIPELINE_MODULES), mart_assets()],
        asset_checks=[*bronze_assets.bronze_checks, *dg.load_asset_checks_from_modules(PIPELINE_MODULES)],
        jobs=[jobs.loop_job, jobs.landing_job],
        schedules=[jobs.open_day_every_five_minutes, jobs.close_of_day],
        sensors=[sensors.landed_days, sensors.waiting_inbox, sensors.failed_run],
        resources={**build_resources(), **(resources or {})},
        executor=dg.in_process_executor,
    )


def build_run_defs(resources: Mapping[str, object], with_marts: bool = True) -> dg.Definitions:
    """The same assets from silver on, unpartitioned, for a run in this process."""
    assets = [a for a in dg.load_assets_from_modules(PIPELINE_MODULES) if isinstance(a, dg.AssetsDefinition)]
    marts = [mart_assets()] if with_marts else []
    checks = dg.load_asset_checks_from_modules(PIPELINE_MODULES)
    return dg.Definitions(assets=[*without_partitions(assets), *marts], asset_checks=checks, resources=resources)
