"""`feedback-loop connectors`: which action goes to which tool, and whether what is said of them can be followed.

Nothing is asked of any tool from here. The rule that is easy to break: credentials come from the environment, and are never shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from feedback_loop.cli.places import SystemClock, known_file, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say
from feedback_loop.errors import ConnectorsRefused

if TYPE_CHECKING:
    from feedback_loop.config import Settings
    from feedback_loop.remediation.connectors import Connector
    from feedback_loop.workflows.lanes import Lanes

app = typer.Typer(help="Tools that actions go to: list them, and check connectors.yaml of the home.")

_COLUMNS = ("connector", "kind", "address", "switched on", "takes", "environments")


@app.command("list")
def list_connectors(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List the connectors of the home: where each is, whether it is switched on, and what it takes.

    Example: `feedback-loop connectors list`
    """
    from feedback_loop.workflows.connector_files import read_connectors

    settings = settings_of(context)
    found = read_connectors(settings.connectors_file)
    if as_json:
        print_json({name: one.model_dump(mode="json") for name, one in (found or {}).items()})
    elif found is None:
        say("No connectors.yaml in this home: one case system takes everything where a command or the settings name it.")
    else:
        print_table(_COLUMNS, [_row(name, one) for name, one in found.items()])
        _say_untaken(found)


@app.command()
def lint(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Check connectors.yaml: known kinds, each action for one tool at most, safe addresses, credentials for what is switched on.

    Example: `feedback-loop connectors lint`
    """
    from feedback_loop.adapters.connectors import unopenable
    from feedback_loop.remediation.connectors import untaken
    from feedback_loop.workflows.connector_files import read_connectors

    settings = settings_of(context)
    found = read_connectors(settings.connectors_file) or {}
    problems, place = unopenable(found, settings.credentials), known_file(settings.connectors_file)
    if as_json:
        print_json({"place": place, "problems": problems, "untaken": untaken(found)})
    if problems:
        raise ConnectorsRefused(problems, place)
    if not as_json:
        live = sum(one.switched_on for one in found.values())
        say(f"{place}: {len(found)} connectors, {live} switched on, nothing wrong.")
        _say_untaken(found)


@contextmanager
def open_lanes(settings: Settings, url: str | None, *, is_dry_run: bool = False) -> Iterator[Lanes]:
    """The ways to what is switched on: the system at the address that was named, otherwise the connectors of the home."""
    from feedback_loop.adapters.case_api.client import CaseApiClient
    from feedback_loop.adapters.connectors import open_connectors
    from feedback_loop.workflows.connector_files import read_connectors
    from feedback_loop.workflows.lanes import lanes_of, one_lane

    if url is not None:
        with CaseApiClient(url) as system:
            yield one_lane(system)
        return
    connectors = read_connectors(settings.connectors_file)
    if connectors is None:
        yield one_lane(None)
        return
    with open_connectors({} if is_dry_run else connectors, settings.credentials, SystemClock()) as systems:
        yield lanes_of(connectors, systems)


def _row(name: str, one: Connector) -> tuple[str, ...]:
    limits = "any" if one.environments is None else ", ".join(one.environments)
    return (name, str(one.kind), one.address, "yes" if one.switched_on else "no", ", ".join(one.takes), limits)


def _say_untaken(found: Mapping[str, Connector]) -> None:
    from feedback_loop.remediation.connectors import untaken

    if found and (left := untaken(found)):
        say(f"No connector takes {', '.join(left)}: such actions wait.")
