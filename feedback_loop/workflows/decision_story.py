"""Everything that is known of one decision, read together: what was seen, what the policy said, who approved, what was done, did it help.

The words of the audit trail go before the rows of tables, which are read for what the trail does not hold. How it is shown stands in
`decision_page`. The rule that is easy to break: only ids, figures, labels and words of operators are gathered here, never a customer's.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import polars as pl

from feedback_loop.contracts.audit_trail import Content
from feedback_loop.contracts.decisions import Approval, Proposal
from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import AuditLog, StateStore, TableStore
from feedback_loop.remediation.attested import RESTATED
from feedback_loop.remediation.replay import Replay, Rules, replay
from feedback_loop.workflows.audit import AuditLine, AuditReport, lines_of, verified
from feedback_loop.workflows.model_recipes import promoted_version

Row = dict[str, Any]

_PROPOSED, _QUEUED = "proposed", "action_queued"
_VERSIONED = ("classifier_version", "taxonomy_version")


@dataclass(frozen=True)
class DecisionStory:
    """One proposal with all that led to it and came of it; `told` is None where what the trail was told of it was erased."""

    proposal: Proposal
    told: Content | None
    lines: tuple[AuditLine, ...]
    approvals: tuple[Approval, ...]
    actions: tuple[Row, ...]
    effects: tuple[Row, ...]
    messages: Mapping[str, int]
    """Messages to customers about it, by their status."""
    promoted_model: str | None
    """The classifier that people had promoted by then; None where the seed classifier ruled."""
    classified: tuple[Row, ...]
    """The versions that the tables name now for the complaints that showed the alert, with how many of them."""
    asked: tuple[Row, ...]
    """Language models that were asked on the alert's day, by task and version of the prompt, until it was proposed."""
    replay: Replay
    report: AuditReport

    @property
    def evidence(self) -> Mapping[str, Any]:
        """What the trail was told of the evidence, otherwise what the row of the proposal holds."""
        told = (self.told or {}).get("evidence")
        return told if isinstance(told, Mapping) else _mapping(self.proposal.evidence)


def decision_story(proposal_id: str, state: StateStore, tables: TableStore, rules: Rules) -> DecisionStory | None:
    """The story of the proposal; None where nobody knows it."""
    proposal = state.proposal(proposal_id)
    if proposal is None:
        return None
    lines = _lines(state, proposal_id)
    at = proposal.proposed_at
    by_now = state.snapshot(TABLES["remediation_action"]).filter(pl.col("proposal_id") == proposal_id).sort("queued_at", "action_id")
    messages = state.snapshot(TABLES["remediation_message"]).filter(pl.col("proposal_id") == proposal_id)
    return DecisionStory(
        proposal=proposal,
        told=told_of(lines)[0],
        lines=tuple(lines),
        approvals=tuple(state.approvals(proposal_id)),
        actions=tuple(by_now.to_dicts()),
        effects=tuple(_effects(tables, proposal_id)),
        messages=Counter(messages["message_status"].to_list()),
        promoted_model=promoted_version(state.snapshot(TABLES["state_model"], at)),
        classified=tuple(_classified(tables, proposal)),
        asked=tuple(_asked(state, proposal, at)),
        replay=_again(proposal_id, lines, at, rules),
        report=verified(state, state),
    )


def replayed(log: AuditLog, rules: Rules, proposal_id: str | None = None) -> list[Replay]:
    """Each recorded proposal, or the one, decided again from the trail alone, in the order of the trail."""
    by_subject: dict[str, list[AuditLine]] = {}
    for line in lines_of(log, proposal_id):
        by_subject.setdefault(line.record.subject_id, []).append(line)
    return [
        _again(subject, lines, next(line.record.recorded_at for line in lines if line.record.event == _PROPOSED), rules)
        for subject, lines in by_subject.items()
        if any(line.record.event == _PROPOSED for line in lines)
    ]


def told_of(lines: Sequence[AuditLine]) -> tuple[Content | None, bool]:
    """What the trail was told of the proposal, None where nothing is left of it, and whether an erasure told it anew."""
    first = next((line.content for line in lines if line.record.event == _PROPOSED), None)
    anew = [line.content for line in lines if line.record.event == RESTATED and line.content is not None]
    return (anew[-1], True) if first is None and anew else (first, False)


def _again(proposal_id: str, lines: Sequence[AuditLine], proposed_at: datetime, rules: Rules) -> Replay:
    told, is_anew = told_of(lines)
    return replay(proposal_id, told, proposed_at, rules, is_anew=is_anew)


def _lines(log: AuditLog, proposal_id: str) -> list[AuditLine]:
    """The records about the proposal and its actions; an action is known by what was queued."""
    lines = lines_of(log)
    actions = {
        line.record.subject_id
        for line in lines
        if line.record.event == _QUEUED and line.content is not None and line.content.get("proposal_id") == proposal_id
    }
    return [line for line in lines if line.record.subject_id in {proposal_id, *actions}]


def _effects(tables: TableStore, proposal_id: str) -> list[Row]:
    rows = tables.read(TABLES["outcomes_effect"], matching=pl.DataFrame({"proposal_id": [proposal_id]}))
    return rows.sort("measured_at", "effect_id").to_dicts()


def _classified(tables: TableStore, proposal: Proposal) -> list[Row]:
    named = _alert(proposal).get("sample_fragment_ids")
    ids = [str(name) for name in named] if isinstance(named, list) else []
    if not ids:
        return []
    rows = tables.read(TABLES["analysis_classification"], matching=pl.DataFrame({"fragment_id": ids}))
    return rows.group_by(*_VERSIONED).agg(fragment_count=pl.len().cast(pl.Int64)).sort(*_VERSIONED).to_dicts()


def _asked(state: StateStore, proposal: Proposal, at: datetime) -> list[Row]:
    day = str(_alert(proposal).get("event_date", ""))
    calls = state.snapshot(TABLES["state_model_call"], at)
    kinds = ("model_stage", "model_version", "prompt_version")
    of_day = calls.filter((pl.col("event_date").cast(pl.String) >= day) & (pl.col("asked_at") <= at))
    return of_day.group_by(*kinds).agg(call_count=pl.len().cast(pl.Int64)).sort(*kinds, nulls_last=True).to_dicts()


def _alert(proposal: Proposal) -> Mapping[str, Any]:
    return _mapping(_mapping(proposal.evidence).get("alert"))


def _mapping(value: object) -> Mapping[str, Any]:
    """The value where it has names; what somebody wrote in its place says nothing."""
    return value if isinstance(value, Mapping) else {}
