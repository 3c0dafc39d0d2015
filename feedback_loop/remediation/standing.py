"""Which proposals stand in the way of their like: what is active or was decided lately; and which open ones rest on what is no longer so.

What is proposed at all stands in `proposals`. The rule that is easy to break: a proposal that people still decide on gives way only to one
on the same subject whose evidence is that of now; what is being carried out gives way to nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.loop_vocab import TAKES_BACK, ProposalStatus, RefusalReason
from feedback_loop.methods.retrieval.governed import valid_versions
from feedback_loop.remediation.approvals import OPEN
from feedback_loop.remediation.evidence import Case, evidence_hash
from feedback_loop.remediation.rules import Rules, known_versions

QUIET_DAYS = 7
"""So long nothing is proposed again that somebody decided."""

_ACTIVE = (*OPEN, ProposalStatus.CLAIMED, ProposalStatus.IN_DOUBT)
_DECIDED = (ProposalStatus.DONE, ProposalStatus.FAILED, ProposalStatus.ROLLED_BACK, ProposalStatus.REFUSED)


def marks_of(row: Mapping[str, Any]) -> list[tuple[str, ...]]:
    """Under which names a proposal stands in the way of its like: a refused one only of the same refusal, and of its own repetition."""
    subject = str(json.loads(row["action_arguments"]).get("subject"))
    key = (row["product"], row["playbook_id"], subject)
    reason = row["refusal_reason"]
    is_own_refusal = row["proposal_status"] == ProposalStatus.REFUSED and reason != RefusalReason.REJECTED_BY_PERSON
    return [(row["proposal_id"],), (*key, str(reason)) if is_own_refusal else key]


def stale_keys(
    existing: pl.DataFrame, found: Sequence[Case], rules: Rules, documents: pl.DataFrame, decided_at: datetime, *, is_live: bool
) -> dict[str, tuple[str, ...]]:
    """The open proposals by id, with their marks, whose own alert rests on other evidence now than they do."""
    by_alert = {str(case.alert["alert_id"]): case for case in found}
    stale: dict[str, tuple[str, ...]] = {}
    for row in existing.filter(pl.col("proposal_status").is_in([str(status) for status in OPEN])).iter_rows(named=True):
        case, playbook = by_alert.get(row["alert_id"]), rules.playbook(row["playbook_id"])
        if case is None or playbook is None or playbook.is_on_request or row["is_executable"] != is_live:
            continue
        if row["action_kind"] in TAKES_BACK:
            # It rests on what was done, which no other evidence changes.
            continue
        versions = valid_versions(documents, playbook.governing_documents, decided_at)
        rests_on_cause = row["proposed_hypothesis_id"] is not None
        if evidence_hash(case, known_versions(versions), rests_on_cause=rests_on_cause) != row["evidence_hash"]:
            stale[row["proposal_id"]] = marks_of(row)[1]
    return stale


def taken_marks(existing: pl.DataFrame, decided_at: datetime, is_live: bool) -> set[tuple[str, ...]]:
    """The marks of what is active or was decided lately; what can't be carried out never stands in the way of what can."""
    found: set[tuple[str, ...]] = set()
    for row in existing.iter_rows(named=True):
        counts = row["is_executable"] or row["proposal_status"] == ProposalStatus.REFUSED or not is_live
        if counts and _stands_in_the_way(row, decided_at):
            found |= set(marks_of(row))
        found.add((row["proposal_id"],))
    return found


def _stands_in_the_way(row: Mapping[str, Any], decided_at: datetime) -> bool:
    if row["proposal_status"] in _ACTIVE:
        return True
    fell_at: datetime = row["decided_at"] or row["proposed_at"]
    return row["proposal_status"] in _DECIDED and fell_at > decided_at - timedelta(days=QUIET_DAYS)
