"""`feedback-loop backtest`: what the playbooks would have proposed on days of the past. Nothing is stored or carried out."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import FromOption, SystemClock, ToOption, has_state, open_models, open_state, open_store, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say
from feedback_loop.cli.progress import steps
from feedback_loop.cli.run import days_to_run
from feedback_loop.errors import BadInput, UnknownChoice

if TYPE_CHECKING:
    from feedback_loop.contracts.decisions import Proposal
    from feedback_loop.remediation.playbooks import Playbook

_COLUMNS = ("day", "playbook", "action", "confidence", "people", "would be")
_JSON_FIELDS = (
    "alert_id", "playbook_id", "action_kind", "action_target", "confidence_score", "approvals_required_count", "proposal_status",
    "refusal_reason", "is_executable",
)  # fmt: skip


def backtest(
    context: typer.Context,
    first: FromOption = None,
    last: ToOption = None,
    folder: Annotated[
        Path | None, typer.Option("--playbooks", metavar="DIR", help="Playbooks to try instead of the shipped ones.", show_default=False)
    ] = None,
    by: Annotated[
        str, typer.Option("--by", help="What counts as known: landed (as it was), or event (for an imported history).")
    ] = "landed",
    as_json: JsonFlag = False,
) -> None:
    """Replay days of the past through playbooks and policy, without looking ahead, and show what would have been proposed.

    It looks once a day, at its end; the live loop looks every five minutes, so it may have been surer earlier in the day.

    Example: `feedback-loop backtest --from 2021-10-01 --to 2021-10-31 --by event`
    """
    from feedback_loop.remediation.rules import Pace
    from feedback_loop.workflows.backtest import backtest as replay
    from feedback_loop.workflows.rules_in_force import read_rules

    if by not in ("landed", "event"):
        raise UnknownChoice("--by", by, ["landed", "event"])
    settings = settings_of(context)
    days, playbooks = days_to_run(settings, first, last), _playbooks(folder or settings.playbooks_folder, is_asked=folder is not None)
    models = open_models(settings)
    state = open_state(settings) if has_state(settings) else None
    # As if nothing had been done before: what was carried out lately is no part of the days that are replayed.
    rules = replace(read_rules(settings, state, SystemClock().now()), pace=Pace())
    with steps(f"back-test {days}", len(days)) as advance:
        told = replay(
            open_store(settings),
            state,
            days,
            models.analysed,
            replace(rules, playbooks=tuple(playbooks)),
            is_by_event=by == "event",
            progress=lambda day: advance(str(day)),
        )
    made = [(of_day.day, proposal) for of_day in told for proposal in of_day.proposals]
    if as_json:
        print_json([{"day": day, **{name: getattr(proposal, name) for name in _JSON_FIELDS}} for day, proposal in made])
        return
    rows = [_row(day, proposal) for day, proposal in made]
    if rows:
        print_table(_COLUMNS, rows)
    counted = Counter(str(row[5]) for row in rows)
    say(
        f"{days}: {sum(d.alert_count for d in told)} alerts, {len(rows)} proposals would have been made; nothing was stored or carried out."
    )
    say(", ".join(f"{count} {what}" for what, count in counted.most_common()) or "no proposal")


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


def _row(day: date, proposal: Proposal) -> tuple[object, ...]:
    action = f"{proposal.action_kind} of {proposal.action_target}"
    confidence, people = round(proposal.confidence_score, 2), proposal.approvals_required_count
    return (day, proposal.playbook_id, action, confidence, people, _would_be(proposal))


def _would_be(proposal: Proposal) -> str:
    if proposal.refusal_reason:
        return "refused: " + str(proposal.refusal_reason).replace("_", " ")
    return "approved by people" if proposal.approvals_required_count else "automatic"
