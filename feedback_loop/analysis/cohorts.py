"""Cohorts: in which segments of customers an alert's complaints rose, if in any: conjunctions of up to three values, or everybody.

How they are found and how sure that is says `methods/diagnosis`, by the complaints alone: which change they fit is the business of
`hypotheses`. The rules that are easy to break: a segment whose customers always complain more is no cohort, it has to have more than its
usual part; and a new version is held against how many of all records name it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl
from scipy.stats import nbinom

from feedback_loop.analysis.alerted import Alerted, alerted
from feedback_loop.analysis.segments import as_text
from feedback_loop.analysis.weighing import Weighing
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.loop_vocab import RiseVerdict
from feedback_loop.contracts.tables import TABLES
from feedback_loop.methods.diagnosis.level import Level
from feedback_loop.methods.diagnosis.look import Cohort, Diagnosis, Look

Row = dict[str, object]

_UNASKED = 0.97
"""How sure it is that too few complaints tell nothing."""


def cohorts(
    alerts: pl.DataFrame,
    messages: pl.DataFrame,
    fragments: pl.DataFrame,
    classifications: pl.DataFrame,
    clusters: pl.DataFrame,
    days: DayRange,
) -> pl.DataFrame:
    """The rows of `analysis_cohort` for the days: per alert the segments in which complaints rose, or the one row {} where none stands out.

    The frames are those that `detect.alerts` made the alerts from.
    """
    found = alerted(alerts, messages, fragments, classifications, clusters, days)
    rows = [row for alert in found for row in _rows_of(alert)]
    schema = pl.Schema(TABLES["analysis_cohort"].schema)
    return pl.DataFrame(rows, schema=schema).sort("event_date", "alert_id", "cohort_rank")


def diagnosed(alert: Alerted) -> Diagnosis:
    """Who complains more, by the complaints of the alert alone."""
    weighing = Weighing.of(alert)
    if weighing is None:
        return Diagnosis(RiseVerdict.INSUFFICIENT_EVIDENCE, _UNASKED)
    look, first = weighing.settled()
    return look.judged(first)


def _rows_of(alert: Alerted) -> Iterator[Row]:
    weighing = Weighing.of(alert)
    if weighing is None:
        unasked = Diagnosis(RiseVerdict.INSUFFICIENT_EVIDENCE, _UNASKED)
        said = int(alert.complains(alert.window()).sum())
        yield _row(alert, unasked, _everybody(said, alert.usual_share() * len(alert.window())), 1, len(alert.window()), None, 1.0)
        return
    look, first = weighing.settled()
    diagnosis = look.judged(first)
    level, records = weighing.level, alert.history.between(weighing.window.start, weighing.window.end)
    named = diagnosis.cohorts or (_everybody(_risen(look), level.mean),)
    for rank, cohort in enumerate(named, start=1):
        inside, outside = alert.history.segments.inside({d: [v] for d, v in cohort.attributes.items()}, records)
        complains = alert.complains(records)
        shares = [float(complains[part].mean()) if part.any() else 0.0 for part in (inside, outside)]
        lift = shares[0] / shares[1] if shares[1] else None
        yield _row(alert, diagnosis, cohort, rank, int(inside.sum()), lift, _p_value(cohort, level))


def _everybody(observed: int, expected: float) -> Cohort:
    return Cohort({}, (), 0.0, observed, expected)


def _risen(look: Look) -> int:
    return int(np.count_nonzero(look.rows.at >= look.window.start))


def _p_value(cohort: Cohort, level: Level) -> float:
    """Of as many complaints or more, were the usual level all that varies."""
    expected = max(cohort.expected, 1e-6)
    return float(nbinom.sf(cohort.observed - 1, level.concentration, level.concentration / (level.concentration + expected)))


def _row(alert: Alerted, diagnosis: Diagnosis, cohort: Cohort, rank: int, exposure: int, lift: float | None, p_value: float) -> Row:
    attributes = as_text(cohort.attributes)
    return {
        "cohort_id": stable_id("cohort", alert.alert_id, attributes),
        "alert_id": alert.alert_id,
        "product": alert.history.product,
        "cohort_attributes": attributes,
        "cohort_rank": rank,
        "cohort_aliases": [as_text(alias) for alias in cohort.aliases],
        "observed_count": cohort.observed,
        "cohort_exposure_count": exposure,
        "expected_count": cohort.expected,
        "cohort_lift": lift,
        "p_value": p_value,
        "cohort_confidence": cohort.confidence if cohort.attributes else None,
        "rise_verdict": str(diagnosis.verdict),
        "rise_confidence": diagnosis.confidence,
        "event_date": alert.day,
    }
