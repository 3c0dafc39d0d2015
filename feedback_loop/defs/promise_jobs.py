"""Telling people in Slack of promises that are at risk or broken: a job with an op, every five minutes where a connector names the channel.

An op, not an asset: a backfill tells nobody. It may be repeated; `workflows/tell_promises` tells of each once.
"""

import dagster as dg

from feedback_loop.adapters.slack.named_channel import rule_with
from feedback_loop.adapters.slack.notices import SETTING, open_notices
from feedback_loop.defs.failures import without_values
from feedback_loop.defs.resources import CaseSystemResource, ClockResource, HomeResource, StateResource, StoreResource
from feedback_loop.workflows.sla import read_sla_policy, waiting_now
from feedback_loop.workflows.tell_promises import tell_promises


@dg.op
def tell_people_of_promises(
    context: dg.OpExecutionContext,
    home: HomeResource,
    store: StoreResource,
    state: StateResource,
    case_system: CaseSystemResource,
    clock: ClockResource,
) -> None:
    """Tells of each promise that waits and that nobody was told of yet."""
    with without_values():
        settings, connectors = home.settings(), case_system.connectors() or {}
        if rule_with(connectors, SETTING) is None:
            return
        with open_notices(connectors, settings.credentials, clock) as channel:
            opened = state.open()
            waiting = waiting_now(store.open(), opened, read_sla_policy(settings.sla_file), clock.now())
            report = tell_promises(waiting.to_dicts(), opened, channel, clock, context.run_id)
    context.log.info("told %d, left %d", len(report.told), len(report.left))
    for promise, why in report.left.items():
        context.log.warning("%s: %s", promise, why)


@dg.job(executor_def=dg.in_process_executor, description="Tells a channel of Slack of promises that are at risk or broken, each once.")
def tell_promises_job() -> None:
    """One round."""
    tell_people_of_promises()


@dg.schedule(job=tell_promises_job, cron_schedule="*/5 * * * *", execution_timezone="UTC")
def promises_every_five_minutes(case_system: CaseSystemResource) -> dg.RunRequest | dg.SkipReason:
    """A round where a connector that is switched on names the channel."""
    if rule_with(case_system.connectors() or {}, SETTING) is None:
        return dg.SkipReason(f"no connector that is switched on names a {SETTING}")
    return dg.RunRequest()
