"""`feedback-loop quarantine`: the rows that could not be landed. `show` alone prints what a customer wrote, to the operator who asks."""

from __future__ import annotations

from typing import Annotated

import typer

from feedback_loop.cli.ingest import told
from feedback_loop.cli.places import SystemClock, open_store, settings_of
from feedback_loop.cli.printing import JsonFlag, plain, print_json, print_table, say

app = typer.Typer(help="Rows that could not be landed: which, why, and try them again.")

_SHOWN = ("quarantine_id", "source", "source_file", "source_row_number", "quarantine_reason", "quarantine_detail", "is_resolved")


@app.command("list")
def list_rows(
    context: typer.Context,
    with_resolved: Annotated[bool, typer.Option("--all", help="Also those that were recovered since.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List quarantined rows with the reason of each.

    Example: `feedback-loop quarantine list`
    """
    from feedback_loop.workflows.quarantine import quarantined_rows

    rows = quarantined_rows(open_store(settings_of(context)), with_resolved=with_resolved)
    if as_json:
        print_json(rows.to_dicts())
    elif rows.is_empty():
        say("No row waits in quarantine.")
    else:
        print_table(_SHOWN, rows.select(_SHOWN).rows())


@app.command()
def show(
    context: typer.Context,
    quarantine_id: Annotated[str, typer.Argument(help="Id from `quarantine list`.", show_default=False)],
    as_json: JsonFlag = False,
) -> None:
    """Show one quarantined row with its raw text, which may hold personal data.

    Example: `feedback-loop quarantine show quarantine_1f0c…`
    """
    from feedback_loop.workflows.quarantine import quarantined_row

    row = quarantined_row(quarantine_id, open_store(settings_of(context)))
    if as_json:
        print_json({**row.columns, "raw_text": row.raw_text, "raw_bytes": row.raw_bytes})
        return
    for name, value in row.columns.items():
        say(f"{name}: {plain(value)}")
    say("")
    say(row.raw_text)


@app.command()
def retry(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Read all quarantined rows again, with the readers of today.

    Example: `feedback-loop quarantine retry`
    """
    from feedback_loop.workflows.quarantine import retry_quarantined

    report = retry_quarantined(open_store(settings_of(context)), SystemClock())
    if as_json:
        print_json(report)
    else:
        say(told(report))
