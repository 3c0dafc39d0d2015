"""`feedback-loop model drift`: what changed in the classes between two periods, and whether the model or the customers did it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import FromOption, ToOption, day_or, open_model_home, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say
from feedback_loop.errors import BadInput, NothingLanded

if TYPE_CHECKING:
    from feedback_loop.contracts.days import DayRange
    from feedback_loop.workflows.model_drift import DriftReport, Release
    from feedback_loop.workflows.model_versions import Home

_DAYS = 7


def drift(
    context: typer.Context,
    first: FromOption = None,
    last: ToOption = None,
    before: Annotated[
        str | None,
        typer.Option(metavar="DAY..DAY", help="Days to compare with; without them as many days right before.", show_default=False),
    ] = None,
    release: Annotated[
        str | None,
        typer.Option(metavar="X", help="A product's version or a promoted model: its product's fragments before it and after it.",
                     show_default=False),
    ] = None,
    as_json: JsonFlag = False,
) -> None:  # fmt: skip
    """Say why the share of a class changed: by the input or by the model version, between which classes, and who is right.

    Without days, the last seven that have records, or with --release all from that day on.

    Example: `feedback-loop model drift --from 2024-03-08 --to 2024-03-14 --release 6.4`
    """
    from feedback_loop.workflows.drift_words import COLUMNS, drift_lines, drift_rows
    from feedback_loop.workflows.model_drift import drift_of, release_named

    home = open_model_home(settings_of(context))
    named = None if release is None else release_named(home, release)
    after = _after(home, first, last, named)
    report = drift_of(home, after, _before(before, after, named), named)
    if as_json:
        print_json(_as_data(report))
        return
    for line in drift_lines(report):
        say(line)
    if report.drift.classes:
        print_table(COLUMNS, drift_rows(report.drift))


def _after(home: Home, first: str | None, last: str | None, release: Release | None) -> DayRange:
    from feedback_loop.contracts.days import DayRange
    from feedback_loop.workflows.latest_records import landed_days

    landed = landed_days(home.tables)
    if landed is None:
        raise NothingLanded("nothing has landed yet", "Land files with `feedback-loop ingest SOURCE FILE…` first.")
    end = day_or(last, landed.last)
    return DayRange(day_or(first, release.released_date if release else end - timedelta(days=_DAYS - 1)), end)


def _before(text: str | None, after: DayRange, release: Release | None) -> DayRange:
    """The days that were named; otherwise as many as those after, right before them or before the release."""
    from feedback_loop.contracts.days import DayRange, parse_day

    if text is not None:
        first, mark, last = text.partition("..")
        if not mark:
            raise BadInput(f"'{text}' is no range of days. Write --before 2024-03-01..2024-03-07.")
        return DayRange(parse_day(first), parse_day(last))
    end: date = min(after.first, release.released_date) if release else after.first
    return DayRange(end - timedelta(days=len(after)), end - timedelta(days=1))


def _as_data(report: DriftReport) -> dict[str, object]:
    from dataclasses import asdict

    from feedback_loop.workflows.drift_words import drift_lines

    causes = {one.name: str(one.cause) for one in report.drift.classes}
    classes = [{**asdict(one), "cause": causes[one.name]} for one in report.drift.classes]
    return {**asdict(report), "drift": {**asdict(report.drift), "classes": classes}, "said": drift_lines(report)}
