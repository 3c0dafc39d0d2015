"""What people have laid down, taken together: the playbooks, the policy, how far each class may go, the pilot, what was done lately.

From it and a case follow the facts that the policy is asked about, when something is proposed and again when it is sent. The rule that is
easy to break: both times the facts are made here, so that a proposal is never sent on other facts than the policy saw.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.loop_vocab import TAKES_BACK, ProposalStatus
from feedback_loop.remediation.autonomy import Autonomy, Pilot
from feedback_loop.remediation.evidence import Case
from feedback_loop.remediation.playbooks import Playbook, seed_playbooks
from feedback_loop.remediation.policy import BlastRadius, Policy, PolicyFacts, seed_policy

_DONE = (ProposalStatus.CLAIMED, ProposalStatus.IN_DOUBT, ProposalStatus.DONE, ProposalStatus.ROLLED_BACK)


class Pace:
    """When each playbook's actions were carried out, so that no more of them are than its window allows; grows as actions are claimed."""

    def __init__(self, done: Iterable[tuple[str, str, datetime]] = ()) -> None:
        self._done: dict[str, dict[str, datetime]] = defaultdict(dict)
        for playbook_id, proposal_id, at in done:
            self.count(playbook_id, proposal_id, at)

    def count(self, playbook_id: str, proposal_id: str, at: datetime) -> None:
        """Afterwards the action of the proposal counts as one of its playbook's; once, however often it is claimed."""
        self._done[playbook_id].setdefault(proposal_id, at)

    def within(self, playbook_id: str, since: datetime, other_than: str | None = None) -> int:
        """How many were carried out since then, other than that of the proposal."""
        done = self._done.get(playbook_id, {})
        return sum(at > since for proposal_id, at in done.items() if proposal_id != other_than)

    def full_until(self, playbook_id: str, most: int, window: timedelta, at: datetime, other_than: str | None = None) -> datetime | None:
        """When the window has room for one more again; None where it has room now."""
        done = sorted(when for name, when in self._done.get(playbook_id, {}).items() if name != other_than and when > at - window)
        return None if len(done) < most else done[-most] + window


def pace_of(history: pl.DataFrame, claimed: Mapping[str, datetime] | None = None) -> Pace:
    """The pace from rows of remediation_proposal, and when the actions of those were claimed: what was approved may be sent much later."""
    sent = claimed or {}
    counts = pl.col("proposal_status").is_in([str(status) for status in _DONE]) & pl.col("decided_at").is_not_null()
    done = history.filter(counts & ~pl.col("action_kind").is_in([str(kind) for kind in TAKES_BACK]))
    rows = done.select("playbook_id", "proposal_id", "decided_at").iter_rows()
    return Pace((playbook_id, name, max(decided_at, sent.get(name, decided_at))) for playbook_id, name, decided_at in rows)


@dataclass(frozen=True)
class Rules:
    """Everything that people laid down; by default what comes with the package, where nobody said anything else."""

    playbooks: tuple[Playbook, ...] = field(default_factory=seed_playbooks)
    policy: Policy = field(default_factory=seed_policy)
    autonomy: Autonomy = field(default_factory=Autonomy)
    pilot: Pilot = field(default_factory=Pilot)
    pace: Pace = field(default_factory=Pace)
    precisions: Mapping[str, float | None] = field(default_factory=dict)
    """Share of each playbook's judged fixes that helped, by its id; absent where its threshold was never tightened."""

    thresholds: Mapping[str, float] = field(default_factory=dict)
    """The threshold in force of each playbook that one was set for."""

    late_classes: frozenset[str] = frozenset()
    """Classes whose triage is later than promised."""

    def playbook(self, playbook_id: str) -> Playbook | None:
        """The playbook of that id; None where it is gone."""
        return next((playbook for playbook in self.playbooks if playbook.playbook_id == playbook_id), None)


@dataclass(frozen=True)
class Request:
    """What a person asks for: an action of a playbook for the issue, or for one customer or queue of it."""

    playbook: Playbook
    requested_for: str
    person: str
    why: str


@dataclass(frozen=True)
class Held:
    """What else holds of one case at one moment: its threshold, the playbook's past, and whether its documents are valid."""

    threshold_score: float
    certified_count: int
    are_documents_valid: bool
    is_live: bool
    at: datetime
    proposal_id: str | None = None


def policy_facts(case: Case, playbook: Playbook, rules: Rules, held: Held) -> PolicyFacts:
    """What the policy is asked about. A notice, a review and a request rest on the alert itself: their threshold is 0."""
    cause, of_class, window = case.leading_cause, case.complaint_class, playbook.blast_radius
    since = held.at - timedelta(hours=window.window_hours if window else 0)
    name = None if of_class is None else str(of_class)
    return PolicyFacts(
        action_kind=playbook.action_kind,
        risk_level=playbook.risk,
        cause_kind=case.cause_kind,
        cause_service=cause["cause_service"] if cause else None,
        complaint_class=of_class,
        confidence_score=case.confidence_score,
        threshold_score=held.threshold_score,
        evidence_count=case.alert["observed_count"],
        required_evidence_count=playbook.required_evidence_count,
        certified_count=held.certified_count,
        playbook_precision_share=rules.precisions.get(playbook.playbook_id),
        has_playbook=True,
        has_owner=bool(playbook.owner.strip()),
        has_rollback=bool(playbook.rollback.steps),
        are_documents_valid=held.are_documents_valid,
        is_live=held.is_live,
        is_reversible=playbook.rollback.is_reversible,
        is_in_pilot=rules.pilot.holds(str(case.alert["product"]), name, case.tiers),
        is_requested=playbook.is_on_request,
        is_stopped=rules.autonomy.is_stopped(name),
        maturity_phase=min(playbook.phase, rules.autonomy.phase_of(name)),
        affected_count=case.affected_count,
        affected_share=case.affected_share,
        actions_in_window=rules.pace.within(playbook.playbook_id, since, held.proposal_id),
        tiers=case.tiers,
        blast_radius=_radius(playbook),
        is_sla_missed=None if name is None else name in rules.late_classes,
    )


def _radius(playbook: Playbook) -> BlastRadius:
    rule = playbook.blast_radius
    return BlastRadius() if rule is None else BlastRadius(rule.customers, rule.share, rule.actions, frozenset(rule.tiers))


def known_versions(versions: Mapping[str, str | None]) -> dict[str, str]:
    """The versions of the documents that are valid."""
    return {name: version for name, version in versions.items() if version is not None}


def latest_thresholds(thresholds: pl.DataFrame, at: datetime) -> dict[str, dict[str, Any]]:
    """The threshold that is in force at the instant, by playbook; rows of state_threshold."""
    ruling = thresholds.filter(pl.col("effective_at") <= at).sort("effective_at", "threshold_id")
    return {row["playbook_id"]: row for row in ruling.iter_rows(named=True)}
