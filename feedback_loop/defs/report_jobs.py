"""The job that writes the pack of the week and the pilot's report into the home, each Monday. An op, not an asset: nothing reads them."""

from functools import partial

import dagster as dg

from feedback_loop.adapters import marts
from feedback_loop.adapters.report_charts import draw
from feedback_loop.adapters.whole_files import write_all
from feedback_loop.defs.failures import without_values
from feedback_loop.defs.resources import HomeResource
from feedback_loop.workflows.report import files_of, report_until

WRITTEN = ("weekly", "pilot")


@dg.op
def write_reports(context: dg.OpExecutionContext, home: HomeResource) -> None:
    """The reports up to the last day that the marts know, a file each; the same day again replaces its files."""
    settings = home.settings()
    with without_values():
        for report_id in WRITTEN:
            made = report_until(None, report_id, partial(marts.query, marts_file=settings.marts_file), draw)
            write_all(settings.reports_folder, files_of(made, f"{report_id}-{made.days.last}.html"))
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
