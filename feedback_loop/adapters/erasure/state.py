"""What the state store loses: messages, labels, what proposals and the outbox name, and the contents of audit records about them.

A sealed record is never touched: its content goes, its commitment stays, and the chain verifies. Here: finding what names the erased, and
letting it go in one transaction. The rules that are easy to break: a proposal that people may still decide on is told anew to the trail,
so that it stays attested; one whose arguments were approved and name the erased is refused, because nobody approved the arguments without
them; and one that is being carried out at this moment is left until it is over.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from feedback_loop.adapters.state_store import outbox, proposal_rows
from feedback_loop.adapters.state_store.change import Change, all_contents, all_records
from feedback_loop.adapters.state_store.engine import open_engine, open_for_looking
from feedback_loop.adapters.state_store.schema import ACTION, AUDIT_CONTENT, LABEL, MESSAGE_DRAFT, PROPOSAL
from feedback_loop.adapters.state_store.store import SqlStateStore
from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.decisions import LOOP, REVERSES, Approval, Proposal
from feedback_loop.contracts.erasure import ERASED, Erased, StateLoss, StoreCount
from feedback_loop.contracts.loop_vocab import ProposalStatus, RefusalReason
from feedback_loop.methods.erasure.scrubbing import names_any, scrubbed_json
from feedback_loop.remediation.attested import OVER, RESTATED
from feedback_loop.remediation.proposals import arguments_hash_of

_BUSY = (ProposalStatus.CLAIMED, ProposalStatus.IN_DOUBT)
_CHUNK = 500


@dataclass(frozen=True)
class Losses:
    """What names the erased: rows that go, proposals that are scrubbed, records whose content goes, and how many of each there were."""

    message_ids: tuple[str, ...]
    label_ids: tuple[str, ...]
    proposals: tuple[Proposal, ...]
    busy: tuple[Proposal, ...]
    sequences: tuple[int, ...]
    sealed_subjects: frozenset[str]
    held: Mapping[str, int]

    def told(self) -> StateLoss:
        """The same by store, with what has to wait."""
        counts = (
            StoreCount("state: messages", self.held["message_draft"], len(self.message_ids)),
            StoreCount("state: labels", self.held["label"], len(self.label_ids)),
            StoreCount("state: proposals and outbox", self.held["proposal"], 0, len(self.proposals)),
            StoreCount("state: audit contents", self.held["audit_content"], len(self.sequences), how="the records stay and verify"),
        )
        notes = [f"{proposal.proposal_id} is being carried out; run the same command again when it is over" for proposal in self.busy]
        return StateLoss(counts, tuple(notes), self.sealed_subjects)


class ErasableState(SqlStateStore):
    """A state store that can forget."""

    def lose(self, erased: Erased, actor: str, at: datetime) -> Losses:
        """What went, in one transaction with what the trail is told of it."""
        with self._change() as change:
            losses = found(change, erased)
            _delete(change, MESSAGE_DRAFT, "message_draft_id", losses.message_ids)
            _delete(change, LABEL, "label_id", losses.label_ids)
            # The contents first: what is told anew must not be taken for what is to go.
            _delete(change, AUDIT_CONTENT, "sequence", losses.sequences)
            for proposal in losses.proposals:
                _scrub(change, proposal, erased.row_ids | erased.customer_ids, actor, at)
        return losses


@contextmanager
def looking(url: str) -> Iterator[Change]:
    """The database as it is, which no byte of is changed: not even brought up to date."""
    with open_for_looking(url).connect() as connection:
        yield Change(connection, lambda: "")


def rewrite(url: str) -> None:
    """Afterwards the tables of PostgreSQL that can lose rows are written anew, without what was deleted; its log keeps it for a while."""
    with open_engine(url).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in (MESSAGE_DRAFT, LABEL, PROPOSAL, ACTION, AUDIT_CONTENT):
            connection.exec_driver_sql(f"VACUUM (FULL, ANALYZE) {table.name}")


def found(look: Change, erased: Erased) -> Losses:
    """What of the state names the erased."""
    messages = [row for row in _rows(look, MESSAGE_DRAFT, "message_draft_id", "recipient_customer_id") if _is_theirs(row, erased)]
    message_ids = frozenset(row["message_draft_id"] for row in messages)
    labels = [row for row in _rows(look, LABEL, "label_id", "fragment_id") if row["fragment_id"] in erased.fragment_ids]
    named = [proposal for proposal, _ in proposal_rows.decided(look) if _names(proposal, erased.row_ids | erased.customer_ids)]
    busy = [proposal for proposal in named if proposal.proposal_status in _BUSY]
    sequences, subjects = _contents(look, erased, message_ids, {proposal.proposal_id for proposal in busy})
    return Losses(
        tuple(sorted(message_ids)),
        tuple(sorted(row["label_id"] for row in labels)),
        tuple(proposal for proposal in named if proposal not in busy),
        tuple(busy),
        sequences,
        subjects,
        {table.name: _height(look, table) for table in (MESSAGE_DRAFT, LABEL, PROPOSAL, AUDIT_CONTENT)},
    )


def recipients(look: Change) -> set[str]:
    """Every customer whom a message was drafted for."""
    return {row["recipient_customer_id"] for row in _rows(look, MESSAGE_DRAFT, "recipient_customer_id")}


def message_ids_before(look: Change, instants: Mapping[str, datetime], default: datetime | None) -> set[str]:
    """The messages drafted before the instant of their customer, where that is not named before the default one."""
    rows = _rows(look, MESSAGE_DRAFT, "message_draft_id", "recipient_customer_id", "drafted_at")
    limits = [(row, instants.get(row["recipient_customer_id"], default)) for row in rows]
    return {row["message_draft_id"] for row, limit in limits if limit is not None and row["drafted_at"] < limit}


def _is_theirs(row: Mapping[str, Any], erased: Erased) -> bool:
    return row["recipient_customer_id"] in erased.customer_ids or row["message_draft_id"] in erased.message_draft_ids


def _names(proposal: Proposal, ids: frozenset[str]) -> bool:
    return names_any(proposal.evidence, ids) or names_any(json.loads(proposal.action_arguments), ids)


def _contents(look: Change, erased: Erased, message_ids: frozenset[str], busy: set[str]) -> tuple[tuple[int, ...], frozenset[str]]:
    """The records whose content goes, and the ids of erased rows that sealed records have as their subject."""
    ids = erased.row_ids | erased.customer_ids | message_ids
    contents = all_contents(look.connection)
    about = {record.sequence: record.subject_id for record in all_records(look.connection)}
    gone = [n for n, (_, content) in contents.items() if about.get(n) not in busy and (names_any(content, ids) or about.get(n) in ids)]
    return tuple(sorted(gone)), frozenset(about.values()) & ids


def _scrub(change: Change, proposal: Proposal, ids: frozenset[str], actor: str, at: datetime) -> None:
    """The proposal and its action without the ids."""
    evidence = json.loads(scrubbed_json(_as_json(_without_words(proposal.evidence, ids)), ids))
    arguments = scrubbed_json(proposal.action_arguments, ids)
    target = ERASED if proposal.action_target in ids else proposal.action_target
    scrubbed = replace(proposal, evidence=evidence, action_arguments=arguments, action_target=target)
    if proposal.proposal_status not in OVER:
        scrubbed = _restated(change, proposal, scrubbed, actor, at)
    values = {
        "evidence": _as_json(evidence), "action_arguments": arguments, "action_target": target, "arguments_hash": scrubbed.arguments_hash,
    }  # fmt: skip
    change.connection.execute(PROPOSAL.update().where(PROPOSAL.c.proposal_id == proposal.proposal_id).values(values))
    sent = ACTION.update().where(ACTION.c.proposal_id == proposal.proposal_id).values(action_arguments=arguments, action_target=target)
    change.connection.execute(sent)


def _without_words(evidence: Mapping[str, Any], ids: frozenset[str]) -> Mapping[str, Any]:
    """The evidence without what somebody wrote about the erased when they asked for something for them."""
    request = evidence.get("request")
    if not request or not (request["for"] in ids or names_any(evidence.get(REVERSES), ids)):
        return evidence
    return {**evidence, "request": {**request, "why": ERASED}}


def _restated(change: Change, proposal: Proposal, scrubbed: Proposal, actor: str, at: datetime) -> Proposal:
    """The open proposal as it stands from now on: told anew, or refused where other arguments than these were approved."""
    if scrubbed.action_arguments == proposal.action_arguments:
        change.audit(RESTATED, proposal.proposal_id, actor, proposal_rows.told(scrubbed), at)
        return scrubbed
    if scrubbed.action_target != proposal.action_target or _is_approved(proposal, proposal_rows.approvals_of(change, proposal.proposal_id)):
        proposal_rows.move(change, proposal, ProposalStatus.REFUSED, LOOP, at, reason=RefusalReason.ARGUMENTS_CHANGED)
        outbox.withdraw(change, proposal)
        return scrubbed
    bound = replace(scrubbed, arguments_hash=arguments_hash_of(scrubbed))
    change.audit(RESTATED, proposal.proposal_id, actor, proposal_rows.told(bound), at)
    return bound


def _is_approved(proposal: Proposal, said: Sequence[Approval]) -> bool:
    return proposal.proposal_status is ProposalStatus.APPROVED or bool(said)


def _as_json(value: Any) -> str:
    return canonical_json(value).decode()


def _rows(look: Change, table: sa.Table, *columns: str) -> list[dict[str, Any]]:
    return look.rows(sa.select(*(table.c[name] for name in columns)))


def _height(look: Change, table: sa.Table) -> int:
    return int(look.connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def _delete(change: Change, table: sa.Table, key: str, ids: Sequence[Any]) -> None:
    for start in range(0, len(ids), _CHUNK):
        change.connection.execute(table.delete().where(table.c[key].in_(ids[start : start + _CHUNK])))
