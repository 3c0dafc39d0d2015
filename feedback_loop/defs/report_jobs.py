"""The job that writes the pack of the week and the pilot's report into the home, each Monday. An op, not an asset: nothing reads them."""

from datetime import timedelta
from functools import partial

import dagster as dg

from feedback_loop.adapters import marts
from feedback_loop.adapters.report_charts import draw
from feedback_loop.adapters.whole_files import written_whole
from feedback_loop.contracts.days import DayRange
from feedback_loop.defs.failures import without_values
from feedback_loop.defs.resources import HomeResource
from feedback_loop.workflows.report import Scope, files_of, last_day, report
from feedback_loop.workflows.report_plan import report_plan

WRITTEN = ("weekly", "pilot")


@dg.op
def write_reports(context: dg.OpExecutionContext, home: HomeResource) -> None:
    """The reports up to the last day that the marts know, a file each; the same day again replaces its files."""
    settings = home.settings()
    with without_values():
        ask = partial(marts.query, marts_file=settings.marts_file)
        last = last_day(ask, None)
        for report_id in WRITTEN:
            plan = report_plan(report_id)
            made = report(plan, Scope(DayRange(last - timedelta(days=plan.days - 1), last)), ask, draw)
            for name, content in files_of(made, f"{report_id}-{last}.html").items():
                with written_whole(settings.reports_folder / name) as draft:
                    draft.write_bytes(content)
            context.log.info("%s: %d of %d figures have rows", report_id, made.filled_count, made.figure_count)


@dg.job(executor_def=dg.in_process_executor)
def report_job() -> None:
    """Writes the reports."""
    write_reports()


@dg.schedule(job=report_job, cron_schedule="0 6 * * 1", execution_timezone="UTC")
def pack_of_the_week(home: HomeResource) -> dg.RunRequest | dg.SkipReason:
    """Each Monday morning, where there are marts."""
    if not home.settings().marts_file.is_file():
        return dg.SkipReason("no marts yet")
    return dg.RunRequest()
