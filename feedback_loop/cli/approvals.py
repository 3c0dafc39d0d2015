"""`feedback-loop approvals`: what is proposed, what people decide of it, and the outbox that carries out what was approved.

Without a connector nothing is ever sent. The rule that is easy to break: who decides is whom `places.who_acts` knows, with roles of now.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from feedback_loop.cli.places import AsOption, SystemClock, has_state, open_state, open_store, settings_of, who_acts
from feedback_loop.cli.printing import JsonFlag, plain, print_json, print_table, remark, say
from feedback_loop.errors import BadInput

if TYPE_CHECKING:
    from feedback_loop.config import Settings
    from feedback_loop.contracts.decisions import Approval, Proposal
    from feedback_loop.ports import StateStore
    from feedback_loop.workflows.execute import ExecuteReport
    from feedback_loop.workflows.grounds import Grounds

app = typer.Typer(help="Proposals: list and show them, approve or reject them, and carry out what was approved.")

IdArgument = Annotated[str, typer.Argument(metavar="ID", help="Id from `approvals list`.", show_default=False)]

_LISTED = ("proposal_id", "proposal_status", "action_kind", "action_target", "risk_level", "approvals", "expires_at", "refusal_reason")
_CAUSES_SHOWN = 3


@app.command("list")
def list_proposals(
    context: typer.Context,
    with_settled: Annotated[bool, typer.Option("--all", help="Also what is over: done, failed, expired or refused.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """List what waits for people or for the outbox, the newest first.

    Example: `feedback-loop approvals list`
    """
    from feedback_loop.contracts.decisions import PROPOSAL_TABLE

    settings = settings_of(context)
    rows = open_state(settings).snapshot(PROPOSAL_TABLE).to_dicts() if has_state(settings) else []
    over = () if with_settled else ("done", "failed", "rolled_back", "expired", "refused")
    shown = [row for row in reversed(rows) if row["proposal_status"] not in over]
    if as_json:
        print_json(shown)
    elif not shown:
        say("Nothing waits for a decision.")
    else:
        print_table(_LISTED, [[_with_approvals(row)[name] for name in _LISTED] for row in shown])


@app.command()
def show(context: typer.Context, proposal_id: IdArgument, as_json: JsonFlag = False) -> None:
    """Show one proposal: what exactly would be sent, the evidence for and against, who may approve it, and who did.

    Example: `feedback-loop approvals show proposal_7c1d…`
    """
    settings = settings_of(context)
    state = _state(settings)
    proposal = state.proposal(proposal_id)
    if proposal is None:
        raise BadInput("no proposal has this id. See `approvals list`.")
    said, duties = state.approvals(proposal_id), _duties(proposal, settings)
    if as_json:
        more = {"approver_roles": _approver_roles(proposal), "evidence": proposal.evidence, "approvals": said, "duties": duties}
        print_json({**proposal.row(), **more})
    else:
        _print_proposal(proposal, said, duties)


@app.command()
def approve(
    context: typer.Context,
    proposal_id: IdArgument,
    person: AsOption = None,
    seen: Annotated[
        str | None, typer.Option(metavar="HASH", help="arguments_hash that you saw; refused where it changed.", show_default=False)
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Approve a proposal; a high risk needs two people, and nobody approves what they asked for.

    Example: `feedback-loop approvals approve proposal_7c1d… --as ada`
    """
    _decide(context, proposal_id, "approve", person, as_json=as_json, seen=seen)


@app.command()
def reject(
    context: typer.Context,
    proposal_id: IdArgument,
    why: Annotated[str, typer.Option(help="Why not; kept with the decision.", show_default=False)],
    person: AsOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Reject a proposal for good.

    Example: `feedback-loop approvals reject proposal_7c1d… --as ada --why "the release is not the cause"`
    """
    _decide(context, proposal_id, "reject", person, as_json=as_json, why=why)


@app.command()
def revoke(context: typer.Context, proposal_id: IdArgument, person: AsOption = None, as_json: JsonFlag = False) -> None:
    """Take back your own approval, as long as nothing was carried out.

    Example: `feedback-loop approvals revoke proposal_7c1d… --as ada`
    """
    _decide(context, proposal_id, "revoke", person, as_json=as_json)


@app.command()
def execute(
    context: typer.Context,
    url: Annotated[
        str | None,
        typer.Option(
            "--connector-url",
            metavar="URL",
            help="Case system to send everything to, instead of the home's connectors; without either a dry run.",
            show_default=False,
        ),
    ] = None,
    is_dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be sent.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Run the outbox once: check each approved action again, send it exactly once to its connector, and keep its receipt.

    Example: `feedback-loop approvals execute --connector-url https://cases.example.com`
    """
    if is_dry_run and url is not None:
        raise BadInput("a dry run sends nothing, so leave out either --dry-run or --connector-url.")
    report = _executed(settings_of(context), url, is_dry_run=is_dry_run)
    if as_json:
        print_json(vars(report))
    else:
        _print_report(report)
    if report.failed or report.in_doubt or report.refused:
        raise typer.Exit(1)


def _executed(settings: Settings, url: str | None, *, is_dry_run: bool) -> ExecuteReport:
    from feedback_loop.cli.connectors import open_lanes
    from feedback_loop.workflows.execute import execute as run_outbox
    from feedback_loop.workflows.identity import people_now

    state = _state(settings)
    people = people_now(settings, state, SystemClock().now())
    _require_trusted_classifier(settings, state)
    grounds = _grounds(settings, state)
    with open_lanes(settings, url, is_dry_run=is_dry_run) as lanes:
        return run_outbox(state, lanes, grounds, people, SystemClock())


def _require_trusted_classifier(settings: Settings, state: StateStore) -> None:
    from feedback_loop.cli.places import open_model_home
    from feedback_loop.contracts.tables import TABLES
    from feedback_loop.workflows.model_health import require_trusted
    from feedback_loop.workflows.model_versions import model_in_use

    require_trusted(state.snapshot(TABLES["state_label"]), open_store(settings), lambda: model_in_use(open_model_home(settings)))


def _grounds(settings: Settings, state: StateStore) -> Grounds:
    """The evidence of the present about everything that waits in the outbox."""
    from feedback_loop.contracts.days import DayRange
    from feedback_loop.contracts.loop_vocab import ActionStatus
    from feedback_loop.workflows.grounds import alert_days, read_grounds
    from feedback_loop.workflows.rules_in_force import read_rules

    waiting = state.actions(ActionStatus.QUEUED, ActionStatus.CLAIMED, ActionStatus.IN_DOUBT)
    proposals = [p for p in map(state.proposal, sorted({action.proposal_id for action in waiting})) if p is not None]
    now = SystemClock().now()
    rules = read_rules(settings, state, now)
    return read_grounds(open_store(settings), alert_days(proposals) or DayRange(now.date(), now.date()), now, rules)


def _decide(
    context: typer.Context, proposal_id: str, verdict: str, person: str | None, *, as_json: bool, why: str = "", seen: str | None = None
) -> None:
    from feedback_loop.contracts.loop_vocab import ApprovalVerdict
    from feedback_loop.workflows.approve import decide

    state, actor = _state(settings_of(context)), who_acts(context, person)
    word = ApprovalVerdict(verdict)
    proposal = decide(proposal_id, word, actor.name, actor.people, state, SystemClock(), why=why, seen_hash=seen, actor=actor)
    if as_json:
        print_json(proposal.row())
        return
    count = f"{proposal.approvals_given_count} of {proposal.approvals_required_count} approvals"
    say(f"{proposal_id} is {proposal.proposal_status.replace('_', ' ')} ({count}).")
    if proposal.proposal_status == "approved":
        remark("`feedback-loop approvals execute` carries it out.")


def _state(settings: Settings) -> StateStore:
    if not has_state(settings):
        raise BadInput("nothing was proposed yet. Run `feedback-loop run` first.")
    return open_state(settings)


def _with_approvals(row: Mapping[str, Any]) -> dict[str, Any]:
    return {**row, "approvals": f"{row['approvals_given_count']} of {row['approvals_required_count']}"}


def _approver_roles(proposal: Proposal) -> list[str]:
    """The roles that decide at present: those of its playbook first, then the approvers of its class where one person is enough."""
    from feedback_loop.remediation.approvals import deciding_roles

    decide, named = deciding_roles(proposal), proposal.approver_roles
    return [*(role for role in named if role in decide), *sorted(decide - set(named))]


def _duties(proposal: Proposal, settings: Settings) -> dict[str, str]:
    """Whose business the proposal is, as the ownership table of now says of the class and the product."""
    from feedback_loop.workflows.owners import duties_of, read_owners

    about = proposal.evidence.get("alert", {}).get("alerted_class")
    return dict(duties_of(read_owners(settings), about, proposal.product).model_dump())


def _print_proposal(proposal: Proposal, said: list[Approval], duties: Mapping[str, str]) -> None:
    say(f"{proposal.action_kind} of {proposal.action_target}  ({proposal.playbook_id}, {proposal.risk_level} risk)\n")
    facts = {
        **{name: plain(value) for name, value in proposal.row().items() if value is not None and name != "action_arguments"},
        "approver_roles": ", ".join(_approver_roles(proposal)),
        **duties,
    }
    for name, value in facts.items():
        say(f"{name:>24}  {value}")
    _print_what_to_mind(proposal)
    say(f"\nWould send\n{json.dumps(json.loads(proposal.action_arguments), ensure_ascii=False, indent=2)}")
    for read in proposal.evidence.get("reading", ()):
        books = f", governs {', '.join(read['playbook_ids'])}" if read["playbook_ids"] else ""
        say(f"to read: {read['title']} ({read['document_id']}, {read['document_kind'].replace('_', ' ')}{books})")
    for cause in proposal.evidence["hypotheses"][:_CAUSES_SHOWN]:
        say(f"\n{cause['hypothesis_rank']}. {cause['cause_id'] or 'no known cause'}: {cause['hypothesis_verdict'].replace('_', ' ')}")
        for sign, name in (("+", "evidence_for"), ("-", "evidence_against")):
            for statement in cause[name]:
                say(f"   {sign} {statement}")
    if said:
        say()
        rows = [(a.person, str(a.known_by), str(a.approval_verdict), a.given_at, a.why or None) for a in said]
        print_table(("person", "known by", "said", "at", "why"), rows)


def _print_what_to_mind(proposal: Proposal) -> None:
    """Who asked and why, why people decide, and that it can't be undone."""
    if asked := proposal.evidence.get("request"):
        say(f"\n{proposal.requested_by} asks for it: {asked['why']}")
    if because := proposal.evidence.get("person_because"):
        say(f"\nPeople decide: {because.replace('_', ' ')} ({proposal.evidence['certified_count']} complaints certified)")
    if proposal.evidence.get("policy_facts", {}).get("is_reversible") is False:
        say("\nTHIS CAN'T BE UNDONE: its playbook says that it can only be made good.")


def _print_report(report: ExecuteReport) -> None:
    from feedback_loop.workflows.execute import waits

    if not report.were_any_switched_on:
        say(f"Dry run: {len(report.would_send)} actions would be sent; name a system with --connector-url, or some in connectors.yaml.")
    else:
        say(f"{len(report.done)} done, {len(report.failed)} refused by the system, {len(report.in_doubt)} in doubt.")
    for request in report.would_send:
        say(f"  {request.action_kind} of {request.target}  {json.dumps(plain(request.arguments), ensure_ascii=False)}")
    for action_id, reason in report.refused.items():
        say(f"  {action_id} was not sent: {reason.replace('_', ' ')}")
    for action_id, why in report.why.items():
        say(f"  {action_id}: {why}")
    for line in waits(report.waiting):
        say(f"  {line}")
    if report.in_doubt:
        remark("what is in doubt is asked for by its key at the next run, before anything is sent again.")
