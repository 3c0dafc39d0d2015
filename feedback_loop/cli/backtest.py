"""`feedback-loop backtest`: what the playbooks would have done on days of the past, and whether that would have been right.

Nothing is stored or carried out. The words are in `backtest_words`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.backtest_words import content_of, tell
from feedback_loop.cli.places import FromOption, SystemClock, ToOption, known_state, open_models, open_store, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json
from feedback_loop.cli.progress import steps
from feedback_loop.cli.run import days_to_run
from feedback_loop.errors import BadInput, UnknownChoice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feedback_loop.config import Settings
    from feedback_loop.ports import StateStore
    from feedback_loop.remediation.playbooks import Playbook
    from feedback_loop.remediation.rules import Rules

_HOURS_OF_DAY = 24


def backtest(
    context: typer.Context,
    first: FromOption = None,
    last: ToOption = None,
    policy: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Another policy.yaml, tried instead of the one in force.", show_default=False),
    ] = None,
    folder: Annotated[
        Path | None, typer.Option("--playbooks", metavar="DIR", help="Playbooks to try instead of the shipped ones.", show_default=False)
    ] = None,
    by: Annotated[
        str, typer.Option("--by", help="What counts as known: landed (as it was), or event (for an imported history).")
    ] = "landed",
    every: Annotated[int, typer.Option("--every", metavar="HOURS", min=1, max=_HOURS_OF_DAY, help="How often a day is looked at.")] = 24,
    as_json: JsonFlag = False,
) -> None:
    """Replay days of the past through playbooks and policy, without looking ahead: what would have been done, and how right it was.

    It looks once a day, at its end, or every few hours; the live loop looks every five minutes, so it may have been surer earlier.
    Labels and outcomes that are known by now judge what the replay would have done; the replay itself never sees them.

    Example: `feedback-loop backtest --from 2021-10-01 --to 2021-10-31 --by event`
    """
    from feedback_loop.workflows.backtest import backtest as replay
    from feedback_loop.workflows.backtest_report import report_of
    from feedback_loop.workflows.sla import read_sla_policy
    from feedback_loop.workflows.taxonomies import read_taxonomy

    if by not in ("landed", "event"):
        raise UnknownChoice("--by", by, ["landed", "event"])
    settings = settings_of(context)
    days, playbooks = days_to_run(settings, first, last), _playbooks(folder or settings.playbooks_folder, is_asked=folder is not None)
    state = known_state(settings)
    rules = _rules(settings, state, policy, playbooks)
    tables, taxonomy, promised = open_store(settings), read_taxonomy(settings.taxonomy_file), read_sla_policy(settings.sla_file)
    models = open_models(settings)
    with steps(f"back-test {days}", len(days)) as advance:
        told = replay(
            tables,
            state,
            days,
            models.analysed,
            rules,
            is_by_event=by == "event",
            taxonomy=taxonomy,
            hours=hours_of(every),
            progress=lambda day: advance(str(day)),
        )
    report = report_of(told, rules.policy.policy_version, rules.policy.limits.hands_to_people, tables, state, taxonomy, promised)
    if as_json:
        print_json(content_of(report))
    else:
        tell(report)


def hours_of(every: int) -> list[int]:
    """The hours at which a day is looked at, its end always among them."""
    return sorted({*range(every, _HOURS_OF_DAY, every), _HOURS_OF_DAY})


def _rules(settings: Settings, state: StateStore | None, policy: Path | None, playbooks: Sequence[Playbook]) -> Rules:
    """The rules in force, with the policy and the playbooks that are tried instead."""
    from feedback_loop.workflows.rules_in_force import other_policy, read_rules

    tried = other_policy(settings, policy, None)
    return replace(read_rules(settings, state, SystemClock().now()), policy=tried, playbooks=tuple(playbooks))


def _playbooks(folder: Path, *, is_asked: bool) -> tuple[Playbook, ...]:
    """The playbooks of the folder alone where somebody asked for it, else those that count in the home."""
    from feedback_loop.remediation.playbooks import load_playbooks
    from feedback_loop.workflows.playbook_files import own_playbooks, read_playbooks

    if not is_asked:
        return read_playbooks(folder)
    own = own_playbooks(folder)
    if not own:
        raise BadInput(f"{folder}: holds no playbook (*.yaml). Name a folder that does.")
    return load_playbooks(list(own.values()))
