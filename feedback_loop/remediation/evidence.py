"""The evidence of one alert as a proposal keeps it: the alert, its segment, its leading causes and the documents that govern the action.

Built from frames, compared by hash. What makes a proposal of it stands in `proposals`. The rule that is easy to break: the hash covers what
the decision rests on (product, class, cause, scope, document versions), not every count, for counts go on growing while people decide.
"""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from feedback_loop.contracts.canonical import canonical_json
from feedback_loop.contracts.identifiers import content_hash
from feedback_loop.contracts.loop_vocab import CauseKind, HypothesisVerdict
from feedback_loop.contracts.routes import PASSED_GATE
from feedback_loop.contracts.vocab import ComplaintClass

Row = dict[str, Any]

_ALERT_COLUMNS = (
    "alert_id", "alert_kind", "subject_kind", "subject_id", "product", "alerted_class", "observed_count", "exposure_count",
    "expected_count", "rate_ratio", "p_value", "alert_score", "raised_at", "window_minutes", "sample_fragment_ids", "detector_version",
    "event_date",
)  # fmt: skip
_DECISIVE_CAUSE = ("cause_kind", "cause_id", "cause_step_ids", "cause_service", "cause_scope")
_TOP_CAUSES = 3
"""Causes that the evidence keeps: people who decide look at the rivals of the first, not at all of them."""

_LIVE_VERDICTS = (HypothesisVerdict.LIKELY, HypothesisVerdict.POSSIBLE)


@dataclass(frozen=True)
class Case:
    """One alert with what is known about it; `causes` are the first three by rank."""

    alert: Row
    cohort: Row | None
    causes: tuple[Row, ...]
    issue_id: str | None
    """The issue that the alert speaks of."""
    impact: Row | None = None
    """Whom the issue touches, a row of gold_issue_impact; None where nobody knows."""

    @property
    def leading_cause(self) -> Row | None:
        """The cause that may be acted on: the first, unless it is unknown or the evidence is against it."""
        first = self.causes[0] if self.causes else None
        if first is None or first["cause_id"] is None or first["hypothesis_verdict"] not in _LIVE_VERDICTS:
            return None
        return first

    @property
    def cause_kind(self) -> CauseKind:
        """What the leading cause is, `unknown` where there is none."""
        return CauseKind(self.leading_cause["cause_kind"]) if self.leading_cause else CauseKind.UNKNOWN

    @property
    def confidence_score(self) -> float:
        """Score of the leading cause, 0 where there is none."""
        return float(self.leading_cause["hypothesis_score"]) if self.leading_cause else 0.0

    @property
    def affected_count(self) -> int:
        """Customers that the issue touches, or the alert's complaints where those are more or nothing else is known."""
        customers = int(self.impact["touched_customer_count"] or 0) if self.impact else 0
        return max(customers, int(self.alert["observed_count"]))

    @property
    def affected_share(self) -> float:
        """Part of the volume that lies in the segment; everybody where no segment stands out, or its volume is not known."""
        inside = self.cohort["cohort_exposure_count"] if self.cohort else None
        volume = self.alert["exposure_count"]
        return min(1.0, inside / volume) if inside and volume else 1.0

    @property
    def tiers(self) -> frozenset[str]:
        """Tiers of those customers; empty where nobody knows them."""
        return frozenset(self.impact["touched_tiers"] or ()) if self.impact else frozenset()

    @property
    def subject(self) -> str:
        """What the alert is about, by a name that stays the same from day to day: the issue of its cluster, or its class, or its product.

        Not the issue that holds the samples of an alert about a class, which may be another one on the next day.
        """
        issue_id = self.issue_id if self.alert["alerted_cluster_id"] else None
        return issue_id or (f"class:{self.complaint_class}" if self.complaint_class else f"product:{self.alert['product']}")

    @property
    def segment(self) -> str | None:
        """The customers whom the alert stands out for; None where that is everybody."""
        attributes = self.cohort["cohort_attributes"] if self.cohort else "{}"
        return f"segment:{attributes}" if parsed_scope(attributes) else None

    def certified_count(self, certified: Collection[str]) -> int:
        """How many of the complaints that show the alert have a class that a gate certifies."""
        return len({*self.alert["sample_fragment_ids"]} & {*certified})

    @property
    def complaint_class(self) -> ComplaintClass | None:
        """The class that the alert is about; None where it is about a whole product."""
        name = self.alert["alerted_class"]
        return None if name is None else ComplaintClass(name)


def cases(
    alerts: pl.DataFrame,
    cohorts: pl.DataFrame,
    hypotheses: pl.DataFrame,
    issues: pl.DataFrame,
    impacts: pl.DataFrame | None = None,
) -> list[Case]:
    """Each alert with its segment, causes and issue, the highest score first; `impacts` are rows of gold_issue_impact."""
    touched = {} if impacts is None else {row["issue_id"]: row for row in impacts.sort("event_date").iter_rows(named=True)}
    segments = _by_alert(cohorts.sort("alert_id", "cohort_rank", "cohort_id"))
    causes = _by_alert(hypotheses.sort("alert_id", "hypothesis_rank", "hypothesis_id"))
    named = issues.explode("alert_ids", empty_as_null=False).sort("event_date") if issues.height else issues
    issue_of = dict(zip(named["alert_ids"], named["issue_id"], strict=True)) if named.height else {}
    ordered = alerts.sort("alert_score", "alert_id", descending=[True, False])
    return [
        Case(
            alert=row,
            cohort=next(iter(segments.get(row["alert_id"], [])), None),
            causes=tuple(causes.get(row["alert_id"], [])[:_TOP_CAUSES]),
            issue_id=issue_of.get(row["alert_id"]),
            impact=touched.get(issue_of.get(row["alert_id"])),
        )
        for row in ordered.iter_rows(named=True)
    ]


def certified_fragments(routes: pl.DataFrame) -> frozenset[str]:
    """Ids of the fragments whose class a gate in force lets through; rows of analysis_route."""
    return frozenset(routes.filter(pl.col("route_reason").is_in([str(reason) for reason in PASSED_GATE]))["fragment_id"])


def recorded_case(evidence: Mapping[str, Any]) -> Case:
    """The case as the evidence of a proposal keeps it; raises KeyError where a part is missing."""
    return Case(evidence["alert"], evidence["cohort"], tuple(evidence["hypotheses"]), evidence["issue_id"])


def evidence_of(case: Case, documents: Mapping[str, str]) -> Row:
    """The evidence as plain JSON values; `documents` are versions by id."""
    return {
        "alert": plain({name: case.alert[name] for name in _ALERT_COLUMNS}),
        "cohort": plain(case.cohort),
        "hypotheses": plain(case.causes),
        "issue_id": case.issue_id,
        "documents": dict(documents),
    }


def evidence_hash(case: Case, documents: Mapping[str, str], *, rests_on_cause: bool) -> str:
    """SHA-256 of the canonical JSON of what the decision rests on; a notice and a review rest on no cause."""
    cause = (case.leading_cause or {}) if rests_on_cause else {}
    decisive = {
        "product": case.alert["product"],
        "alerted_class": case.alert["alerted_class"],
        "cause": {name: cause.get(name) for name in _DECISIVE_CAUSE},
        "documents": dict(documents),
    }
    return content_hash(canonical_json(decisive))


def plain_row(row: Mapping[str, Any]) -> Row:
    """The row with values that JSON knows."""
    return {name: plain(value) for name, value in row.items()}


def plain(value: Any) -> Any:
    """The value in what JSON knows: instants and days in ISO form, a number that is none as null."""
    match value:
        case datetime() | date():
            return value.isoformat()
        case float():
            return value if math.isfinite(value) else None
        case Mapping():
            return {str(name): plain(part) for name, part in value.items()}
        case list() | tuple():
            return [plain(part) for part in value]
        case _:
            return value


def parsed_scope(text: str | None) -> Any:
    """The scope or segment as JSON values; everybody where nothing is said."""
    return json.loads(text) if text else {}


def _by_alert(frame: pl.DataFrame) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in frame.iter_rows(named=True):
        found.setdefault(row["alert_id"], []).append(row)
    return found
