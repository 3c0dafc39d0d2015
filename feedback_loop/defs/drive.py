"""The command line's driver: the same assets and checks as in the Dagster UI, in this process, for any range of days in one run.

The assets run without their partitions (one event per asset, not one per asset and day); the days stand in the run's tags. A blocking
check that fails stops what depends on it, here as there.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import dagster as dg

from feedback_loop.contracts.days import DayRange
from feedback_loop.defs.run_days import unpartitioned_tags
from feedback_loop.errors import StageFailed

Progress = Callable[[str], None]
"""Called with the name of each step that ended."""


_QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
_STEP_ENDS = ("STEP_SUCCESS", "STEP_FAILURE", "STEP_SKIPPED")


@dataclass
class RunSummary:
    """What a run did: rows per table, seconds per stage, the blocking checks that failed, and what the others warn of."""

    days: DayRange
    rows: dict[str, int] = field(default_factory=dict)
    days_changed: dict[str, int] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failed_checks: list[str] = field(default_factory=list)
    warnings: dict[str, str] = field(default_factory=dict)
    """By check that failed and stops nothing: what it says."""


def without_partitions(assets: list[dg.AssetsDefinition]) -> list[dg.AssetsDefinition]:
    """The same assets, unpartitioned, their upstream assets unchanged."""

    def strip(spec: dg.AssetSpec) -> dg.AssetSpec:
        return spec.replace_attributes(partitions_def=None, automation_condition=None, deps=[dg.AssetDep(d.asset_key) for d in spec.deps])

    return [asset for asset in dg.map_asset_specs(strip, assets) if isinstance(asset, dg.AssetsDefinition)]


def step_names(defs: dg.Definitions) -> list[str]:
    """The steps of a run over all assets and checks."""
    return [node.name for node in defs.resolve_implicit_global_asset_job_def().nodes]


def run_assets(defs: dg.Definitions, days: DayRange, progress: Progress | None = None) -> RunSummary:
    """What the run over the days did. Raises StageFailed where an asset, not a check, failed."""
    job = defs.resolve_implicit_global_asset_job_def()
    with dg.DagsterInstance.ephemeral() as instance:
        run_id = str(uuid.uuid4())
        instance.watch_event_logs(run_id, None, _report_ends(progress))
        tags = unpartitioned_tags(days)
        result = job.execute_in_process(instance=instance, tags=tags, run_id=run_id, run_config=_QUIET, raise_on_error=False)
    summary = RunSummary(days)
    for event in result.all_events:
        _note(summary, event)
    if not result.success and not summary.failed_checks:
        raise _failure(result)
    return summary


def _report_ends(progress: Progress | None) -> Callable[[dg.EventLogEntry, str], None]:
    def report(entry: dg.EventLogEntry, _cursor: str) -> None:
        event = entry.dagster_event
        if progress and event and event.event_type_value in _STEP_ENDS and event.step_key:
            progress(event.step_key)

    return report


def _note(summary: RunSummary, event: dg.DagsterEvent) -> None:
    if event.event_type_value == "STEP_SUCCESS" and event.step_key:
        name = event.step_key
        summary.seconds[name] = round(event.step_success_data.duration_ms / 1000, 3)
    elif event.event_type_value == "ASSET_MATERIALIZATION":
        _note_rows(summary, event.materialization)
    elif event.event_type_value == "ASSET_CHECK_EVALUATION" and not event.asset_check_evaluation_data.passed:
        _note_check(summary, event.asset_check_evaluation_data)


def _note_check(summary: RunSummary, check: dg.AssetCheckEvaluation) -> None:
    name = f"{check.asset_key.to_user_string()}.{check.check_name}"
    if check.severity is dg.AssetCheckSeverity.ERROR:
        summary.failed_checks.append(name)
    else:
        summary.warnings[name] = check.description or ""


def _note_rows(summary: RunSummary, materialization: dg.AssetMaterialization) -> None:
    name = materialization.asset_key.path[-1]
    for target, key in ((summary.rows, "rows"), (summary.days_changed, "days_changed")):
        if key in materialization.metadata:
            target[name] = int(str(materialization.metadata[key].value))


def _failure(result: dg.ExecuteInProcessResult) -> StageFailed:
    event = next(e for e in result.all_events if e.event_type_value == "STEP_FAILURE")
    told, error = event.step_failure_data.user_failure_data, event.step_failure_data.error
    # What failures.py described holds no customer text; of what Dagster itself raised, its class is all that is passed on.
    said = told.description if told is not None else error.cls_name if error is not None else None
    return StageFailed(str(event.step_key), str(said))
