"""Which subjects rose in the first hours after a known change: a test of its own, with a budget of its own.

Here: the quarter of an hour to four hours after each change, among those whom the change reached. Rises of any other time are in `rises`;
that a rise followed a change does not make it the cause, which `hypotheses` weighs. The rule that is easy to break: a change is looked at
from when it began, so that the onset needs no averaging over, and by no more than its own share of the budget.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from feedback_loop.analysis.complaint_counts import (
    DAY_MICROSECONDS,
    HOUR_MICROSECONDS,
    History,
    Reals,
    Subject,
    first_instant,
    instant_number,
)
from feedback_loop.analysis.rises import BUDGET_DAYS, FEWEST_EXPOSURE, FEWEST_RECORDS, TIERS, Counted, Rises, tier_size
from feedback_loop.analysis.segments import COMES_OVERNIGHT, Codes, Scope, scope_of
from feedback_loop.contracts.tables import CANDIDATE_DAYS
from feedback_loop.methods.statistics.rising_shares.chosen import standing_out
from feedback_loop.methods.statistics.rising_shares.evidence import evidence_since, expected_so_far
from feedback_loop.methods.statistics.rising_shares.usual import BIN_US, BINS, USUAL_DAYS

CHANGE_BUDGET = 0.2
"""False alerts after changes of a product in 30 days, if what is foretold were right."""

FIRST_BINS = 4 * HOUR_MICROSECONDS // BIN_US


@dataclass(frozen=True)
class Change:
    """One change that reached the product: when it began (microseconds) and whom it reached."""

    change_id: str
    began: int
    scope: Scope


@dataclass(frozen=True)
class RiseAfter:
    """One subject that rose after a change, among the `exposure_count` records of its window; instants in microseconds."""

    change: Change
    subject: Subject
    raised_at: int
    log_evidence: float
    records: Codes
    exposure_count: int
    expected: float


def changes_of(product: str, changes: pl.DataFrame, releases: pl.DataFrame) -> list[Change]:
    """The changes of the product as the latest statement about each tells it, and its releases whose time was fed, by time."""
    latest = changes.filter(pl.col("product") == product).sort("landed_at", "statement_id").unique("change_id", keep="last")
    found = {str(row["change_id"]): Change(row["change_id"], instant_number(row["started_at"]), scope_of(row["scope"]))
             for row in latest.filter(pl.col("started_at").is_not_null()).iter_rows(named=True)}  # fmt: skip
    fed = releases.filter((pl.col("product") == product) & ~pl.col("is_inferred"))
    # A deployment of the same instant that reached everybody is the same one; what reached some of them leaves the others to be watched.
    of_everybody = [change.began for change in found.values() if not change.scope]
    for version, released_at in fed.select("release_version", "released_at").iter_rows():
        began = instant_number(released_at)
        if not any(abs(known - began) < BIN_US for known in of_everybody):
            found.setdefault(str(version), Change(str(version), began, {}))
    return sorted(found.values(), key=lambda change: (change.began, change.change_id))


def rises_after(rises: Rises, day: date, subjects: Sequence[Subject], changes: Sequence[Change]) -> Iterator[RiseAfter]:
    """The subjects that rose in the first hours after one of the changes, which come by time, as far as these lie in the day."""
    midnight = first_instant(day)
    for change, chance in _budgeted(changes):
        onset, end = _bins(change, midnight)
        if onset < end and rises.has_usual(day):
            whole = end - onset == FIRST_BINS
            yield from _after(rises, day, subjects, change, chance if whole else chance / 2.0)


def _budgeted(changes: Sequence[Change]) -> Iterator[tuple[Change, float]]:
    """Each change, which come by time, with its part of the budget: the n-th within a week gets an n-th of a week's.

    So steady changes keep to the budget, and a burst after a quiet week spends the logarithm of its number.
    """
    began = [change.began for change in changes]
    for place, change in enumerate(changes):
        nth = place - bisect_left(began, change.began - CANDIDATE_DAYS * DAY_MICROSECONDS) + 1
        yield change, CHANGE_BUDGET / BUDGET_DAYS * CANDIDATE_DAYS / nth


def _bins(change: Change, midnight: int) -> tuple[int, int]:
    """The first bin that begins after the change, and the one after the last within its first hours; in the day or empty."""
    first = -((midnight - change.began) // BIN_US)
    return max(first, 0), min(first + FIRST_BINS, BINS)


def _after(rises: Rises, day: date, subjects: Sequence[Subject], change: Change, chance: float) -> Iterator[RiseAfter]:
    history, midnight = rises.history, first_instant(day)
    onset, end = _bins(change, midnight)
    reached = _reached(history, midnight, change.scope)
    window = np.intersect1d(reached, history.between(midnight + onset * BIN_US, midnight + end * BIN_US))
    seen = [s for s in subjects if len(np.intersect1d(s.records, window)) >= FEWEST_RECORDS]
    counted = rises.counted(day, seen, reached)
    evidence = evidence_since(counted.counts, counted.records, counted.usual, onset, end)
    since = np.concatenate([np.zeros_like(counted.counts[:, :onset]), np.cumsum(counted.counts[:, onset:], axis=1)], axis=1)
    evidence[since < FEWEST_RECORDS] = -np.inf
    watched = _Watched(change, midnight, onset, window, counted, evidence)
    kinds = np.array([TIERS.index(s.kind) for s in seen], dtype=np.int64)
    for n, kind in enumerate(TIERS):
        places = np.flatnonzero(kinds == n)
        for place, flags in zip(places, standing_out(evidence[places], tier_size(kind, subjects), chance / len(TIERS)), strict=True):
            if flags.any():
                yield _rise(history, watched, int(place), int(np.argmax(flags)) + 1)


@dataclass(frozen=True)
class _Watched:
    """The hours of one change: its first bin within the day, the records of those whom it reached, and the evidence so far."""

    change: Change
    midnight: int
    onset: int
    window: Codes
    counted: Counted
    evidence: Reals


def _rise(history: History, watched: _Watched, place: int, last: int) -> RiseAfter:
    counted, raised_at = watched.counted, watched.midnight + last * BIN_US
    everybody = watched.window[history.instants[watched.window] < raised_at]
    expected = expected_so_far(counted.counts, counted.records, counted.usual, watched.onset, last)[place]
    subject = counted.subjects[place]
    records, strongest = np.intersect1d(subject.records, everybody), float(watched.evidence[place].max())
    return RiseAfter(watched.change, subject, raised_at, strongest, records, len(everybody), float(expected))


def _reached(history: History, midnight: int, scope: Scope) -> Codes:
    """The records of those whom the change reached, everybody where what was usual of these alone is not known."""
    everybody = np.arange(len(history.instants))
    if not scope or COMES_OVERNIGHT in scope:
        return everybody
    inside = everybody[history.segments.inside(scope, everybody)[0]]
    before = np.intersect1d(inside, history.between(midnight - USUAL_DAYS * DAY_MICROSECONDS, midnight))
    return inside if len(before) >= FEWEST_EXPOSURE else everybody
