"""`feedback-loop policy gates|thresholds|promote`: what classes have to show, what judged proposals advise, and a person's word on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import AsOption, SystemClock, known_state, open_state, open_store, settings_of, who_acts
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, remark, say

if TYPE_CHECKING:
    from feedback_loop.remediation.threshold_advice import Advice

_GATES = ("class", "phase", "next", "asked", "measured", "met")
_THRESHOLDS = ("playbook", "in force", "advised", "judged", "right of those above", "at least", "needed", "what to do")
_STANDS = "stands as it is"


def gates(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Show what each class has to have shown before its next phase, what it has shown, and whether that is enough.

    Example: `feedback-loop policy gates`
    """
    from feedback_loop.workflows.phase_gates import gates_of_phases, ready_classes
    from feedback_loop.workflows.playbook_files import read_playbooks
    from feedback_loop.workflows.taxonomies import read_taxonomy

    settings = settings_of(context)
    state = known_state(settings)
    playbooks, taxonomy = read_playbooks(settings.playbooks_folder), read_taxonomy(settings.taxonomy_file)
    found = gates_of_phases(open_store(settings), state, playbooks, taxonomy, SystemClock().now())
    ready = ready_classes(found)
    if as_json:
        print_json({"requirements": found, "ready": ready})
        return
    rows = [
        (one.complaint_class, one.phase.name.lower(), one.next_phase.name.lower(), one.asked, one.measured, "yes" if one.is_met else "no")
        for one in found
    ]
    print_table(_GATES, rows)
    say(f"Ready: {', '.join(ready)}. A person says so with `policy phase`." if ready else "No class has shown enough for its next phase.")


def thresholds(
    context: typer.Context,
    wrong_costs: Annotated[
        float | None,
        typer.Option(help="How many times as much a wrong action costs as a right one that is missed; else 4, at high risk 9."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show from which confidence on each playbook is proven right often enough, beside the threshold in force. Changes nothing.

    Example: `feedback-loop policy thresholds --wrong-costs 4`
    """
    from feedback_loop.workflows.playbook_files import read_playbooks
    from feedback_loop.workflows.thresholds import advised

    settings = settings_of(context)
    state = known_state(settings)
    playbooks = read_playbooks(settings.playbooks_folder)
    found = advised(open_store(settings), state, playbooks, SystemClock().now(), wrong_costs)
    if as_json:
        print_json([_content(one) for one in found])
    else:
        print_table(_THRESHOLDS, [_row(one) for one in found])


def promote(
    context: typer.Context,
    playbook_id: Annotated[str, typer.Argument(metavar="PLAYBOOK", help="Id from `playbooks list`.", show_default=False)],
    score: Annotated[float, typer.Argument(metavar="THRESHOLD", help="The confidence that it needs from now on.", show_default=False)],
    why: Annotated[str, typer.Option(help="Why; kept with the word.", show_default=False)],
    person: AsOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Say from which confidence on a playbook may propose. Anybody known may raise it; lowering takes a role.

    Example: `feedback-loop policy promote roll-back-release 0.8 --as bo --why "twenty of twenty helped"`
    """
    from feedback_loop.workflows.playbook_files import read_playbooks
    from feedback_loop.workflows.thresholds import promote as promoted

    settings, actor = settings_of(context), who_acts(context, person)
    tables, state, playbooks = open_store(settings), open_state(settings), read_playbooks(settings.playbooks_folder)
    now, is_new = promoted(playbook_id, score, why, actor.name, actor.people, tables, state, playbooks, SystemClock().now())
    if as_json:
        print_json(_content(now) | {"is_new": is_new})
    else:
        say(f"{playbook_id} proposes from a confidence of {now.held:g} on, says {actor.name}{'' if is_new else '; that held already'}.")
    if now.advised is None or now.held < now.advised:
        proven = "none" if now.advised is None else f"{now.advised:g}"
        remark(f"what was judged proves no threshold so low; `policy thresholds` advises {proven}.")


def _row(one: Advice) -> tuple[object, ...]:
    low = None if one.precision_low is None else f"{one.precision_low:.0%}"
    return (
        one.playbook_id,
        one.held,
        one.advised,
        one.judged_count,
        f"{one.right} of {one.passed}",
        low,
        f"{one.needed_share:.0%}",
        what_to_do(one),
    )


def what_to_do(one: Advice) -> str:
    """What follows from the advice for whoever may promote a threshold."""
    if one.advised is None:
        return _what_is_unproven(one)
    if one.advised == one.held:
        return _STANDS
    return f"may be lowered to {one.advised:g}" if one.advised < one.held else f"raise it to {one.advised:g}"


def _what_is_unproven(one: Advice) -> str:
    from feedback_loop.methods.statistics.proven_shares import Standing

    if one.standing is Standing.MISSED:
        return "too often wrong; raise it, or mend the playbook"
    if one.standing is Standing.REACHED:
        return _STANDS
    return "no number more decides" if one.further_count is None else f"{one.further_count} more judged ones decide"


def _content(one: Advice) -> dict[str, object]:
    return {**vars(one), "precision_low": one.precision_low, "further_count": one.further_count, "standing": str(one.standing)}
