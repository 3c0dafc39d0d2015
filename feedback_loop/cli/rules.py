"""`feedback-loop rules`: which shares of some hours are an alert."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import known_file, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say

if TYPE_CHECKING:
    from feedback_loop.analysis.share_trigger import ShareRule
    from feedback_loop.config import Settings

app = typer.Typer(help="Which shares of some hours are an alert.")

_COLUMNS = ("rule", "share", "hours", "of whom", "about", "fewest", "chance")


@app.command()
def show(
    context: typer.Context,
    as_template: Annotated[bool, typer.Option("--template", help="Print the package's rules as YAML, to start your own from.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show the rules that count: alert_rules.yaml of the home, or the package's own.

    Example: `feedback-loop rules show`
    """
    from feedback_loop.analysis.alert_rules import seed_text
    from feedback_loop.workflows.alert_rules import read_rules

    if as_template:
        say(seed_text().rstrip())
        return
    settings = settings_of(context)
    rules = read_rules(settings.alert_rules_file)
    if as_json:
        print_json([asdict(rule) for rule in rules])
        return
    print_table(_COLUMNS, [_row(rule) for rule in rules])
    say(f"From {_place(settings)}. Rises and what follows a change are tested beside these, with budgets of their own.")


@app.command()
def lint(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Check the rules: no misspelt word, no dimension or class that never occurs, no name twice.

    Example: `feedback-loop rules lint`
    """
    from feedback_loop.workflows.alert_rules import read_rules

    settings = settings_of(context)
    rules = read_rules(settings.alert_rules_file)
    if as_json:
        print_json({"place": _place(settings), "rule_ids": [rule.rule_id for rule in rules], "problems": []})
    else:
        say(f"{_place(settings)}: {len(rules)} rule{'' if len(rules) == 1 else 's'}, nothing wrong.")


def _row(rule: ShareRule) -> tuple[object, ...]:
    limits = rule.limits
    about = [*rule.complaint_classes, *(f'"{word}"' for word in rule.words)]
    whom = ", ".join(limits.dimensions) or "everybody"
    return (
        rule.rule_id, f"{limits.share:.0%}", limits.window_hours, whom, ", ".join(about) or "any complaint", limits.fewest_records,
        f"{limits.chance:g}",
    )  # fmt: skip


def _place(settings: Settings) -> str:
    return known_file(settings.alert_rules_file) if settings.alert_rules_file.exists() else "the package's own rules"
