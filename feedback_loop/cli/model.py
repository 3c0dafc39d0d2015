"""`feedback-loop model`: versions of the classifier, from training on what people said to promotion by a person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedback_loop.cli import model_drift, model_review
from feedback_loop.cli.places import AsOption, SystemClock, has_state, open_model_home, open_state, settings_of, who_acts
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say

if TYPE_CHECKING:
    from feedback_loop.workflows.gates import Gated
    from feedback_loop.workflows.model_versions import Evaluated, Trained

app = typer.Typer(help="Versions of the classifier: train, evaluate on the hold-out, promote; without one the package's own counts.")

VersionArgument = Annotated[
    str | None, typer.Argument(metavar="VERSION", help="Version from `model history`; without it the one trained last.", show_default=False)
]

app.command("drift")(model_drift.drift)
app.command("review")(model_review.review)

_GATED = ("class", "gate", "scope", "above it", "right", "precision at least", "missing", "reason")
_LISTED = ("model_event_at", "model_version", "model_event", "gold_label_count", "held_out", "model_event_by", "model_event_why")


@app.command()
def train(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Train a version on the taxonomy's examples and the gold labels outside of the hold-out. It changes nothing until it is promoted.

    Example: `feedback-loop model train`
    """
    from feedback_loop.workflows.model_versions import train_version

    found = train_version(open_model_home(settings_of(context)), SystemClock().now())
    if as_json:
        print_json({"model_version": found.model_version, "is_new": found.is_new, "contradictions": found.contradictions})
    else:
        _print_trained(found)


@app.command()
def evaluate(context: typer.Context, version: VersionArgument = None, as_json: JsonFlag = False) -> None:
    """Ask a version about the held-out labels, and compare it with the present one, fragment by fragment.

    Example: `feedback-loop model evaluate`
    """
    from feedback_loop.workflows.model_recipes import MODEL
    from feedback_loop.workflows.model_versions import evaluate_version, latest_version

    home = open_model_home(settings_of(context))
    found = evaluate_version(home, version or latest_version(home.state.snapshot(MODEL)), SystemClock().now())
    if as_json:
        print_json(_as_data(found))
    else:
        _print_evaluated(found)
        say(_next_step(found))


@app.command()
def promote(
    context: typer.Context,
    version: Annotated[str, typer.Argument(metavar="VERSION", help="Version from `model history`.", show_default=False)],
    why: Annotated[str, typer.Option(help="On which grounds.", show_default=False)],
    person: AsOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Let a version classify from the next run on. Refused where it is worse than the present one on the hold-out.

    Example: `feedback-loop model promote model-1f0c… --as ada --why "100 more labels"`
    """
    from feedback_loop.workflows.model_versions import promote_version

    actor, home = who_acts(context, person), open_model_home(settings_of(context))
    found = promote_version(home, version, actor.name, actor.people, why, SystemClock().now())
    if as_json:
        print_json(_as_data(found))
    else:
        _print_evaluated(found)
        say(f"{version} classifies from the next `feedback-loop run` on, and its gates are in force, says {actor.name}.")


@app.command()
def gates(
    context: typer.Context,
    person: AsOption = None,
    why: Annotated[str | None, typer.Option(help="On which grounds you put them in force.", show_default=False)] = None,
    as_json: JsonFlag = False,
) -> None:
    """Show from which confidence on each class may be decided without a person, as the held-out labels prove it, and what is missing.

    Example: `feedback-loop model gates --as ada --why "120 more held-out labels"`
    """
    from feedback_loop.workflows.model_versions import gates_now, put_gates_in_force

    # Never because of a token alone, which may stand in the environment of somebody who only looks.
    actor = None if person is None and why is None else who_acts(context, person)
    home, now = open_model_home(settings_of(context)), SystemClock().now()
    found = gates_now(home) if actor is None else put_gates_in_force(home, actor.name, actor.people, why or "", now)
    if as_json:
        print_json({"classifier_version": found.classifier_version, "is_put_in_force": actor is not None, "gates": found.metrics})
        return
    _print_gates(found)
    if actor is None:
        say("Nothing was changed; --as PERSON --why TEXT puts them in force.")
    else:
        say(f"In force from the next run on, says {actor.name}.")


@app.command()
def history(context: typer.Context, as_json: JsonFlag = False) -> None:
    """List what happened to each version, the newest first: trained, evaluated, promoted or refused, by whom and why.

    Example: `feedback-loop model history`
    """
    from feedback_loop.workflows.model_recipes import MODEL

    settings = settings_of(context)
    rows = open_state(settings).snapshot(MODEL).reverse().to_dicts() if has_state(settings) else []
    if as_json:
        print_json([{**row, "model_metrics": json.loads(row["model_metrics"])} for row in rows])
    elif not rows:
        say("No version was trained yet; the classifier of the package's own taxonomy counts.")
    else:
        print_table(_LISTED, [[_with_held_out(row)[name] for name in _LISTED] for row in rows])


def _print_trained(found: Trained) -> None:
    learnt, held_out = (found.gold.part(held_out=side).height for side in (False, True))
    say(f"{found.model_version}: {found.class_count} classes, {learnt} gold labels learnt, {held_out} held out"
        f"{'' if found.is_new else '; the same content was trained before'}.")  # fmt: skip
    if found.gold.unknown_count or found.gold.lost_count:
        say(f"Left out: {found.gold.unknown_count} labels of classes that the taxonomy does not have, "
            f"{found.gold.lost_count} of fragments that are no longer there.")  # fmt: skip
    if found.contradictions:
        say(f"{len(found.contradictions)} pairs have the same words and different labels: see `labels stats`, `labels queue --doubtful`.")
    say(f"Nothing changed yet. Next: `feedback-loop model evaluate {found.model_version}`.")


def _print_evaluated(found: Evaluated) -> None:
    metrics, counts = found.answers.metrics, found.answers.counts
    shares = [(name.replace("_", " "), *metrics[name].values()) for name in ("accuracy", "decided_precision", "decided_share")]
    say(f"{found.model_version} on {counts['held_out_count']} held-out labels:")
    print_table(("figure", "share", "low", "high"), shares)
    if metrics["by_class"]:
        print_table(("class", "labels", "right", "decided right"), [(name, *of.values()) for name, of in metrics["by_class"].items()])
    _print_gates(found.gated)
    if found.comparison is not None:
        problems = found.comparison.problems
        say(f"Beside {found.compared_version}: {'; '.join(problems) if problems else 'no worse'}.")


def _next_step(found: Evaluated) -> str:
    from feedback_loop.analysis.gold_labels import HOW_TO_LABEL

    if found.comparison is None:
        return "It is the present version. `feedback-loop model gates` shows what its labels prove today."
    if not found.comparison.problems:
        return f"Next: `feedback-loop model promote {found.model_version} --as PERSON --why TEXT`; that puts these gates in force, too."
    return f"It can't be promoted yet. {HOW_TO_LABEL} What it learns from are the other labels: `labels queue --reason unsure`."


def _print_gates(found: Gated) -> None:
    """The gate of each class: from which confidence on, how many of the labels lie above it, how many were right, what that proves."""
    promise = f"precision of at least {found.policy.target_precision:g}, but for a chance of {found.policy.delta:g}"
    say(f"Automatic route of {found.classifier_version} by {found.held_out_count} held-out labels ({promise}, for each gate):")
    rows = []
    for one in found.gates:
        low, proof = one.precision_low(found.policy.delta), one.proof
        shares = (f"{proof.passed_count} of {proof.label_count}", f"{proof.passed_right_count} of {proof.passed_count}")
        figures = shares if one.score is not None else (f"– of {proof.label_count}", "–")
        rows.append((one.gate_class, one.score, one.scope, *figures, None if low is None else round(low, 3), one.missing, one.why))
    print_table(_GATED, rows)
    say("Counted are held-out labels of what it decides as the class; what it abstains from proves nothing.")
    say("A fragment is decided alone from its gate on, if it has three different pieces of evidence, too.")
    if pool := next((one.needed_of for one in found.gates if len(one.needed_of) > 1), ()):
        say(f"The pool, which is proven together: {', '.join(pool)}.")


def _as_data(found: Evaluated) -> dict[str, Any]:
    comparison = None if found.comparison is None else found.comparison.metrics | {"problems": found.comparison.problems}
    return {
        "model_version": found.model_version,
        **found.answers.counts,
        **found.answers.metrics,
        "gates": found.gated.metrics,
        "compared_version": found.compared_version,
        "comparison": comparison,
    }


def _with_held_out(row: dict[str, Any]) -> dict[str, Any]:
    counts = [row[name] for name in ("held_out_right_count", "held_out_count")]
    return {**row, "held_out": None if None in counts else f"{counts[0]} of {counts[1]}"}
