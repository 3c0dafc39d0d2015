"""Jobs and schedules: the open day every five minutes, the closed day once, any days by backfill.

All of them run the same job: every asset of the days with its checks in one run, where a blocking check that fails keeps gold and marts as
they were. The open day's run is incremental because what is dear is cached by content: vectors by text, days by equality of rows.
"""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from feedback_loop.contracts.days import day_of
from feedback_loop.defs.resources import ClockResource, StoreResource
from feedback_loop.defs.run_days import DAILY
from feedback_loop.workflows.touched import Landed, landed_now

loop_job = dg.define_asset_job(
    "loop",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("bronze"),
    partitions_def=DAILY,
    description="Everything from silver to the marts for one day, or for a range of days in a single run.",
    executor_def=dg.in_process_executor,
)

landing_job = dg.define_asset_job(
    "landing",
    selection=dg.AssetSelection.groups("bronze"),
    description="Lands what waits in the inbox.",
    executor_def=dg.in_process_executor,
)


@dg.schedule(job=loop_job, cron_schedule="*/5 * * * *", execution_timezone="UTC")
def open_day_every_five_minutes(
    context: dg.ScheduleEvaluationContext, store: StoreResource, clock: ClockResource
) -> dg.RunRequest | dg.SkipReason:
    """The open day, where something landed since the run before."""
    landed = landed_now(store.open())
    if landed == Landed():
        return dg.SkipReason("nothing landed yet")
    today = day_of(clock.now())
    return dg.RunRequest(run_key=f"open/{today}/{landed}", partition_key=today.isoformat())


@dg.schedule(job=loop_job, cron_schedule="20 0 * * *", execution_timezone="UTC")
def close_of_day(clock: ClockResource) -> Iterator[dg.RunRequest]:
    """The day that ended, once more and for good, so that windows move on even where nothing landed."""
    yesterday = day_of(clock.now() - timedelta(days=1))
    yield dg.RunRequest(run_key=f"close/{yesterday}", partition_key=yesterday.isoformat())
