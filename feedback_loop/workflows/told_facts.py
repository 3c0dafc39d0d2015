"""What a message may say of what a proposal mends, and who is affected: read from the proposal's evidence and the tables.

What is made of it is `tell`. The rule that is easy to break: of what customers said only the class counts here, never a word.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime

import polars as pl

from feedback_loop.contracts.days import DayRange, day_of
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.message_vocab import CustomerStep
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ISSUE_CLASSES
from feedback_loop.ports import TableStore
from feedback_loop.remediation.messages import IssueFacts


def facts_of(proposal: Proposal, fixed_at: datetime | None, step: CustomerStep = CustomerStep.NOTHING) -> IssueFacts:
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
        step=step,
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
