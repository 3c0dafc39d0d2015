"""Telling customers: one explanation for everybody who complained of what a proposal mends, approved once, sent once to each.

The words are templates (`remediation/messages.py`). The rule that is easy to break: a message is sent under its own key, so that a crash
between sending and writing it down sends nothing twice; and nobody is written to without consent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from feedback_loop.contracts.actions import ActionRequest
from feedback_loop.contracts.days import DayRange, day_of
from feedback_loop.contracts.decisions import LOOP, Proposal
from feedback_loop.contracts.loop_vocab import ActionKind, MessageKind, MessageStatus, ProposalStatus
from feedback_loop.contracts.roles import Role
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ISSUE_CLASSES
from feedback_loop.errors import BadInput, ConnectorRefused, ConnectorUnreachable, Refused
from feedback_loop.ports import ActionSystem, StateStore, TableStore
from feedback_loop.remediation.messages import IssueFacts, consenting, drafts
from feedback_loop.workflows.audit import require_whole
from feedback_loop.workflows.people import People, roles_of

MESSAGE = TABLES["remediation_message"]
APPROVER_ROLE = Role.SUPPORT_LEAD


@dataclass(frozen=True)
class Told:
    """How many customers were written to, and to how many not: without consent or told before, or refused by the case system.

    What was refused stays approved and is tried again by the next call.
    """

    sent_count: int
    suppressed_count: int
    refused_count: int = 0


def draft_messages(proposal: Proposal, tables: TableStore, state: StateStore, kind: MessageKind, now: datetime) -> int:
    """How many messages are new in the state store, as drafts or suppressed."""
    customers = tables.read(TABLES["context_customer"], as_of=now)
    done = state.snapshot(TABLES["remediation_action"]).filter(proposal_id=proposal.proposal_id)["executed_at"].drop_nulls()
    made = drafts(
        facts_of(proposal, _earliest(done)), customers, affected_customers(proposal, tables, now), state.snapshot(MESSAGE), kind, now
    )
    return state.record(MESSAGE, made.to_dicts(), LOOP, now) if made.height else 0


def send_messages(
    proposal_id: str, person: str, people: People, tables: TableStore, state: StateStore, system: ActionSystem, now: datetime
) -> Told:
    """What became of the proposal's drafts once a person with the role approved their words; consent is asked for once more."""
    require_whole(state, state)
    if APPROVER_ROLE not in roles_of(person, people):
        raise Refused(f"{person} lacks the role {APPROVER_ROLE}, without which nothing is sent to customers. Ask somebody who has it.")
    proposal, messages = state.proposal(proposal_id), state.snapshot(MESSAGE).filter(proposal_id=proposal_id)
    if proposal is None or messages.is_empty():
        raise BadInput(f"nothing was drafted for {proposal_id}.")
    if proposal.proposal_status is ProposalStatus.ROLLED_BACK:
        raise Refused(f"what {proposal_id} did was taken back, so nobody is told that it helped. Write to them yourself.")
    consent = consenting(tables.read(TABLES["context_customer"], as_of=now), proposal.product)
    may_be_told = pl.col("recipient_customer_id").is_in(list(consent))
    unsent = messages.filter(pl.col("message_status").is_in([str(MessageStatus.DRAFTED), str(MessageStatus.APPROVED)]))
    withdrawn, open_ones = unsent.filter(~may_be_told), unsent.filter(may_be_told)
    state.move_messages(withdrawn["message_draft_id"].to_list(), MessageStatus.SUPPRESSED, LOOP, now)
    state.move_messages(open_ones["message_draft_id"].to_list(), MessageStatus.APPROVED, person, now)
    sent = [row["message_draft_id"] for row in open_ones.iter_rows(named=True) if _is_sent(row, system)]
    state.move_messages(sent, MessageStatus.SENT, person, now)
    suppressed_count = messages.filter(message_status=str(MessageStatus.SUPPRESSED)).height + withdrawn.height
    return Told(len(sent), suppressed_count, open_ones.height - len(sent))


def _is_sent(message: Mapping[str, Any], system: ActionSystem) -> bool:
    """Whether the case system took the message; one that it refuses must not keep the others from theirs."""
    arguments = {"text": message["message_text"], "language": message["language"]}
    try:
        system.perform(ActionRequest(message["message_draft_id"], ActionKind.SEND_MESSAGE, message["recipient_customer_id"], arguments))
    except ConnectorUnreachable:
        raise
    except ConnectorRefused:
        return False
    return True


def facts_of(proposal: Proposal, fixed_at: datetime | None) -> IssueFacts:
    """What a message may say of what the proposal mends."""
    alert, cause = proposal.evidence["alert"], _cause(proposal)
    cohort, scope = _attributes(proposal), json.loads(cause.get("cause_scope") or "{}")
    named = scope.get("product_version") or []
    return IssueFacts(
        proposal_id=proposal.proposal_id,
        product=proposal.product,
        issue_id=proposal.proposed_issue_id,
        complaint_class=alert["alerted_class"],
        service=cause.get("cause_service"),
        product_version=cohort.get("product_version") or (named[0] if len(named) == 1 else None),
        browser=cohort.get("browser"),
        began_at=_instant(cause.get("onset_at")),
        fixed_at=fixed_at,
    )


def affected_customers(proposal: Proposal, tables: TableStore, now: datetime) -> Sequence[str]:
    """Known customers in the alert's segment who complained of its class since it began, ascending."""
    alert, since = proposal.evidence["alert"], _instant(_cause(proposal).get("onset_at"))
    days = DayRange(day_of(since or _instant(alert["raised_at"]) or now), day_of(now))
    classes = tables.read(TABLES["analysis_classification"], days, columns=["fragment_id", "best_class"])
    said = tables.read(TABLES["silver_fragment"], days, as_of=now).join(classes, on="fragment_id")
    wanted = (pl.col("product") == proposal.product) & pl.col("best_class").is_in(_classes(alert["alerted_class"]))
    for dimension, value in _attributes(proposal).items():
        wanted &= pl.col(dimension) == value
    if since is not None:
        wanted &= pl.col("occurred_at") >= since
    return sorted(said.filter(wanted)["customer_id"].drop_nulls().unique())


def _classes(alerted: str | None) -> list[str]:
    return [str(c) for c in ISSUE_CLASSES] if alerted is None else [alerted]


def _cause(proposal: Proposal) -> dict[str, str]:
    causes = proposal.evidence["hypotheses"]
    found = [cause for cause in causes if cause["hypothesis_id"] == proposal.proposed_hypothesis_id]
    return dict(found[0]) if found else {}


def _attributes(proposal: Proposal) -> dict[str, str]:
    cohort = proposal.evidence.get("cohort")
    told = (cohort or {}).get("cohort_attributes") or {}
    return dict(json.loads(told)) if isinstance(told, str) else dict(told)


def _instant(written: str | datetime | None) -> datetime | None:
    return datetime.fromisoformat(written) if isinstance(written, str) else written


def _earliest(instants: pl.Series) -> datetime | None:
    found: list[datetime] = instants.sort().to_list()
    return found[0] if found else None
