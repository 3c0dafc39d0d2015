"""All definitions in one place: `build_defs()` for Dagster, with fakes for tests, without partitions for the command line."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import dagster as dg

from feedback_loop.defs import (
    act_jobs,
    alert_assets,
    analysis_assets,
    analysis_checks,
    approval_jobs,
    bronze_assets,
    context_assets,
    gold_assets,
    jobs,
    model_checks,
    outcomes_assets,
    promise_jobs,
    pull_jobs,
    quality_checks,
    remediation_assets,
    report_jobs,
    sensors,
    silver_assets,
    state_assets,
)
from feedback_loop.defs.drive import without_partitions
from feedback_loop.defs.io_manager import TableIOManager
from feedback_loop.defs.marts_assets import mart_assets
from feedback_loop.defs.resources import (
    CaseSystemResource,
    CleanerResource,
    ClockResource,
    EmbedderResource,
    HomeResource,
    KnowledgeResource,
    LanguageModelResource,
    StateResource,
    StoreResource,
    WorkersResource,
)

PIPELINE_MODULES = (
    context_assets, state_assets, silver_assets, analysis_assets, alert_assets, analysis_checks, model_checks, gold_assets,
    remediation_assets, outcomes_assets,
)  # fmt: skip


def build_resources(home: str = "", now: datetime | None = None) -> dict[str, object]:
    """The real resources over a home folder, an empty path means the configured one; the clock stands still where `now` is given."""
    place = HomeResource(home=home)
    store, clock = StoreResource(home=place), ClockResource(fixed=now.isoformat() if now else "")
    return {
        "home": place,
        "store": store,
        "cleaner": CleanerResource(home=place),
        "workers": WorkersResource(),
        "embedder": EmbedderResource(home=place),
        "clock": clock,
        "state": StateResource(home=place, clock=clock),
        "knowledge": KnowledgeResource(store=store),
        "language_model": LanguageModelResource(home=place, clock=clock),
        "case_system": CaseSystemResource(home=place),
        "io_manager": TableIOManager(store=store),
    }


def build_defs(resources: Mapping[str, object] | None = None) -> dg.Definitions:
    """What the Dagster UI shows and the daemon runs."""
    return dg.Definitions(
        assets=[bronze_assets.bronze, *dg.load_assets_from_modules(PIPELINE_MODULES), mart_assets()],
        asset_checks=[*bronze_assets.bronze_checks, quality_checks.data_quality, *dg.load_asset_checks_from_modules(PIPELINE_MODULES)],
        jobs=[
            jobs.loop_job,
            jobs.landing_job,
            act_jobs.act,
            act_jobs.feed_back_job,
            act_jobs.snapshot_job,
            approval_jobs.ask_in_slack_job,
            promise_jobs.tell_promises_job,
            pull_jobs.pull_job,
            report_jobs.report_job,
        ],
        schedules=[
            jobs.open_day_every_five_minutes,
            jobs.close_of_day,
            promise_jobs.promises_every_five_minutes,
            report_jobs.pack_of_the_week,
        ],
        sensors=[
            sensors.landed_days,
            sensors.waiting_inbox,
            sensors.failed_run,
            pull_jobs.sources_that_are_due,
            act_jobs.approved_actions,
            act_jobs.outcomes_of_a_run,
            act_jobs.what_was_done,
            approval_jobs.proposals_to_ask_about,
        ],
        resources={**build_resources(), **(resources or {})},
        executor=dg.in_process_executor,
    )


def build_run_defs(resources: Mapping[str, object], with_marts: bool = True) -> dg.Definitions:
    """The same assets from silver on, unpartitioned, for a run in this process."""
    assets = [a for a in dg.load_assets_from_modules(PIPELINE_MODULES) if isinstance(a, dg.AssetsDefinition)]
    marts = [mart_assets()] if with_marts else []
    checks = dg.load_asset_checks_from_modules(PIPELINE_MODULES)
    return dg.Definitions(assets=[*without_partitions(assets), *marts], asset_checks=checks, resources=resources)
