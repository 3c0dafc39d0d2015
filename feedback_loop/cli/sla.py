"""`feedback-loop sla`: what is promised to whom, by when, and which time counts."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.instants import instant_of
from feedback_loop.cli.places import known_file, settings_of
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say, shortened
from feedback_loop.contracts.outcome_vocab import SlaStage
from feedback_loop.contracts.vocab import ComplaintClass, Urgency
from feedback_loop.errors import NothingLanded

if TYPE_CHECKING:
    from feedback_loop.config import Settings
    from feedback_loop.outcomes.sla_policy import SlaPolicy, SlaRule

app = typer.Typer(help="What is promised to whom, by when, and which time counts.")

_COLUMNS = ("rule", "applies to", "calendar", "waiting", *SlaStage)
_LONGEST_PARTS = 32
_CALENDAR_COLUMNS = ("calendar", "zone", "hours", "holidays", "daily review")


@app.command()
def show(
    context: typer.Context,
    as_template: Annotated[bool, typer.Option("--template", help="Print the package's policy as YAML, to start your own from.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show the SLA policy that counts: sla.yaml of the home, or the package's own.

    Example: `feedback-loop sla show`
    """
    from feedback_loop.outcomes.sla_policy_text import seed_text
    from feedback_loop.workflows.sla import read_sla_policy

    if as_template:
        say(seed_text().rstrip())
        return
    settings = settings_of(context)
    policy = read_sla_policy(settings.sla_file)
    if as_json:
        print_json(policy.model_dump(mode="json"))
    else:
        _print(policy, settings)


@app.command()
def lint(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Check the SLA policy: zones, shifts and holidays that exist, targets in order, no rule in vain.

    Example: `feedback-loop sla lint`
    """
    from feedback_loop.workflows.sla import read_sla_policy

    settings = settings_of(context)
    policy = read_sla_policy(settings.sla_file)
    if as_json:
        print_json({"place": _place(settings), "version": policy.policy_version, "problems": []})
    else:
        counts = f"{len(policy.rules)} rules, {len(policy.calendars)} calendars"
        say(f"{_place(settings)}: {counts}, nothing wrong. Version {policy.policy_version}.")


@app.command()
def due(
    context: typer.Context,
    at: Annotated[str, typer.Option("--at", help="When the complaint landed: an ISO instant, in UTC where it names no zone.")],
    urgency: Annotated[Urgency | None, typer.Option("--urgency")] = None,
    complaint_class: Annotated[ComplaintClass | None, typer.Option("--class")] = None,
    tier: Annotated[str | None, typer.Option("--tier")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Say what a complaint is promised, when each stage is at risk and when it is due, if nobody waits for the customer.

    Example: `feedback-loop sla due --urgency urgent --class crash --tier enterprise --at 2026-06-07T03:00:00Z`
    """
    from feedback_loop.outcomes.sla_clock import Clock
    from feedback_loop.outcomes.sla_policy import Subject
    from feedback_loop.outcomes.sla_verdicts import verdicts
    from feedback_loop.workflows.sla import read_sla_policy

    start = instant_of(at, "--at", time())
    policy, subject = read_sla_policy(settings_of(context).sla_file), Subject(urgency, complaint_class, tier)
    promise = policy.promise_for(subject)
    rows = [
        {
            "stage": row.stage,
            "working_minutes": None if row.target is None else row.target / timedelta(minutes=1),
            "at_risk_at": row.at_risk_at,
            "due_at": row.due_at,
        }
        for row in verdicts(Clock("", "", subject, start), policy, start)
    ]
    if as_json:
        print_json({"rule": promise.rule_id, "calendar": promise.calendar_name, "stages": rows})
    else:
        say(f"By the rule '{promise.rule_id}', in time that the calendar '{promise.calendar_name}' counts:")
        print_table(("stage", "working minutes", "at risk at", "due at"), [tuple(row.values()) for row in rows])


@app.command()
def watch(
    context: typer.Context,
    at: Annotated[str | None, typer.Option("--at", help="Another moment than now: an ISO instant.", show_default=False)] = None,
    fail: Annotated[
        bool, typer.Option("--fail", help="End with 1 where a promise is broken, or nothing has landed, for whatever calls people.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show the promises that are at risk or broken at this moment and that nobody has kept yet, the one due first in front.

    Example: `feedback-loop sla watch --fail || page-somebody`
    """
    from feedback_loop.cli.places import SystemClock, known_state, open_store
    from feedback_loop.contracts.outcome_vocab import SlaVerdict
    from feedback_loop.outcomes.sla_stages import left_waiting, sla_stages
    from feedback_loop.workflows.latest_records import landed_days
    from feedback_loop.workflows.sla import happened_by_now, read_sla_policy
    from feedback_loop.workflows.tell_promises import WATCHED

    settings = settings_of(context)
    now = SystemClock().now() if at is None else instant_of(at, "--at", time())
    tables = open_store(settings)
    happened = happened_by_now(tables, known_state(settings))
    if fail and happened.alerts.is_empty() and landed_days(tables) is None:
        # Whatever calls people would else be told for ever that all is well in a home that nobody meant.
        raise NothingLanded("nothing has landed yet, so that no promise is watched", "Name the right folder with `feedback-loop --home`.")
    waiting = left_waiting(sla_stages(happened, read_sla_policy(settings.sla_file), now))
    told = waiting.select(*WATCHED).to_dicts()
    if as_json:
        print_json(told)
    elif told:
        print_table(tuple(name.replace("_", " ") for name in WATCHED), [tuple(row.values()) for row in told])
    else:
        say(f"No promise is at risk or broken at {now:%Y-%m-%d %H:%M} UTC.")
    if fail and any(row["sla_verdict"] == SlaVerdict.BREACHED for row in told):
        raise typer.Exit(1)


@app.command("tell-in-slack")
def tell_in_slack(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Tell the channel for promises of each that is at risk or broken, once; in Dagster this is done by itself.

    Example: `feedback-loop sla tell-in-slack`
    """
    from uuid import uuid4

    from feedback_loop.adapters.slack.notices import open_notices
    from feedback_loop.cli.places import SystemClock, open_state, open_store
    from feedback_loop.workflows.connector_files import read_connectors
    from feedback_loop.workflows.sla import read_sla_policy, waiting_now
    from feedback_loop.workflows.tell_promises import tell_promises

    settings, clock = settings_of(context), SystemClock()
    with open_notices(read_connectors(settings.connectors_file) or {}, settings.credentials, clock) as channel:
        state = open_state(settings)
        waiting = waiting_now(open_store(settings), state, read_sla_policy(settings.sla_file), clock.now())
        report = tell_promises(waiting.to_dicts(), state, channel, clock, uuid4().hex)
    if as_json:
        print_json(vars(report))
    else:
        say(f"{len(report.told)} promises told, {len(report.left)} left.")
        for promise, why in report.left.items():
            say(f"  {promise}: {why}")
    if report.left:
        raise typer.Exit(1)


def _place(settings: Settings) -> str:
    return known_file(settings.sla_file) if settings.sla_file.exists() else "the package's own policy"


def _print(policy: SlaPolicy, settings: Settings) -> None:
    say(f"From {_place(settings)}, version {policy.policy_version}. The rule that names most decides, the upper one where equal.")
    print_table(_COLUMNS, [_row(policy, rule) for rule in [*policy.rules, None]])
    calendars = [
        (name, written.zone, written.hours_text, f"{written.country or ''} {written.subdivision or ''}".strip(), written.daily_review)
        for name, written in policy.calendars.items()
    ]
    print_table(_CALENDAR_COLUMNS, calendars)


def _row(policy: SlaPolicy, rule: SlaRule | None) -> tuple[str, ...]:
    row, default = rule or policy.default, policy.default
    pauses = default.waiting_pauses if row.waiting_pauses is None else row.waiting_pauses
    names = ("default", "everything else") if rule is None else (rule.rule_id, _parts(rule))
    targets = [_short(row.targets.of(stage)) for stage in SlaStage]
    return (*names, row.calendar or default.calendar, "pauses" if pauses else "counts", *targets)


def _short(target: str | None) -> str:
    return "–" if target is None else re.sub(r" (min|h)(ute|our)s?$", r" \1", target)


def _parts(rule: SlaRule) -> str:
    named = [", ".join(part) for part in (rule.urgencies, rule.complaint_classes, rule.tiers)]
    return shortened("; ".join(part for part in named if part), _LONGEST_PARTS)
