"""Ranked causes of each alert: the changes and incidents that may be to blame, and that no known one is, with evidence for and against.

Candidates are found in `causes`, judged in `cause_evidence`; here their log-odds become probabilities that sum to one per alert, and
verdicts. The rule that is easy to break: a score is a probability under the stated weights, not yet calibrated on outcomes; where two
causes explain an alert equally well both stay below one half, and nobody is blamed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import repeat

import numpy as np
import polars as pl

from feedback_loop.analysis.alerted import RECENT_DAYS, Alerted, alerted
from feedback_loop.analysis.cause_evidence import WEIGHTS, Evidence, EvidenceWeights, evidence
from feedback_loop.analysis.causes import Cause, KnownCauses
from feedback_loop.analysis.complaint_counts import instant_of
from feedback_loop.analysis.onset import onset
from feedback_loop.analysis.segments import as_text
from feedback_loop.analysis.shared_words import SharedWords
from feedback_loop.analysis.symptoms import Symptom
from feedback_loop.analysis.telemetry import Telemetry
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.loop_vocab import CauseKind, HypothesisVerdict
from feedback_loop.contracts.tables import CANDIDATE_DAYS, TABLES
from feedback_loop.contracts.vocab import AlertKind

LIKELY_SCORE, REFUTED_SCORE = 0.5, 0.02
"""More probable than all others together; so improbable beside them that it is given up, also where nothing speaks against it."""

FEWEST_URGENT = 3
"""Records of an urgent alert below which their cause is not asked for: one customer's words are no pattern."""

HYPOTHESIS_VERSION = f"log-odds-sum-unknown{WEIGHTS.unknown}-1"

TELEMETRY_DAYS = RECENT_DAYS + CANDIDATE_DAYS + 1
"""Days of telemetry before an alert's that a hypothesis may ask for: the day before the earliest candidate of the earliest onset."""

Row = dict[str, object]


def hypotheses(
    alerts: pl.DataFrame,
    cohorts: pl.DataFrame,
    messages: pl.DataFrame,
    fragments: pl.DataFrame,
    classifications: pl.DataFrame,
    clusters: pl.DataFrame,
    changes: pl.DataFrame,
    incidents: pl.DataFrame,
    telemetry: pl.DataFrame,
    days: DayRange,
    weights: EvidenceWeights = WEIGHTS,
) -> pl.DataFrame:
    """The rows of `analysis_hypothesis` for the days: per alert every candidate and the unknown cause, the most probable first.

    Alerts with too few complaints to tell when they began have no rows.

    Alerts, messages, fragments, classifications and clusters are those of `detect.alerts`, cohorts those of the alerts; changes and
    incidents are all statements that were known, telemetry the rows of the days and the `TELEMETRY_DAYS` before.
    """
    known, measured, words = KnownCauses.of(changes, incidents), Telemetry(telemetry), SharedWords.of(fragments)
    first = cohorts.filter(pl.col("cohort_rank") == 1).select("alert_id", "cohort_attributes")
    segments = {alert_id: json.loads(attributes) for alert_id, attributes in first.iter_rows()}
    rows = []
    for alert in alerted(alerts, messages, fragments, classifications, clusters, days):
        started = onset(alert) if _is_asked(alert) else None
        if started is None:
            continue
        symptom, causes = Symptom(alert, started, alert.end), known.candidates(alert.history.product, started)
        shared = words.shared(symptom, [f"{cause.words} {cause.service or ''}" for cause in causes])
        errors = [measured.error_shares(alert.history.product, cause, symptom.end) for cause in causes]
        segment = segments.get(alert.alert_id, {})
        found = [evidence(symptom, *each, weights) for each in zip(causes, repeat(segment), errors, shared, strict=False)]
        rows += _ranked(symptom, [_Judged(*each) for each in zip(causes, found, strict=True)], weights)
    schema = pl.Schema(TABLES["analysis_hypothesis"].schema)
    return pl.DataFrame(rows, schema=schema).sort("event_date", "alert_id", "hypothesis_rank")


@dataclass(frozen=True)
class _Judged:
    """A candidate with its evidence; no cause stands for the unknown one."""

    cause: Cause | None
    evidence: list[Evidence]

    def log_odds(self, weights: EvidenceWeights) -> float:
        return sum(e.log_odds for e in self.evidence) if self.cause else weights.unknown

    @property
    def is_refuted(self) -> bool:
        return any(e.refutes for e in self.evidence)

    @property
    def statements_for(self) -> list[str]:
        return [e.statement for e in sorted(self.evidence, key=lambda e: -e.log_odds) if e.log_odds > 0]

    @property
    def statements_against(self) -> list[str]:
        return [e.statement for e in sorted(self.evidence, key=lambda e: e.log_odds) if e.log_odds < 0]


def _is_asked(alert: Alerted) -> bool:
    return alert.row["alert_kind"] != AlertKind.URGENT or int(str(alert.row["observed_count"])) >= FEWEST_URGENT


def _ranked(symptom: Symptom, candidates: list[_Judged], weights: EvidenceWeights) -> list[Row]:
    """The candidates and the unknown cause as rows, by probability; of equal ones the earlier start first."""
    judged = [*candidates, _Judged(None, [])]
    log_odds = np.array([j.log_odds(weights) for j in judged])
    scores = np.exp(log_odds - log_odds.max())
    scores /= scores.sum()
    order = sorted(range(len(judged)), key=lambda n: (-round(float(scores[n]), 12), _place(judged[n])))
    return [_row(symptom, judged[n], rank, float(scores[n]), len(candidates)) for rank, n in enumerate(order, start=1)]


def _place(judged: _Judged) -> tuple[bool, int, str]:
    cause = judged.cause
    return (True, 0, "") if cause is None else (False, cause.started, cause.cause_id)


def _verdict(judged: _Judged, rank: int, score: float) -> HypothesisVerdict:
    if judged.cause is None:
        return HypothesisVerdict.INSUFFICIENT_EVIDENCE
    if judged.is_refuted or score < REFUTED_SCORE:
        return HypothesisVerdict.REFUTED
    return HypothesisVerdict.LIKELY if rank == 1 and score >= LIKELY_SCORE else HypothesisVerdict.POSSIBLE


def _row(symptom: Symptom, judged: _Judged, rank: int, score: float, candidates: int) -> Row:
    alert, cause = symptom.alert, judged.cause
    known = f"What began in the {CANDIDATE_DAYS} days before the onset is less probable, {candidates} changes and incidents in all."
    none = f"No change and no incident is known of the {CANDIDATE_DAYS} days before the onset."
    unknown_for = [known if candidates else none] if rank == 1 else []
    return {
        "hypothesis_id": stable_id("hypothesis", alert.alert_id, cause.cause_id if cause else None),
        "alert_id": alert.alert_id,
        "product": alert.history.product,
        "hypothesis_rank": rank,
        "cause_kind": str(cause.kind if cause else CauseKind.UNKNOWN),
        "cause_id": cause.cause_id if cause else None,
        "cause_service": cause.service if cause else None,
        "cause_scope": as_text(cause.scope) if cause else "{}",
        "cause_started_at": instant_of(cause.started) if cause else None,
        "onset_at": instant_of(symptom.onset),
        "hypothesis_score": score,
        "hypothesis_verdict": str(_verdict(judged, rank, score)),
        "evidence_for": judged.statements_for if cause else unknown_for,
        "evidence_against": judged.statements_against,
        "hypothesis_version": HYPOTHESIS_VERSION,
        "event_date": alert.day,
    }
