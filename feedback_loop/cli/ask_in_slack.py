"""`feedback-loop approvals ask-in-slack`: people are asked in Slack what waits for them; others decide it there (`cli/approvals`)."""

from __future__ import annotations

from uuid import uuid4

import typer

from feedback_loop.cli.places import SystemClock, has_state, open_state, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, say
from feedback_loop.errors import BadInput


def ask_in_slack(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Post each proposal that waits to the channel for approvals, once, and let its message say how it stands.

    Example: `feedback-loop approvals ask-in-slack`
    """
    from feedback_loop.adapters.slack.approvals import open_approvals
    from feedback_loop.workflows.ask_in_slack import ask_in_slack as ask
    from feedback_loop.workflows.connector_files import read_connectors

    settings = settings_of(context)
    if not has_state(settings):
        raise BadInput("nothing was proposed yet. Run `feedback-loop run` first.")
    with open_approvals(read_connectors(settings.connectors_file) or {}, settings.credentials, SystemClock()) as channel:
        report = ask(open_state(settings), channel, SystemClock(), uuid4().hex)
    if as_json:
        print_json(vars(report))
    else:
        say(f"{len(report.asked)} proposals posted, {len(report.shown)} messages changed, {len(report.left)} left.")
        for proposal_id, why in report.left.items():
            say(f"  {proposal_id}: {why}")
    if report.left:
        raise typer.Exit(1)
