"""`feedback-loop quality`: what of the landed data differs from its own past, one line per finding with what to do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from feedback_loop.cli.places import FromOption, SystemClock, ToOption, day_or, open_store, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, say
from feedback_loop.errors import BadInput, NothingLanded

if TYPE_CHECKING:
    from feedback_loop.config import Settings
    from feedback_loop.contracts.days import DayRange
    from feedback_loop.workflows.quality_advice import Finding

FAILED = 1
_DAYS = 7


def quality(context: typer.Context, first: FromOption = None, last: ToOption = None, as_json: JsonFlag = False) -> None:
    """Compare what has landed with its own past: repeats, ids, refused rows, silence, volume and empty columns.

    Without days, the last seven that have records. Exit code 1 where a finding makes later figures wrong.

    Example: `feedback-loop quality --from 2024-03-01 --to 2024-03-07`
    """
    from feedback_loop.contracts.vocab import FindingLevel
    from feedback_loop.workflows.quality import judged

    settings = settings_of(context)
    days = _days(settings, first, last)
    found = judged(open_store(settings), days, SystemClock())
    if as_json:
        print_json(found)
    else:
        _print(found, days)
    if any(finding.level is FindingLevel.ERROR for finding in found):
        raise typer.Exit(FAILED)


def _days(settings: Settings, first: str | None, last: str | None) -> DayRange:
    from datetime import timedelta

    from feedback_loop.contracts.days import DayRange
    from feedback_loop.workflows.latest_records import landed_days

    landed = landed_days(open_store(settings))
    if landed is None:
        raise NothingLanded("nothing has landed yet", "Land files with `feedback-loop ingest SOURCE FILE…` first.")
    today = SystemClock().now().date()
    end = day_or(last, min(landed.last, today))
    if end > today:
        raise BadInput(f"{end} lies in the future. Choose a --to of {today} or before.")
    return DayRange(day_or(first, end - timedelta(days=_DAYS - 1)), end)


def _print(found: list[Finding], days: DayRange) -> None:
    for finding in found:
        say(f"{finding.level:<5}  {finding.event_date}  {finding.check:<17}  {finding.advice}")
    say(f"{days}: {len(found)} finding(s)." if found else f"{days}: nothing differs from its own past.")
