"""`feedback-loop ingest`: files in, bronze rows out, every row accounted for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import SystemClock, open_store, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, remark, say
from feedback_loop.cli.progress import waiting
from feedback_loop.config import Settings

if TYPE_CHECKING:
    from feedback_loop.contracts.records import LandingReport

_SOURCES = (
    "what customers say: records, google-play, google-play-reviews, app-store-connect, app-store-text, zendesk, intercom, mail, "
    "survey, calls, chats, segment, incident-comments; or what happened: releases, changes, incidents, telemetry, logs, customers, "
    "business-events, documents, github-releases, github-compare, cdevents, launchdarkly, otlp, statuspage"
)


def ingest(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help=f"What the files hold: {_SOURCES}.", show_default=False)],
    files: Annotated[list[Path], typer.Argument(help="The files to land.", show_default=False)],
    product: Annotated[
        str | None, typer.Option(help="Product that the rows are about, where they don't name it themselves.", show_default=False)
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Land files: read = landed + duplicates + quarantined, always. The same file twice adds nothing.

    Example: `feedback-loop ingest google-play reviews.csv --product "My app"`
    """
    report = land(settings_of(context), source, files, product)
    if as_json:
        print_json(report)
    else:
        say(told(report))
    if report.quarantined:
        remark(f"{report.quarantined} rows could not be landed and were kept byte for byte; see `feedback-loop quarantine list`.")


def land(settings: Settings, source: str, files: list[Path], product: str | None) -> LandingReport:
    """What became of the rows of all files."""
    from feedback_loop.workflows.ingest import land_files

    with waiting("landing") as note:
        return land_files(
            source,
            files,
            product,
            open_store(settings),
            SystemClock(),
            lambda path, report: note(f"{path.name}: {report.read:,} rows"),
            own_domains=settings.own_domains,
        )


def told(report: LandingReport) -> str:
    """The report as the sum that it is."""
    return f"{report.read:,} rows read = {report.landed:,} landed + {report.duplicates:,} duplicates + {report.quarantined:,} quarantined"
