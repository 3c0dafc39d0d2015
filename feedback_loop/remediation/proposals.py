"""Proposals: for every alert of an issue class what a playbook would do about its cause, or else a review item for people.

A function of frames: `evidence` gathers the case, `playbooks` say what could be done, `policy` whether it may be. Nothing is approved or
carried out here. The rule that is easy to break: no story of an issue class goes without a proposal; what is refused is shown with its
reason and handed to people.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.decisions import LOOP, Proposal
from feedback_loop.contracts.identifiers import content_hash, stable_id
from feedback_loop.contracts.loop_vocab import ActionKind, ProposalStatus
from feedback_loop.contracts.vocab import ISSUE_CLASSES, AlertKind
from feedback_loop.methods.retrieval.governed import valid_versions
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
from feedback_loop.remediation.policy import Decision, decide, person_because
from feedback_loop.remediation.rules import Held, Request, Rules, known_versions, latest_thresholds, policy_facts
from feedback_loop.remediation.standing import marks_of, stale_keys, taken_marks

_SETTLED = (ProposalStatus.APPROVED, ProposalStatus.REFUSED)
_KINDS_OF_A_CLASS = (AlertKind.RATE, AlertKind.CHANGE, AlertKind.SHARE)


@dataclass(frozen=True)
class _Moment:
    """What holds for all proposals of one call."""

    documents: pl.DataFrame
    thresholds: Mapping[str, float]
    certified: frozenset[str]
    rules: Rules
    decided_at: datetime
    is_live: bool


@dataclass(frozen=True)
class Made:
    """What is to be proposed now, and the open proposals by the id of the one that takes their place: their evidence is another by now."""

    proposals: tuple[Proposal, ...]
    superseded: Mapping[str, str]


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
    rules: Rules | None = None,
    routes: pl.DataFrame | None = None,
    impacts: pl.DataFrame | None = None,
) -> list[Proposal]:
    """What is to be proposed now and was not before, the gravest alert first.

    All frames are as known at `decided_at`; `existing` are the rows of remediation_proposal. What is not live can never be carried out.
    Without `routes`, rows of analysis_route of the alerts' samples, nothing goes the automatic way.
    """
    laid_down = replace(rules or Rules(), playbooks=tuple(playbooks))
    found = cases(alerts, cohorts, hypotheses, issues, impacts)
    return list(made(found, documents, thresholds, existing, laid_down, decided_at, is_live, routes).proposals)


def made(
    found: Sequence[Case],
    documents: pl.DataFrame,
    thresholds: pl.DataFrame,
    existing: pl.DataFrame,
    rules: Rules,
    decided_at: datetime,
    is_live: bool,
    routes: pl.DataFrame | None = None,
) -> Made:
    """The same of cases, with the open proposals whose evidence has changed and in whose place another is proposed."""
    moment = _moment(documents, thresholds, rules, decided_at, is_live, routes)
    stale = stale_keys(existing, found, rules, documents, decided_at, is_live=is_live)
    taken = taken_marks(existing.filter(~pl.col("proposal_id").is_in(list(stale))), decided_at, is_live)
    new: list[Proposal] = []
    for case in found:
        if _is_acted_on(case):
            for proposal in _of_case(case, rules.playbooks, moment):
                marks = marks_of(proposal.row())
                if proposal.proposal_id not in stale and not any(mark in taken for mark in marks):
                    taken |= set(marks)
                    new.append(proposal)
    successors = {marks_of(proposal.row())[1]: proposal.proposal_id for proposal in new}
    return Made(tuple(new), {old: successors[key] for old, key in stale.items() if key in successors})


def requested(
    case: Case,
    request: Request,
    documents: pl.DataFrame,
    thresholds: pl.DataFrame,
    rules: Rules,
    decided_at: datetime,
    routes: pl.DataFrame | None = None,
) -> Proposal:
    """The proposal that a person asks for on the case; under the same policy as any other, and never approved by who asked."""
    return _proposal(case, request.playbook, _moment(documents, thresholds, rules, decided_at, True, routes), request=request)


def _moment(
    documents: pl.DataFrame, thresholds: pl.DataFrame, rules: Rules, decided_at: datetime, is_live: bool, routes: pl.DataFrame | None
) -> _Moment:
    ruling = latest_thresholds(thresholds, decided_at)
    held = {name: row["threshold_score"] for name, row in ruling.items()}
    judged = replace(rules, precisions={name: row["precision_share"] for name, row in ruling.items()})
    certified = frozenset[str]() if routes is None else certified_fragments(routes)
    return _Moment(documents, held, certified, judged, decided_at, is_live)


def _is_acted_on(case: Case) -> bool:
    """A share of one segment also where its complaints are of many classes: one fault is told of in many ways. Of a story only its head."""
    alert = case.alert
    is_of_class = alert["alert_kind"] in _KINDS_OF_A_CLASS and alert["alerted_class"] in ISSUE_CLASSES
    is_of_segment = alert["alert_kind"] == AlertKind.SHARE and alert["alerted_class"] is None
    return bool(alert["is_story_head"]) and (is_of_class or is_of_segment)


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


def _proposal(case: Case, playbook: Playbook, moment: _Moment, because: Proposal | None = None, request: Request | None = None) -> Proposal:
    cause = case.leading_cause if _rests_on_cause(playbook) else None
    threshold = moment.thresholds.get(playbook.playbook_id, playbook.threshold_score)
    versions = valid_versions(moment.documents, playbook.governing_documents, moment.decided_at)
    facts = policy_facts(case, playbook, moment.rules, _held(case, playbook, threshold, versions, moment))
    policy = moment.rules.policy
    decision, person_reason = decide(facts, policy), person_because(facts, policy)
    status = first_status(decision)
    target, arguments = _sent(case, playbook, because, request)
    hashed = evidence_hash(case, known_versions(versions), rests_on_cause=cause is not None)
    parts = (str(case.alert["product"]), playbook.playbook_id, arguments["subject"], str(case.alert["alert_id"]), hashed)
    return Proposal(
        proposal_id=stable_id("proposal", *parts, *_way(playbook, decision, moment, request)),
        alert_id=case.alert["alert_id"],
        product=case.alert["product"],
        proposed_issue_id=case.issue_id,
        proposed_hypothesis_id=cause["hypothesis_id"] if cause else None,
        playbook_id=playbook.playbook_id,
        playbook_version=playbook.playbook_version,
        policy_version=policy.policy_version,
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
        requested_by=LOOP if request is None else request.person,
        proposed_at=moment.decided_at,
        decided_at=moment.decided_at if status in _SETTLED else None,
        expires_at=moment.decided_at + timedelta(hours=playbook.expires_hours),
        approver_roles=playbook.approver_roles,
        evidence=evidence_of(case, known_versions(versions))
        | ({} if request is None else {"request": {"for": request.requested_for, "why": request.why}})
        | {
            "refusals": [str(reason) for reason in decision.refusals],
            "guards": list(decision.guards),
            "person_because": None if person_reason is None else str(person_reason),
            "certified_count": facts.certified_count,
            POLICY_FACTS: plain_facts(facts),
        },
    )


def _sent(case: Case, playbook: Playbook, because: Proposal | None, request: Request | None) -> tuple[str, dict[str, Any]]:
    """Target and arguments of the action; a review is told which playbook was refused, and why."""
    facts = _facts(case) | {"requested_for": None if request is None else request.requested_for}
    subject = _subject(case, playbook) if request is None else request.requested_for
    arguments = {"subject": subject} | {name: filled(text, facts) for name, text in playbook.arguments.items()}
    if because is not None:
        arguments |= {"refused_playbook": because.playbook_id, "refusal_reason": str(because.refusal_reason)}
    return str(filled(playbook.target, facts)), arguments


def _held(case: Case, playbook: Playbook, threshold: float, versions: Mapping[str, str | None], moment: _Moment) -> Held:
    return Held(threshold, case.certified_count(moment.certified), all(versions.values()), moment.is_live, moment.decided_at)


def _way(playbook: Playbook, decision: Decision, moment: _Moment, request: Request | None) -> tuple[str | int, ...]:
    """The part of the id that tells refusals apart, what goes the automatic way, so that people are asked anew when it no longer may, and
    requests, which may be made again.
    """
    same: tuple[str | int, ...] = (*map(str, decision.refusals), int(moment.is_live))
    if request is not None:
        return (*same, moment.decided_at.isoformat())
    return same if decision.needs_approvals or playbook.action_kind in moment.rules.policy.tells_people else (*same, "automatic")


def first_status(decision: Decision) -> ProposalStatus:
    """In which a proposal begins its life."""
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
    return not (playbook.is_notice or playbook.is_review or playbook.is_on_request)
