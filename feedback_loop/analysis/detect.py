"""Alerts: on which day a product, a class or a symptom cluster drew more complaining records than the days before let expect.

A rate alert compares a day with up to 27 days before it; a share alert looks at six hours (`share_trigger`); an urgent record needs no
comparison and alerts at once. Who complained is counted in `complaint_counts`, how counts are judged is `methods/statistics/count_models`,
what an alert says is `alert_rows`. The rules that are easy to break: records are counted, not fragments, so that a long message counts
once; a day reads its own window only, so that it comes out the same alone and within a range.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import polars as pl

from feedback_loop.analysis.alert_rows import FALSE_SHARE, SAMPLE_SIZE, Finding, ProductHistory, Row, alert_row, sample
from feedback_loop.analysis.cluster import eligible_fragments
from feedback_loop.analysis.complaint_counts import (
    HOUR_MICROSECONDS,
    History,
    Reals,
    Subject,
    first_instant,
    instant_of,
    texts,
)
from feedback_loop.analysis.segments import Codes
from feedback_loop.analysis.share_trigger import LIMITS, ShareLimits, firings
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.contracts.vocab import ISSUE_CLASSES, AlertKind, Severity, SubjectKind
from feedback_loop.methods.statistics.count_models import ShareFit, discoveries, fit_shares

FEWEST_RECORDS = 3
"""Complaining records below which a day raises no rate alert, however unusual."""

FEWEST_DAYS, FEWEST_EXPOSURE = 7, 20
"""Days since the product's first record within the window, and records on them, below which there is no baseline and no rate alert."""

DAY_MINUTES = 1440.0

_CLUSTER_COLUMNS = ("cluster_id", "product", "best_class", "is_catch_all", "member_fragment_ids", "day_fragment_ids", "event_date")


def alerts(
    fragments: pl.DataFrame,
    messages: pl.DataFrame,
    classifications: pl.DataFrame,
    clusters: pl.DataFrame,
    releases: pl.DataFrame,
    days: DayRange,
    limits: ShareLimits = LIMITS,
) -> pl.DataFrame:
    """The rows of `analysis_alert` for the days.

    Fragments, messages and classifications cover the days and the `WINDOW_DAYS - 1` before, releases the days and the `CANDIDATE_DAYS`
    before, clusters the days. Read of them: fragment_id, record_id, product, event_date, duplicate_of, severity · record_id, product,
    event_date, occurred_at, rating, product_version, `SCOPE_DIMENSIONS` · fragment_id, best_class, class_score · all columns · product,
    release_version, released_at, is_inferred.
    """
    scored = classifications.select("fragment_id", "class_score")
    eligible = eligible_fragments(fragments, classifications).join(scored, on="fragment_id")
    urgent = _by_product_and_day(_urgent(fragments, classifications, days))
    grouped = _by_product_and_day(clusters.select(_CLUSTER_COLUMNS).sort("cluster_id"))
    rows = [
        row
        for name in sorted(messages["product"].unique())
        for product in [ProductHistory.of(name, messages, eligible, releases)]
        for day in product.history.active_days(days)
        for row in _alerts_of(product, day, grouped.get((name, day), []), urgent.get((name, day), []), limits)
    ]
    schema = pl.Schema(TABLES["analysis_alert"].schema)
    return pl.DataFrame(rows, schema=schema).sort("event_date", "alert_score", "alert_id", descending=[False, True, False])


def _alerts_of(product: ProductHistory, day: date, clusters: list[Row], urgent: list[Row], limits: ShareLimits) -> Iterator[Row]:
    subjects = list(product.history.subjects(day, clusters))
    for finding in (
        *_rate_findings(product.history, day, subjects, clusters),
        *_share_findings(product.history, day, subjects, clusters, limits),
        *_urgent_findings(product.history, day, clusters, urgent),
    ):
        yield alert_row(product, day, finding)


def _by_product_and_day(rows: pl.DataFrame) -> dict[tuple[str, date], list[Row]]:
    found: dict[tuple[str, date], list[Row]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault((row["product"], row["event_date"]), []).append(row)
    return found


def _rate_findings(history: History, day: date, subjects: list[Subject], clusters: list[Row]) -> Iterator[Finding]:
    exposure = history.by_day(np.arange(len(history.days)), day)
    baseline = _baseline(exposure)
    if baseline is None or not exposure[-1]:
        return
    counts = np.stack([history.by_day(s.records, day) for s in subjects])
    fit = fit_shares(counts[:, baseline], exposure[baseline])
    observed, expected = counts[:, -1], fit.expected(exposure[-1])
    p_values = fit.tail(observed, exposure[-1])
    found = discoveries(p_values, FALSE_SHARE)
    for n in np.flatnonzero(found & (observed >= FEWEST_RECORDS)):
        today = np.intersect1d(subjects[n].records, history.of_day(day))
        yield Finding(
            AlertKind.RATE,
            subjects[n],
            today,
            int(exposure[-1]),
            sample(history, subjects[n], today, clusters),
            instant_of(_raised(history, day, today, fit.only(int(n)), float(p_values[found].max()))),
            DAY_MINUTES,
            float(expected[n]),
            float(p_values[n]),
            float(expected[n] / exposure[-1]),
        )


def _raised(history: History, day: date, today: Codes, fit: ShareFit, threshold: float) -> int:
    """The end of the first full hour by which the records so far pass the day's threshold; else the end of the day."""
    midnight = first_instant(day)
    complaints, exposure = (
        np.cumsum(np.bincount((history.instants[records] - midnight) // HOUR_MICROSECONDS, minlength=24)).astype(np.float64)
        for records in (today, history.of_day(day))
    )
    for hour in np.flatnonzero(complaints[:-1] >= FEWEST_RECORDS):
        if fit.tail(complaints[hour : hour + 1], exposure[hour])[0] <= threshold:
            return midnight + (int(hour) + 1) * HOUR_MICROSECONDS
    return midnight + 24 * HOUR_MICROSECONDS


def _share_findings(history: History, day: date, subjects: list[Subject], clusters: list[Row], limits: ShareLimits) -> Iterator[Finding]:
    for firing in firings(history, day, subjects, limits):
        yield Finding(
            AlertKind.SHARE,
            firing.subject,
            firing.records,
            firing.exposure_count,
            sample(history, firing.subject, firing.records, clusters),
            instant_of(firing.end),
            60.0 * limits.window_hours,
            firing.expected,
            firing.p_value,
        )


def _baseline(exposure: Reals) -> slice | None:
    """The days before the last from the product's first record on; None where they are too few to compare with."""
    seen = np.flatnonzero(exposure[:-1])
    if not seen.size or WINDOW_DAYS - 1 - seen[0] < FEWEST_DAYS or exposure[:-1].sum() < FEWEST_EXPOSURE:
        return None
    return slice(int(seen[0]), WINDOW_DAYS - 1)


def _urgent(fragments: pl.DataFrame, classifications: pl.DataFrame, days: DayRange) -> pl.DataFrame:
    """The urgent fragments of an issue class, with the `said_first` that stands for them in a cluster."""
    issue = classifications.select("fragment_id", "best_class").filter(pl.col("best_class").is_in([str(c) for c in ISSUE_CLASSES]))
    of_days = pl.col("event_date").is_between(days.first, days.last) & (pl.col("severity") == str(Severity.URGENT))
    said_first = pl.coalesce("duplicate_of", "fragment_id").alias("said_first")
    columns = ("fragment_id", "record_id", "product", "event_date", "best_class", said_first)
    return fragments.filter(of_days).join(issue, on="fragment_id").select(columns).sort("fragment_id")


def _urgent_findings(history: History, day: date, clusters: list[Row], urgent: list[Row]) -> Iterator[Finding]:
    """One alert for each cluster of the day that an urgent record belongs to, or for its class where it is in none."""
    cluster_of = {f: cluster for cluster in clusters for f in texts(cluster["member_fragment_ids"])}
    found: dict[tuple[SubjectKind, str], tuple[str, list[Row]]] = {}
    for row in urgent:
        cluster = cluster_of.get(str(row["said_first"]))
        key = (SubjectKind.CLUSTER, str(cluster["cluster_id"])) if cluster else (SubjectKind.CLASS, str(row["best_class"]))
        found.setdefault(key, (str((cluster or row)["best_class"]), []))[1].append(row)
    for (kind, subject_id), (best_class, rows) in sorted(found.items()):
        records = history.positions(sorted({str(r["record_id"]) for r in rows}))
        subject = Subject(kind, subject_id, best_class, subject_id if kind is SubjectKind.CLUSTER else None, records)
        shown, first = [str(r["fragment_id"]) for r in rows][:SAMPLE_SIZE], instant_of(int(history.instants[records].min()))
        yield Finding(AlertKind.URGENT, subject, records, len(history.of_day(day)), shown, first, 0.0)
