"""Cohorts: in which segment of customers an alert's complaints are concentrated, if in any.

Single values of a dimension, and two of them together where both are needed. Why they complain is the business of `hypotheses`. The rule
that is easy to break: a segment whose customers always complain more is no cohort; it has to have more than its usual part of the
complaints. A new version has no usual part: it has to stand out against the other records of the window instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from feedback_loop.analysis.alerted import Alerted, alerted
from feedback_loop.analysis.segments import COMES_OVERNIGHT, Codes, Flags, as_text
from feedback_loop.analysis.share_trigger import lifts
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.tables import TABLES
from feedback_loop.methods.statistics.count_models import (
    PRIOR,
    beta_binomial_tail,
    binomial_tail,
    concentration_ratio,
    higher_share_p_value,
)

Row = dict[str, object]


@dataclass(frozen=True)
class CohortLimits:
    """When a segment stands out."""

    significance: float = 0.01
    """Highest p-value, after Bonferroni over the segments with enough complaints to be looked at."""

    fired_significance: float = 0.05
    """The same for the segment that raised a share alert: the trigger has chosen it, so it is one test and not the best of many."""

    fewest_records: int = 3
    """Complaining records that a segment needs."""

    most: int = 5
    """Cohorts listed per alert: values that go along with the first add no news."""


LIMITS = CohortLimits()
FEWEST_USUAL = 5
"""Usual records of a segment below which its usual part of the complaints is not known, as with a new version."""

LEAST_ODDS_RATIO = 3.0
"""Complaints inside to those outside, over what is usual, below which a segment does not stand out: channels draw different customers."""


@dataclass(frozen=True)
class Cohort:
    """One segment of the alert's window: complaints and records inside, what was to be expected of them, and how it compares."""

    attributes: dict[str, str]
    observed: int
    exposure: int
    expected: float
    lift: float | None
    p_value: float
    evidence: float
    """Log-likelihood ratio of "these complain more than their part" over "all complain more alike"."""


def cohorts(
    alerts: pl.DataFrame,
    messages: pl.DataFrame,
    fragments: pl.DataFrame,
    classifications: pl.DataFrame,
    clusters: pl.DataFrame,
    days: DayRange,
    limits: CohortLimits = LIMITS,
) -> pl.DataFrame:
    """The rows of `analysis_cohort` for the days: per alert the segments that stand out, or the one row {} where none does.

    The frames are those that `detect.alerts` made the alerts from.
    """
    rows = [
        _row(alert, cohort, rank)
        for alert in alerted(alerts, messages, fragments, classifications, clusters, days)
        for rank, cohort in enumerate(cohorts_of(alert, limits), start=1)
    ]
    schema = pl.Schema(TABLES["analysis_cohort"].schema)
    return pl.DataFrame(rows, schema=schema).sort("event_date", "alert_id", "cohort_rank")


def cohorts_of(alert: Alerted, limits: CohortLimits = LIMITS) -> list[Cohort]:
    """The segments that stand out in the alert, the one with the most evidence first; everybody where none does."""
    window = _Window.of(alert)
    looked_at = window.looked_at(limits)
    fired = window.fired(looked_at)
    singles = [(pair, window.cohort([pair], 1 if pair == fired else len(looked_at))) for pair in looked_at]
    highest = {fired: limits.fired_significance}
    standing = [(pair, cohort) for pair, cohort in singles if cohort.p_value <= highest.get(pair, limits.significance)]
    ranked = sorted(standing, key=lambda found: (-found[1].evidence, -(found[1].lift or np.inf), found[0]))
    both = window.both([pair for pair, _ in ranked], len(looked_at), limits)
    found = [*(c for pair, c in ranked if pair == fired), *both, *(c for pair, c in ranked if pair != fired)]
    return found[: limits.most] or [window.everybody()]


@dataclass(frozen=True)
class _Split:
    """Complaints and records of the window inside and outside of a segment, and the complaint shares that are usual there.

    Both judgements give the part of the complaints that is due to the inside, and the p-value of as many or more.
    """

    said_in: int
    said_out: int
    total_in: int
    total_out: int
    usual_in: float
    usual_out: float

    def judged_by_past(self, were_in: int, were_out: int) -> tuple[float, float]:
        """By the usual complaints; so few say only roughly what is usual: the beta distribution is as wide as they are few."""
        inside, known = were_in * self.usual_in + PRIOR, were_in * self.usual_in + were_out * self.usual_out + 2.0 * PRIOR
        due = inside / known
        if self.said_in * (1.0 - due) < LEAST_ODDS_RATIO * self.said_out * due:
            return due, 1.0
        return due, float(beta_binomial_tail(np.array([self.said_in]), self.said_in + self.said_out, np.array([due]), np.array([known]))[0])

    def judged_new(self) -> tuple[float, float]:
        """By the other records of the window: what has no past is held against those beside it."""
        inside, known = self.total_in * self.usual_in, self.total_in * self.usual_in + self.total_out * self.usual_out
        due = min(inside / max(known, 1e-12), 1.0)
        by_share = higher_share_p_value(self.said_in, self.total_in, self.said_out, self.total_out)
        return due, max(binomial_tail(self.said_in, self.said_in + self.said_out, due), by_share)


@dataclass(frozen=True)
class _Window:
    alert: Alerted
    records: Codes
    complaints: Flags

    @classmethod
    def of(cls, alert: Alerted) -> _Window:
        records = alert.window()
        return cls(alert, records, alert.complains(records))

    def looked_at(self, limits: CohortLimits) -> list[int]:
        """The pairs with enough complaints."""
        said = self.records[self.complaints]
        return [int(n) for n in np.flatnonzero(self.alert.history.segments.counts(said) >= limits.fewest_records)]

    def everybody(self) -> Cohort:
        share, observed, exposure = self.alert.usual_share(), int(self.complaints.sum()), len(self.complaints)
        return Cohort({}, observed, exposure, share * exposure, None, binomial_tail(observed, exposure, min(share, 1.0)), 0.0)

    def fired(self, looked_at: list[int]) -> int | None:
        """The segment that raised a share alert: of those with its count the one that complains most beside the others."""
        history, count = self.alert.history, self.alert.row["observed_count"]
        if not self.alert.is_share:
            return None
        counts, lift = history.segments.counts(self.records[self.complaints]), lifts(history, self.alert.complaining, self.records)
        return min((n for n in looked_at if counts[n] == count), key=lambda n: (-lift[n], n), default=None)

    def cohort(self, pairs: list[int], looked_at: int) -> Cohort:
        """The records that name all of the pairs, beside those that name another value of one of their dimensions."""
        segments, usual = self.alert.history.segments, self.alert.usual
        scope = {segments.pairs[p][0]: [segments.pairs[p][1]] for p in pairs}
        inside, outside = segments.inside(scope, self.records)
        was_inside, was_outside = segments.inside(scope, usual)
        split = _Split(
            int((inside & self.complaints).sum()),
            int((outside & self.complaints).sum()),
            int(inside.sum()),
            int(outside.sum()),
            self.alert.usual_share(usual[was_inside]),
            self.alert.usual_share(usual[was_outside]),
        )
        is_new = COMES_OVERNIGHT in scope or was_inside.sum() < FEWEST_USUAL
        due, p_value = split.judged_new() if is_new else split.judged_by_past(int(was_inside.sum()), int(was_outside.sum()))
        lift = (split.said_in / split.total_in) / (split.said_out / split.total_out) if split.said_out else None
        attributes, expected = {dimension: values[0] for dimension, values in scope.items()}, split.total_in * split.usual_in
        evidence = concentration_ratio(split.said_in, split.said_out, due)
        return Cohort(attributes, split.said_in, split.total_in, expected, lift, min(p_value * looked_at, 1.0), evidence)

    def both(self, ranked: list[int], looked_at: int, limits: CohortLimits) -> list[Cohort]:
        """The first together with the next of another dimension where within each of the two the other still makes the difference."""
        first = ranked[0] if ranked else -1
        second = next((p for p in ranked[1:] if self._matters(p, first, limits) and self._matters(first, p, limits)), None)
        return [] if second is None else [self.cohort([first, second], looked_at)]

    def _matters(self, this: int, within: int, limits: CohortLimits) -> bool:
        """Whether, among the records of the one segment, those of the other complain more than the rest that name their value."""
        segments, records = self.alert.history.segments, self.records
        known = segments.holding(records, within) & segments.naming(records, this)
        has, said = segments.holding(records, this) & known, self.complaints & known
        counted = (int((said & has).sum()), int(has.sum()), int((said & ~has).sum()), int((known & ~has).sum()))
        return counted[0] >= limits.fewest_records and higher_share_p_value(*counted) <= limits.significance


def _row(alert: Alerted, cohort: Cohort, rank: int) -> Row:
    attributes = as_text(cohort.attributes)
    return {
        "cohort_id": stable_id("cohort", alert.alert_id, attributes),
        "alert_id": alert.alert_id,
        "product": alert.history.product,
        "cohort_attributes": attributes,
        "cohort_rank": rank,
        "observed_count": cohort.observed,
        "cohort_exposure_count": cohort.exposure,
        "expected_count": cohort.expected,
        "cohort_lift": cohort.lift,
        "p_value": cohort.p_value,
        "event_date": alert.day,
    }
