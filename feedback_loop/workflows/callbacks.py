"""What a callback leads to, through the doors of the command line: `approve`, `close_issue` and `label`, and never around them.

How a callback is read, and that it was signed, stands in `remediation/callbacks`; whose ticket it is about in `callback_tickets`. The rules
that are easy to break: that it was heard and what it did are one transaction, so that no event is ever carried out twice, by whatever
number of processes; what is about nothing of ours leaves no trace; and a person in another system may do here what the table of permissions
says of them, and nothing more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from feedback_loop.analysis.taxonomy import Taxonomy
from feedback_loop.contracts.callback_vocab import CallbackKind, CallbackOutcome, CallbackVendor
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.identity import Actor, KnownBy
from feedback_loop.contracts.loop_vocab import ApprovalVerdict
from feedback_loop.errors import ActorRefused, BadInput, CallbackReplayed, DecisionRefused, IllegalTransition, PermissionMissing
from feedback_loop.ports import Clock, StateStore, TableStore
from feedback_loop.remediation.callbacks.heard import Correction, Decision, Heard, TicketStatus
from feedback_loop.remediation.connectors import Connector
from feedback_loop.workflows.approve import decide
from feedback_loop.workflows.callback_labels import corrected_fragment, is_corrected_since
from feedback_loop.workflows.callback_tickets import CALLBACK, follow, ours_of
from feedback_loop.workflows.identity import Directory
from feedback_loop.workflows.identity_file import Elsewhere
from feedback_loop.workflows.label import correct_label
from feedback_loop.workflows.permissions import require_noted

REFUSED = "callback_refused"
"""The event by which the audit trail keeps that somebody elsewhere asked for what they may not do."""

_VERDICTS: Mapping[ApprovalVerdict, tuple[CallbackKind, str]] = {
    ApprovalVerdict.APPROVE: (CallbackKind.APPROVED, "approvals approve"),
    ApprovalVerdict.REJECT: (CallbackKind.DENIED, "approvals reject"),
}
_KNOWN_BY: Mapping[CallbackVendor, Elsewhere] = {CallbackVendor.SLACK: KnownBy.SLACK, CallbackVendor.ZENDESK: KnownBy.ZENDESK}

_SAYING_NO = (ActorRefused, BadInput, DecisionRefused, IllegalTransition, PermissionMissing)


@dataclass(frozen=True)
class Company:
    """What a callback is carried out in: what was decided, the tables, and what is known of people, tools and classes at this moment."""

    state: StateStore
    tables: TableStore
    directory: Directory
    connectors: Mapping[str, Connector]
    taxonomy: Taxonomy


@dataclass(frozen=True)
class Answer:
    """What came of a callback, about what, and the words for the person who is waiting; they name nothing but our own ids."""

    outcome: CallbackOutcome
    words: str
    about: str | None = None


_NOTHING = Answer(CallbackOutcome.IGNORED, "That is about nothing here.")


def carry_out(heard: Heard, company: Company, clock: Clock) -> Answer:
    """What came of it; raises CallbackReplayed where the event was heard before."""
    said = heard.said
    if isinstance(said, Decision):
        return _decided(heard, said, company, clock)
    if isinstance(said, TicketStatus):
        return _followed(heard, said, company, clock)
    return _NOTHING if said is None else _labelled(heard, said, company, clock)


def _decided(heard: Heard, said: Decision, company: Company, clock: Clock) -> Answer:
    if company.state.proposal(said.proposal_id) is None:
        return _NOTHING
    kind, command = _VERDICTS[said.verdict]

    def act(state: StateStore) -> Answer:
        actor = _who(heard, said.account_id, command, company, state, clock.now())
        why = "" if said.verdict is ApprovalVerdict.APPROVE else f"denied in {heard.vendor}"
        proposal = decide(
            said.proposal_id, said.verdict, actor.name, actor.people, state, clock, why=why, seen_hash=said.arguments_hash, actor=actor
        )
        count = f"{proposal.approvals_given_count} of {proposal.approvals_required_count} approvals"
        words = f"{said.proposal_id} is {proposal.proposal_status.replace('_', ' ')} ({count})."
        return Answer(CallbackOutcome.DONE, words, said.proposal_id)

    return _once(heard, kind, said.account_id, said.proposal_id, company.state, clock.now(), act)


def _followed(heard: Heard, said: TicketStatus, company: Company, clock: Clock) -> Answer:
    ours = ours_of(said, heard.vendor, company.connectors, company.state)
    if ours is None:
        return _NOTHING

    def act(state: StateStore) -> Answer:
        outcome = follow(ours, said, heard.said_at, company.tables, state, clock.now())
        return Answer(outcome, f"{ours.issue_id}: {outcome}.", ours.action_id)

    kind = CallbackKind.CLOSED if said.is_closed else CallbackKind.OPENED
    return _once(heard, kind, None, ours.action_id, company.state, clock.now(), act)


def _labelled(heard: Heard, said: Correction, company: Company, clock: Clock) -> Answer:
    try:
        fragment_id = corrected_fragment(said, heard.vendor, company.connectors, company.tables)
    except BadInput:
        return _NOTHING

    def act(state: StateStore) -> Answer:
        now = clock.now()
        actor = _who(heard, said.account_id, "labels correct", company, state, now)
        if is_corrected_since(fragment_id, heard.said_at, state):
            return Answer(CallbackOutcome.OUTDATED, "Somebody said something later.")
        label_id = correct_label(
            fragment_id, said.class_name, actor.name, actor.people, company.tables, state, now, company.taxonomy, why=f"in {heard.vendor}"
        )
        return Answer(CallbackOutcome.DONE, "The label is kept.", label_id)

    return _once(heard, CallbackKind.LABELLED, said.account_id, None, company.state, clock.now(), act)


def _who(heard: Heard, account_id: str, command: str, company: Company, state: StateStore, at: datetime) -> Actor:
    """The person of the account, who may run the command; raises ActorRefused and PermissionMissing."""
    known_by = _KNOWN_BY.get(heard.vendor)
    if known_by is None:
        raise ActorRefused(f"the {heard.vendor} account", "can't be known", "Ask them to say it at the command line.")
    actor = company.directory.by_account(known_by, account_id, at)
    require_noted(command, actor, state, at)
    return actor


def _once(
    heard: Heard,
    kind: CallbackKind,
    account_id: str | None,
    about: str | None,
    state: StateStore,
    at: datetime,
    act: Callable[[StateStore], Answer],
) -> Answer:
    """What the act came to, kept in one transaction with that the event was heard; after CallbackReplayed nothing of it happened."""
    actor = f"connector:{heard.vendor}"
    with state.together() as whole:
        try:
            answer = act(whole)
        except _SAYING_NO as error:
            # The doors say no before they write anything but that they did, which stays.
            answer = Answer(CallbackOutcome.REFUSED, f"Refused: {error}", about)
            content = {"said": str(kind), "why": type(error).__name__, "account": account_id}
            whole.note(REFUSED, about or str(heard.vendor), actor, content, at)
        if not whole.record(CALLBACK, [_row(heard, kind, answer, at)], actor, at):
            raise CallbackReplayed(heard.vendor)
    return answer


def _row(heard: Heard, kind: CallbackKind, answer: Answer, at: datetime) -> Mapping[str, object]:
    return {
        "callback_id": stable_id("callback", heard.vendor, heard.event_id),
        "callback_vendor": str(heard.vendor),
        "callback_kind": str(kind),
        "callback_outcome": str(answer.outcome),
        "callback_about": answer.about,
        "said_at": heard.said_at,
        "heard_at": at,
    }
