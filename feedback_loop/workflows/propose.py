"""Proposing: what the playbooks say of the alerts of some days, recorded once.

What is proposed stands in `remediation/proposals.py`. The rule that is easy to break: recording adds and never changes, and what comes from
a backfill can never be carried out, whoever approves it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.decisions import LOOP, PROPOSAL_TABLE, Approval, Proposal, Settlement
from feedback_loop.contracts.loop_vocab import ProposalStatus, RefusalReason
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import IllegalTransition, KnowledgeUnavailable
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.remediation.approvals import OPEN
from feedback_loop.remediation.playbooks import Playbook
from feedback_loop.remediation.proposals import Made, made
from feedback_loop.remediation.rules import Rules
from feedback_loop.workflows.grounds import Grounds, read_grounds
from feedback_loop.workflows.knowledge import Library
from feedback_loop.workflows.suggested_reading import suggested_reading


@dataclass(frozen=True)
class ProposeReport:
    """The ids of the proposals that are new, and how many of them have which status."""

    proposal_ids: tuple[str, ...]
    statuses: Mapping[str, int]


def propose(
    grounds: Grounds,
    state: StateStore,
    decided_at: datetime,
    *,
    is_live: bool,
    open_library: Callable[[], Library | None] | None = None,
) -> ProposeReport:
    """What was proposed now; what was proposed before stays as it is.

    With a library, which is opened only where something is proposed, people are shown what documents say of the case.
    """
    thresholds, existing = state.snapshot(TABLES["state_threshold"], decided_at), state.snapshot(PROPOSAL_TABLE)
    now = made(grounds.all_cases(), grounds.documents, thresholds, existing, grounds.rules, decided_at, is_live, grounds.routes)
    kept = _withdrawn(now, state, decided_at)
    found = [proposal for proposal in now.proposals if proposal.proposal_id not in kept]
    if open_library is not None and found:
        found = _with_reading(found, grounds, open_library, grounds.rules.playbooks)
    new = set(state.record_proposals(found))
    recorded = [proposal for proposal in found if proposal.proposal_id in new]
    return ProposeReport(tuple(p.proposal_id for p in recorded), Counter(str(p.proposal_status) for p in recorded))


def propose_for(
    live_days: DayRange,
    tables: TableStore,
    state: StateStore,
    now: datetime,
    rules: Rules,
    open_library: Callable[[], Library | None] | None = None,
) -> ProposeReport:
    """What was proposed now for the alerts of the days, which `live_days.py` found to be live."""
    return propose(read_grounds(tables, live_days, now, rules), state, now, is_live=True, open_library=open_library)


def _gives_way(proposal: Proposal, _: Sequence[Approval]) -> Settlement:
    """Only while nobody has claimed it: what may have been written is for the other system to say."""
    if proposal.proposal_status not in OPEN:
        raise IllegalTransition(proposal.proposal_id, proposal.proposal_status, ProposalStatus.REFUSED)
    return Settlement(ProposalStatus.REFUSED, RefusalReason.SUPERSEDED)


def _withdrawn(now: Made, state: StateStore, at: datetime) -> set[str]:
    """Takes back the open proposals in whose place another comes; ids of those that can't come: the old one is carried out."""
    kept = set()
    for old, successor in now.superseded.items():
        try:
            state.settle(old, _gives_way, LOOP, at)
        except IllegalTransition:
            kept.add(successor)
    return kept


def _with_reading(
    found: Sequence[Proposal], grounds: Grounds, open_library: Callable[[], Library | None], playbooks: Sequence[Playbook]
) -> list[Proposal]:
    """The proposals with the documents that speak of their case; without them where the index can't be used, for they only advise."""
    library = open_library()
    if library is None:
        return list(found)
    try:
        reading = suggested_reading(grounds, [one.alert_id for one in found], library, playbooks, found[0].proposed_at)
    except KnowledgeUnavailable:
        return list(found)
    return [replace(one, evidence={**one.evidence, "reading": reading.get(one.alert_id, [])}) for one in found]
