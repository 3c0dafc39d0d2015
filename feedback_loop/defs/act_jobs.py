"""Jobs that write outside of the tables: carrying out what was approved, and feeding back what came of it. Ops, not assets.

A backfill materialises assets and never runs an op, so no backfill can carry anything out. Both ops may be repeated: the outbox sends
once, and feeding the same outcomes back adds nothing.
"""

from datetime import timedelta

import dagster as dg

from feedback_loop.contracts.days import DayRange, day_of
from feedback_loop.contracts.loop_vocab import ActionStatus
from feedback_loop.contracts.tables import TABLES
from feedback_loop.defs.active_model import classifier_in_use
from feedback_loop.defs.failures import without_values
from feedback_loop.defs.jobs import loop_job
from feedback_loop.defs.resources import CaseSystemResource, ClockResource, EmbedderResource, HomeResource, StateResource, StoreResource
from feedback_loop.workflows.execute import execute, waits
from feedback_loop.workflows.feed_back import feed_back
from feedback_loop.workflows.grounds import alert_days, read_grounds
from feedback_loop.workflows.identity import people_now
from feedback_loop.workflows.model_health import require_trusted
from feedback_loop.workflows.rules_in_force import read_rules

RETRY = timedelta(minutes=5)
"""So often what still waits is tried again: after a run that failed, an answer that did not come, a claim whose process died."""

_OPEN = (ActionStatus.QUEUED, ActionStatus.CLAIMED, ActionStatus.IN_DOUBT)


@dg.op
def execute_approved(
    context: dg.OpExecutionContext,
    home: HomeResource,
    store: StoreResource,
    state: StateResource,
    case_system: CaseSystemResource,
    clock: ClockResource,
    embedder: EmbedderResource,
) -> None:
    """Sends what waits in the outbox, after everything that it rests on, the classifier too, was looked at once more."""
    with without_values():
        labels = state.snapshot(TABLES["state_label"])
        require_trusted(labels, store.open(), lambda: (classifier_in_use(embedder, store, state), embedder.open()))
        opened = state.open()
        waiting = [found for a in opened.actions(*_OPEN) if (found := opened.proposal(a.proposal_id))]
        today = day_of(clock.now())
        days = alert_days(waiting) or DayRange(today - timedelta(days=1), today)
        grounds = read_grounds(store.open(), days, clock.now(), read_rules(home.settings(), opened, clock.now()))
        with case_system.lanes(clock) as lanes:
            report = execute(opened, lanes, grounds, people_now(home.settings(), opened, clock.now()), clock)
    context.log.info(
        "done %d, failed %d, in doubt %d, refused %d, waiting %d, would send %d",
        *(len(part) for part in (report.done, report.failed, report.in_doubt, report.refused, report.waiting, report.would_send)),
    )
    for line in waits(report.waiting):
        context.log.warning(line)


@dg.op
def feed_outcomes_back(context: dg.OpExecutionContext, store: StoreResource, state: StateResource, clock: ClockResource) -> None:
    """Writes the statuses of issues and tighter thresholds into the state store, where the next run reads them."""
    with without_values():
        added = feed_back(store.open(), state.open(), clock.now()) if state.exists() else 0
    context.log.info("new statuses and thresholds: %d", added)


@dg.job(executor_def=dg.in_process_executor, description="Carries out what was approved, each action exactly once.")
def act() -> None:
    """The outbox, once."""
    execute_approved()


@dg.job(executor_def=dg.in_process_executor, description="Feeds outcomes back: statuses of issues, tighter thresholds.")
def feed_back_job() -> None:
    """The backward facts, once."""
    feed_outcomes_back()


snapshot_job = dg.define_asset_job(
    "snapshots",
    selection=dg.AssetSelection.groups("state", "remediation", "outcomes"),
    description="What was decided and done, and what came of it, as tables; proposes nothing, for it works on no day.",
    executor_def=dg.in_process_executor,
)


@dg.sensor(job=act, minimum_interval_seconds=30)
def approved_actions(state: StateResource, case_system: CaseSystemResource, clock: ClockResource) -> dg.RunRequest | dg.SkipReason:
    """A run of the outbox where something waits in it and a connector is switched on; again after each attempt and each `RETRY`."""
    if case_system.address() is None and case_system.connectors() is None:
        return dg.SkipReason("no connector is switched on (FEEDBACK_LOOP_CONNECTOR_URL); `approvals execute` shows what would be sent")
    waiting = [a for a in state.open().actions(*_OPEN) if case_system.may_send(a)] if state.exists() else []
    if not waiting:
        return dg.SkipReason("nothing was approved that a connector which is switched on takes")
    attempts = "/".join(f"{a.action_id}:{a.attempt_count}" for a in waiting)
    return dg.RunRequest(run_key=f"act/{attempts}/{clock.now().timestamp() // RETRY.total_seconds():.0f}")


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS, monitored_jobs=[loop_job], request_job=feed_back_job)
def outcomes_of_a_run(context: dg.RunStatusSensorContext) -> dg.RunRequest:
    """Feeds back after each run of the loop that succeeded."""
    return dg.RunRequest(run_key=f"feed_back/{context.dagster_run.run_id}")


@dg.run_status_sensor(run_status=dg.DagsterRunStatus.SUCCESS, monitored_jobs=[act], request_job=snapshot_job)
def what_was_done(context: dg.RunStatusSensorContext) -> dg.RunRequest:
    """Fresh snapshots after each run of the outbox, so that tables show what was done before the next run of the loop."""
    return dg.RunRequest(run_key=f"snapshots/{context.dagster_run.run_id}")
