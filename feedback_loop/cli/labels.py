"""`feedback-loop labels`: what people say a fragment is truly about; the classifier's word stays beside it."""

from __future__ import annotations

from typing import Annotated

import typer

from feedback_loop.cli.places import SystemClock, has_state, open_state, open_store, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say

app = typer.Typer(help="Labels that people give to single complaints.")

_SHOWN = ("labelled_at", "fragment_id", "labelled_class", "labelled_by")


@app.command()
def correct(
    context: typer.Context,
    fragment_id: Annotated[str, typer.Argument(metavar="FRAGMENT", help="fragment_id of mart_complaint.", show_default=False)],
    class_name: Annotated[str, typer.Argument(metavar="CLASS", help="The class that is right, such as crash.", show_default=False)],
    person: Annotated[str, typer.Option("--as", metavar="PERSON", help="Who says so, as people.yaml names them.", show_default=False)],
    as_json: JsonFlag = False,
) -> None:
    """Say what a complaint is truly about.

    Example: `feedback-loop labels correct fragment_1f0c… billing --as ada`
    """
    from feedback_loop.workflows.label import correct_label
    from feedback_loop.workflows.people import read_people

    settings = settings_of(context)
    people = read_people(settings.people_file)
    label_id = correct_label(fragment_id, class_name, person, people, open_store(settings), open_state(settings), SystemClock().now())
    if as_json:
        print_json({"label_id": label_id})
    else:
        say(f"{fragment_id} is about {class_name}, says {person}.")


@app.command("list")
def list_labels(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List the labels, the newest first.

    Example: `feedback-loop labels list`
    """
    from feedback_loop.contracts.tables import TABLES

    settings = settings_of(context)
    rows = open_state(settings).snapshot(TABLES["state_label"]).reverse().to_dicts() if has_state(settings) else []
    if as_json:
        print_json(rows)
    elif not rows:
        say("Nobody gave a label yet.")
    else:
        print_table(_SHOWN, [[row[name] for name in _SHOWN] for row in rows])
