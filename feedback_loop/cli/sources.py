"""`feedback-loop sources`: the systems that are asked for what customers say, and asking them.

The rule that is easy to break: credentials come from the environment, and are never shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.ingest import told
from feedback_loop.cli.places import SystemClock, known_file, open_store, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, remark, say
from feedback_loop.cli.progress import waiting
from feedback_loop.errors import Refused, SourcesRefused, UnknownChoice

if TYPE_CHECKING:
    from feedback_loop.sources.pulled_rules import PulledRule
    from feedback_loop.workflows.pulled_sources import Standing

app = typer.Typer(help="Systems that are asked for what customers say: list them, check sources.yaml of the home, and pull.")

_COLUMNS = ("source", "kind", "address", "switched on", "last asked", "pages", "read", "landed", "duplicates", "quarantined", "more waits")


@app.command("list")
def list_sources(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List the sources of the home: where each is, and how far it was read.

    Example: `feedback-loop sources list`
    """
    from feedback_loop.adapters.pulling import Pulling
    from feedback_loop.workflows.pulled_sources import read_sources, standing_of

    settings = settings_of(context)
    spool_of = Pulling(settings, SystemClock()).spool_of
    found = [standing_of(name, rule, spool_of(name)) for name, rule in read_sources(settings.sources_file).items()]
    if as_json:
        print_json([_as_data(one) for one in found])
    elif not found:
        say("No sources.yaml in this home: files are landed with `feedback-loop ingest`, and nobody is asked.")
    else:
        print_table(_COLUMNS, [_row(one) for one in found])
        for one in found:
            if one.undocumented_fields:
                remark(f"{one.name} sends fields that nobody documented, kept in the payload: {', '.join(one.undocumented_fields)}")


@app.command()
def lint(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Check sources.yaml: known kinds, their settings, safe addresses, credentials for what is switched on.

    Example: `feedback-loop sources lint`
    """
    from feedback_loop.adapters.sources import unopenable_sources
    from feedback_loop.workflows.pulled_sources import read_sources

    settings = settings_of(context)
    found = read_sources(settings.sources_file)
    problems, place = unopenable_sources(found, settings.credentials), known_file(settings.sources_file)
    if as_json:
        print_json({"place": place, "problems": problems})
    if problems:
        raise SourcesRefused(problems, place)
    if not as_json:
        say(f"{place}: {len(found)} sources, {sum(one.switched_on for one in found.values())} switched on, nothing wrong.")


@app.command("pull")
def pull_sources(
    context: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(help="The sources to ask; without any, all that are switched on.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask the sources for what is new, and land it: read = landed + duplicates + quarantined, always.

    Example: `feedback-loop sources pull support-desk`
    """
    from feedback_loop.adapters.pulling import Pulling
    from feedback_loop.workflows.pulled_sources import pull_all, read_sources

    settings = settings_of(context)
    pulling = Pulling(settings, SystemClock())
    wanted = _wanted(read_sources(settings.sources_file), names or [])
    with waiting("pulling") as note:
        outcome = pull_all(
            wanted, pulling.opened, pulling.spool_of, open_store(settings), SystemClock(),
            lambda name, done: note(f"{name}: page {done.pages:,}, {done.report.read:,} rows"),
            own_domains=settings.own_domains,
        )  # fmt: skip
    if as_json:
        print_json(outcome)
    else:
        for name, pulled in outcome.pulled.items():
            say(f"{name}: {told(pulled.report)}" + (", more waits" if pulled.is_behind else ""))
    for name, pulled in outcome.pulled.items():
        if pulled.new_fields:
            remark(f"{name} sends fields that nobody documented, kept in the payload: {', '.join(pulled.new_fields)}")
    if outcome.refused:
        raise Refused("; ".join(f"{name}: {why.rstrip('.')}" for name, why in outcome.refused.items()) + ".")


def _wanted(rules: Mapping[str, PulledRule], names: list[str]) -> dict[str, PulledRule]:
    for name in names:
        if name not in rules:
            raise UnknownChoice("source", name, sorted(rules))
    return {name: rules[name] for name in names} if names else {name: rule for name, rule in rules.items() if rule.switched_on}


def _row(one: Standing) -> tuple[str, ...]:
    total = one.total
    counts = ("",) * 4 if total is None else tuple(f"{n:,}" for n in (total.read, total.landed, total.duplicates, total.quarantined))
    asked = "never" if one.fetched_at is None else f"{one.fetched_at:%Y-%m-%d %H:%M} UTC"
    switched = "yes" if one.rule.switched_on else "no"
    return (one.name, str(one.rule.kind), one.rule.address, switched, asked, str(one.pages), *counts, "yes" if one.is_behind else "no")


def _as_data(one: Standing) -> dict[str, object]:
    from feedback_loop.sources.pulled_rules import told as rule_told

    return {
        "source": one.name,
        **rule_told(one.rule),
        "pages": one.pages,
        "fetched_at": one.fetched_at,
        "total": one.total,
        "is_behind": one.is_behind,
        "undocumented_fields": list(one.undocumented_fields),
    }
