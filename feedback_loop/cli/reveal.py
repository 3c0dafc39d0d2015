"""`feedback-loop reveal`: one masked value, shown to a person who may see it."""

from __future__ import annotations

from typing import Annotated

import typer

from feedback_loop.cli.places import AsOption, SystemClock, open_state, open_store, settings_of, who_acts
from feedback_loop.cli.printing import JsonFlag, print_json, say


def reveal(
    context: typer.Context,
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="As a masked text has it, such as EMAIL_bcdfghjk.", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it is needed; kept in the audit trail.", show_default=False)],
    person: AsOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Show the value behind one token. Needs the role privacy_officer; who saw what, and why, is kept.

    Example: `feedback-loop reveal EMAIL_bcdfghjk --as dora --reason "refund 4711 needs an address"`
    """
    from feedback_loop.workflows.reveal import reveal as reveal_value

    settings = settings_of(context)
    actor = who_acts(context, person)
    value = reveal_value(token, reason, actor.name, actor.roles, open_store(settings), open_state(settings), SystemClock().now())
    if as_json:
        print_json({"value": value})
    else:
        say(value)
