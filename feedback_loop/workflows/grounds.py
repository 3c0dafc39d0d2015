"""What proposals rest on, read together: alerts, segments, causes, issues, documents and certified complaints, as known at an instant.

Used when something is proposed and again when it is carried out, so that both look at the same things. The rule that is easy to break:
nothing that landed or was raised after the instant is read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime

import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.decisions import Proposal
from feedback_loop.contracts.tables import TABLES
from feedback_loop.outcomes.sla_gate import LOOK_BACK, late_classes
from feedback_loop.ports import TableStore
from feedback_loop.remediation.evidence import Case, cases
from feedback_loop.remediation.rules import Rules

_ROUTE, _IMPACT = TABLES["analysis_route"], TABLES["gold_issue_impact"]


@dataclass(frozen=True)
class Grounds:
    """Frames of the contract tables analysis_alert, _cohort, _hypothesis, gold_issue, context_document and analysis_route."""

    alerts: pl.DataFrame
    cohorts: pl.DataFrame
    hypotheses: pl.DataFrame
    issues: pl.DataFrame
    documents: pl.DataFrame
    routes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=pl.Schema(_ROUTE.schema)))
    """Of the fragments that show the alerts; without any nothing goes the automatic way."""
    impacts: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=pl.Schema(_IMPACT.schema)))
    """Whom the issues touch, rows of gold_issue_impact."""
    rules: Rules = field(default_factory=Rules)
    """What people laid down; by default what comes with the package."""

    def all_cases(self) -> list[Case]:
        """Every alert with its segment, causes and issue, the highest score first."""
        return cases(self.alerts, self.cohorts, self.hypotheses, self.issues, self.impacts)

    def case_of(self, proposal: Proposal) -> Case | None:
        """The case of the proposal as it is here: of its alert, or of one of the same class and day that leads to the same cause."""
        then = proposal.evidence["alert"]
        same = pl.col("product").eq(proposal.product) & pl.col("alerted_class").eq_missing(pl.lit(then["alerted_class"], pl.String))
        near = self.alerts.filter(same & pl.col("event_date").eq(date.fromisoformat(then["event_date"])))
        found = cases(near, self.cohorts, self.hypotheses, self.issues, self.impacts)
        cause_id = _leading_cause_id(proposal)
        alike = [case for case in found if cause_id and case.leading_cause and case.leading_cause["cause_id"] == cause_id]
        return next((case for case in found if case.alert["alert_id"] == proposal.alert_id), next(iter(alike), None))


def read_grounds(tables: TableStore, days: DayRange, as_of: datetime, rules: Rules | None = None) -> Grounds:
    """The grounds of the alerts of the days."""
    alerts, cohorts, hypotheses, issues, impacts = (
        tables.read(TABLES[name], days)
        for name in ("analysis_alert", "analysis_cohort", "analysis_hypothesis", "gold_issue", "gold_issue_impact")
    )
    documents = tables.read(TABLES["context_document"], as_of=as_of)
    known = alerts.filter(pl.col("raised_at") <= as_of)
    ruling = replace(rules or Rules(), late_classes=_late_classes(tables, as_of))
    return Grounds(known, cohorts, hypotheses, issues, documents, _routes(tables, known, days), impacts, ruling)


def _late_classes(tables: TableStore, as_of: datetime) -> frozenset[str]:
    near = DayRange((as_of - LOOK_BACK).date(), as_of.date()).widened(before=1)
    return late_classes(tables.read(TABLES["outcomes_sla_stage"], near), as_of)


def _routes(tables: TableStore, alerts: pl.DataFrame, days: DayRange) -> pl.DataFrame:
    """The routes of the alerts' samples; a share of six hours may begin on the day before."""
    shown = alerts.select(pl.col("sample_fragment_ids").explode().alias("fragment_id")).drop_nulls().unique()
    return tables.read(_ROUTE, days.widened(before=1), matching=shown)


def alert_days(proposals: list[Proposal]) -> DayRange | None:
    """The days from the earliest to the latest alert of the proposals; None where there are none."""
    days = [date.fromisoformat(proposal.evidence["alert"]["event_date"]) for proposal in proposals]
    return DayRange(min(days), max(days)) if days else None


def _leading_cause_id(proposal: Proposal) -> str | None:
    if proposal.proposed_hypothesis_id is None:
        return None
    causes = proposal.evidence["hypotheses"]
    return next((cause["cause_id"] for cause in causes if cause["hypothesis_id"] == proposal.proposed_hypothesis_id), None)
