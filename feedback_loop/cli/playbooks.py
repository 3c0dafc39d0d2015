"""`feedback-loop playbooks`: the approved procedures: what they are for, what they do, who approves them and how they are undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import FromOption, SystemClock, ToOption, known_state, open_store, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say
from feedback_loop.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feedback_loop.contracts.decisions import Proposal
    from feedback_loop.remediation.playbooks import Playbook

_REHEARSED = ("day", "about", "playbook", "target", "confidence", "would take")

app = typer.Typer(help="Approved procedures: what may be done about which cause, by whom, and how it is undone.")


@app.command("list")
def list_playbooks(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List the playbooks that count here: the package's own, and those of the home's folder `playbooks`.

    Example: `feedback-loop playbooks list`
    """
    from feedback_loop.workflows.playbook_files import read_playbooks

    playbooks = read_playbooks(settings_of(context).playbooks_folder)
    if as_json:
        print_json([playbook.model_dump(mode="json") for playbook in playbooks])
        return
    rows = [(p.playbook_id, p.action_kind, p.risk, p.owner, _trigger(p), p.threshold_score) for p in playbooks]
    print_table(("playbook", "action", "risk", "owner", "applies to", "from confidence"), rows)


@app.command()
def show(
    context: typer.Context,
    playbook_id: Annotated[str, typer.Argument(help="Id from `playbooks list`.", show_default=False)],
    as_json: JsonFlag = False,
) -> None:
    """Show one playbook with its trigger, its evidence, its approvers and its rollback.

    Example: `feedback-loop playbooks show release-rollback`
    """
    from feedback_loop.workflows.playbook_files import read_playbooks

    playbooks = read_playbooks(settings_of(context).playbooks_folder)
    found = next((p for p in playbooks if p.playbook_id == playbook_id), None)
    if found is None:
        raise BadInput(f"no playbook is called '{playbook_id}'. See `playbooks list`.")
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        _print(found)


@app.command()
def lint(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Check the home's playbooks: nothing misspelt or missing, no id twice, a rollback, an owner of the table, and one that takes the rest.

    Exit code 1 where an owner is unknown; a playbook that can't be followed is an error. Example: `feedback-loop playbooks lint`
    """
    from feedback_loop.analysis.ownership import Owners
    from feedback_loop.workflows.owners import read_ownership, strangers
    from feedback_loop.workflows.playbook_files import own_playbooks, read_playbooks

    settings = settings_of(context)
    own, playbooks = own_playbooks(settings.playbooks_folder), read_playbooks(settings.playbooks_folder)
    problems = strangers(Owners(read_ownership(settings.owners_file)), playbooks)
    if as_json:
        print_json({"own_playbook_ids": sorted(own), "playbook_ids": [p.playbook_id for p in playbooks], "problems": problems})
    else:
        for problem in problems:
            say(problem)
        told = f"{len(playbooks)} playbooks, {len(own)} of them in {settings.playbooks_folder}"
        say(f"{told}: {'nothing' if not problems else len(problems)} wrong.")
    if problems:
        raise typer.Exit(1)


@app.command("dry-run")
def rehearse(context: typer.Context, first: FromOption = None, last: ToOption = None, as_json: JsonFlag = False) -> None:
    """Show what the playbooks and the policy of now would say of the alerts of some days; nothing is kept or sent.

    Example: `feedback-loop playbooks dry-run --from 2026-05-01 --to 2026-05-07`
    """
    from feedback_loop.cli.run import days_to_run
    from feedback_loop.workflows.dry_run import dry_run
    from feedback_loop.workflows.rules_in_force import read_rules

    settings, at = settings_of(context), SystemClock().now()
    days = days_to_run(settings, first, last)
    state = known_state(settings)
    found = dry_run(days, open_store(settings), state, read_rules(settings, state, at), at)
    if as_json:
        print_json([{**proposal.row(), "guards": proposal.evidence["guards"]} for proposal in found])
    elif not found:
        say(f"{days}: no alert that a playbook would answer.")
    else:
        print_table(_REHEARSED, [_rehearsed(proposal) for proposal in found])


def _rehearsed(proposal: Proposal) -> tuple[object, ...]:
    alert, outcome = proposal.evidence["alert"], proposal.refusal_reason or f"{proposal.approvals_required_count} people"
    what = alert["alerted_class"] or alert["subject_id"]
    return (alert["event_date"], what, proposal.playbook_id, proposal.action_target, proposal.confidence_score, outcome.replace("_", " "))


def _print(playbook: Playbook) -> None:
    say(f"{playbook.title}  ({playbook.playbook_id})\n")
    facts = {
        "applies to": _trigger(playbook),
        "does": f"{playbook.action_kind} of {playbook.target}, {playbook.risk} risk",
        "needs": f"confidence {playbook.threshold_score:g}, {playbook.required_evidence_count} complaints, valid documents",
        "documents": ", ".join(playbook.governing_documents),
        "owner": playbook.owner,
        "approved by": ", ".join(playbook.approver_roles),
        "expires": f"{playbook.expires_hours} hours after it was proposed",
        "goes": f"as far as {playbook.maturity}" + ("" if playbook.rollback.is_reversible else "; can't be undone"),
        "bounded by": _radius(playbook),
        "version": playbook.playbook_version,
    }
    for name, value in facts.items():
        say(f"{name:>12}  {value}")
    _print_list("Mended when", playbook.acceptance_criteria)
    _print_list("Undone by", playbook.rollback.steps)


def _print_list(title: str, items: Sequence[str]) -> None:
    say(f"\n{title}")
    for number, item in enumerate(items, 1):
        say(f"{number}. {item}")


def _radius(playbook: Playbook) -> str:
    rule = playbook.blast_radius
    if rule is None:
        return "nothing"
    whom = f" of {', '.join(rule.tiers)}" if rule.tiers else ""
    within = f"{rule.actions:,} actions in {rule.window_hours} hours"
    return f"{rule.customers:,} customers{whom}, {rule.share:.0%} of the volume, {within}"


def _trigger(playbook: Playbook) -> str:
    trigger = playbook.trigger
    if trigger.on_request:
        return f"a request for a {trigger.on_request}"
    parts = [", ".join(trigger.cause_kinds) or "any cause"]
    parts += [f"of {', '.join(trigger.services)}"] if trigger.services else []
    parts += [f"in {', '.join(trigger.complaint_classes)}"] if trigger.complaint_classes else []
    parts += [f"on a {' or '.join(trigger.alert_kinds)} alert"] if trigger.alert_kinds else []
    return " ".join(parts)
