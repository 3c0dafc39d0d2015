"""Sensors: what landed late sets off a run of the days that it touches; a failed run is said out loud.

The cursor of `landed_days` is how far landing had come when it last looked. The open day is the schedule's affair.
"""

from datetime import timedelta

import dagster as dg

from feedback_loop.contracts.days import FIRST_DAY, day_of
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.jobs import landing_job, loop_job
from feedback_loop.defs.resources import ClockResource, HomeResource, StoreResource
from feedback_loop.defs.run_days import range_tags
from feedback_loop.workflows.inbox import waiting_files
from feedback_loop.workflows.touched import Landed, landed_now, reached_by, touched_days


@dg.sensor(job=loop_job, minimum_interval_seconds=60)
def landed_days(context: dg.SensorEvaluationContext, store: StoreResource, clock: ClockResource) -> dg.SensorResult | dg.SkipReason:
    """A single run over the days that late rows touch, up to yesterday; gold looks back on everything, so up to the last day."""
    tables = store.open()
    handled, landed = Landed.parse(context.cursor), landed_now(tables)
    if landed == handled:
        return dg.SkipReason("nothing landed since the last run")
    yesterday = day_of(clock.now()) - timedelta(days=1)
    direct = [day for day in touched_days(tables, handled) if day >= FIRST_DAY]
    days = reached_by(TABLES["gold_issue"], direct, yesterday)
    requests = [dg.RunRequest(run_key=f"landed/{landed}", tags=range_tags(days))] if days else []
    return dg.SensorResult(run_requests=requests, cursor=str(landed))


@dg.sensor(job=landing_job, minimum_interval_seconds=30)
def waiting_inbox(home: HomeResource) -> dg.RunRequest | dg.SkipReason:
    """A landing where files wait in the inbox."""
    files = waiting_files(home.settings().inbox_folder)
    if not files:
        return dg.SkipReason("the inbox is empty")
    newest = max(file.stat().st_mtime_ns for file in files)
    return dg.RunRequest(run_key=f"inbox/{len(files)}/{newest}")


@dg.run_failure_sensor
def failed_run(context: dg.RunFailureSensorContext) -> None:
    """Names the run, its job and its days in the log; the message of the error stays in the run, which is access-controlled."""
    run = context.dagster_run
    days = {key: value for key, value in run.tags.items() if "partition" in key}
    context.log.error("run %s of job %s failed for %s", run.run_id, run.job_name, days or "no partition")
