"""Asking people to approve in Slack: a job with an op, and the sensor that starts it where a message is to be posted or changed.

An op, not an asset: a backfill asks nobody. It may be repeated; `workflows/ask_in_slack` posts each message once. The rule that is easy to
break: where no connector names a channel for approvals nothing is asked, and the command line stays the place to decide.
"""

import dagster as dg

from feedback_loop.adapters.slack.approvals import approvals_rule, open_approvals
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.defs.act_jobs import RETRY
from feedback_loop.defs.failures import without_values
from feedback_loop.defs.resources import CaseSystemResource, ClockResource, HomeResource, StateResource
from feedback_loop.workflows.ask_in_slack import ask_in_slack, what_is_to_say


@dg.op
def ask_people_in_slack(
    context: dg.OpExecutionContext, home: HomeResource, state: StateResource, case_system: CaseSystemResource, clock: ClockResource
) -> None:
    """Posts each proposal that waits, and lets the messages say how the others stand."""
    with without_values():
        connectors, credentials = case_system.connectors() or {}, home.settings().credentials
        if not state.exists() or approvals_rule(connectors) is None:
            return
        with open_approvals(connectors, credentials, clock) as channel:
            report = ask_in_slack(state.open(), channel, clock, context.run_id)
    context.log.info("posted %d, changed %d, left %d", len(report.asked), len(report.shown), len(report.left))
    for proposal_id, why in report.left.items():
        context.log.warning("%s: %s", proposal_id, why)


@dg.job(executor_def=dg.in_process_executor, description="Asks people in Slack to approve what waits, and says there what became of it.")
def ask_in_slack_job() -> None:
    """One round."""
    ask_people_in_slack()


@dg.sensor(job=ask_in_slack_job, minimum_interval_seconds=30)
def proposals_to_ask_about(state: StateResource, case_system: CaseSystemResource, clock: ClockResource) -> dg.RunRequest | dg.SkipReason:
    """A round where a message is to be posted or changed; the same is tried again each `RETRY`."""
    if approvals_rule(case_system.connectors() or {}) is None:
        return dg.SkipReason("no connector that is switched on names an approvals_channel")
    told = what_is_to_say(state.open()) if state.exists() else []
    if not told:
        return dg.SkipReason("every message says how its proposal stands")
    return dg.RunRequest(run_key=f"{stable_id('ask', *told)}/{clock.now().timestamp() // RETRY.total_seconds():.0f}")
