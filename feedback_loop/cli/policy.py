"""`feedback-loop policy`: what may be done and how far each class may go by itself; to let it go, take it back, stop and resume.

The guards come with the package; a home adds stricter limits (`policy.yaml`), guards (`policy.cedar`) and a pilot (`pilot.yaml`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedback_loop.cli import policy_gates
from feedback_loop.cli.places import AsOption, SystemClock, has_state, known_state, open_state, settings_of, who_acts
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say
from feedback_loop.errors import BadInput

if TYPE_CHECKING:
    from feedback_loop.remediation.autonomy import Autonomy
    from feedback_loop.remediation.policy_comparison import Comparison
    from feedback_loop.remediation.rules import Rules

app = typer.Typer(help="What may be done, how far each class may go by itself, and to stop it.")

app.command("gates")(policy_gates.gates)
app.command("thresholds")(policy_gates.thresholds)
app.command("promote")(policy_gates.promote)

WhyOption = Annotated[str, typer.Option(help="Why; kept with the word.", show_default=False)]
_STOPPING = ("stop", "resume")
ScopeArgument = Annotated[str, typer.Argument(metavar="CLASS", help="A class, or * for everything.", show_default=False)]
StopScope = Annotated[str, typer.Argument(metavar="[CLASS]", help="A class; everything where it is left out.", show_default=False)]


@app.command()
def show(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Show the guards, the limits, the pilot, and the phase of each class.

    Example: `feedback-loop policy show`
    """
    rules = _rules(context)
    content = _content(rules)
    if as_json:
        print_json(content)
        return
    say(f"policy {rules.policy.policy_version[:12]}\n")
    print_table(("class", "phase"), list(content["phases"].items()))
    say("\nPilot: " + ("everything" if not any(vars(rules.pilot).values()) else "only what follows"))
    for name, values in vars(rules.pilot).items():
        if values:
            say(f"  {name.replace('_', ' ')}: {', '.join(sorted(values))}")
    say("\nGuards: " + ", ".join(content["guards"]))
    for name, value in content["limits"].items():
        say(f"  {name.replace('_', ' ')}: {value}")


@app.command()
def lint(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Check the home's policy.yaml, policy.cedar, pilot.yaml and playbooks: readable, no misspelt word, and never laxer than the package.

    Example: `feedback-loop policy lint`
    """
    rules = _rules(context)
    told = {"policy_version": rules.policy.policy_version, "guards": len(rules.policy.guards.ids), "playbooks": len(rules.playbooks)}
    if as_json:
        print_json(told)
    else:
        say(f"policy {rules.policy.policy_version[:12]}: {told['guards']} guards, {told['playbooks']} playbooks: nothing wrong.")


@app.command()
def compare(
    context: typer.Context,
    limits: Annotated[Path | None, typer.Option(help="Another policy.yaml; the one in force where left out.", show_default=False)] = None,
    guards: Annotated[Path | None, typer.Option(help="Another policy.cedar; the one in force where left out.", show_default=False)] = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask another policy about everything that was ever proposed, and show what it would have let go another way. Changes nothing.

    Example: `feedback-loop policy compare --limits stricter.yaml`
    """
    from feedback_loop.remediation.policy_comparison import compare as compared
    from feedback_loop.workflows.rules_in_force import other_policy, read_policy

    settings = settings_of(context)
    if limits is None and guards is None:
        raise BadInput("name the other policy with --limits, --guards or both.")
    proposed = other_policy(settings, limits, guards)
    now = read_policy(settings.policy_file, settings.guards_file)
    past = [proposal for proposal, _ in open_state(settings).decided()] if has_state(settings) else []
    found = compared(past, now, proposed)
    if as_json:
        print_json(_compared_content(found, now.policy_version, proposed.policy_version))
    else:
        _print_comparison(found, now.policy_version, proposed.policy_version)


def _print_comparison(found: Comparison, now: str, proposed: str) -> None:
    say(f"policy {proposed[:12]} beside {now[:12]}, asked about {found.compared_count:,} past proposals")
    say(f"{len(found.changes):,} go another way")
    if found.not_comparable:
        say(f"{len(found.not_comparable):,} were made before their facts were kept; nobody can ask about them.")
    for (before, after), count in found.by_change().items():
        say(f"  {count:,}: {before} → {after}")
    if found.changes:
        say()
        rows = [(c.proposal.proposal_id, c.proposal.playbook_id, c.before, c.after, ", ".join(c.guards) or None) for c in found.changes]
        print_table(("proposal", "playbook", "now", "then", "guards that speak"), rows)


def _compared_content(found: Comparison, now: str, proposed: str) -> dict[str, Any]:
    changes = [
        {
            "proposal_id": c.proposal.proposal_id,
            "playbook_id": c.proposal.playbook_id,
            "now": c.before,
            "then": c.after,
            "guards": list(c.guards),
        }
        for c in found.changes
    ]
    return {
        "policy_version": now,
        "proposed_policy_version": proposed,
        "compared_count": found.compared_count,
        "changes": changes,
        "not_comparable": list(found.not_comparable),
    }


@app.command()
def phase(
    context: typer.Context,
    scope: ScopeArgument,
    word: Annotated[str, typer.Argument(metavar="PHASE", help="visibility, assisted or automated.", show_default=False)],
    why: WhyOption,
    person: AsOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Say how far a class may go: only shown, with people's approval, or alone where the policy lets it. Letting go takes a role.

    Example: `feedback-loop policy phase latency automated --as bo --why "nine of nine fixes helped"`
    """
    _say(context, scope, word, person, why, allowed=("visibility", "assisted", "automated"), as_json=as_json)


@app.command()
def stop(context: typer.Context, why: WhyOption, scope: StopScope = "*", person: AsOption = None, as_json: JsonFlag = False) -> None:
    """Stop sending: of a class, or of everything. What waits goes on waiting; whoever is known may stop.

    Example: `feedback-loop policy stop --as ada --why "the ticket system is being moved"`
    """
    _say(context, scope, "stop", person, why, as_json=as_json)


@app.command()
def resume(context: typer.Context, why: WhyOption, scope: StopScope = "*", person: AsOption = None, as_json: JsonFlag = False) -> None:
    """Let a class, or everything, be sent again; takes a role.

    Example: `feedback-loop policy resume --as bo --why "the move is over"`
    """
    _say(context, scope, "resume", person, why, as_json=as_json)


def _say(
    context: typer.Context,
    scope: str,
    word: str,
    person: str | None,
    why: str,
    *,
    allowed: tuple[str, ...] = ("stop", "resume"),
    as_json: bool,
) -> None:
    from feedback_loop.contracts.autonomy_vocab import AutonomyWord
    from feedback_loop.contracts.vocab import ISSUE_CLASSES
    from feedback_loop.errors import UnknownChoice
    from feedback_loop.workflows.let_go import phases_told
    from feedback_loop.workflows.let_go import say as say_word

    if word not in allowed:
        raise UnknownChoice("phase", word, list(allowed))
    settings, actor = settings_of(context), who_acts(context, person)
    held = say_word(scope, AutonomyWord(word), why, actor.name, actor.people, open_state(settings), SystemClock().now())
    told = phases_told(held, list(map(str, ISSUE_CLASSES)))
    if as_json:
        print_json(told)
    else:
        print_table(("class", "phase"), list(told.items()))


def _rules(context: typer.Context) -> Rules:
    from feedback_loop.workflows.rules_in_force import read_rules

    settings = settings_of(context)
    return read_rules(settings, known_state(settings), SystemClock().now())


def _content(rules: Rules) -> dict[str, Any]:
    from feedback_loop.contracts.vocab import ISSUE_CLASSES
    from feedback_loop.workflows.let_go import phases_told

    held: Autonomy = rules.autonomy
    limits = {name: _told(value) for name, value in vars(rules.policy.limits).items() if name != "allowed_causes"}
    return {
        "policy_version": rules.policy.policy_version,
        "guards": sorted(rules.policy.guards.ids - {"base"}),
        "limits": limits,
        "pilot": {name: ", ".join(sorted(values)) for name, values in vars(rules.pilot).items()},
        "phases": phases_told(held, list(map(str, ISSUE_CLASSES))),
    }


def _told(value: object) -> str:
    if isinstance(value, frozenset):
        return ", ".join(sorted(map(str, value)))
    return ", ".join(f"{key} {count}" for key, count in value.items()) if isinstance(value, dict) else str(value)
