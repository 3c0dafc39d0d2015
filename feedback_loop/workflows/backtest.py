"""Back-test: what the playbooks would have proposed on each day of the past, from nothing but what had landed by the end of that day.

It reads tables and writes none, proposes nothing that can be carried out, and carries nothing out; a proposal that nobody decides on
expires, as it would have. The rule that is easy to break: rows that landed later are not there, whatever instant they speak of; a history
that was imported at once is replayed by when things happened, and only where that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import ProposalStatus
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.errors import NothingLanded
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.remediation.approvals import expired
from feedback_loop.remediation.proposals import proposals
from feedback_loop.remediation.rules import Rules
from feedback_loop.workflows.as_known import Analysed, Context, Findings

Progress = Callable[[date], None]

_INSTANT_OF = {
    "bronze_feedback_record": "occurred_at",
    "bronze_release": "released_at",
    "context_change": "started_at",
    "context_incident": "started_at",
    "context_telemetry": "minute_at",
    "context_document": "started_at",
}
"""When what a row speaks of happened."""


@dataclass(frozen=True)
class BacktestDay:
    """One day as it would have been: its alerts and what would have been proposed."""

    day: date
    alert_count: int
    proposals: tuple[Proposal, ...]


@dataclass(frozen=True)
class _History:
    """Every row of the past that a day can need, whenever it landed."""

    records: pl.DataFrame
    context: Context
    documents: pl.DataFrame

    @classmethod
    def of(cls, tables: TableStore, days: DayRange, *, is_by_event: bool) -> _History:
        near = days.widened(before=2 * WINDOW_DAYS)
        read = {name: tables.read(TABLES[name], near if name in _BY_DAY else None) for name in _INSTANT_OF}
        if is_by_event:
            read = {name: frame.with_columns(landed_at=pl.col(_INSTANT_OF[name])) for name, frame in read.items()}
        names = ("bronze_release", "context_change", "context_incident", "context_telemetry")
        return cls(read["bronze_feedback_record"], Context(*(read[name] for name in names)), read["context_document"])


_BY_DAY = ("bronze_feedback_record", "context_telemetry")


def backtest(
    tables: TableStore,
    state: StateStore | None,
    days: DayRange,
    analysed: Analysed,
    rules: Rules | None = None,
    *,
    is_by_event: bool = False,
    progress: Progress | None = None,
) -> list[BacktestDay]:
    """The days in their order; raises NothingLanded where nothing had landed by the end of them."""
    history = _History.of(tables, days, is_by_event=is_by_event)
    if history.records.filter(pl.col("landed_at") <= _end_of(days.last)).is_empty():
        raise NothingLanded(
            f"nothing had landed by the end of {days.last}", "A history that was imported later is replayed with --by event; see --help."
        )
    analysed.take(history.records)
    thresholds = _thresholds(state)
    followed, told = rules or Rules(), list[BacktestDay]()
    for day in days:
        if progress:
            progress(day)
        findings = analysed.findings(day, _end_of(day), history.context)
        before = [proposal for earlier in told for proposal in earlier.proposals]
        made = _proposals(findings, history.documents, thresholds, before, followed)
        told.append(BacktestDay(day, findings.alerts.height, tuple(made)))
    return told


def _proposals(
    findings: Findings, documents: pl.DataFrame, thresholds: pl.DataFrame, before: Sequence[Proposal], rules: Rules
) -> list[Proposal]:
    known = documents.filter(pl.col("landed_at") <= findings.as_of)
    existing = pl.DataFrame(
        [_as_of(proposal, findings.as_of).row() for proposal in before], schema=pl.Schema(TABLES["remediation_proposal"].schema)
    )
    no_issues = pl.DataFrame(schema=pl.Schema(TABLES["gold_issue"].schema))
    frames = (findings.alerts, findings.cohorts, findings.hypotheses, no_issues, known, thresholds, existing)
    return proposals(*frames, rules.playbooks, findings.as_of, False, rules)


def _as_of(proposal: Proposal, now: datetime) -> Proposal:
    return replace(proposal, proposal_status=ProposalStatus.EXPIRED) if expired(proposal, now) else proposal


def _thresholds(state: StateStore | None) -> pl.DataFrame:
    """All thresholds; which of them held at a time is for the proposals to tell."""
    table = TABLES["state_threshold"]
    return pl.DataFrame(schema=pl.Schema(table.schema)) if state is None else state.snapshot(table)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), UTC)
