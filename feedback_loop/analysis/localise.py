"""Candidates beside an alert: releases shortly before it and versions that stand out in it, each held against the day's own figures.

A candidate is never called a cause. What raises the alert is `detect`; ranked hypotheses come later, with more kinds of change. The rule
that is easy to break: a version is judged on the same day's customers with and without it; that many of an alert's records name the
newest version says nothing where most customers use it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from feedback_loop.contracts.tables import CANDIDATE_DAYS
from feedback_loop.contracts.vocab import CandidateKind, CandidateVerdict
from feedback_loop.methods.statistics.count_models import binomial_tail, higher_share_p_value

SIGNIFICANCE = 0.05
FEWEST_RECORDS = 5
"""Records of the day with a version, and without it, below which nothing is said about it."""

FEWEST_ALERT_RECORDS = 3
FEWEST_BEFORE = 10
"""Records with a version in the days before that show how it did before."""

KNOWN_SHARE = 0.5
"""Share of the day's records that must name a version at all."""

Candidate = dict[str, object]


@dataclass(frozen=True)
class Release:
    """One version of the product, as fed or inferred."""

    version: str
    released_at: datetime
    is_inferred: bool


Judged = Sequence[tuple[str | None, bool]]
"""For each record the version that it names, and whether it complains about the subject of the alert."""


@dataclass(frozen=True)
class AlertedDay:
    """What is known of the product's records around one alert."""

    day: date
    today: Judged
    before: Judged
    usual_share: float | None
    """Complaint share that the days before let expect; None where no such expectation exists."""


@dataclass(frozen=True)
class _Split:
    """Complaints and records with a version and with another; records that name none can't tell for or against and are left out."""

    with_complaints: int
    with_total: int
    without_complaints: int
    without_total: int

    @classmethod
    def of(cls, records: Judged, version: str) -> _Split:
        pairs = Counter((v == version, c) for v, c in records if v is not None)
        return cls(pairs[True, True], pairs[True, True] + pairs[True, False], pairs[False, True], pairs[False, True] + pairs[False, False])

    @property
    def share_in_complaints(self) -> float | None:
        return _share(self.with_complaints, self.with_complaints + self.without_complaints)

    @property
    def share_in_records(self) -> float | None:
        return _share(self.with_total, self.with_total + self.without_total)

    @property
    def share_with(self) -> float | None:
        return _share(self.with_complaints, self.with_total)

    @property
    def share_without(self) -> float | None:
        return _share(self.without_complaints, self.without_total)

    @property
    def is_large_enough(self) -> bool:
        return min(self.with_total, self.without_total) >= FEWEST_RECORDS

    @property
    def is_worse_with(self) -> bool:
        p_value = higher_share_p_value(self.with_complaints, self.with_total, self.without_complaints, self.without_total)
        return p_value <= SIGNIFICANCE


def candidates(alerted: AlertedDay, releases: Sequence[Release]) -> list[Candidate]:
    """The candidates of one alert: releases up to `CANDIDATE_DAYS` days before, the latest first, then versions that stand out, by name."""
    near = sorted(
        (r for r in releases if 0 <= (alerted.day - r.released_at.date()).days <= CANDIDATE_DAYS),
        key=lambda r: (r.released_at, r.version),
        reverse=True,
    )
    named = {r.version for r in near}
    found = [_candidate(alerted, CandidateKind.RELEASE, r.version, r) for r in near]
    return found + [_candidate(alerted, CandidateKind.VERSION, v, None) for v in _outstanding(alerted) if v not in named]


def _outstanding(alerted: AlertedDay) -> list[str]:
    """The versions whose share among the alert's records is higher than among the records of the days before."""
    inside = Counter(v for v, complains in alerted.today if complains and v is not None)
    before = Counter(v for v, _ in alerted.before if v is not None)
    return sorted(
        version
        for version, count in inside.items()
        if count >= FEWEST_ALERT_RECORDS and higher_share_p_value(count, inside.total(), before[version], before.total()) <= SIGNIFICANCE
    )


def _candidate(alerted: AlertedDay, kind: CandidateKind, version: str, release: Release | None) -> Candidate:
    today, before = _Split.of(alerted.today, version), _Split.of(alerted.before, version)
    verdict, why = _judged(alerted, today, before, is_recent=release is not None)
    return {
        "candidate_kind": str(kind),
        "product_version": version,
        "released_at": release.released_at if release else None,
        "is_inferred": release.is_inferred if release else None,
        "share_in_alert": today.share_in_complaints,
        "share_before": before.share_in_records,
        "complaint_share_with": today.share_with,
        "complaint_share_without": today.share_without,
        "verdict": str(verdict),
        "statement": f"{_introduction(version, release, alerted.day, today, before)} {why}",
    }


def _judged(alerted: AlertedDay, today: _Split, before: _Split, is_recent: bool) -> tuple[CandidateVerdict, str]:
    """The verdict, and in words the figures that it rests on.

    That a version did well before clears it only where it is no recent release: a staged rollout or a slow fault shows days later.
    """
    if sum(v is not None for v, _ in alerted.today) < KNOWN_SHARE * len(alerted.today):
        return CandidateVerdict.UNDECIDED, "too few records of the day name their version to tell."
    if not is_recent and _has_changed_within(alerted, today, before):
        then, now = _percent(before.share_with), _percent(today.share_with)
        why = f"of its {before.with_total} records in the days before {then} complained of this, of its {today.with_total} on the day {now}"
        return CandidateVerdict.NOT_SUPPORTED, f"{why}: the version stayed the same, so it is not supported as the cause."
    if not today.is_large_enough:
        counted = f"only {today.with_total} records of the day name it and {today.without_total} another"
        return CandidateVerdict.UNDECIDED, f"{counted}: too few to tell."
    others = f"{_percent(today.share_without)} of the {today.without_total} others"
    shares = f"{_percent(today.share_with)} of its {today.with_total} records of the day complain of this against {others}"
    if today.is_worse_with:
        return CandidateVerdict.CONSISTENT, f"{shares}: consistent with it as the cause, which does not prove it."
    if _rises_without(alerted, today):
        return CandidateVerdict.NOT_SUPPORTED, f"{shares}: not supported as the cause."
    return CandidateVerdict.UNDECIDED, f"{shares}: undecided."


def _has_changed_within(alerted: AlertedDay, today: _Split, before: _Split) -> bool:
    """Whether the version was in use before, no worse than others, and complains far more now: then something else changed."""
    if alerted.usual_share is None or before.with_total < FEWEST_BEFORE or before.is_worse_with:
        return False
    now = (today.with_complaints, today.with_total, before.with_complaints, before.with_total)
    return (
        today.with_total >= FEWEST_RECORDS
        and higher_share_p_value(*now) <= SIGNIFICANCE
        and not (today.is_large_enough and today.is_worse_with)
    )


def _rises_without(alerted: AlertedDay, today: _Split) -> bool:
    """Whether those with the version complain no more than the others, who themselves complain more than the days before let expect."""
    if alerted.usual_share is None or today.with_complaints * today.without_total > today.without_complaints * today.with_total:
        return False
    return binomial_tail(today.without_complaints, today.without_total, min(alerted.usual_share, 1.0)) <= SIGNIFICANCE


def _introduction(version: str, release: Release | None, day: date, today: _Split, before: _Split) -> str:
    if release is None:
        shares = _percent(today.share_in_complaints), _percent(before.share_in_records)
        return f"Version {version} is named by {shares[0]} of these records and by {shares[1]} of those in the days before;"
    age = (day - release.released_at.date()).days
    ago = {0: "the same day", 1: "1 day before"}.get(age, f"{age} days before")
    return f"Version {version} was {'first seen' if release.is_inferred else 'released'} {ago};"


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{round(share * 100)} %"
