"""`feedback-loop rollback`: puts the cases of a bulk re-route back where they were, or asks that actions be taken back (`cli/undo`)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli import undo
from feedback_loop.cli.places import AsOption, SystemClock, has_state, open_state, settings_of, who_may_act
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say
from feedback_loop.errors import BadInput, NothingLanded

if TYPE_CHECKING:
    from feedback_loop.config import Settings
    from feedback_loop.contracts.case_moves import SkippedCase
    from feedback_loop.contracts.identity import Actor
    from feedback_loop.ports import CaseSystem, StateStore
    from feedback_loop.remediation.reroute import RestorePlan
    from feedback_loop.workflows.reroute import RestoreReport

_COLUMNS = ("case", "why it stays", "queue", "owner")


def rollback(
    context: typer.Context,
    batch_id: Annotated[str | None, typer.Option("--batch", metavar="ID", help="A bulk re-route.", show_default=False)] = None,
    proposal_id: Annotated[
        str | None, typer.Option("--proposal", metavar="ID", help="The action of a proposal.", show_default=False)
    ] = None,
    issue_id: Annotated[str | None, typer.Option("--issue", metavar="ID", help="All actions for an issue.", show_default=False)] = None,
    playbook_version: Annotated[
        str | None,
        typer.Option("--playbook-version", metavar="VERSION", help="All actions of a version of a playbook.", show_default=False),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="INSTANT", help="All actions since then: a day or an ISO instant.", show_default=False)
    ] = None,
    why: Annotated[str, typer.Option(help="Why; shown to those who approve.", show_default=False)] = "",
    url: Annotated[
        str | None, typer.Option("--connector-url", metavar="URL", help="Where the case system answers.", show_default=False)
    ] = None,
    connector: Annotated[
        str | None, typer.Option("--connector", metavar="NAME", help="The connector that holds the cases.", show_default=False)
    ] = None,
    person: AsOption = None,
    is_dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Put the cases of a bulk re-route back, except those that somebody changed since; or ask that actions be taken back.

    What a reversal asks for is approved by others, as the action itself was. Example: `feedback-loop rollback --issue issue_7c1d… --as ada
    --why "wrong cause"`, or `feedback-loop rollback --batch batch_7c1d --connector-url https://cases.example.com --as ada --dry-run`
    """
    parts = (proposal_id, issue_id, playbook_version, since)
    if (batch_id is None) == (not any(part is not None for part in parts)):
        raise BadInput("say what to undo: either --batch ID, or --proposal, --issue, --playbook-version or --since.")
    settings = settings_of(context)
    if not has_state(settings):
        raise NothingLanded("nothing was ever carried out from this home", "Choose another with --home.")
    state = open_state(settings)
    if batch_id is None:
        wanted = undo.wanted_of(proposal_id, issue_id, playbook_version, since)
        undo.take_back(wanted, why, None if is_dry_run else _known(context, person), settings, state, as_json=as_json)
    else:
        where = _case_system(url, connector, settings)
        _roll_back_batch(batch_id, where, None if is_dry_run else _known(context, person).name, state, as_json=as_json)


def _case_system(url: str | None, connector: str | None, settings: Settings) -> AbstractContextManager[CaseSystem]:
    """The system at the address, or the connector of the home."""
    from feedback_loop.adapters.case_api.client import CaseApiClient
    from feedback_loop.adapters.connectors import open_case_system
    from feedback_loop.workflows.connector_files import read_connectors

    if (url is None) == (connector is None):
        raise BadInput("the case system is unknown. Name it with --connector-url, or with --connector by its name.")
    if url is not None:
        return CaseApiClient(url)
    return open_case_system(str(connector), read_connectors(settings.connectors_file) or {}, settings.credentials, SystemClock())


def _roll_back_batch(
    batch_id: str, where: AbstractContextManager[CaseSystem], person: str | None, state: StateStore, *, as_json: bool
) -> None:
    """Without a person it is a preview."""
    from feedback_loop.workflows.reroute import preview_restore

    with where as system:
        plan = preview_restore(batch_id, system, state)
        report = None if person is None else _restored(batch_id, system, state, person)
    if as_json:
        print_json(plan if report is None else report)
    elif report is None:
        _print_plan(batch_id, plan)
    else:
        _print_report(report)
    if report is not None and any(case.reason in ("in_doubt", "refused") for case in report.skipped):
        raise typer.Exit(1)


def _restored(batch_id: str, system: CaseSystem, state: StateStore, person: str) -> RestoreReport:
    from feedback_loop.workflows.reroute import Desk, restore

    return restore(batch_id, Desk(system, state, state, state.note, SystemClock(), person))


def _known(context: typer.Context, person: str | None) -> Actor:
    actor = who_may_act(context, person)
    if actor is None:
        raise BadInput("say who you are with --as or a token, or only look with --dry-run.")
    return actor


def _print_plan(batch_id: str, plan: RestorePlan) -> None:
    say(f"{batch_id}: {len(plan.to_restore):,} cases would be put back, {len(plan.skipped):,} left as they are.")
    _print_others(plan.restored_before, plan.untouched, plan.skipped)


def _print_report(report: RestoreReport) -> None:
    say(f"{report.batch_id}: {len(report.restored):,} cases are back where they were, {len(report.skipped):,} left as they are.")
    _print_others((), report.untouched, report.skipped)


def _print_others(restored_before: Sequence[str], untouched: Sequence[str], skipped: Sequence[SkippedCase]) -> None:
    from feedback_loop.remediation.reroute import owners_to_tell

    if restored_before:
        say(f"{len(restored_before):,} were put back before.")
    if untouched:
        say(f"{len(untouched):,} were never moved.")
    if skipped:
        print_table(_COLUMNS, [(case.case_id, case.reason.replace("_", " "), case.queue or None, case.owner or None) for case in skipped])
    for (owner, queue), case_ids in owners_to_tell(skipped).items():
        say(f"Tell {owner} ({queue}): {', '.join(case_ids)}")
    if any(case.reason == "in_doubt" for case in skipped):
        say("Run the same command again to settle what is in doubt.")
