"""`feedback-loop playbooks`: the approved procedures: what they are for, what they do, who approves them and how they are undone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say
from feedback_loop.errors import BadInput

if TYPE_CHECKING:
    from feedback_loop.remediation.playbooks import Playbook

app = typer.Typer(help="Approved procedures: what may be done about which cause, by whom, and how it is undone.")


@app.command("list")
def list_playbooks(as_json: JsonFlag = False) -> None:
    """List the playbooks.

    Example: `feedback-loop playbooks list`
    """
    from feedback_loop.remediation.playbooks import seed_playbooks

    if as_json:
        print_json([playbook.model_dump(mode="json") for playbook in seed_playbooks()])
        return
    rows = [(p.playbook_id, p.action_kind, p.risk, p.owner, _trigger(p), p.threshold_score) for p in seed_playbooks()]
    print_table(("playbook", "action", "risk", "owner", "applies to", "from confidence"), rows)


@app.command()
def show(
    playbook_id: Annotated[str, typer.Argument(help="Id from `playbooks list`.", show_default=False)], as_json: JsonFlag = False
) -> None:
    """Show one playbook with its trigger, its evidence, its approvers and its rollback.

    Example: `feedback-loop playbooks show release-rollback`
    """
    from feedback_loop.remediation.playbooks import seed_playbooks

    found = next((p for p in seed_playbooks() if p.playbook_id == playbook_id), None)
    if found is None:
        raise BadInput(f"no playbook is called '{playbook_id}'. See `playbooks list`.")
    if as_json:
        print_json(found.model_dump(mode="json"))
    else:
        _print(found)


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
        "version": playbook.playbook_version,
    }
    for name, value in facts.items():
        say(f"{name:>12}  {value}")
    say("\nUndone by")
    for number, step in enumerate(playbook.rollback.steps, 1):
        say(f"{number}. {step}")


def _trigger(playbook: Playbook) -> str:
    trigger = playbook.trigger
    parts = [", ".join(trigger.cause_kinds) or "any cause"]
    parts += [f"of {', '.join(trigger.services)}"] if trigger.services else []
    parts += [f"in {', '.join(trigger.complaint_classes)}"] if trigger.complaint_classes else []
    parts += [f"on a {' or '.join(trigger.alert_kinds)} alert"] if trigger.alert_kinds else []
    return " ".join(parts)
