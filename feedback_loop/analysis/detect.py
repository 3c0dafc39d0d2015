"""Alerts: on which day a product, a class or a symptom cluster drew more complaining records than the days before let expect.

A rate alert compares a day with up to 27 days before it; an urgent record needs no comparison and alerts at once. Who complained is
counted in `complaint_counts`, how counts are judged is `methods/count_models`, what may stand behind an alert is `localise`. The rules
that are easy to break: records are counted, not fragments, so that a long message counts once; a day reads its own window only, so that
it comes out the same alone and within a range.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from feedback_loop.analysis.cluster import eligible_fragments
from feedback_loop.analysis.complaint_counts import Codes, History, Reals, Subject, texts
from feedback_loop.analysis.localise import AlertedDay, Release, candidates
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.contracts.vocab import ISSUE_CLASSES, AlertKind, Severity, SubjectKind
from feedback_loop.methods.count_models import discoveries, fit_shares

FALSE_SHARE = 0.02
"""Share of a product's rate alerts of one day that may be false (Benjamini–Hochberg over all its subjects of the day)."""

FEWEST_RECORDS = 3
"""Complaining records below which a day raises no rate alert, however unusual."""

FEWEST_DAYS, FEWEST_EXPOSURE = 7, 20
"""Days since the product's first record within the window, and records on them, below which there is no baseline and no rate alert."""

URGENT_SCORE = 1000.0
_HIGHEST_RATE_SCORE = 300.0
SAMPLE_SIZE = 5
DETECTOR_VERSION = f"betabin-window{WINDOW_DAYS}-fdr{FALSE_SHARE}-1"

Row = dict[str, object]

_CLUSTER_COLUMNS = ("cluster_id", "product", "best_class", "is_catch_all", "member_fragment_ids", "day_fragment_ids", "event_date")


def alerts(
    fragments: pl.DataFrame,
    messages: pl.DataFrame,
    classifications: pl.DataFrame,
    clusters: pl.DataFrame,
    releases: pl.DataFrame,
    days: DayRange,
) -> pl.DataFrame:
    """The rows of `analysis_alert` for the days.

    Fragments, messages and classifications cover the days and the `WINDOW_DAYS - 1` before, releases the days and the `CANDIDATE_DAYS`
    before, clusters the days. Read of them: fragment_id, record_id, product, event_date, duplicate_of, severity · record_id, product,
    event_date, rating, product_version · fragment_id, best_class, class_score · all columns · product, release_version, released_at,
    is_inferred.
    """
    scored = classifications.select("fragment_id", "class_score")
    eligible = eligible_fragments(fragments, classifications).join(scored, on="fragment_id")
    urgent = _by_product_and_day(_urgent(fragments, classifications, days))
    grouped = _by_product_and_day(clusters.select(_CLUSTER_COLUMNS).sort("cluster_id"))
    rows = [
        row
        for name in sorted(messages["product"].unique())
        for product in [_Product.of(name, messages, eligible, releases)]
        for day in product.history.active_days(days)
        for of_day in [grouped.get((name, day), [])]
        for row in [*_rate_alerts(product, day, of_day), *_urgent_alerts(product, day, of_day, urgent.get((name, day), []))]
    ]
    schema = pl.Schema(TABLES["analysis_alert"].schema)
    return pl.DataFrame(rows, schema=schema).sort("event_date", "alert_score", "alert_id", descending=[False, True, False])


@dataclass(frozen=True)
class _Product:
    history: History
    releases: list[Release]

    @classmethod
    def of(cls, product: str, messages: pl.DataFrame, eligible: pl.DataFrame, releases: pl.DataFrame) -> _Product:
        named = releases.filter(pl.col("product") == product).select("release_version", "released_at", "is_inferred")
        return cls(History.of(product, messages, eligible), [Release(*row) for row in named.iter_rows()])


@dataclass(frozen=True)
class _Finding:
    """One subject of one day that raises an alert; the last three are None for an urgent record."""

    kind: AlertKind
    subject: Subject
    today: Codes
    sample: list[str]
    expected: float | None = None
    p_value: float | None = None


def _by_product_and_day(rows: pl.DataFrame) -> dict[tuple[str, date], list[Row]]:
    found: dict[tuple[str, date], list[Row]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault((row["product"], row["event_date"]), []).append(row)
    return found


def _rate_alerts(product: _Product, day: date, clusters: list[Row]) -> Iterator[Row]:
    history = product.history
    exposure = history.by_day(np.arange(len(history.days)), day)
    baseline = _baseline(exposure)
    if baseline is None or not exposure[-1]:
        return
    subjects = list(history.subjects(day, clusters))
    counts = np.stack([history.by_day(s.records, day) for s in subjects])
    fit = fit_shares(counts[:, baseline], exposure[baseline])
    observed, expected = counts[:, -1], fit.expected(exposure[-1])
    p_values = fit.tail(observed, exposure[-1])
    for n in np.flatnonzero(discoveries(p_values, FALSE_SHARE) & (observed >= FEWEST_RECORDS)):
        today = np.intersect1d(subjects[n].records, history.of_day(day))
        sample = _sample(history, subjects[n], today, clusters)
        yield _row(product, day, _Finding(AlertKind.RATE, subjects[n], today, sample, float(expected[n]), float(p_values[n])))


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


def _urgent_alerts(product: _Product, day: date, clusters: list[Row], urgent: list[Row]) -> Iterator[Row]:
    """One alert for each cluster of the day that an urgent record belongs to, or for its class where it is in none."""
    cluster_of = {f: cluster for cluster in clusters for f in texts(cluster["member_fragment_ids"])}
    subjects: dict[tuple[SubjectKind, str], tuple[str, list[Row]]] = {}
    for row in urgent:
        cluster = cluster_of.get(str(row["said_first"]))
        key = (SubjectKind.CLUSTER, str(cluster["cluster_id"])) if cluster else (SubjectKind.CLASS, str(row["best_class"]))
        subjects.setdefault(key, (str((cluster or row)["best_class"]), []))[1].append(row)
    for (kind, subject_id), (best_class, rows) in sorted(subjects.items()):
        records = product.history.positions(sorted({str(r["record_id"]) for r in rows}))
        subject = Subject(kind, subject_id, best_class, subject_id if kind is SubjectKind.CLUSTER else None, records)
        yield _row(product, day, _Finding(AlertKind.URGENT, subject, records, [str(r["fragment_id"]) for r in rows][:SAMPLE_SIZE]))


def _sample(history: History, subject: Subject, today: Codes, clusters: list[Row]) -> list[str]:
    """One fragment of each of up to `SAMPLE_SIZE` records of the day: the day's largest cluster first, and in it the surest class."""
    within = set(today.tolist())
    chosen: dict[int, str] = {}
    for cluster in sorted(clusters, key=lambda c: (-len(texts(c["day_fragment_ids"])), str(c["cluster_id"]))):
        if subject.cluster_id in (None, cluster["cluster_id"]):
            said = [(f, history.fragments[f]) for f in texts(cluster["day_fragment_ids"])]
            for fragment_id, complaint in sorted(said, key=lambda pair: (-pair[1].class_score, pair[0])):
                if complaint.record in within and (subject.kind is not SubjectKind.CLASS or complaint.best_class == subject.alerted_class):
                    chosen.setdefault(complaint.record, fragment_id)
    return list(chosen.values())[:SAMPLE_SIZE]


def _row(product: _Product, day: date, finding: _Finding) -> Row:
    subject, exposure = finding.subject, product.history.of_day(day)
    observed, expected = len(finding.today), finding.expected
    score = URGENT_SCORE if finding.p_value is None else float(min(-np.log10(max(finding.p_value, 1e-320)), _HIGHEST_RATE_SCORE))
    return {
        "alert_id": stable_id("alert", day, product.history.product, finding.kind, subject.kind, subject.subject_id),
        "alert_kind": str(finding.kind),
        "subject_kind": str(subject.kind),
        "subject_id": subject.subject_id,
        "product": product.history.product,
        "alerted_cluster_id": subject.cluster_id,
        "alerted_class": subject.alerted_class,
        "observed_count": observed,
        "exposure_count": len(exposure),
        "expected_count": expected,
        "rate_ratio": None if expected is None else observed / expected,
        "p_value": finding.p_value,
        "alert_score": score,
        "sample_fragment_ids": finding.sample,
        "candidates": candidates(_alerted_day(product.history, day, finding), product.releases),
        "detector_version": DETECTOR_VERSION,
        "event_date": day,
    }


def _alerted_day(history: History, day: date, finding: _Finding) -> AlertedDay:
    usual = None if finding.expected is None else finding.expected / len(history.of_day(day))
    today, before = (
        [(history.versions[n], bool(c)) for n, c in zip(records, np.isin(records, finding.subject.records), strict=True)]
        for records in (history.of_day(day), history.before(day))
    )
    return AlertedDay(day, today, before, usual)
