"""`feedback-loop reveal`: one masked value, shown to a person who may see it."""

from __future__ import annotations

from typing import Annotated

import typer

from feedback_loop.cli.places import SystemClock, open_state, open_store, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, say


def reveal(
    context: typer.Context,
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="As a masked text has it, such as EMAIL_bcdfghjk.", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it is needed; kept in the audit trail.", show_default=False)],
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Who you are, as people.yaml names you.", show_default=False)],
    as_json: JsonFlag = False,
) -> None:
    """Show the value behind one token. Needs the role privacy_officer; who saw what, and why, is kept.

    Example: `feedback-loop reveal EMAIL_bcdfghjk --as dora --reason "refund 4711 needs an address"`
    """
    from feedback_loop.workflows.people import read_people, roles_of
    from feedback_loop.workflows.reveal import reveal as reveal_value

    settings = settings_of(context)
    roles = roles_of(person, read_people(settings.people_file))
    value = reveal_value(token, reason, person, roles, open_store(settings), open_state(settings), SystemClock().now())
    if as_json:
        print_json({"value": value})
    else:
        say(value)
