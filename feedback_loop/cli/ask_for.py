"""`feedback-loop approvals request`: a person asks for an action that no alert triggers; others approve it (`cli/approvals`)."""

from __future__ import annotations

from typing import Annotated

import typer

from feedback_loop.cli.places import AsOption, SystemClock, open_state, open_store, settings_of, who_acts
from feedback_loop.cli.printing import JsonFlag, print_json, say


def request(
    context: typer.Context,
    playbook_id: Annotated[str, typer.Argument(metavar="PLAYBOOK", help="One that is done on request.", show_default=False)],
    issue_id: Annotated[str, typer.Option("--issue", metavar="ID", help="The issue that it is asked for.", show_default=False)],
    why: Annotated[str, typer.Option(help="Why; shown to those who approve.", show_default=False)],
    person: AsOption = None,
    whom: Annotated[
        str | None, typer.Option("--for", metavar="ID", help="The customer of the issue, or the team.", show_default=False)
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask for an action: a refund, a new licence key, an offer, a note on the status page, another queue. Others approve it.

    Example: `feedback-loop approvals request refund --issue issue_7c1d… --for customer_12 --as ada --why "charged twice"`
    """
    from feedback_loop.workflows.kept_rules import keep_rules
    from feedback_loop.workflows.owners import read_ownership
    from feedback_loop.workflows.request_action import request_action
    from feedback_loop.workflows.rules_in_force import read_rules

    settings, at, actor = settings_of(context), SystemClock().now(), who_acts(context, person)
    state = open_state(settings)
    rules, owners = read_rules(settings, state, at), read_ownership(settings.owners_file)
    keep_rules(settings)
    made = request_action(playbook_id, issue_id, whom, why, actor.name, actor.people, open_store(settings), state, rules, owners, at)
    if as_json:
        print_json(made.row())
    elif made.refusal_reason:
        say(f"{made.proposal_id} was refused: {made.refusal_reason.replace('_', ' ')}.")
    else:
        say(f"{made.proposal_id} waits for {made.approvals_required_count} people.")
    if made.refusal_reason:
        raise typer.Exit(1)
