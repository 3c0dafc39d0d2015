"""`feedback-loop taxonomy`: which classes there are, and what another version of them would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import FromOption, ToOption, days_or_all, known_file, open_model_home, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say
from feedback_loop.errors import InputFileMissing

if TYPE_CHECKING:
    from feedback_loop.analysis.taxonomy import Taxonomy
    from feedback_loop.config import Settings
    from feedback_loop.workflows.relabelling import Difference

app = typer.Typer(help="The classes of complaints: the package's own, or yours in taxonomy.yaml of the home.")

_COLUMNS = ("class", "parent", "counts as", "sensitive", "owner", "examples", "languages")


@app.command()
def show(
    context: typer.Context,
    as_template: Annotated[bool, typer.Option("--template", help="Print it as YAML, to start your own from.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show the classes that people label with: taxonomy.yaml of the home, or the package's own.

    Example: `feedback-loop taxonomy show`
    """
    from feedback_loop.analysis.taxonomy_file import taxonomy_text
    from feedback_loop.workflows.taxonomies import read_taxonomy

    settings = settings_of(context)
    taxonomy = read_taxonomy(settings.taxonomy_file)
    if as_template:
        say(taxonomy_text(taxonomy).rstrip())
    elif as_json:
        print_json({"version": taxonomy.version, "classes": [vars(one) for one in taxonomy.classes]})
    else:
        _print(taxonomy, settings)


@app.command()
def diff(
    context: typer.Context,
    file: Annotated[Path | None, typer.Argument(help="Another taxonomy; without it taxonomy.yaml of the home.", show_default=False)] = None,
    first: FromOption = None,
    last: ToOption = None,
    limit: Annotated[int, typer.Option(min=0, help="How many single fragments to name.")] = 10,
    as_json: JsonFlag = False,
) -> None:
    """Show what a taxonomy would change: its classes beside those of the present classifier, and the fragments that it would relabel.

    Example: `feedback-loop taxonomy diff new_taxonomy.yaml --from 2026-01-01`
    """
    from feedback_loop.workflows.relabelling import difference
    from feedback_loop.workflows.taxonomies import read_taxonomy

    settings = settings_of(context)
    if file is not None and not file.is_file():
        raise InputFileMissing(file)
    after, is_known = read_taxonomy(file or settings.taxonomy_file), settings.has_state
    found = difference(open_model_home(settings), after, days_or_all(first, last), has_state=is_known)
    if as_json:
        print_json({**vars(found), "fragments": found.fragments.to_dicts(), "by_pair": found.by_pair()})
    else:
        _print_difference(found, limit)


def _print(taxonomy: Taxonomy, settings: Settings) -> None:
    place = known_file(settings.taxonomy_file) if settings.taxonomy_file.exists() else "the package's own classes"
    say(f"From {place}, version {taxonomy.version}, {len(taxonomy.classes)} classes.")
    rows = [
        (str(c.name), c.parent, str(c.platform_class), c.is_sensitive, c.owner, len(c.examples), sorted({lang for lang, _ in c.examples}))
        for c in taxonomy.classes
    ]
    print_table(_COLUMNS, rows)


def _print_difference(found: Difference, limit: int) -> None:
    say(f"From version {found.before_version} to {found.after_version}.")
    if found.classes:
        print_table(("class", "what became of it"), found.classes)
    say(f"{found.fragments.height} of {found.fragment_count} fragments would get another label (– is an abstention).")
    if pairs := found.by_pair():
        print_table(("before", "after", "fragments"), pairs)
    if limit and found.fragments.height:
        print_table(("fragment", "before", "after", "score"), list(found.fragments.head(limit).iter_rows()))
    if found.before_version != found.after_version:
        say("That is what its examples and the labels so far teach. Next, with it as taxonomy.yaml: `labels queue`, then `model train`.")
