"""`feedback-loop run`: the assets and checks of the Dagster UI over a range of days, in this process."""

from __future__ import annotations

import contextlib
import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import typer

from feedback_loop.cli.places import FromOption, SystemClock, ToOption, day_or, open_store, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, remark, say
from feedback_loop.cli.progress import steps
from feedback_loop.config import Settings
from feedback_loop.errors import BadInput, ChecksFailed, NothingLanded

if TYPE_CHECKING:
    from feedback_loop.contracts.days import DayRange
    from feedback_loop.defs.drive import RunSummary


@dataclass(frozen=True)
class Done:
    """A run that has ended, its failed checks included."""

    summary: RunSummary
    total_seconds: float

    @property
    def seconds(self) -> dict[str, float]:
        """Seconds per stage, the checks of its tables included; in the order in which the stages ended."""
        return seconds_by_stage(self.summary.seconds)

    def as_json(self) -> dict[str, object]:
        """The summary in the form that programs read."""
        return {
            "from": self.summary.days.first,
            "to": self.summary.days.last,
            "rows": self.summary.rows,
            "days_changed": self.summary.days_changed,
            "seconds": self.seconds,
            "step_seconds": self.summary.seconds,
            "failed_checks": self.summary.failed_checks,
            "warnings": self.summary.warnings,
            "total_seconds": round(self.total_seconds, 1),
        }


def run(context: typer.Context, first: FromOption = None, last: ToOption = None, as_json: JsonFlag = False) -> None:
    """Compute every table of some days; without days, of all that have landed.

    Example: `feedback-loop run --from 2026-03-01 --to 2026-03-31`
    """
    settings = settings_of(context)
    days = days_to_run(settings, first, last)
    done = run_days(settings, days)
    if as_json:
        print_json(done.as_json())
    else:
        print_done(done)
    if done.summary.failed_checks:
        raise ChecksFailed(done.summary.failed_checks)
    if not as_json:
        from feedback_loop.cli.highlights import print_findings

        print_findings(settings.marts_file, days)
        say("\nNext: `feedback-loop issues`, `feedback-loop query SQL`, or `make dev` for the same assets in the Dagster UI.")


def days_to_run(settings: Settings, first: str | None, last: str | None) -> DayRange:
    """The days that were asked for; an open end is that of what has landed. Raises BadInput and NothingLanded."""
    from feedback_loop.contracts.days import DayRange
    from feedback_loop.workflows.latest_records import landed_days

    landed = landed_days(open_store(settings))
    if landed is None:
        raise NothingLanded("nothing has landed yet", "Land files with `feedback-loop ingest SOURCE FILE…`, or try `feedback-loop demo`.")
    today = SystemClock().now().date()
    # A record with a wrong clock must not push the default range into the future; asked for by name, such a day is refused.
    days = DayRange(day_or(first, min(landed.first, today)), day_or(last, min(landed.last, today)))
    if days.last > today:
        raise BadInput(f"{days.last} lies in the future. Choose a --to of {today} or before.")
    _refuse_before_the_first(days)
    return days


def _refuse_before_the_first(days: DayRange) -> None:
    from feedback_loop.contracts.days import FIRST_DAY

    if days.first < FIRST_DAY:
        raise BadInput(f"{days.first} lies before the first day of the platform. Choose a --from of {FIRST_DAY} or after.")


def run_days(settings: Settings, days: DayRange, now: datetime | None = None, *, with_marts: bool = True) -> Done:
    """What the run over the days did; `now` is the present of a story that is told. Raises BadInput for days before the first partition,
    StageFailed where an asset failed.
    """
    _check_settings(settings)
    from feedback_loop.defs.drive import run_assets, step_names
    from feedback_loop.defs.wiring import build_resources, build_run_defs

    _refuse_before_the_first(days)
    start = time.monotonic()
    with _quiet_standard_output():
        defs = build_run_defs(build_resources(str(settings.home), now), with_marts)
        with steps(f"run {days}", len(step_names(defs))) as advance:
            summary = run_assets(defs, days, advance)
    if not summary.failed_checks:
        _complete(settings, summary, with_marts=with_marts)
    return Done(summary, time.monotonic() - start)


def _check_settings(settings: Settings) -> None:
    """Raises BadInput for rules, a key or a language model that can't be used: before any work begins, and before Dagster is imported."""
    from feedback_loop.adapters.llm.opening import check_text_model
    from feedback_loop.adapters.secret_key import masking_key
    from feedback_loop.workflows.cleaning_rules import open_cleaner

    open_cleaner(settings, masking_key(settings))
    check_text_model(settings)


def seconds_by_stage(seconds: Mapping[str, float]) -> dict[str, float]:
    """Seconds by the stage that a step's name begins with."""
    total: dict[str, float] = defaultdict(float)
    for step, duration in seconds.items():
        total["mart" if step == "marts" else step.split("_", 1)[0]] += duration
    return {stage: round(duration, 2) for stage, duration in total.items()}


def print_done(done: Done) -> None:
    """Rows, changed days and seconds as tables."""
    days, summary = done.summary.days, done.summary
    say(f"Ran {days} ({len(days)} days) in {timedelta(seconds=round(done.total_seconds))}.")
    print_table(("table", "rows", "days changed"), [(name, rows, summary.days_changed.get(name)) for name, rows in summary.rows.items()])
    print_table(("stage", "seconds"), list(done.seconds.items()))
    for said in summary.warnings.values():
        remark(said)


def _complete(settings: Settings, summary: RunSummary, *, with_marts: bool) -> None:
    """Counts the marts, and tells Dagster's history, which the UI shows, what was computed."""
    from feedback_loop.cli.findings import mart_rows
    from feedback_loop.defs.run_record import open_instance, record_run

    if with_marts:
        summary.rows.update(mart_rows(settings.marts_file))
    with open_instance(settings.dagster_home) as instance:
        record_run(instance, summary.rows, summary.days)


@contextlib.contextmanager
def _quiet_standard_output() -> Iterator[None]:
    """Keeps dbt's log, which dagster-dbt repeats on standard output, out of results that programs read."""
    with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stdout(nowhere):  # noqa: PTH123
        yield
