"""`feedback-loop receiver`: serves the door for signed callbacks, and opens the home anew for each of them.

The rule that is easy to break: people, tools and classes are read for each callback, so that a role that was taken away is gone at once;
and the home is held only while one is carried out, so that an erasure need not wait for the receiver to be stopped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import SystemClock, open_state, open_store, settings_of
from feedback_loop.cli.printing import remark, say
from feedback_loop.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from feedback_loop.config import Settings
    from feedback_loop.remediation.callbacks.heard import Heard
    from feedback_loop.workflows.callbacks import Answer

_HERE = ("127.0.0.1", "::1", "localhost")


def receiver(
    context: typer.Context,
    host: Annotated[str, typer.Option(help="Address to listen at; any but this machine's own wants TLS before it.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535, help="Port to listen at.")] = 8770,
) -> None:
    """Hear signed callbacks: approvals pressed in Slack, tickets closed or opened again, labels corrected. Stop it with Ctrl-C.

    Example: `feedback-loop receiver --port 8770`
    """
    from feedback_loop.adapters.slack.ephemeral import tell
    from feedback_loop.contracts.callback_vocab import CallbackVendor
    from feedback_loop.receiver import build_app, path_of, serve

    settings = settings_of(context)
    secrets = {vendor: settings.callback_secrets[vendor] for vendor in CallbackVendor if vendor in settings.callback_secrets}
    if not secrets:
        raise BadInput("no vendor has a secret to sign with. Set FEEDBACK_LOOP_SLACK_CALLBACK_SECRET, or that of another one.")
    for vendor in secrets:
        say(f"{vendor:>12}  http://{f'[{host}]' if ':' in host else host}:{port}{path_of(vendor)}")
    if host not in _HERE:
        remark("what comes in is not encrypted here; put a proxy with TLS before it, and let nobody else reach it.")
    serve(build_app(secrets, carry_out_in(settings), SystemClock(), tell), host, port)


def carry_out_in(settings: Settings) -> Callable[[Heard], Answer]:
    """What carries a callback out in the home, as it is at that moment."""
    from feedback_loop.adapters.home_lock import at_work
    from feedback_loop.workflows.callbacks import Company, carry_out
    from feedback_loop.workflows.connector_files import read_connectors
    from feedback_loop.workflows.identity import open_directory
    from feedback_loop.workflows.taxonomies import read_taxonomy

    def carry(heard: Heard) -> Answer:
        with at_work(settings):
            state = open_state(settings)
            directory = open_directory(settings, state, needs_local=False)
            connectors = read_connectors(settings.connectors_file) or {}
            company = Company(state, open_store(settings), directory, connectors, read_taxonomy(settings.taxonomy_file))
            return carry_out(heard, company, SystemClock())

    return carry
