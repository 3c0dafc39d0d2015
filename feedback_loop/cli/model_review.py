"""`feedback-loop model review`: the week of the classifier as Markdown, as one HTML file, and as pictures."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import day_or, known_file, open_model_home, open_store, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, say

if TYPE_CHECKING:
    from feedback_loop.config import Settings
    from feedback_loop.workflows.model_review import Review


def review(
    context: typer.Context,
    week: Annotated[
        str | None, typer.Option(metavar="DAY", help="Last day of the week; without it the last that has records.", show_default=False)
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where to; without it model_review_DAY in this folder.", show_default=False)
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Write the weekly review: reliability, confusion, coverage, drift, cost, disagreements. It holds masked words of customers.

    Example: `feedback-loop model review --out review`
    """
    found = _review(settings_of(context), week)
    folder = out or Path(f"model_review_{found.week.last if found.week else 'empty'}")
    files = _written(found, folder)
    if as_json:
        print_json({"week": found.week, "files": files, "checks": found.judgements})
        return
    for name, one in found.judgements.items():
        say(f"{name}: {one.said}")
    say(f"Written: {', '.join(known_file(file) for file in files)}.")


def _review(settings: Settings, week: str | None) -> Review:
    from feedback_loop.contracts.days import DayRange
    from feedback_loop.workflows.latest_records import landed_days
    from feedback_loop.workflows.model_review import EMPTY, WEEK, review_of

    landed = landed_days(open_store(settings))
    if landed is None:
        return EMPTY
    last = day_or(week, landed.last)
    return review_of(open_model_home(settings), DayRange(last - timedelta(days=WEEK - 1), last))


def _written(found: Review, folder: Path) -> list[Path]:
    """The files of the review, the page for people first."""
    from feedback_loop.adapters.whole_files import write_all
    from feedback_loop.workflows.page import as_html, as_markdown
    from feedback_loop.workflows.review_sections import review_page

    page, pictures = review_page(found), _pictures(found)
    contents = {"review.html": as_html(page, pictures).encode(), "review.md": as_markdown(page).encode(), **pictures}
    return write_all(folder, contents)


def _pictures(found: Review) -> dict[str, bytes]:
    from feedback_loop.adapters import model_charts as charts
    from feedback_loop.workflows import review_sections as sections

    draw = {
        sections.RELIABILITY: charts.reliability_curve,
        sections.CONFUSION: charts.confusion,
        sections.COVERAGE: charts.coverage_against_precision,
        sections.DRIFT: charts.shares_before_and_after,
        sections.TIERS: charts.fragments_by_tier,
    }
    return {name: draw[name](frame) for name, frame in sections.pictured(found).items()}
