"""`feedback-loop demo`: a simulated company's feedback through the real commands, and what was planted beside what was found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.ingest import land, told
from feedback_loop.cli.places import known_file, open_store, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, say
from feedback_loop.cli.run import Done, print_done, run_days
from feedback_loop.config import Settings
from feedback_loop.errors import ChecksFailed

if TYPE_CHECKING:
    from feedback_loop.contracts.days import DayRange
    from feedback_loop.contracts.records import LandingReport
    from feedback_loop.simulation import Simulation
    from feedback_loop.workflows.demo import DemoFile, PlantedFault


def demo(
    context: typer.Context,
    folder: Annotated[
        Path | None, typer.Option(help="Where to write the simulated files; <home>/demo if not given.", show_default=False)
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Watch thirty days of a made-up company's feedback become ranked issues, in about two minutes.

    Example: `feedback-loop demo`
    """
    from feedback_loop.workflows.demo import demo_days, demo_simulation, write_demo_files

    settings = settings_of(context)
    simulation = demo_simulation()
    target, days = folder or settings.home / "demo", demo_days(simulation)
    files = write_demo_files(simulation, target)
    if not as_json:
        _introduce(simulation, days, target)
    reports = _land_all(settings, files, is_silent=as_json)
    if not as_json:
        _say_what_landed(reports)
    done = run_days(settings, days)
    if done.summary.failed_checks:
        raise ChecksFailed(done.summary.failed_checks)
    faults = _compared(settings, simulation)
    if as_json:
        print_json({"landed": _total(reports), "run": done.as_json(), "planted_faults": faults})
    else:
        _print_outcome(settings, done, faults, simulation.scenario.product)


def _introduce(simulation: Simulation, days: DayRange, target: Path) -> None:
    product = simulation.scenario.product
    say(f"{product} is made up, and so is every word below: {len(simulation.messages):,} simulated messages of {days},")
    say(f"written by a program that shares no word list with the pipeline. The files: {known_file(target)}\n")


def _land_all(settings: Settings, files: list[DemoFile], is_silent: bool) -> list[LandingReport]:
    reports = []
    for file in files:
        reports.append(land(settings, file.source, [file.path], file.product))
        if not is_silent:
            say(f"  {file.path.name:<14} {told(reports[-1])}")
    return reports


def _total(reports: list[LandingReport]) -> LandingReport:
    total = reports[0]
    for report in reports[1:]:
        total = total.plus(report)
    return total


def _say_what_landed(reports: list[LandingReport]) -> None:
    if _total(reports).landed:
        say("\nComputing every table and check of these days; the same assets as in the Dagster UI.\n")
    else:
        say("\nNothing is new: this home has the demo's files already. The same days are computed again, which must change nothing.\n")


def _compared(settings: Settings, simulation: Simulation) -> list[PlantedFault]:
    from feedback_loop.cli.findings import records_of_issues
    from feedback_loop.workflows.demo import messages_of_issues, planted_and_found

    held = records_of_issues(settings.marts_file, simulation.scenario.product)
    return planted_and_found(simulation, messages_of_issues(open_store(settings), held))


def _print_outcome(settings: Settings, done: Done, faults: list[PlantedFault], product: str) -> None:
    from feedback_loop.cli.highlights import print_findings, print_volumes

    print_done(done)
    print_volumes(settings.marts_file, done.summary.days, product)
    print_findings(settings.marts_file, done.summary.days, product)
    _print_faults(settings, faults)
    say("What to do next")
    say("  feedback-loop issues                  rank them yourself: --release 6.4.0, --region uk, --class crash")
    say('  feedback-loop query "select …"        ask the marts in SQL; start with: describe mart_issue')
    say("  make dev                              the same assets, checks and plots in the Dagster UI")
    say('  feedback-loop ingest google-play reviews.csv --product "My app"     and then `run`: your own reviews')


def _print_faults(settings: Settings, faults: list[PlantedFault]) -> None:
    from feedback_loop.cli.findings import issues_by_id

    known = issues_by_id(settings.marts_file)
    say("What the simulation had planted, beside the issue that fits it best (simulated: figures on real reviews differ)\n")
    for fault in faults:
        score = fault.recovery
        label, alert_days = known.get(score.issue_id or "", ("no issue", []))
        first_alert = next((day for day in alert_days if day >= fault.first_day), None)
        say(f"  {fault.fault}: {score.message_count} messages from {fault.first_day} on · true cause: {fault.cause}")
        say(
            f"     {label}: holds {score.recall:.0%} of them, they make {score.precision:.0%} of it · "
            + (f"first alert since then {first_alert}" if first_alert else "no alert of its own since then")
        )
    say()
