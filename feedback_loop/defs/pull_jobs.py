"""Pulling: each source that is due is asked in a run of its own, so that one vendor's outage holds up no other.

An op, not an asset: a backfill materialises assets and asks nobody. It may be repeated; what landed already is left out. The rule that is
easy to break: a source that gives nothing fails its own run, which is where whoever looks after it sees why.
"""

from collections.abc import Iterator

import dagster as dg

from feedback_loop.adapters.pulling import Pulling
from feedback_loop.defs.failures import without_values
from feedback_loop.defs.resources import ClockResource, HomeResource, StoreResource
from feedback_loop.errors import UnknownChoice
from feedback_loop.workflows.pull import pull
from feedback_loop.workflows.pulled_sources import due, read_sources, source_of

SOURCE_TAG = "feedback_loop/source"
"""Marks a run with the source that it asks."""

_UNDER_WAY = [dg.DagsterRunStatus.QUEUED, dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED]


class SourceName(dg.Config):
    """Which source of sources.yaml is asked."""

    source: str


@dg.op
def pull_source(context: dg.OpExecutionContext, config: SourceName, home: HomeResource, store: StoreResource, clock: ClockResource) -> None:
    """Asks one source for what is new, page by page, and lands it."""
    settings = home.settings()
    with without_values():
        rules, pulling = read_sources(settings.sources_file), Pulling(settings, clock)
        if config.source not in rules:
            raise UnknownChoice("source", config.source, sorted(rules))
        rule = rules[config.source]
        with pulling.opened(config.source, rule) as client:
            done = pull(source_of(config.source, rule, settings.own_domains), client, pulling.spool_of(config.source), store.open(), clock)
    report = done.report
    context.log.info(
        "pages %d, read %d = landed %d + duplicates %d + quarantined %d",
        *(done.pages, report.read, report.landed, report.duplicates, report.quarantined),
    )
    if done.new_fields:
        context.log.warning("fields that nobody documented, kept in the payload: %s", ", ".join(done.new_fields))


@dg.job(executor_def=dg.in_process_executor, description="Asks one source of sources.yaml for what is new, and lands it.")
def pull_job() -> None:
    """One source, until it has nothing more."""
    pull_source()


@dg.sensor(job=pull_job, minimum_interval_seconds=30)
def sources_that_are_due(
    context: dg.SensorEvaluationContext, home: HomeResource, clock: ClockResource
) -> Iterator[dg.RunRequest | dg.SkipReason]:
    """A run for each source that is due and not being asked already."""
    settings = home.settings()
    pulling, now = Pulling(settings, clock), clock.now()
    found = due(read_sources(settings.sources_file), pulling.spool_of, now)
    for name, rule in found.items():
        tags = {SOURCE_TAG: name}
        if context.instance.get_run_records(dg.RunsFilter(tags=tags, statuses=_UNDER_WAY), limit=1):
            continue
        turn = int(now.timestamp() // (60 * rule.every_minutes))
        kept = pulling.spool_of(name).latest()
        config = dg.RunConfig(ops={"pull_source": SourceName(source=name)})
        yield dg.RunRequest(run_key=f"pull/{name}/{turn}/{0 if kept is None else kept.number}", tags=tags, run_config=config)
    if not found:
        yield dg.SkipReason("no source of sources.yaml is due")
