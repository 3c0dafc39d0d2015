"""`feedback-loop query`: one read-only SQL statement over the published marts, and what one could ask of them.

The questions themselves are `workflows/mart_questions`; how a statement is kept to reading is `adapters/marts`.
"""

from __future__ import annotations

from typing import Annotated

import typer

from feedback_loop.cli.places import settings_of
from feedback_loop.cli.printing import MOST_SHOWN, JsonFlag, print_json, print_table, remark, say
from feedback_loop.errors import BadInput

ROWS_SHOWN = 200


def query(
    context: typer.Context,
    sql: Annotated[
        str | None,
        typer.Argument(
            help="One SELECT, DESCRIBE or SUMMARIZE over the mart_* tables; with --examples the name of a mart.", show_default=False
        ),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=1, max=MOST_SHOWN, help=f"Most rows to print; without it {ROWS_SHOWN} as a table, all as JSON.", show_default=False
        ),
    ] = None,
    examples: Annotated[
        bool, typer.Option("--examples", help="Print questions that the marts answer, each with its SQL, and run nothing.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Ask the marts in SQL; `--examples` shows what one could ask.

    Example: `feedback-loop query "select issue_label, total_fragment_count from mart_issue order by 2 desc limit 5"`
    """
    if examples:
        _print_examples(sql, as_json)
    elif sql is None:
        raise BadInput("no query given. Give one SELECT in quotes; `feedback-loop query --examples` shows what one could ask.")
    else:
        _print_rows(context, sql, limit, as_json)


def _print_rows(context: typer.Context, sql: str, limit: int | None, as_json: bool) -> None:
    from feedback_loop.adapters import marts

    shown = limit if limit is not None or as_json else ROWS_SHOWN
    result = marts.query(sql, settings_of(context).marts_file, limit=shown)
    if as_json:
        print_json([dict(zip(result.columns, row, strict=True)) for row in result.rows])
    else:
        print_table(result.columns, result.rows)
    if result.is_truncated:
        remark(f"only the first {shown} rows are shown; --limit N shows more.")


def _print_examples(mart: str | None, as_json: bool) -> None:
    from feedback_loop.workflows.mart_questions import mart_questions, marts_asked

    tables = marts_asked(mart)
    if as_json:
        print_json(
            [{"mart": table.name, "question": one.question, "sql": one.sql} for table in tables for one in mart_questions()[table.name]]
        )
        return
    for table in tables:
        say(f"{table.name}: one row is {table.grain}.")
        for one in mart_questions()[table.name]:
            say(f'\n  {one.question}\n  feedback-loop query "{one.sql}"')
        say()
