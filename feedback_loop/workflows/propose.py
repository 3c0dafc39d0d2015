"""Proposing: what the playbooks say of the alerts of some days, recorded once.

What is proposed stands in `remediation/proposals.py`. The rule that is easy to break: recording adds and never changes, and what comes from
a backfill can never be carried out, whoever approves it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.decisions import PROPOSAL_TABLE
from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.remediation.playbooks import Playbook, seed_playbooks
from feedback_loop.remediation.proposals import proposals
from feedback_loop.workflows.grounds import Grounds, read_grounds


@dataclass(frozen=True)
class ProposeReport:
    """The ids of the proposals that are new, and how many of them have which status."""

    proposal_ids: tuple[str, ...]
    statuses: Mapping[str, int]


def propose(
    grounds: Grounds, state: StateStore, decided_at: datetime, *, is_live: bool, playbooks: Sequence[Playbook] | None = None
) -> ProposeReport:
    """What was proposed now; what was proposed before stays as it is."""
    found = proposals(
        alerts=grounds.alerts,
        cohorts=grounds.cohorts,
        hypotheses=grounds.hypotheses,
        issues=grounds.issues,
        documents=grounds.documents,
        thresholds=state.snapshot(TABLES["state_threshold"], decided_at),
        existing=state.snapshot(PROPOSAL_TABLE),
        playbooks=seed_playbooks() if playbooks is None else playbooks,
        decided_at=decided_at,
        is_live=is_live,
        routes=grounds.routes,
    )
    new = set(state.record_proposals(found))
    recorded = [proposal for proposal in found if proposal.proposal_id in new]
    return ProposeReport(tuple(p.proposal_id for p in recorded), Counter(str(p.proposal_status) for p in recorded))


def propose_for(live_days: DayRange, tables: TableStore, state: StateStore, now: datetime) -> ProposeReport:
    """What was proposed now for the alerts of the days, which `live_days.py` found to be live."""
    return propose(read_grounds(tables, live_days, now), state, now, is_live=True)
