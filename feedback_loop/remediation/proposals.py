"""Proposals: for every alert of an issue class what a playbook would do about its cause, or else a review item for people.

A function of frames: `evidence` gathers the case, `playbooks` say what could be done, `policy` whether it may be. Nothing is approved or
carried out here. The rule that is easy to break: no story of an issue class goes without a proposal; what is refused is shown with its
reason and handed to people.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.decisions import LOOP, Proposal
from feedback_loop.contracts.identifiers import content_hash, stable_id
from feedback_loop.contracts.loop_vocab import ActionKind, ProposalStatus, RefusalReason
from feedback_loop.contracts.vocab import ISSUE_CLASSES, AlertKind
from feedback_loop.methods.retrieval.governed import valid_versions
from feedback_loop.remediation.approvals import OPEN
from feedback_loop.remediation.decision_record import POLICY_FACTS, plain_facts
from feedback_loop.remediation.evidence import (
    Case,
    cases,
    certified_fragments,
    evidence_hash,
    evidence_of,
    parsed_scope,
    plain_row,
)
from feedback_loop.remediation.playbooks import (
    Playbook,
    TriggerFacts,
    filled,
    matching_notices,
    matching_playbook,
    review_playbook,
)
from feedback_loop.remediation.policy import Decision, Policy, PolicyFacts, decide, person_because, seed_policy

QUIET_DAYS = 7
"""So long nothing is proposed again that somebody decided."""

_ACTIVE = (*OPEN, ProposalStatus.CLAIMED, ProposalStatus.IN_DOUBT)
_DECIDED = (ProposalStatus.DONE, ProposalStatus.FAILED, ProposalStatus.ROLLED_BACK, ProposalStatus.REFUSED)
_SETTLED = (ProposalStatus.APPROVED, ProposalStatus.REFUSED)
_IS_OF_A_CLASS = pl.col("alert_kind").is_in([AlertKind.RATE, AlertKind.CHANGE, AlertKind.SHARE]) & (
    pl.col("alerted_class").is_in(list(ISSUE_CLASSES))
)
_IS_OF_A_SEGMENT = (pl.col("alert_kind") == AlertKind.SHARE) & pl.col("alerted_class").is_null()
_IS_OF_ISSUES = (_IS_OF_A_CLASS | _IS_OF_A_SEGMENT) & pl.col("is_story_head")
"""A share of one segment is acted on also where its complaints are of many classes: one fault is told of in many ways. Of a story
only the alert that stands for it is acted on."""


@dataclass(frozen=True)
class _Moment:
    """What holds for all proposals of one call."""

    documents: pl.DataFrame
    thresholds: Mapping[str, float]
    precisions: Mapping[str, float | None]
    certified: frozenset[str]
    policy: Policy
    decided_at: datetime
    is_live: bool


def proposals(
    alerts: pl.DataFrame,
    cohorts: pl.DataFrame,
    hypotheses: pl.DataFrame,
    issues: pl.DataFrame,
    documents: pl.DataFrame,
    thresholds: pl.DataFrame,
    existing: pl.DataFrame,
    playbooks: Sequence[Playbook],
    decided_at: datetime,
    is_live: bool,
    policy: Policy | None = None,
    routes: pl.DataFrame | None = None,
) -> list[Proposal]:
    """What is to be proposed now and was not before, the gravest alert first.

    All frames are as known at `decided_at`; `existing` are the rows of remediation_proposal. What is not live can never be carried out.
    Without `routes`, rows of analysis_route of the alerts' samples, nothing goes the automatic way.
    """
    ruling, certified = _latest_thresholds(thresholds, decided_at), frozenset[str]() if routes is None else certified_fragments(routes)
    held, precisions = ({name: row[part] for name, row in ruling.items()} for part in ("threshold_score", "precision_share"))
    moment = _Moment(documents, held, precisions, certified, policy or seed_policy(), decided_at, is_live)
    taken = _taken(existing, decided_at, is_live)
    found: list[Proposal] = []
    of_issues = alerts.filter(_IS_OF_ISSUES)
    for case in cases(of_issues, cohorts, hypotheses, issues):
        for proposal in _of_case(case, playbooks, moment):
            marks = _marks(proposal.row())
            if not any(mark in taken for mark in marks):
                taken |= set(marks)
                found.append(proposal)
    return found


def arguments_hash(action_kind: ActionKind, target: str, arguments: Mapping[str, Any]) -> str:
    """SHA-256 of the canonical JSON of what would be sent."""
    return content_hash(canonical_json({"action_kind": str(action_kind), "target": target, "arguments": dict(arguments)}))


def arguments_hash_of(proposal: Proposal) -> str:
    """The same, computed anew from what the proposal would send."""
    return arguments_hash(proposal.action_kind, proposal.action_target, json.loads(proposal.action_arguments))


def trigger_facts(case: Case) -> TriggerFacts:
    """By what of the case a playbook is chosen."""
    return TriggerFacts(
        alert_kind=AlertKind(case.alert["alert_kind"]),
        complaint_class=case.complaint_class,
        cause_kind=case.cause_kind,
        cause_service=case.leading_cause["cause_service"] if case.leading_cause else None,
    )


def _of_case(case: Case, playbooks: Sequence[Playbook], moment: _Moment) -> Iterator[Proposal]:
    facts = trigger_facts(case)
    for notice in matching_notices(playbooks, facts):
        yield _proposal(case, notice, moment)
    first = _proposal(case, matching_playbook(playbooks, facts), moment)
    yield first
    review = review_playbook(playbooks)
    if first.proposal_status is ProposalStatus.REFUSED and first.playbook_id != review.playbook_id:
        yield _proposal(case, review, moment, because=first)


def _proposal(case: Case, playbook: Playbook, moment: _Moment, because: Proposal | None = None) -> Proposal:
    cause = case.leading_cause if _rests_on_cause(playbook) else None
    threshold = moment.thresholds.get(playbook.playbook_id, playbook.threshold_score)
    versions = valid_versions(moment.documents, playbook.governing_documents, moment.decided_at)
    facts = _policy_facts(case, playbook, threshold, versions, moment)
    decision, person_reason = decide(facts, moment.policy), person_because(facts, moment.policy)
    status = _first_status(decision)
    target, arguments = _sent(case, playbook, because)
    hashed = evidence_hash(case, _known(versions), rests_on_cause=cause is not None)
    parts = (str(case.alert["product"]), playbook.playbook_id, _subject(case, playbook), str(case.alert["alert_id"]), hashed)
    return Proposal(
        proposal_id=stable_id("proposal", *parts, *map(str, decision.refusals), int(moment.is_live), *_way(playbook, decision, moment)),
        alert_id=case.alert["alert_id"],
        product=case.alert["product"],
        proposed_issue_id=case.issue_id,
        proposed_hypothesis_id=cause["hypothesis_id"] if cause else None,
        playbook_id=playbook.playbook_id,
        playbook_version=playbook.playbook_version,
        policy_version=moment.policy.policy_version,
        action_kind=playbook.action_kind,
        action_target=target,
        action_arguments=canonical_json(arguments).decode(),
        arguments_hash=arguments_hash(playbook.action_kind, target, arguments),
        evidence_hash=hashed,
        risk_level=playbook.risk,
        confidence_score=case.confidence_score,
        proposal_threshold_score=threshold,
        approvals_required_count=decision.needs_approvals,
        proposal_status=status,
        refusal_reason=next(iter(decision.refusals), None),
        is_executable=decision.is_executable,
        requested_by=LOOP,
        proposed_at=moment.decided_at,
        decided_at=moment.decided_at if status in _SETTLED else None,
        expires_at=moment.decided_at + timedelta(hours=playbook.expires_hours),
        approver_roles=playbook.approver_roles,
        evidence=evidence_of(case, _known(versions))
        | {
            "refusals": [str(reason) for reason in decision.refusals],
            "person_because": None if person_reason is None else str(person_reason),
            "certified_count": facts.certified_count,
            POLICY_FACTS: plain_facts(facts),
        },
    )


def _sent(case: Case, playbook: Playbook, because: Proposal | None) -> tuple[str, dict[str, Any]]:
    """Target and arguments of the action; a review is told which playbook was refused, and why."""
    facts = _facts(case)
    arguments = {"subject": _subject(case, playbook)} | {name: filled(text, facts) for name, text in playbook.arguments.items()}
    if because is not None:
        arguments |= {"refused_playbook": because.playbook_id, "refusal_reason": str(because.refusal_reason)}
    return str(filled(playbook.target, facts)), arguments


def _policy_facts(case: Case, playbook: Playbook, threshold: float, versions: Mapping[str, str | None], moment: _Moment) -> PolicyFacts:
    """A notice and a review rest on the alert itself, so no confidence in a cause is asked for."""
    cause = case.leading_cause
    return PolicyFacts(
        action_kind=playbook.action_kind,
        risk_level=playbook.risk,
        cause_kind=case.cause_kind,
        cause_service=cause["cause_service"] if cause else None,
        complaint_class=case.complaint_class,
        confidence_score=case.confidence_score,
        threshold_score=threshold,
        evidence_count=case.alert["observed_count"],
        required_evidence_count=playbook.required_evidence_count,
        certified_count=case.certified_count(moment.certified),
        playbook_precision_share=moment.precisions.get(playbook.playbook_id),
        has_playbook=True,
        has_owner=bool(playbook.owner.strip()),
        has_rollback=bool(playbook.rollback.steps),
        are_documents_valid=all(versions.values()),
        is_live=moment.is_live,
    )


def _way(playbook: Playbook, decision: Decision, moment: _Moment) -> tuple[str, ...]:
    """A part of the id of what goes the automatic way, so that it is proposed anew, to people, when it no longer may."""
    return () if decision.needs_approvals or playbook.action_kind in moment.policy.tells_people else ("automatic",)


def _first_status(decision: Decision) -> ProposalStatus:
    if not decision.is_allowed:
        return ProposalStatus.REFUSED
    if not decision.is_executable:
        return ProposalStatus.PROPOSED
    return ProposalStatus.AWAITING_APPROVAL if decision.needs_approvals else ProposalStatus.APPROVED


def _facts(case: Case) -> dict[str, Any]:
    alert, cause = case.alert, case.leading_cause or {}
    return plain_row(
        {
            **{name: alert[name] for name in ("alert_id", "alert_kind", "product", "observed_count", "window_minutes", "raised_at")},
            "sample_fragment_ids": alert["sample_fragment_ids"],
            "complaint_class": alert["alerted_class"],
            "issue_id": case.issue_id,
            "subject": case.subject,
            "cohort_attributes": parsed_scope(case.cohort["cohort_attributes"] if case.cohort else None),
            "cause_kind": str(case.cause_kind),
            "cause_scope": parsed_scope(cause.get("cause_scope")),
            **{name: cause.get(name) for name in ("hypothesis_id", "cause_id", "cause_service", "cause_started_at")},
            "cause_step_ids": list(cause.get("cause_step_ids") or ()),
        }
    )


def _subject(case: Case, playbook: Playbook) -> str:
    """What only one proposal of the playbook may be about at a time: the cause where it acts on one, otherwise what the alert is about.

    A notice is about the segment where there is one: one fault is told of in many classes, and is one incident.
    """
    cause = case.leading_cause
    if playbook.is_notice:
        return case.segment or case.subject
    return str(cause["cause_id"]) if cause and _rests_on_cause(playbook) else case.subject


def _rests_on_cause(playbook: Playbook) -> bool:
    return not (playbook.is_notice or playbook.is_review)


def _known(versions: Mapping[str, str | None]) -> dict[str, str]:
    return {name: version for name, version in versions.items() if version is not None}


def _latest_thresholds(thresholds: pl.DataFrame, at: datetime) -> dict[str, dict[str, Any]]:
    ruling = thresholds.filter(pl.col("effective_at") <= at).sort("effective_at", "threshold_id")
    return {row["playbook_id"]: row for row in ruling.iter_rows(named=True)}


def _marks(row: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Under which names a proposal stands in the way of its like: a refused one only of the same refusal, and of its own repetition."""
    subject = str(json.loads(row["action_arguments"]).get("subject"))
    key = (row["product"], row["playbook_id"], subject)
    reason = row["refusal_reason"]
    is_own_refusal = row["proposal_status"] == ProposalStatus.REFUSED and reason != RefusalReason.REJECTED_BY_PERSON
    return [(row["proposal_id"],), (*key, str(reason)) if is_own_refusal else key]


def _taken(existing: pl.DataFrame, decided_at: datetime, is_live: bool) -> set[tuple[str, ...]]:
    """The marks of what is active or was decided lately; what can't be carried out never stands in the way of what can."""
    found: set[tuple[str, ...]] = set()
    for row in existing.iter_rows(named=True):
        counts = row["is_executable"] or row["proposal_status"] == ProposalStatus.REFUSED or not is_live
        if counts and _stands_in_the_way(row, decided_at):
            found |= set(_marks(row))
        found.add((row["proposal_id"],))
    return found


def _stands_in_the_way(row: Mapping[str, Any], decided_at: datetime) -> bool:
    if row["proposal_status"] in _ACTIVE:
        return True
    fell_at: datetime = row["decided_at"] or row["proposed_at"]
    return row["proposal_status"] in _DECIDED and fell_at > decided_at - timedelta(days=QUIET_DAYS)
