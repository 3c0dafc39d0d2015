"""`feedback-loop query`: one read-only SQL statement over the published marts."""

from __future__ import annotations

from typing import Annotated

import typer

from feedback_loop.cli.places import settings_of
from feedback_loop.cli.printing import MOST_SHOWN, JsonFlag, print_json, print_table, remark

ROWS_SHOWN = 200


def query(
    context: typer.Context,
    sql: Annotated[str, typer.Argument(help="One SELECT, DESCRIBE or SUMMARIZE over the mart_* tables.", show_default=False)],
    limit: Annotated[
        int | None,
        typer.Option(
            min=1, max=MOST_SHOWN, help=f"Most rows to print; without it {ROWS_SHOWN} as a table, all as JSON.", show_default=False
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask the marts in SQL.

    Example: `feedback-loop query "select issue_label, total_fragment_count from mart_issue order by 2 desc limit 5"`
    """
    from feedback_loop.adapters import marts

    shown = limit if limit is not None or as_json else ROWS_SHOWN
    result = marts.query(sql, settings_of(context).marts_file, limit=shown)
    if as_json:
        print_json([dict(zip(result.columns, row, strict=True)) for row in result.rows])
    else:
        print_table(result.columns, result.rows)
    if result.is_truncated:
        remark(f"only the first {shown} rows are shown; --limit N shows more.")
