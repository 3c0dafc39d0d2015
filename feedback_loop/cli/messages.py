"""`feedback-loop messages`: what customers are told: drafts, the one approval of their words, sending, and what customers answer.

Without a connector nothing is ever sent. The rule that is easy to break: sending asks nobody, for it sends only what a person approved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from feedback_loop.cli.places import AsOption, SystemClock, has_state, open_state, open_store, settings_of, who_acts
from feedback_loop.cli.printing import JsonFlag, print_json, print_table, say
from feedback_loop.errors import BadInput

if TYPE_CHECKING:
    import polars as pl

    from feedback_loop.config import Settings
    from feedback_loop.contracts.decisions import Proposal
    from feedback_loop.contracts.loop_vocab import MessageKind
    from feedback_loop.ports import StateStore
    from feedback_loop.remediation.messages import Spoken
    from feedback_loop.workflows.tell import Told

app = typer.Typer(help="Messages to customers: draft, look at, approve and send them, and keep what customers answer.")

ProposalArgument = Annotated[str, typer.Argument(metavar="PROPOSAL", help="Id from `approvals list`.", show_default=False)]
_COUNTED = ("proposal_id", "message_kind", "message_status", "suppressed_reason", "confirmation_kind")


@app.command("list")
def list_messages(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Count the messages of each proposal by where they stand, with why nothing was sent and how customers confirmed.

    Example: `feedback-loop messages list`
    """
    settings = settings_of(context)
    rows = _counted(open_state(settings)) if has_state(settings) else []
    if as_json:
        print_json(rows)
    elif rows:
        print_table((*_COUNTED, "count"), [tuple(row.values()) for row in rows])
    else:
        say("Nothing was drafted yet.")


@app.command()
def draft(
    context: typer.Context,
    proposal_id: ProposalArgument,
    kind: Annotated[str, typer.Option(help="explanation, fixed or preventive.", show_default=False)],
    as_json: JsonFlag = False,
) -> None:
    """Draft one explanation for everybody who complained of what a proposal mends; where the same words are approved, they join them.

    Example: `feedback-loop messages draft proposal_7c1d… --kind fixed`
    """
    from feedback_loop.contracts.loop_vocab import MessageKind
    from feedback_loop.errors import UnknownChoice
    from feedback_loop.workflows.contact_files import read_manner
    from feedback_loop.workflows.tell import draft_messages

    settings = settings_of(context)
    state, proposal = _proposal(settings, proposal_id)
    if kind not in list(MessageKind):
        raise UnknownChoice("kind of message", kind, [str(one) for one in MessageKind])
    word = MessageKind(kind)
    worded = _worded(settings, state, proposal, word)
    count = draft_messages(proposal, open_store(settings), state, word, SystemClock().now(), read_manner(settings), worded)
    if as_json:
        print_json({"new": count})
    else:
        say(f"{count} messages are new. `feedback-loop messages show {proposal_id}` shows their words.")


@app.command()
def show(context: typer.Context, proposal_id: ProposalArgument, as_json: JsonFlag = False) -> None:
    """Show what would be said in each language, to how many, and the hash that an approval is bound to.

    Example: `feedback-loop messages show proposal_7c1d…`
    """
    from feedback_loop.workflows.tell import explanation_hash

    state, _ = _proposal(settings_of(context), proposal_id)
    waiting = _messages(state).filter(proposal_id=proposal_id, message_status="drafted")
    said = waiting.group_by("message_kind", "language", "message_text").len("customers").sort("message_kind", "language").to_dicts()
    seen = explanation_hash(waiting) if said else None
    if as_json:
        print_json({"explanation_hash": seen, "wordings": said})
        return
    for one in said:
        say(f"{one['message_kind']}, {one['language']}, to {one['customers']} customers\n\n{one['message_text']}\n")
    say(f"Approve with --seen {seen}" if said else "No draft waits for an approval.")


@app.command()
def approve(
    context: typer.Context,
    proposal_id: ProposalArgument,
    person: AsOption = None,
    seen: Annotated[
        str | None, typer.Option(metavar="HASH", help="Hash of `messages show`; refused where it changed.", show_default=False)
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Approve the words of a proposal's drafts, once for all of its customers; who leads support may.

    Example: `feedback-loop messages approve proposal_7c1d… --as lena`
    """
    from feedback_loop.workflows.contact_files import read_manner
    from feedback_loop.workflows.tell import approve_messages

    settings, actor = settings_of(context), who_acts(context, person)
    state, _ = _proposal(settings, proposal_id)
    now, manner = SystemClock().now(), read_manner(settings)
    count = approve_messages(proposal_id, actor.name, actor.people, open_store(settings), state, now, manner, seen)
    if as_json:
        print_json({"approved": count})
    else:
        say(f"{count} messages are approved. `feedback-loop messages send` sends them.")


@app.command()
def send(
    context: typer.Context,
    url: Annotated[
        str | None,
        typer.Option(
            "--connector-url", metavar="URL", help="Case system to send to, instead of the home's connectors.", show_default=False
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Send what is approved, once each; in quiet hours, or beyond the cap of a week, a message waits for a later call.

    Example: `feedback-loop messages send --connector-url https://cases.example.com`
    """
    settings = settings_of(context)
    told = _sent(settings, url)
    if as_json:
        print_json({"sent": told.sent_count, "suppressed": told.suppressed_count, "refused": told.refused_count, "held": dict(told.held)})
        return
    held = "".join(f", {count} wait ({reason.replace('_', ' ')})" for reason, count in sorted(told.held.items()))
    say(f"{told.sent_count} sent, {told.suppressed_count} suppressed, {told.refused_count} refused{held}.")


@app.command()
def confirm(
    context: typer.Context,
    message_id: Annotated[str, typer.Argument(metavar="MESSAGE", help="Its message_draft_id.", show_default=False)],
    person: AsOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Record that a customer said that it is mended; silence is no confirmation.

    Example: `feedback-loop messages confirm message_5e0a… --as lena`
    """
    from feedback_loop.workflows.confirm import record_confirmation

    settings, actor = settings_of(context), who_acts(context, person)
    record_confirmation(message_id, actor.name, _state(settings), SystemClock().now())
    if as_json:
        print_json({"confirmed": message_id})
    else:
        say(f"{message_id} is confirmed.")


@app.command()
def hear(context: typer.Context, as_json: JsonFlag = False) -> None:
    """Look for confirmations in what landed: a reply that says so and nothing else, or a rating of four stars, in the same conversation.

    Example: `feedback-loop messages hear`
    """
    from feedback_loop.workflows.confirm import hear as heard_now

    settings = settings_of(context)
    found = heard_now(open_store(settings), _state(settings), SystemClock().now())
    if as_json:
        print_json([vars(one) for one in found])
    else:
        say(f"{len(found)} customers confirmed that it is mended.")


def _sent(settings: Settings, url: str | None) -> Told:
    from feedback_loop.cli.connectors import open_lanes
    from feedback_loop.contracts.loop_vocab import ActionKind
    from feedback_loop.workflows.contact_files import read_manner
    from feedback_loop.workflows.tell import send_approved

    state = _state(settings)
    with open_lanes(settings, url) as lanes:
        systems = [lane.system for lane in lanes.lanes if ActionKind.SEND_MESSAGE in lane.takes and lane.system is not None]
        if not systems:
            raise BadInput("no connector takes messages. Name one in connectors.yaml, or give --connector-url.")
        return send_approved(open_store(settings), state, systems[0], SystemClock().now(), read_manner(settings))


def _worded(settings: Settings, state: StateStore, proposal: Proposal, kind: MessageKind) -> dict[str, Spoken]:
    """A model's words for the languages of the cohort that have no template; none where no model is configured."""
    from feedback_loop.adapters.llm.opening import open_text_model
    from feedback_loop.contracts.tables import TABLES
    from feedback_loop.remediation.messages import languages_of
    from feedback_loop.workflows.contact_files import read_manner
    from feedback_loop.workflows.tell import current_facts
    from feedback_loop.workflows.told_facts import affected_customers
    from feedback_loop.workflows.word_messages import worded_messages

    clock, tables = SystemClock(), open_store(settings)
    model = open_text_model(settings, clock)
    if model is None:
        return {}
    now = clock.now()
    customers = tables.read(TABLES["context_customer"], as_of=now)
    languages = languages_of(customers, proposal.product, set(affected_customers(proposal, tables, now)))
    facts = current_facts(proposal, state, read_manner(settings))
    return dict(worded_messages(kind, facts, languages, model, customers["product"].unique().to_list()))


def _proposal(settings: Settings, proposal_id: str) -> tuple[StateStore, Proposal]:
    state = _state(settings)
    proposal = state.proposal(proposal_id)
    if proposal is None:
        raise BadInput("no proposal has this id. See `approvals list`.")
    return state, proposal


def _state(settings: Settings) -> StateStore:
    if not has_state(settings):
        raise BadInput("nothing was proposed yet. Run `feedback-loop run` first.")
    return open_state(settings)


def _messages(state: StateStore) -> pl.DataFrame:
    from feedback_loop.contracts.tables import TABLES

    return state.snapshot(TABLES["remediation_message"])


def _counted(state: StateStore) -> list[dict[str, object]]:
    return _messages(state).group_by(_COUNTED).len("count").sort(_COUNTED, nulls_last=True).to_dicts()
