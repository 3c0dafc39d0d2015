"""The whole story of one issue, read together: its alerts with whom they stand out for and what may be to blame, what people said and did.

Counts, quotes and days are read from the marts (`adapters/issue_reader`); this is what stands around them. In which words it is told is in
`cli/issue_story`. The rules that are easy to break: nothing is told that no table holds, and what is missing is None, so that it can be
said to be unknown; and quotes are masked words, documents those that the reader may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import polars as pl

from feedback_loop.analysis.hypothesis_labels import counting
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.knowledge import FoundPassage, IssueWords, Reader
from feedback_loop.contracts.tables import TABLES
from feedback_loop.ports import StateStore, TableStore
from feedback_loop.remediation.evidence import Case, cases
from feedback_loop.remediation.playbooks import Playbook, matching_playbook
from feedback_loop.remediation.proposals import trigger_facts
from feedback_loop.workflows.judge_hypothesis import HYPOTHESIS
from feedback_loop.workflows.knowledge_words import words_of
from feedback_loop.workflows.snapshots import snapshot_of

Row = dict[str, Any]

MOST_ALERTS = 5


class Shelf(Protocol):
    """Where governed documents are found; `workflows/knowledge.Library` is one."""

    def documents_for(self, wanted: IssueWords, reader: Reader, limit: int = ...) -> list[FoundPassage]:
        """The best passage of each document about an issue."""
        ...


@dataclass(frozen=True)
class AlertStory:
    """One alert with its segments and its hypotheses, each by rank; a hypothesis has `said` and `said_by` where a person judged it."""

    alert: Row
    cohorts: tuple[Row, ...]
    hypotheses: tuple[Row, ...]


@dataclass(frozen=True)
class Recommended:
    """The playbook that fits the first alert's leading cause, or takes what no other does, and the documents that it rests on."""

    playbook_id: str
    title: str
    action_kind: str
    risk: str
    owner: str
    approver_roles: tuple[str, ...]
    documents: tuple[str, ...]
    threshold_score: float
    confidence_score: float


@dataclass(frozen=True)
class IssueStory:
    """What stands around one issue. `events` and `impact` are None where no table of this home keeps them."""

    issue_id: str
    statuses: tuple[Row, ...]
    events: tuple[Row, ...] | None
    impact: Row | None
    alerts: tuple[AlertStory, ...]
    alert_count: int
    documents: tuple[FoundPassage, ...]
    recommended: Recommended | None
    proposals: tuple[Row, ...]


def issue_story(
    issue_id: str, tables: TableStore, state: StateStore | None, playbooks: Sequence[Playbook], shelf: Shelf, reader: Reader
) -> IssueStory:
    """The story of the issue, its alerts with a known cause first; `state` is None in a home in which nothing was decided."""
    issues = _of_issue(tables, "gold_issue", issue_id).sort("event_date")
    alerts = _alerts_of(tables, issues)
    known = {name: _of_alerts(tables, name, alerts) for name in ("analysis_cohort", "analysis_hypothesis")}
    found = sorted(cases(alerts, known["analysis_cohort"], known["analysis_hypothesis"], issues), key=_place)
    labels = counting(snapshot_of(state, "state_hypothesis_label"))
    documents = shelf.documents_for(words_of(issues.row(-1, named=True), found[0].causes if found else ()), reader) if issues.height else []
    return IssueStory(
        issue_id,
        _decided(state, "state_issue_status", "issue_id", issue_id, "changed_at"),
        _events(tables, issue_id),
        _impact(tables, issue_id),
        tuple(_alert_story(case.alert, known["analysis_cohort"], known["analysis_hypothesis"], labels) for case in found[:MOST_ALERTS]),
        alerts.height,
        tuple(documents),
        _recommended(found[0], playbooks) if found else None,
        _proposals(issue_id, found, tables, state),
    )


def _alerts_of(tables: TableStore, issues: pl.DataFrame) -> pl.DataFrame:
    """The alerts that an issue's days name."""
    if issues.is_empty():
        return pl.DataFrame(schema=pl.Schema(TABLES["analysis_alert"].schema))
    days = DayRange(issues["event_date"].min(), issues["event_date"].max())  # type: ignore[arg-type]
    alerts = tables.read(TABLES["analysis_alert"], days).filter(pl.col("product") == issues["product"][0])
    return alerts.filter(pl.col("alert_id").is_in(issues["alert_ids"].explode().implode()))


def _alert_story(alert: Row, cohorts: pl.DataFrame, hypotheses: pl.DataFrame, labels: pl.DataFrame) -> AlertStory:
    of_alert = pl.col("alert_id") == alert["alert_id"]
    said = labels.select("hypothesis_id", said="hypothesis_label", said_by="labelled_by", said_at="labelled_at", said_why="label_why")
    judged = hypotheses.filter(of_alert).join(said, on="hypothesis_id", how="left")
    segments = cohorts.filter(of_alert).sort("cohort_rank", "cohort_id")
    return AlertStory(alert, tuple(segments.to_dicts()), tuple(judged.sort("hypothesis_rank", "hypothesis_id").to_dicts()))


def _place(case: Case) -> tuple[bool, bool]:
    """Alerts with a cause that may be acted on come first, then those whose causes were asked at all; within each the strongest."""
    return case.leading_cause is None, not case.causes


def _recommended(case: Case, playbooks: Sequence[Playbook]) -> Recommended:
    book = matching_playbook(playbooks, trigger_facts(case))
    return Recommended(
        book.playbook_id, book.title, str(book.action_kind), str(book.risk), book.owner, book.approver_roles, book.governing_documents,
        book.threshold_score, case.confidence_score,
    )  # fmt: skip


def _of_issue(tables: TableStore, name: str, issue_id: str) -> pl.DataFrame:
    return tables.read(TABLES[name], matching=pl.DataFrame({"issue_id": [issue_id]}))


def _of_alerts(tables: TableStore, name: str, alerts: pl.DataFrame) -> pl.DataFrame:
    return tables.read(TABLES[name], matching=alerts.select("alert_id"))


def _events(tables: TableStore, issue_id: str) -> tuple[Row, ...] | None:
    table = TABLES.get("gold_issue_event")
    if table is None:
        return None
    rows = tables.read(table, matching=pl.DataFrame({"issue_id": [issue_id]}))
    return tuple(rows.sort("event_date", "issue_event_id").to_dicts())


def _impact(tables: TableStore, issue_id: str) -> Row | None:
    table = TABLES.get("gold_issue_impact")
    rows = None if table is None else tables.read(table, matching=pl.DataFrame({"issue_id": [issue_id]})).sort("event_date")
    return rows.row(-1, named=True) if rows is not None and rows.height else None


def _proposals(issue_id: str, found: Sequence[Case], tables: TableStore, state: StateStore | None) -> tuple[Row, ...]:
    """What was proposed for the issue, and for others because of a cause that leads here."""
    if state is None:
        return ()
    rows = state.snapshot(TABLES["remediation_proposal"]).sort("proposed_at", "proposal_id")
    causes = {case.leading_cause["cause_id"] for case in found if case.leading_cause}
    named = rows.select(hypothesis_id="proposed_hypothesis_id").drop_nulls().unique()
    blamed = tables.read(HYPOTHESIS, columns=["hypothesis_id", "cause_id"], matching=named).filter(pl.col("cause_id").is_in(sorted(causes)))
    is_own, is_near = pl.col("proposed_issue_id") == issue_id, pl.col("proposed_hypothesis_id").is_in(blamed["hypothesis_id"].to_list())
    return tuple(rows.filter(is_own.fill_null(False) | is_near.fill_null(False)).to_dicts())


def _decided(state: StateStore | None, name: str, column: str, issue_id: str, at: str) -> tuple[Row, ...]:
    if state is None:
        return ()
    rows: Sequence[Row] = state.snapshot(TABLES[name]).filter(pl.col(column) == issue_id).sort(at).to_dicts()
    return tuple(rows)
