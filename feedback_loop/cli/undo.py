"""The part of `feedback-loop rollback` that asks that actions be taken back; those who approve them decide (`cli/approvals`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import time
from typing import TYPE_CHECKING

import typer

from feedback_loop.cli.instants import instant_of
from feedback_loop.cli.places import SystemClock
from feedback_loop.cli.printing import print_json, print_table, say
from feedback_loop.contracts.loop_vocab import LeftReason
from feedback_loop.errors import BadInput

if TYPE_CHECKING:
    from feedback_loop.config import Settings
    from feedback_loop.contracts.decisions import Proposal
    from feedback_loop.contracts.identity import Actor
    from feedback_loop.ports import StateStore
    from feedback_loop.remediation.reversal import ReversalPlan, Wanted
    from feedback_loop.workflows.undo import Asked

_COLUMNS = ("proposal", "action", "target", "why it stays")
_ADVICE = {
    LeftReason.IS_A_REVERSAL: "A reversal is not taken back; ask for the action anew.",
    LeftReason.IN_DOUBT: "Nobody knows yet whether it was written; `approvals execute` asks the tool.",
    LeftReason.NO_PLAYBOOK: "Its playbook is gone, and with it the steps; ask those who approved it.",
    LeftReason.IRREVERSIBLE: "Its playbook says that it can't be undone, only made good.",
    LeftReason.REVERSAL_STANDS: "Its reversal is proposed already; see `approvals list`.",
}


def wanted_of(proposal_id: str | None, issue_id: str | None, playbook_version: str | None, since: str | None) -> Wanted:
    """What is to be taken back, as the options say it; raises BadInput where the instant is none."""
    from feedback_loop.remediation.reversal import Wanted

    if "" in (proposal_id, issue_id, playbook_version):
        # Every version begins with nothing: an empty variable of a script would mean everything that was ever done.
        raise BadInput("an id or a version is empty. Name what is to be taken back.")
    return Wanted(proposal_id, issue_id, playbook_version, None if since is None else instant_of(since, "--since", time.min))


def take_back(wanted: Wanted, why: str, actor: Actor | None, settings: Settings, state: StateStore, *, as_json: bool) -> None:
    """Proposes the reversals; without somebody who acts it is a preview. Ends with 1 where one was refused or nothing was proposed."""
    from feedback_loop.workflows.kept_rules import keep_rules
    from feedback_loop.workflows.rules_in_force import read_rules
    from feedback_loop.workflows.undo import ask_to_undo, plan_undo

    at = SystemClock().now()
    rules = read_rules(settings, state, at)
    if actor is None:
        plan = plan_undo(wanted, state, rules)
        print_json(_plan_content(plan)) if as_json else _print_plan(plan)
        return
    keep_rules(settings)
    asked = ask_to_undo(wanted, why, actor.name, actor.people, state, rules, at)
    print_json(_asked_content(asked)) if as_json else _print_asked(asked)
    if not asked.reversals or any(made.refusal_reason for made in asked.reversals):
        raise typer.Exit(1)


def _print_plan(plan: ReversalPlan) -> None:
    say(f"{len(plan.undoings):,} actions would be taken back, each after approval; {len(plan.left):,} stay.")
    for undoing in plan.undoings:
        proposal, action = undoing.proposal, undoing.action
        say(f"\n{proposal.proposal_id}: {action.action_kind} of {action.action_target}, receipt {action.receipt_id} of {action.connector}")
        if undoing.playbook.playbook_version != proposal.playbook_version:
            say("Its playbook was changed since; these are the steps of the present one.")
        for number, step in enumerate(undoing.playbook.rollback.steps, 1):
            say(f"{number}. {step}")
        say(f"Owner: {undoing.playbook.owner}. Approved by: {', '.join(undoing.playbook.approver_roles)}.")
    _print_left(plan.left)


def _print_asked(asked: Asked) -> None:
    for made in asked.reversals:
        undone = made.reverses
        if made.refusal_reason:
            say(f"{made.proposal_id}, which takes back {undone}, was refused: {made.refusal_reason.replace('_', ' ')}.")
        else:
            people = "1 person" if made.approvals_required_count == 1 else f"{made.approvals_required_count} people"
            say(f"{made.proposal_id} takes back {undone} and waits for {people}.")
    _print_left(asked.left)


def _print_left(left: Sequence[tuple[Proposal, LeftReason]]) -> None:
    if left:
        rows = [(one.proposal_id, str(one.action_kind), one.action_target, reason.replace("_", " ")) for one, reason in left]
        print_table(_COLUMNS, rows)
    for reason in dict.fromkeys(reason for _, reason in left):
        if reason in _ADVICE:
            say(f"{reason.replace('_', ' ').capitalize()}: {_ADVICE[reason]}")


def _plan_content(plan: ReversalPlan) -> dict[str, object]:
    undoings = [
        {
            "proposal_id": u.proposal.proposal_id,
            "action_id": u.action.action_id,
            "receipt_id": u.action.receipt_id,
            "steps": list(u.playbook.rollback.steps),
        }
        for u in plan.undoings
    ]
    return {"would_take_back": undoings, "left": _left_content(plan.left)}


def _asked_content(asked: Asked) -> dict[str, object]:
    return {"reversals": [made.row() | {"reverses": made.reverses} for made in asked.reversals], "left": _left_content(asked.left)}


def _left_content(left: Sequence[tuple[Proposal, LeftReason]]) -> list[dict[str, str]]:
    return [{"proposal_id": one.proposal_id, "reason": str(reason)} for one, reason in left]
