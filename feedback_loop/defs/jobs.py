"""Jobs and schedules: the open day every five minutes, the closed day once, any days by backfill.

All of them run the same job: every asset of the days with its checks in one run, where a blocking check that fails keeps gold and marts as
they were. The open day's run is incremental because what is dear is cached by content: vectors by text, days by equality of rows.
"""

from collections.abc import Iterator
from datetime import timedelta

import dagster as dg

from feedback_loop.contracts.days import day_of
from feedback_loop.defs.resources import ClockResource, StoreResource
from feedback_loop.workflows.touched import Landed, landed_now

OPEN_DAY_TAG = "feedback_loop/open_day"
"""Marks a run of the open day with the day and with how far landing had come."""

loop_job = dg.define_asset_job(
    "loop",
    selection=dg.AssetSelection.all() - dg.AssetSelection.groups("bronze"),
    description="Everything from silver to the marts for one day, or for a range of days in a single run.",
    executor_def=dg.in_process_executor,
)

landing_job = dg.define_asset_job(
    "landing",
    selection=dg.AssetSelection.groups("bronze"),
    description="Lands what waits in the inbox.",
    executor_def=dg.in_process_executor,
)


_UNDER_WAY_OR_DONE = [s for s in dg.DagsterRunStatus if s not in (dg.DagsterRunStatus.FAILURE, dg.DagsterRunStatus.CANCELED)]


@dg.schedule(job=loop_job, cron_schedule="*/5 * * * *", execution_timezone="UTC")
def open_day_every_five_minutes(
    context: dg.ScheduleEvaluationContext, store: StoreResource, clock: ClockResource
) -> dg.RunRequest | dg.SkipReason:
    """The open day, where something landed since it was last requested; a run that failed does not count."""
    landed = landed_now(store.open())
    if landed == Landed():
        return dg.SkipReason("nothing landed yet")
    today = day_of(clock.now())
    # A run key of a schedule holds within one tick only, so the runs themselves are asked.
    state = {OPEN_DAY_TAG: f"{today}/{landed}"}
    if context.instance.get_run_records(dg.RunsFilter(tags=state, statuses=_UNDER_WAY_OR_DONE), limit=1):
        return dg.SkipReason("nothing landed since the last run of the open day")
    return dg.RunRequest(partition_key=today.isoformat(), tags=state)


@dg.schedule(job=loop_job, cron_schedule="20 0 * * *", execution_timezone="UTC")
def close_of_day(context: dg.ScheduleEvaluationContext) -> Iterator[dg.RunRequest]:
    """The day that ended, once more and for good, so that windows move on even where nothing landed.

    Which day that is follows from when the tick was due: after an outage Dagster makes up for several ticks at once.
    """
    yesterday = day_of(context.scheduled_execution_time) - timedelta(days=1)
    yield dg.RunRequest(run_key=f"close/{yesterday}", partition_key=yesterday.isoformat())
