"""Back-test, the replay: what the playbooks would have proposed at each look at the past, from nothing but what had landed by that look.

It reads tables and writes none, proposes nothing that can be carried out, and carries nothing out; a proposal that nobody decides on
expires, as it would have. Whether that would have been right is judged in `backtest_report`, from what is known by now. The rules that are
easy to break: rows that landed later are not there, whatever instant they speak of, and what was measured (thresholds, gates) holds from
its instant; so no outcome, decision or later label is read here. A history that was imported at once is replayed by when things happened,
and only where that is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property

import polars as pl

from feedback_loop.analysis.routes import routes
from feedback_loop.analysis.taxonomy import Taxonomy, seed_taxonomy
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.loop_vocab import ProposalStatus
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.errors import NothingLanded
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.remediation.approvals import expired
from feedback_loop.remediation.proposals import proposals
from feedback_loop.remediation.rules import Pace, Rules
from feedback_loop.workflows.as_known import Analysed, Context, Findings
from feedback_loop.workflows.gates import GATE, gates_in_force
from feedback_loop.workflows.snapshots import snapshot_of

Progress = Callable[[date], None]

AT_ITS_END = (24,)
"""The hours at which a day is looked at where nobody says otherwise."""

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
_NO_ISSUES, _NO_EVIDENCE = (pl.DataFrame(schema=pl.Schema(TABLES[name].schema)) for name in ("gold_issue", "analysis_evidence"))


def backtest(
    tables: TableStore,
    state: StateStore | None,
    days: DayRange,
    analysed: Analysed,
    rules: Rules | None = None,
    *,
    is_by_event: bool = False,
    taxonomy: Taxonomy | None = None,
    hours: Sequence[int] = AT_ITS_END,
    progress: Progress | None = None,
) -> list[BacktestDay]:
    """The days in their order, each looked at at the hours; raises NothingLanded where nothing had landed by the end of them.

    The rules are tried as they are, but for what is known of the time after a look: what was done, and how well it went.
    """
    history = _History.of(tables, days, is_by_event=is_by_event)
    if history.records.filter(pl.col("landed_at") <= _at(days.last, 24)).is_empty():
        raise NothingLanded(
            f"nothing had landed by the end of {days.last}", "A history that was imported later is replayed with --by event; see --help."
        )
    analysed.take(history.records)
    # As if nothing had been done before: what was carried out lately is no part of the days that are replayed.
    tried = replace(rules or Rules(), pace=Pace(), precisions={}, thresholds={})
    measured, made, told = _Measured(tables, state, taxonomy or seed_taxonomy()), list[Proposal](), list[BacktestDay]()
    for day in days:
        if progress:
            progress(day)
        before, alerts = len(made), set[str]()
        for hour in hours:
            findings = analysed.findings(day, _at(day, hour), history.context)
            alerts |= set(findings.alerts["alert_id"])
            made += _proposals(findings, history.documents, measured, made, tried)
        told.append(BacktestDay(day, len(alerts), tuple(made[before:])))
    return told


@dataclass(frozen=True)
class _Measured:
    """What was measured and put in force, as it held at an instant."""

    tables: TableStore
    state: StateStore | None
    taxonomy: Taxonomy

    @cached_property
    def thresholds(self) -> pl.DataFrame:
        """All of them; which of them held at a time is for the proposals to tell."""
        return snapshot_of(self.state, "state_threshold")

    def routes(self, findings: Findings) -> pl.DataFrame:
        """The routes of the fragments by the gates that were in force; their own evidence decides nothing about an action."""
        kept = self._gates.filter(pl.col("gated_at") <= findings.as_of)
        labels = self._labels.filter(pl.col("labelled_at") <= findings.as_of)
        held = gates_in_force(kept, labels, self.tables, self.taxonomy) if kept.height else kept
        return routes(findings.classifications, _NO_EVIDENCE, held)

    @cached_property
    def _gates(self) -> pl.DataFrame:
        return snapshot_of(self.state, GATE.name)

    @cached_property
    def _labels(self) -> pl.DataFrame:
        return snapshot_of(self.state, "state_label")


def _proposals(
    findings: Findings, documents: pl.DataFrame, measured: _Measured, before: Sequence[Proposal], rules: Rules
) -> list[Proposal]:
    known = documents.filter(pl.col("landed_at") <= findings.as_of)
    existing = pl.DataFrame(
        [_as_of(proposal, findings.as_of).row() for proposal in before], schema=pl.Schema(TABLES["remediation_proposal"].schema)
    )
    frames = (findings.alerts, findings.cohorts, findings.hypotheses, _NO_ISSUES, known, measured.thresholds, existing)
    found = proposals(*frames, rules.playbooks, findings.as_of, False, rules, measured.routes(findings))
    for proposal in found:
        if goes_alone(proposal):
            rules.pace.count(proposal.playbook_id, proposal.proposal_id, findings.as_of)
    return found


def goes_alone(proposal: Proposal) -> bool:
    """Whether nobody would have been asked about it."""
    return proposal.refusal_reason is None and proposal.approvals_required_count == 0


def _as_of(proposal: Proposal, now: datetime) -> Proposal:
    return replace(proposal, proposal_status=ProposalStatus.EXPIRED) if expired(proposal, now) else proposal


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(), UTC) + timedelta(hours=hour)
