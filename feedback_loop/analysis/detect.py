"""Alerts: what rose in a product, a class or a symptom cluster beyond what the weeks before let expect, and what is news of it.

Four kinds: a rise of any time (`rises`), a rise in the first hours after a change (`after_changes`), a share of some hours
(`share_trigger`), and an urgent record, which needs no comparison. Who complained is counted in `complaint_counts`, which alerts tell one
story in `alert_stories`, what an alert says in `alert_rows`. The rules that are easy to break: records are counted, not fragments, so that
a long message counts once; a day reads its own window only, so that it comes out the same alone and within a range.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from feedback_loop.analysis.after_changes import Change, changes_of, rises_after
from feedback_loop.analysis.alert_rows import SAMPLE_SIZE, Finding, ProductHistory, Row, alert_row, sample
from feedback_loop.analysis.alert_stories import Told, stories
from feedback_loop.analysis.cluster import eligible_fragments
from feedback_loop.analysis.complaint_counts import MINUTE_MICROSECONDS, History, Subject, instant_of, texts
from feedback_loop.analysis.rises import QUIET_DAYS, Rises
from feedback_loop.analysis.segments import Codes
from feedback_loop.analysis.share_trigger import SEED_RULES, Firing, ShareRule, fired
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import ISSUE_CLASSES, AlertKind, Severity, SubjectKind
from feedback_loop.methods.retrieval.words import sets_no_blanks

DAY_MINUTES = 1440.0

_CLUSTER_COLUMNS = ("cluster_id", "product", "best_class", "is_catch_all", "member_fragment_ids", "day_fragment_ids", "event_date")


_NO_ROWS, _NO_CHANGES = pl.DataFrame(), pl.DataFrame(schema=pl.Schema(TABLES["context_change"].schema))


def alerts(
    fragments: pl.DataFrame,
    messages: pl.DataFrame,
    classifications: pl.DataFrame,
    clusters: pl.DataFrame,
    releases: pl.DataFrame,
    days: DayRange,
    rules: Sequence[ShareRule] = SEED_RULES,
    changes: pl.DataFrame = _NO_CHANGES,
) -> pl.DataFrame:
    """The rows of `analysis_alert` for the days.

    Fragments, messages and classifications cover the days and the `WINDOW_DAYS - 1` before, releases and changes the days and the
    `CANDIDATE_DAYS` before, clusters the days. Read of them: fragment_id, record_id, product, event_date, duplicate_of, severity,
    masked_text where a rule has words ·
    record_id, product, event_date, occurred_at, rating, product_version, `SCOPE_DIMENSIONS` · fragment_id, best_class, class_score ·
    all columns · product, release_version, released_at, is_inferred · change_id, statement_id, product, started_at, scope, landed_at.
    """
    scored = classifications.select("fragment_id", "class_score")
    eligible = eligible_fragments(fragments, classifications).join(scored, on="fragment_id")
    urgent = _urgent(fragments, classifications, days.widened(before=QUIET_DAYS)).partition_by("product", as_dict=True)
    grouped = _by_product_and_day(clusters.select(_CLUSTER_COLUMNS).sort("cluster_id"))
    rows = [
        row
        for name in sorted(messages["product"].unique())
        for known in [ProductHistory.of(name, messages, eligible, releases)]
        for own in [_own_rules(known.history, rules, fragments)]
        for product in [_Product(known, Rises(known.history), changes_of(name, changes, releases), own)]
        for of_product in [urgent.get((name,), _NO_ROWS)]
        for day in known.history.active_days(days)
        for row in product.alerts(day, grouped.get((name, day), []), _near(of_product, day))
    ]
    schema = pl.Schema(TABLES["analysis_alert"].schema)
    return pl.DataFrame(rows, schema=schema).sort("event_date", "alert_score", "alert_id", descending=[False, True, False])


@dataclass(frozen=True)
class _OwnRule:
    """A rule for the product, and the records that say its words; None where it names none."""

    rule: ShareRule
    saying: Codes | None


@dataclass(frozen=True)
class _Product:
    """One product with what is asked of it anew on each day."""

    known: ProductHistory
    rises: Rises
    changes: list[Change]
    rules: list[_OwnRule]

    def alerts(self, day: date, clusters: list[Row], urgent: list[Row]) -> Iterator[Row]:
        """The rows of the day."""
        history = self.known.history
        subjects = list(history.subjects(day, clusters))
        shares = [(own.rule, fired(history, day, own.rule.subjects(subjects, own.saying), own.rule.limits)) for own in self.rules]
        of_day = [row for row in urgent if row["event_date"] == day]
        findings = [
            *_rate_findings(self.rises, day, subjects, clusters),
            *_change_findings(self.rises, day, subjects, clusters, self.changes),
            *(finding for rule, found in shares for finding in _share_findings(history, found.firings, clusters, rule)),
            *_urgent_findings(history, day, clusters, of_day),
        ]
        before = {str(row["best_class"]) for row in urgent if row["event_date"] != day}
        known = Told({(rule.rule_id, *key): fired_on for rule, found in shares for key, fired_on in found.before.items()}, before)
        for finding, story in zip(findings, stories(self.rises, day, subjects, findings, known), strict=True):
            yield alert_row(self.known, day, finding, story)


def _own_rules(history: History, rules: Sequence[ShareRule], fragments: pl.DataFrame) -> list[_OwnRule]:
    """The rules for the product, each with the records that say its words."""
    own = [rule for rule in rules if not rule.products or history.product in rule.products]
    return [_OwnRule(rule, _saying(history, rule.words, fragments) if rule.words else None) for rule in own]


def _saying(history: History, words: Sequence[str], fragments: pl.DataFrame) -> Codes:
    """The records with a fragment that says one of the words, whole and in upper or lower case."""
    pattern = "(?i)" + "|".join(_whole(word) for word in words)
    of_product = fragments.filter((pl.col("product") == history.product) & pl.col("masked_text").str.contains(pattern))
    return history.positions([r for r in of_product["record_id"].unique().sort().to_list() if r in history.record_positions])


def _whole(word: str) -> str:
    """The pattern of a word that stands alone; where it ends in a sign, or its script sets no blanks, anything may stand beside it."""
    first, last = ("" if not end.isalnum() or sets_no_blanks(end) else r"\b" for end in (word[0], word[-1]))
    return first + re.escape(word) + last


def _near(urgent: pl.DataFrame, day: date) -> list[Row]:
    """The urgent fragments of the day and of the days before in which the same is no news."""
    if urgent.is_empty():
        return []
    return urgent.filter(pl.col("event_date").is_between(day - timedelta(days=QUIET_DAYS), day)).to_dicts()


def _by_product_and_day(rows: pl.DataFrame) -> dict[tuple[str, date], list[Row]]:
    found: dict[tuple[str, date], list[Row]] = {}
    for row in rows.iter_rows(named=True):
        found.setdefault((row["product"], row["event_date"]), []).append(row)
    return found


def _rate_findings(rises: Rises, day: date, subjects: list[Subject], clusters: list[Row]) -> Iterator[Finding]:
    for rise in rises.of(day, subjects):
        yield Finding(
            AlertKind.RATE,
            rise.subject,
            rise.records,
            rise.exposure_count,
            sample(rises.history, rise.subject, rise.records, clusters),
            instant_of(rise.raised_at),
            DAY_MINUTES,
            rise.expected,
            float(np.exp(-max(rise.log_evidence, 0.0))),
            min(rise.expected / rise.exposure_count, 1.0),
        )


def _change_findings(rises: Rises, day: date, subjects: list[Subject], clusters: list[Row], changes: list[Change]) -> Iterator[Finding]:
    for rise in rises_after(rises, day, subjects, changes):
        yield Finding(
            AlertKind.CHANGE,
            rise.subject,
            rise.records,
            rise.exposure_count,
            sample(rises.history, rise.subject, rise.records, clusters),
            instant_of(rise.raised_at),
            (rise.raised_at - rise.change.began) / MINUTE_MICROSECONDS,
            rise.expected,
            float(np.exp(-max(rise.log_evidence, 0.0))),
            change_id=rise.change.change_id,
        )


def _share_findings(history: History, shares: list[Firing], clusters: list[Row], rule: ShareRule) -> Iterator[Finding]:
    for firing in shares:
        yield Finding(
            AlertKind.SHARE,
            firing.subject,
            firing.records,
            firing.exposure_count,
            sample(history, firing.subject, firing.records, clusters),
            instant_of(firing.end),
            (firing.end - firing.start) / MINUTE_MICROSECONDS,
            firing.expected,
            firing.p_value,
            rule=rule.rule_id,
        )


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
