"""Telling customers: one explanation for everybody who complained of what a proposal mends, approved once, sent once to each.

The words are templates (`remediation/messages`), or a model's where it may word them (`word_messages`); what they say is `told_facts`, who
may be written to and when `remediation/contact`. The rules that are easy to break: a message is sent under its own key, so that a crash
between sending and writing it down sends nothing twice; nobody is written to without consent or in their quiet hours; and an approval is
of words and facts: where these changed since, the draft is worded anew and waits for an approval again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.decisions import LOOP, Proposal
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.loop_vocab import ActionKind, MessageKind, MessageStatus, ProposalStatus
from feedback_loop.contracts.message_vocab import CustomerStep, HeldReason, SuppressedReason
from feedback_loop.contracts.roles import Role
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput, ConnectorRefused, ConnectorUnreachable, Refused
from feedback_loop.ports import ActionSystem, StateStore, TableStore
from feedback_loop.remediation.contact import Contact, seed_contact_rules, sorted_out
from feedback_loop.remediation.messages import FALLBACK, LANGUAGES, IssueFacts, Spoken, consenting, drafts, latest_statements, spoken
from feedback_loop.workflows.audit import require_whole
from feedback_loop.workflows.people import People, roles_of
from feedback_loop.workflows.told_facts import affected_customers, facts_of

MESSAGE, CUSTOMER = TABLES["remediation_message"], TABLES["context_customer"]
APPROVER_ROLE = Role.SUPPORT_LEAD
_UNSENT = (str(MessageStatus.DRAFTED), str(MessageStatus.APPROVED))
_STANDS_APPROVED = (MessageStatus.APPROVED, MessageStatus.SENT, MessageStatus.CONFIRMED)


@dataclass(frozen=True)
class Told:
    """How many customers were written to, and to how many not: for a reason that stands in their rows, or refused by the case system.

    What was refused or held stays approved and is tried again by the next call.
    """

    sent_count: int
    suppressed_count: int
    refused_count: int = 0
    held: Mapping[HeldReason, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Manner:
    """How customers are written to here: the rules of contact, and by playbook what its fix asks of them."""

    contact: Contact = field(default_factory=lambda: Contact(seed_contact_rules()))
    steps: Mapping[str, CustomerStep] = field(default_factory=dict)


BY_DEFAULT = Manner()


def draft_messages(
    proposal: Proposal,
    tables: TableStore,
    state: StateStore,
    kind: MessageKind,
    now: datetime,
    manner: Manner = BY_DEFAULT,
    worded: Mapping[str, Spoken] | None = None,
) -> int:
    """How many messages are new in the state store: drafts, suppressed ones, and approved ones where the same words are approved."""
    before, facts = state.snapshot(MESSAGE), current_facts(proposal, state, manner)
    known, affected = tables.read(CUSTOMER, as_of=now), affected_customers(proposal, tables, now)
    unwelcome = manner.contact.unwelcome(proposal.product)
    made = drafts(facts, known, affected, before, kind, now, worded=worded, unwelcome=unwelcome)
    if made.is_empty():
        return 0
    count = state.record(MESSAGE, made.to_dicts(), LOOP, now)
    approved = before.filter(pl.col("message_status").is_in([str(status) for status in _STANDS_APPROVED]))["wording_hash"].drop_nulls()
    joined = made.filter((pl.col("message_status") == str(MessageStatus.DRAFTED)) & pl.col("wording_hash").is_in(approved.implode()))
    _move(state, joined["message_draft_id"].to_list(), MessageStatus.APPROVED, LOOP, now)
    return count


def approve_messages(
    proposal_id: str,
    person: str,
    people: People,
    tables: TableStore,
    state: StateStore,
    now: datetime,
    manner: Manner = BY_DEFAULT,
    seen: str | None = None,
) -> int:
    """How many drafts are approved, their words being those of now; with `seen`, only if these are what was looked at.

    Raises Refused where the person lacks the role, where what was done was taken back, or where the words changed since.
    """
    require_whole(state, state)
    if APPROVER_ROLE not in roles_of(person, people):
        raise Refused(f"{person} lacks the role {APPROVER_ROLE}, without which nothing is sent to customers. Ask somebody who has it.")
    proposal = _drafted(proposal_id, state)
    if proposal.proposal_status is ProposalStatus.ROLLED_BACK:
        raise Refused(f"what {proposal_id} did was taken back, so nobody is told that it helped. Write to them yourself.")
    _word_anew(proposal, state, manner, now)
    waiting = _of(proposal_id, state).filter(message_status=str(MessageStatus.DRAFTED))
    if seen is not None and seen != explanation_hash(waiting):
        raise Refused(f"the words or facts of {proposal_id} changed since you saw them. Look at `messages show` again.")
    _suppress(proposal, tables, state, now, manner)
    return _move(state, waiting["message_draft_id"].to_list(), MessageStatus.APPROVED, person, now)


def send_approved(
    tables: TableStore, state: StateStore, system: ActionSystem, now: datetime, manner: Manner = BY_DEFAULT,
    proposal_id: str | None = None, actor: str = LOOP,
) -> Told:  # fmt: skip
    """What became of everything that is approved, of one proposal or of all; consent, quiet hours and the week's cap are asked for now."""
    require_whole(state, state)
    waiting = state.snapshot(MESSAGE).filter(pl.col("message_status").is_in(_UNSENT))
    ids = sorted(set(waiting["proposal_id"])) if proposal_id is None else [proposal_id]
    told = [_sent_of(_drafted(one, state), tables, state, system, now, manner, actor) for one in ids]
    held = sum((Counter(one.held) for one in told), Counter[HeldReason]())
    return Told(
        sum(one.sent_count for one in told), sum(one.suppressed_count for one in told), sum(one.refused_count for one in told), dict(held)
    )


def send_messages(
    proposal_id: str,
    person: str,
    people: People,
    tables: TableStore,
    state: StateStore,
    system: ActionSystem,
    now: datetime,
    manner: Manner = BY_DEFAULT,
) -> Told:
    """What became of the proposal's drafts once a person with the role approved their words."""
    approve_messages(proposal_id, person, people, tables, state, now, manner)
    return send_approved(tables, state, system, now, manner, proposal_id, person)


def explanation_hash(messages: pl.DataFrame) -> str:
    """One hash over all wordings of the messages, in every language: what a person says that they saw."""
    return content_hash(canonical_json(sorted(set(messages["wording_hash"].drop_nulls()))))


def current_facts(proposal: Proposal, state: StateStore, manner: Manner = BY_DEFAULT) -> IssueFacts:
    """What a message may say now, with the instant at which the proposal's action was carried out."""
    done = state.snapshot(TABLES["remediation_action"]).filter(proposal_id=proposal.proposal_id)["executed_at"].drop_nulls()
    executed: list[datetime] = done.sort().to_list()
    return facts_of(proposal, executed[0] if executed else None, manner.steps.get(proposal.playbook_id, CustomerStep.NOTHING))


def _sent_of(
    proposal: Proposal, tables: TableStore, state: StateStore, system: ActionSystem, now: datetime, manner: Manner, actor: str
) -> Told:
    _word_anew(proposal, state, manner, now)
    _suppress(proposal, tables, state, now, manner)
    messages = _of(proposal.proposal_id, state)
    approved = messages.filter(message_status=str(MessageStatus.APPROVED)).to_dicts()
    statements = latest_statements(tables.read(CUSTOMER, as_of=now), proposal.product)
    plan = sorted_out(approved, statements, state.snapshot(MESSAGE).to_dicts(), manner.contact.rules, now)
    going = [row for row in approved if row["message_draft_id"] in set(plan.going)]
    receipts = {row["message_draft_id"]: receipt for row in going if (receipt := _receipt(row, system)) is not None}
    _move(state, list(receipts), MessageStatus.SENT, actor, now, receipts)
    suppressed_count = messages.filter(message_status=str(MessageStatus.SUPPRESSED)).height
    return Told(len(receipts), suppressed_count, len(going) - len(receipts), dict(Counter(plan.held.values())))


def _receipt(message: Mapping[str, Any], system: ActionSystem) -> str | None:
    """The receipt of the case system; None of a message that it refuses, which must not keep the others from theirs."""
    arguments = {"text": message["message_text"], "language": message["language"]}
    try:
        return system.perform(
            ActionRequest(message["message_draft_id"], ActionKind.SEND_MESSAGE, message["recipient_customer_id"], arguments)
        ).receipt_id
    except ConnectorUnreachable:
        raise
    except ConnectorRefused:
        return None


def _word_anew(proposal: Proposal, state: StateStore, manner: Manner, now: datetime) -> None:
    """Afterwards every unsent message of the proposal says what is known now; of which the words or facts changed, a draft again."""
    facts = current_facts(proposal, state, manner)
    unsent = _of(proposal.proposal_id, state).filter(pl.col("message_status").is_in(_UNSENT))
    changed = [
        {
            "message_draft_id": row["message_draft_id"],
            "language": said.language,
            "message_text": said.text,
            "wording_hash": said.wording_hash,
        }
        for row in unsent.iter_rows(named=True)
        if (said := _said_now(row, facts)).wording_hash != row["wording_hash"]
    ]
    if changed:
        state.reword_messages(changed, LOOP, now)


def _said_now(row: Mapping[str, Any], facts: IssueFacts) -> Spoken:
    """The template's words; those of a model stay as long as the facts do."""
    kind, language = MessageKind(row["message_kind"]), row["language"]
    if language in LANGUAGES:
        return spoken(kind, facts, language)
    kept = spoken(kind, facts, language, row["message_text"])
    return kept if kept.wording_hash == row["wording_hash"] else spoken(kind, facts, FALLBACK)


def _suppress(proposal: Proposal, tables: TableStore, state: StateStore, now: datetime, manner: Manner) -> None:
    """Afterwards no unsent message of the proposal is to somebody who may not be written to now."""
    unsent = _of(proposal.proposal_id, state).filter(pl.col("message_status").is_in(_UNSENT))
    said = {name: str(why) for name, why in _unwanted(proposal, unsent, tables, now, manner)}
    _move(state, list(said), MessageStatus.SUPPRESSED, LOOP, now, said)


def _unwanted(
    proposal: Proposal, unsent: pl.DataFrame, tables: TableStore, now: datetime, manner: Manner
) -> Iterator[tuple[str, SuppressedReason]]:
    may_be_told = consenting(tables.read(CUSTOMER, as_of=now), proposal.product)
    unwelcome = manner.contact.unwelcome(proposal.product)
    for row in unsent.iter_rows(named=True):
        if proposal.proposal_status is ProposalStatus.ROLLED_BACK:
            yield row["message_draft_id"], SuppressedReason.TAKEN_BACK
        elif row["recipient_customer_id"] in unwelcome:
            yield row["message_draft_id"], SuppressedReason.ASKED_NOT_TO
        elif row["recipient_customer_id"] not in may_be_told:
            yield row["message_draft_id"], SuppressedReason.NO_CONSENT


def _drafted(proposal_id: str, state: StateStore) -> Proposal:
    proposal = state.proposal(proposal_id)
    if proposal is None or _of(proposal_id, state).is_empty():
        raise BadInput(f"nothing was drafted for {proposal_id}.")
    return proposal


def _of(proposal_id: str, state: StateStore) -> pl.DataFrame:
    return state.snapshot(MESSAGE).filter(proposal_id=proposal_id)


def _move(
    state: StateStore, ids: Sequence[str], status: MessageStatus, actor: str, at: datetime, said: Mapping[str, str] | None = None
) -> int:
    return state.move_messages(ids, status, actor, at, said) if ids else 0
