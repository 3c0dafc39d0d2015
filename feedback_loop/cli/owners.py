"""`feedback-loop owners`: who owns which complaints, and who mends, tells, refunds and signs off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import known_file, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say, shortened
from feedback_loop.errors import OwnershipRefused

if TYPE_CHECKING:
    from feedback_loop.analysis.ownership import Owners, Ownership, OwnershipRule
    from feedback_loop.config import Settings

app = typer.Typer(help="Who owns which complaints, and who mends, tells, refunds and signs off.")

_COLUMNS = ("rule", "applies to", "owner", "bug fixes", "messaging", "refunds", "sign-off")
_LONGEST_PARTS = 32


@app.command()
def show(
    context: typer.Context,
    as_template: Annotated[bool, typer.Option("--template", help="Print the package's table as YAML, to start your own from.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show the ownership table that counts: owners.yaml of the home, or the package's own.

    Example: `feedback-loop owners show`
    """
    from feedback_loop.analysis.ownership import seed_text
    from feedback_loop.workflows.owners import read_owners

    if as_template:
        say(seed_text().rstrip())
        return
    settings = settings_of(context)
    owners = read_owners(settings)
    if as_json:
        print_json({**owners.table.model_dump(mode="json"), "class_owners": owners.of_classes})
    else:
        _print(owners, settings)


@app.command()
def lint(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Check the ownership table: every team declared, every duty somebody's, no rule in vain, owners of playbooks and classes known.

    Example: `feedback-loop owners lint`
    """
    from feedback_loop.workflows.owners import read_owners, strangers
    from feedback_loop.workflows.playbook_files import read_playbooks

    settings = settings_of(context)
    owners = read_owners(settings)
    table, problems = owners.table, strangers(owners, read_playbooks(settings.playbooks_folder))
    if as_json:
        print_json({"place": _place(settings), "version": table.ownership_version, "problems": problems})
    if problems:
        raise OwnershipRefused(problems, _place(settings))
    if not as_json:
        say(f"{_place(settings)}: {len(table.rules)} rules, {len(table.teams)} teams, nothing wrong. Version {table.ownership_version}.")


def _place(settings: Settings) -> str:
    return known_file(settings.owners_file) if settings.owners_file.exists() else "the package's own table"


def _print(owners: Owners, settings: Settings) -> None:
    table = owners.table
    say(f"From {_place(settings)}, version {table.ownership_version}. The rule that names most decides, the upper one where equal.")
    print_table(_COLUMNS, [_row(table, rule) for rule in [*table.rules, None]])
    if owners.of_classes:
        say("Classes of the taxonomy with an owner of their own, who goes before every rule that names no product and no area:")
        print_table(("class", "owner"), sorted(owners.of_classes.items()))
    print_table(("team", "function"), sorted((team, str(function)) for team, function in table.teams.items()))


def _row(table: Ownership, rule: OwnershipRule | None) -> tuple[str, ...]:
    duties = table.duties_under(rule)
    names = ("default", "everything else") if rule is None else (rule.rule_id, _parts(rule))
    return (*names, duties.owner, duties.bug_fixes, duties.messaging, duties.refunds, duties.sign_off)


def _parts(rule: OwnershipRule) -> str:
    named = [", ".join(rule.complaint_classes), ", ".join(rule.products), ", ".join(rule.product_areas)]
    return shortened(" in ".join(part for part in named if part), _LONGEST_PARTS)
