"""`feedback-loop report`: what people decide by, as one HTML file that needs no network and runs no script, or as Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.instants import FIRST_YEAR, LAST_YEAR
from feedback_loop.cli.places import known_file, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, say
from feedback_loop.errors import BadInput

if TYPE_CHECKING:
    from feedback_loop.config import Settings
    from feedback_loop.workflows.report import Report

app = typer.Typer(help="Reports: the control room, the week, the pilot, one issue.")

_FORMS = (".html", ".md")

ToOption = Annotated[
    str | None, typer.Option("--to", metavar="DAY", help="Last day; without it the last that has messages.", show_default=False)
]
ProductOption = Annotated[str | None, typer.Option(help="Only this product.", show_default=False)]
OutOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="An .html or .md file; without it one in reports/ of the home.", show_default=False)
]


@app.command("control-room")
def control_room(context: typer.Context, product: ProductOption = None, out: OutOption = None, as_json: JsonFlag = False) -> None:
    """Write what is going on: open issues, what rose, decisions that wait, actions that are not settled.

    Example: `feedback-loop report control-room`
    """
    _write(context, "control-room", None, product, None, out, as_json=as_json)


@app.command()
def weekly(
    context: typer.Context, to: ToOption = None, product: ProductOption = None, out: OutOption = None, as_json: JsonFlag = False
) -> None:
    """Write the pack of the week: what was said, what grew and why, what was decided, and whether it helped.

    Example: `feedback-loop report weekly --to 2026-04-30 --out week.html`
    """
    _write(context, "weekly", to, product, None, out, as_json=as_json)


@app.command()
def pilot(
    context: typer.Context, to: ToOption = None, product: ProductOption = None, out: OutOption = None, as_json: JsonFlag = False
) -> None:
    """Write the report of a pilot of ninety days: targets beside what was measured, operations, organisation, money.

    Example: `feedback-loop report pilot --product Printwren`
    """
    _write(context, "pilot", to, product, None, out, as_json=as_json)


@app.command()
def issue(
    context: typer.Context,
    issue_id: Annotated[str, typer.Argument(metavar="ID", help="The issue.", show_default=False)],
    out: OutOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Write the page of one issue, from the words of customers to whether the fix helped.

    Example: `feedback-loop report issue issue_7c1d…`
    """
    _write(context, "issue", None, None, issue_id, out, as_json=as_json)


def _write(
    context: typer.Context, report_id: str, to: str | None, product: str | None, issue_id: str | None, out: Path | None, *, as_json: bool
) -> None:
    if out is not None and out.suffix not in _FORMS:
        raise BadInput(f"{out} is neither .html nor .md. Name a file that ends in one of them with --out.")
    settings = settings_of(context)
    made = make_report(settings, report_id, to, product, issue_id)
    file = write_report(made, out or settings.reports_folder / f"{report_id}-{issue_id or made.days.last}.html")
    if as_json:
        print_json({"file": file, "days": made.days, "figures": made.figure_count, "with_rows": made.filled_count})
    else:
        say(f"{made.page.title}: {made.filled_count} of {made.figure_count} figures have rows.")
        say(f"Written: {known_file(file)}")


def make_report(settings: Settings, report_id: str, to: str | None, product: str | None, issue_id: str | None) -> Report:
    """The report, up to the day or the last of which the marts know; raises BadInput where the day is none."""
    from functools import partial

    from feedback_loop.adapters import marts
    from feedback_loop.adapters.report_charts import draw
    from feedback_loop.contracts.days import parse_day
    from feedback_loop.workflows.report import report_until

    last = None if to is None else parse_day(to)
    if last is not None and not FIRST_YEAR <= last.year <= LAST_YEAR:
        raise BadInput(f"the year of {last} is none from {FIRST_YEAR} to {LAST_YEAR}. Name another day with --to.")
    return report_until(last, report_id, partial(marts.query, marts_file=settings.marts_file), draw, product, issue_id)


def write_report(made: Report, file: Path) -> Path:
    """The file, written whole; pictures stand inside of HTML, and beside Markdown."""
    from feedback_loop.adapters.whole_files import write_all
    from feedback_loop.workflows.report import files_of

    write_all(file.parent, files_of(made, file.name))
    return file
