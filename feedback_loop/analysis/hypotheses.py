"""Ranked causes of each alert: the changes and incidents that may be to blame, and that no known one is, with evidence for and against.

All is weighed at once by `methods/diagnosis`: since when and in which segment the complaints rose, and which logged change that fits, by
whom it reached and when it began. What the complaints do not tell, `cause_evidence` adds as factors: the errors of its service, words,
what happened at its end. The rule that is easy to break: a score is a posterior probability, that no logged change is to blame beside it;
where two causes explain an alert equally well both stay below one half, and nobody is blamed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import exp

import polars as pl

from feedback_loop.analysis.alerted import Alerted, alerted
from feedback_loop.analysis.blame import blame
from feedback_loop.analysis.cause_evidence import WEIGHTS, Evidence, EvidenceWeights, Likeness, figures, witnesses
from feedback_loop.analysis.causes import Cause, KnownCauses, is_candidate
from feedback_loop.analysis.complaint_counts import HOUR_MICROSECONDS, instant_of
from feedback_loop.analysis.deciding import Rival, deciding_observations
from feedback_loop.analysis.onset import onset
from feedback_loop.analysis.rollouts import in_stages, stages_of
from feedback_loop.analysis.segments import as_text
from feedback_loop.analysis.shared_meaning import SharedMeaning
from feedback_loop.analysis.shared_words import SharedWords
from feedback_loop.analysis.symptoms import Symptom
from feedback_loop.analysis.telemetry import ErrorShares, Telemetry
from feedback_loop.analysis.weighing import Weighing
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.loop_vocab import CauseKind, HypothesisVerdict
from feedback_loop.contracts.tables import CANDIDATE_DAYS, TABLES, WINDOW_DAYS
from feedback_loop.contracts.vocab import AlertKind
from feedback_loop.ports import Embedder

LIKELY_SCORE, REFUTED_SCORE = 0.5, 0.02
"""More probable than all others together; so improbable beside them that it is given up."""

FEWEST_URGENT = 3
"""Records of an urgent alert below which their cause is not asked for: one customer's words are no pattern."""

HYPOTHESIS_VERSION = "joint-onset-segment-cause-3"

TELEMETRY_DAYS = WINDOW_DAYS
"""Days of telemetry before an alert's that a hypothesis may ask for: the day before the first on which a weighed cause can begin."""

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
    embeddings: pl.DataFrame,
    embedder: Embedder,
    days: DayRange,
    weights: EvidenceWeights = WEIGHTS,
) -> pl.DataFrame:
    """The rows of `analysis_hypothesis` for the days: per alert every candidate and the unknown cause, the most probable first.

    Alerts with too few complaints to tell when they began have no rows.

    Alerts, messages, fragments, classifications and clusters are those of `detect.alerts`, cohorts those of the alerts; changes and
    incidents are all statements that were known, telemetry the rows of the days and the `TELEMETRY_DAYS` before;
    embeddings are those of the fragments, and the embedder is the one that made them.
    """
    words, meaning = SharedWords.of(fragments), SharedMeaning.of(fragments, embeddings, embedder)
    known = _Known(KnownCauses.of(changes, incidents), Telemetry(telemetry), words, meaning, weights)
    first = cohorts.filter(pl.col("cohort_rank") == 1).select("alert_id", "cohort_attributes")
    segments = {alert_id: json.loads(attributes) for alert_id, attributes in first.iter_rows()}
    rows = [
        row
        for alert in alerted(alerts, messages, fragments, classifications, clusters, days)
        if _is_asked(alert)
        for row in known.rows(alert, segments.get(alert.alert_id, {}))
    ]
    schema = pl.Schema(TABLES["analysis_hypothesis"].schema)
    return pl.DataFrame(rows, schema=schema).sort("event_date", "alert_id", "hypothesis_rank")


def _is_asked(alert: Alerted) -> bool:
    return alert.row["alert_kind"] != AlertKind.URGENT or int(str(alert.row["observed_count"])) >= FEWEST_URGENT


@dataclass(frozen=True)
class _Judged:
    """A candidate with its probability and evidence; no cause stands for the unknown one."""

    cause: Cause | None
    score: float
    evidence: list[Evidence]
    errors: ErrorShares | None = None

    @property
    def statements_for(self) -> list[str]:
        return [e.statement for e in sorted(self.evidence, key=lambda e: -e.log_odds) if e.log_odds > 0]

    @property
    def statements_against(self) -> list[str]:
        return [e.statement for e in sorted(self.evidence, key=lambda e: e.log_odds) if e.log_odds < 0]

    @property
    def place(self) -> tuple[float, bool, int, str]:
        """By probability; of equal ones the earlier start first."""
        cause = self.cause
        return (-round(self.score, 12), *((True, 0, "") if cause is None else (False, cause.started, cause.cause_id)))


@dataclass(frozen=True)
class _Known:
    """What is known beside the complaints."""

    causes: KnownCauses
    measured: Telemetry
    words: SharedWords
    meaning: SharedMeaning
    weights: EvidenceWeights

    def rows(self, alert: Alerted, segment: dict[str, str]) -> Iterator[Row]:
        """The alert's hypotheses, ranked."""
        weighing, guess = Weighing.of(alert), onset(alert)
        if weighing is None or guess is None:
            return
        product, window = alert.history.product, weighing.window
        symptom, causes = Symptom(alert, guess, alert.end), in_stages(self.causes.between(product, window.first, window.end))
        errors = [self.measured.error_shares(product, cause, symptom.end) for cause in causes]
        heard = self._witnesses(symptom, causes, errors)
        found = blame(causes, [exp(sum(e.log_odds for e in each)) for each in heard], weighing)
        hour = found.onset_hour((guess - window.start) // HOUR_MICROSECONDS)
        symptom = replace(symptom, onset=window.start + hour * HOUR_MICROSECONDS)
        judged = [
            _Judged(cause, score, [*figures(symptom, cause, segment), *said], measured)
            for cause, score, said, measured in zip(causes, found.scores.tolist(), heard, errors, strict=True)
            if score >= REFUTED_SCORE or is_candidate(cause, symptom.onset)
        ]
        yield from _ranked(symptom, judged, segment)

    def _witnesses(self, symptom: Symptom, causes: list[Cause], errors: list[ErrorShares | None]) -> list[list[Evidence]]:
        words = self.words.shared(symptom, [f"{cause.words} {cause.service or ''}" for cause in causes])
        nearness = self.meaning.nearness(symptom, [cause.words for cause in causes])
        alike = [Likeness(*each) for each in zip(words, nearness, strict=True)]
        return [witnesses(symptom, *each, self.weights) for each in zip(causes, errors, alike, strict=True)]


def _ranked(symptom: Symptom, found: list[_Judged], segment: dict[str, str]) -> Iterator[Row]:
    """The candidates and the unknown cause as rows, by probability."""
    unknown = _Judged(None, 1.0 - sum(judged.score for judged in found), [])
    ranked = sorted([*found, unknown], key=lambda judged: judged.place)
    rivals = [Rival(j.cause, j.score, j.errors) for j in ranked if j.cause]
    for rank, judged in enumerate(ranked, start=1):
        yield _row(symptom, judged, rank, deciding_observations(symptom, judged.cause, rivals, segment), len(found))


def _verdict(judged: _Judged, rank: int) -> HypothesisVerdict:
    if judged.cause is None:
        return HypothesisVerdict.INSUFFICIENT_EVIDENCE
    if judged.score < REFUTED_SCORE:
        return HypothesisVerdict.REFUTED
    return HypothesisVerdict.LIKELY if rank == 1 and judged.score >= LIKELY_SCORE else HypothesisVerdict.POSSIBLE


def _row(symptom: Symptom, judged: _Judged, rank: int, deciding: list[str], candidates: int) -> Row:
    alert, cause = symptom.alert, judged.cause
    known = f"What began in the {CANDIDATE_DAYS} days before the onset is less probable, {candidates} changes and incidents in all."
    none = f"No change and no incident is known of the {CANDIDATE_DAYS} days before the onset."
    unknown_for = [known if candidates else none] if rank == 1 else []
    return {
        "hypothesis_id": stable_id("hypothesis", alert.alert_id, *((str(cause.kind), cause.cause_id) if cause else ())),
        "alert_id": alert.alert_id,
        "product": alert.history.product,
        "hypothesis_rank": rank,
        "cause_kind": str(cause.kind if cause else CauseKind.UNKNOWN),
        "cause_id": cause.cause_id if cause else None,
        "cause_step_ids": [stage.cause_id for stage in stages_of(cause)] if cause else [],
        "cause_service": cause.service if cause else None,
        "cause_scope": as_text(cause.scope) if cause else "{}",
        "cause_started_at": instant_of(cause.started) if cause else None,
        "onset_at": instant_of(symptom.onset),
        "hypothesis_score": judged.score,
        "hypothesis_verdict": str(_verdict(judged, rank)),
        "evidence_for": judged.statements_for if cause else unknown_for,
        "evidence_against": judged.statements_against,
        "deciding_observations": deciding,
        "hypothesis_version": HYPOTHESIS_VERSION,
        "event_date": alert.day,
    }
