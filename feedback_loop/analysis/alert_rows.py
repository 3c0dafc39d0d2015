"""Alerts as rows: what a finding of any kind says of itself, which fragments show it, and what stands beside it.

What is found is the business of `detect` and `share_trigger`. The rule that is easy to break: an alert's id follows from its day, product,
kind, subject, change and rule alone, so that a later look at the same day finds the same alert.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import polars as pl

from feedback_loop.analysis.after_changes import CHANGE_BUDGET
from feedback_loop.analysis.complaint_counts import History, Subject, texts
from feedback_loop.analysis.localise import AlertedDay, Release, candidates
from feedback_loop.analysis.rises import RATE_BUDGET
from feedback_loop.analysis.segments import Codes
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.vocab import AlertKind, SubjectKind
from feedback_loop.methods.statistics.rising_shares.usual import USUAL_DAYS

URGENT_SCORE = 1000.0
_HIGHEST_RATE_SCORE = 300.0
SAMPLE_SIZE = 5

DETECTOR_VERSION = f"evalues-usual{USUAL_DAYS}-rate{RATE_BUDGET}-change{CHANGE_BUDGET}-4"

Row = dict[str, object]


@dataclass(frozen=True)
class ProductHistory:
    """One product: who complained when, and its releases."""

    history: History
    releases: list[Release]

    @classmethod
    def of(cls, product: str, messages: pl.DataFrame, eligible: pl.DataFrame, releases: pl.DataFrame) -> ProductHistory:
        """What the frames of all products hold of this one."""
        named = releases.filter(pl.col("product") == product).select("release_version", "released_at", "is_inferred")
        return cls(History.of(product, messages, eligible), [Release(*row) for row in named.iter_rows()])


@dataclass(frozen=True)
class Finding:
    """One subject that raises an alert; `records` are those that were counted; an urgent record has no figures, change or rule."""

    kind: AlertKind
    subject: Subject
    records: Codes
    exposure_count: int
    sample: list[str]
    raised_at: datetime
    window_minutes: float
    expected: float | None = None
    p_value: float | None = None
    usual_share: float | None = None
    """Complaint share of the subject that the days before let expect."""
    change_id: str | None = None
    rule: str | None = None


@dataclass(frozen=True)
class Story:
    """What a finding tells together with others: under one name (None: it began before what the day reads), from its first day on."""

    story_id: str | None
    is_continuation: bool
    is_head: bool
    observed_count: int
    """Records that complain about the finding's subject since the story began."""


def alert_row(product: ProductHistory, day: date, finding: Finding, story: Story) -> Row:
    """The finding of the day as a row of `analysis_alert`."""
    subject, observed, expected = finding.subject, len(finding.records), finding.expected
    score = URGENT_SCORE if finding.p_value is None else float(min(-np.log10(max(finding.p_value, 1e-320)), _HIGHEST_RATE_SCORE))
    return {
        "alert_id": stable_id("alert", day, product.history.product, *_of_what(finding)),
        "alert_kind": str(finding.kind),
        "subject_kind": str(subject.kind),
        "subject_id": subject.subject_id,
        "product": product.history.product,
        "alerted_cluster_id": subject.cluster_id,
        "alerted_class": subject.alerted_class,
        "observed_count": observed,
        "exposure_count": finding.exposure_count,
        "expected_count": expected,
        "rate_ratio": None if expected is None else observed / expected,
        "p_value": finding.p_value,
        "alert_score": score,
        "raised_at": finding.raised_at,
        "window_minutes": finding.window_minutes,
        "sample_fragment_ids": finding.sample,
        "candidates": candidates(_alerted_day(product.history, day, finding), product.releases),
        "story_id": story.story_id,
        "is_continuation": story.is_continuation,
        "is_story_head": story.is_head,
        "story_observed_count": story.observed_count,
        "alerted_change_id": finding.change_id,
        "alert_rule_id": finding.rule,
        "detector_version": DETECTOR_VERSION,
        "event_date": day,
    }


def _of_what(finding: Finding) -> tuple[str, ...]:
    """Kind and subject, and what else tells apart two alerts of one day: the change that one followed, the rule that another broke."""
    more = [part for part in (finding.change_id, finding.rule) if part is not None]
    return (finding.kind, finding.subject.kind, finding.subject.subject_id, *more)


def sample(history: History, subject: Subject, records: Codes, clusters: list[Row]) -> list[str]:
    """One fragment of each of up to `SAMPLE_SIZE` of the records: the day's largest cluster first, and in it the surest class."""
    within = set(records.tolist())
    chosen: dict[int, str] = {}
    for cluster in sorted(clusters, key=lambda c: (-len(texts(c["day_fragment_ids"])), str(c["cluster_id"]))):
        if subject.cluster_id in (None, cluster["cluster_id"]):
            said = [(f, history.fragments[f]) for f in texts(cluster["member_fragment_ids"]) if history.fragments[f].record in within]
            for fragment_id, complaint in sorted(said, key=lambda pair: (-pair[1].class_score, pair[0])):
                if subject.kind is not SubjectKind.CLASS or complaint.best_class == subject.alerted_class:
                    chosen.setdefault(complaint.record, fragment_id)
    return list(chosen.values())[:SAMPLE_SIZE]


def _alerted_day(history: History, day: date, finding: Finding) -> AlertedDay:
    today, before = (
        [(history.versions[n], bool(c)) for n, c in zip(records, np.isin(records, finding.subject.records), strict=True)]
        for records in (history.of_day(day), history.before(day))
    )
    return AlertedDay(day, today, before, finding.usual_share)
