"""The share trigger: one subject in one segment makes up a large share of the records of some hours, far more than usual.

Here: when it fires, and for which segment; `detect` makes alerts of it. Windows end at each full hour of the day and may reach into the
day before. The rule that is easy to break: whether a subject fired on the days before is computed anew from the day's own window, by
today's subjects and one baseline, so that a day comes out the same alone and within a range.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from feedback_loop.analysis.complaint_counts import (
    DAY_MICROSECONDS,
    HOUR_MICROSECONDS,
    PSEUDO_RECORDS,
    SECOND_MICROSECONDS,
    History,
    Reals,
    Subject,
    first_instant,
)
from feedback_loop.analysis.segments import COMES_OVERNIGHT, Codes, Flags
from feedback_loop.contracts.table_types import SCOPE_DIMENSIONS
from feedback_loop.contracts.tables import WINDOW_DAYS
from feedback_loop.contracts.vocab import SubjectKind
from feedback_loop.methods.statistics.count_models import PRIOR, PRIOR_DISPERSION, ShareFit


@dataclass(frozen=True)
class ShareLimits:
    """When the trigger fires; R62 names the share and the hours."""

    share: float = 0.18
    """Least share of the window's records that complain of the subject and name the segment."""

    window_hours: int = 6
    fewest_records: int = 5
    """Fewest such records: in a quiet night two of ten are 20 %."""

    chance: float = 1e-4
    """Highest probability of as many or more by the usual share, after Bonferroni over the pairs of subject and segment looked at; and of
    as many among the window's records of the same version: a new one has no usual share, and its rollout alone is no fault."""

    quiet_days: int = 3
    """A subject that fired on one of so many days before does not fire again."""

    fewest_days: int = 7
    fewest_exposure: int = 20
    """Days and records before these, below which there is no usual share and nothing fires."""

    dimensions: tuple[str, ...] = ("browser", "product_version", "region", "os", "device", "tier")
    """Dimensions whose values are segments; without any the share is that of everybody."""


LIMITS = ShareLimits()
SEED_RULE = "segment-share"


@dataclass(frozen=True)
class ShareRule:
    """One rule: its limits, the products that it is for (all where none is named), and which complaints count."""

    rule_id: str = SEED_RULE
    limits: ShareLimits = LIMITS
    products: tuple[str, ...] = ()
    complaint_classes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def subjects(self, subjects: Sequence[Subject], saying: Codes | None) -> list[Subject]:
        """Those of the subjects that the rule looks at: all, its classes, or with words alone the product; of records that say them."""
        chosen = list(subjects)
        if self.complaint_classes:
            chosen = [s for s in subjects if s.kind is SubjectKind.CLASS and s.alerted_class in self.complaint_classes]
        elif self.words:
            chosen = [s for s in subjects if s.kind is SubjectKind.PRODUCT]
        return chosen if saying is None else [replace(s, records=np.intersect1d(s.records, saying)) for s in chosen]


SEED_RULES = (ShareRule(),)
_EVERYBODY = -1
_EDGE = 1e-9


@dataclass(frozen=True)
class Firing:
    """The first window of the day in which the subject fires, to its last record (microseconds, the end not included), and its strongest
    segment.
    """

    subject: Subject
    start: int
    end: int
    pair: int
    records: Codes
    exposure_count: int
    expected: float
    p_value: float


@dataclass(frozen=True)
class Fired:
    """Who fires on the day for the first time in days, and the first day before on which the product and its classes did."""

    firings: list[Firing]
    before: dict[tuple[SubjectKind, str], date]


def fired(history: History, day: date, subjects: Sequence[Subject], limits: ShareLimits = LIMITS) -> Fired:
    """The subjects that fire on the day for the first time in days, with the window and the segment."""
    counted, found = _Counted.of(history, day, limits), Fired([], {})
    if counted is None:
        return found
    looked_at, quiet = max(len(subjects) * len(counted.pairs), 1), 24 * limits.quiet_days
    known: dict[str | None, Flags] = {}
    for subject in subjects:
        fires = counted.fires(subject, limits.chance / looked_at)
        before, windows = np.asarray(fires[:quiet].any(axis=0)), np.flatnonzero(fires.any(axis=1))
        if subject.kind is SubjectKind.CLASS:
            known[subject.alerted_class] = before
        if subject.kind is not SubjectKind.CLUSTER and before.any():
            found.before[subject.kind, subject.subject_id] = counted.day_of(int(windows[0]))
        # Clusters form anew each day: where their class fired for these segments already, another part of it is the same fault.
        of_class = known.get(subject.alerted_class, before)
        if windows.size and windows[0] >= quiet and not of_class[fires[windows[0]]].all():
            found.firings.append(counted.firing(subject, int(windows[0]), fires[windows[0]]))
    return found


@dataclass(frozen=True)
class _Counted:
    """The records of the day and of the quiet days before it, by hour; window n ends n + 1 hours after the quiet days begin."""

    history: History
    limits: ShareLimits
    pairs: Codes
    """Positions of the segments that may fire."""

    start: int
    end: int
    baseline: Codes
    exposure: Reals
    """Records of each window by segment, and in the last column all: float64 [windows, pairs + 1]."""

    @classmethod
    def of(cls, history: History, day: date, limits: ShareLimits) -> _Counted | None:
        """None where the product is too young to know what is usual."""
        midnight = first_instant(day)
        start = midnight - limits.quiet_days * DAY_MICROSECONDS - (limits.window_hours - 1) * HOUR_MICROSECONDS
        baseline = history.between(midnight - (WINDOW_DAYS - 1) * DAY_MICROSECONDS, start)
        long_enough = baseline.size >= limits.fewest_exposure and (
            start - history.instants[baseline].min() >= limits.fewest_days * DAY_MICROSECONDS
        )
        if not long_enough:
            return None
        until = midnight + DAY_MICROSECONDS
        # What is named on later days alone is not looked at, or a day would depend on what is computed with it.
        seen = history.segments.counts(history.between(midnight - (WINDOW_DAYS - 1) * DAY_MICROSECONDS, until)) > 0
        named = [n for n, (dimension, _) in enumerate(history.segments.pairs) if dimension in limits.dimensions and seen[n]]
        names = named if limits.dimensions else [_EVERYBODY]
        counted = cls(history, limits, np.array(names, dtype=np.int64), start, until, baseline, np.zeros(0))
        everybody = history.between(start, counted.end)
        every_hour = np.bincount(counted._hours(everybody), minlength=counted._hour_count).astype(np.float64)
        exposure = np.column_stack([counted._by_pair(everybody), counted._windows(every_hour)])
        return replace(counted, exposure=exposure)

    @cached_property
    def _comes_overnight(self) -> Flags:
        """Which of the segments may be new, so that their usual share says nothing."""
        return np.array([self._dimension(pair) == COMES_OVERNIGHT for pair in self.pairs.tolist()], dtype=bool)

    def _dimension(self, pair: int) -> str | None:
        return None if pair == _EVERYBODY else self.history.segments.pairs[pair][0]

    def _counts(self, records: Codes) -> Codes:
        """How many of the records name each segment."""
        everybody = np.array([len(records)], dtype=np.int64)
        return np.concatenate([self.history.segments.counts(records), everybody])[self.pairs]

    def _naming(self, records: Codes, pair: int) -> Codes:
        return records if pair == _EVERYBODY else records[self.history.segments.holding(records, pair)]

    @property
    def _records(self) -> Reals:
        return np.asarray(self.exposure[:, -1])

    @property
    def _hour_count(self) -> int:
        return (self.end - self.start) // HOUR_MICROSECONDS

    def _hours(self, records: Codes) -> Codes:
        return np.asarray((self.history.instants[records] - self.start) // HOUR_MICROSECONDS)

    def _windows(self, by_hour: Reals) -> Reals:
        """Sums over `window_hours` successive hours, of counts float64 [hours, ...]."""
        total = np.concatenate([np.zeros_like(by_hour[:1]), np.cumsum(by_hour, axis=0)])
        return np.asarray(total[self.limits.window_hours :] - total[: -self.limits.window_hours])

    def _by_pair(self, records: Codes) -> Reals:
        """Those of the records that fall into each window, by segment: float64 [windows, pairs]."""
        instants = self.history.instants[records]
        records = records[(instants >= self.start) & (instants < self.end)]
        width = len(self.history.segments.pairs)
        codes = self.history.segments.codes[records]
        cells = (self._hours(records)[:, None] * width + codes)[codes >= 0]
        by_hour = np.bincount(cells, minlength=self._hour_count * width).reshape(self._hour_count, width)
        everybody = np.bincount(self._hours(records), minlength=self._hour_count)[:, None]
        return self._windows(np.concatenate([by_hour, everybody], axis=1)[:, self.pairs].astype(np.float64))

    def _usual(self, subject: Subject) -> ShareFit:
        """The share of the baseline's records that complain of the subject and name the segment, per segment."""
        before = np.intersect1d(subject.records, self.baseline)
        counts, trials = self._counts(before), float(len(self.baseline))
        share = ((counts + PRIOR) / (trials + 2.0 * PRIOR)).astype(np.float64)
        return ShareFit(share, np.full(len(share), PRIOR_DISPERSION), np.full(len(share), trials))

    def _usual_within(self, subject: Subject) -> ShareFit:
        """The complaint share of the baseline's records that name the segment, per segment, held towards that of all of them."""
        before = np.intersect1d(subject.records, self.baseline)
        everyone = (len(before) + PRIOR) / (len(self.baseline) + 2.0 * PRIOR)
        trials = self._counts(self.baseline) + PSEUDO_RECORDS
        share = (self._counts(before) + PSEUDO_RECORDS * everyone) / trials
        return ShareFit(share, np.full(len(share), PRIOR_DISPERSION), trials.astype(np.float64))

    def fires(self, subject: Subject, chance: float) -> Flags:
        """Whether the subject fires, per window and segment."""
        counts = self._by_pair(subject.records)
        fires = (counts >= self.limits.fewest_records) & (counts >= self.limits.share * self._records[:, None] - _EDGE)
        if self.limits.chance >= 1.0:
            return fires
        usual, within = self._usual(subject), self._usual_within(subject)
        for window in np.flatnonzero(fires.any(axis=1)):
            fires[window] &= usual.tail(counts[window], self._records[window]) <= chance
        for window, pair in np.argwhere(fires & self._comes_overnight):
            trials = self.exposure[window, pair]
            fires[window, pair] = within.only(int(pair)).tail(counts[window, [pair]], trials)[0] <= self.limits.chance
        return fires

    def _strongest(self, places: Codes, lift: Reals) -> int:
        """Of the firing places the one whose segment complains most compared with the others."""
        order = [(*SCOPE_DIMENSIONS, None).index(self._dimension(pair)) for pair in self.pairs.tolist()]
        of_segment = np.append(lift, 1.0)
        return int(min(places.tolist(), key=lambda n: (-of_segment[self.pairs[n]], order[n], self.pairs[n])))

    def day_of(self, window: int) -> date:
        """The day in which the window ends."""
        end = self.start + (window + self.limits.window_hours) * HOUR_MICROSECONDS
        return date(1970, 1, 1) + timedelta(days=(end - 1) // DAY_MICROSECONDS)

    def firing(self, subject: Subject, window: int, fires: Flags) -> Firing:
        """The subject's alert in the window, about that one of the firing segments which complains most compared with the others."""
        start = self.start + window * HOUR_MICROSECONDS
        records = self.history.between(start, start + self.limits.window_hours * HOUR_MICROSECONDS)
        # To the second after its last record: with an hour that has not gone by it would be an alert of the future, on which nobody acts.
        end = (int(self.history.instants[records].max()) // SECOND_MICROSECONDS + 1) * SECOND_MICROSECONDS
        place = self._strongest(np.flatnonzero(fires), lifts(self.history, subject.records, records))
        pair, usual = int(self.pairs[place]), self._usual(subject)
        complaining = np.intersect1d(subject.records, records)
        named = self._naming(complaining, pair)
        count, trials = np.array([float(len(named))]), self.exposure[window, place]
        ways = [(usual.only(int(place)), float(len(records)))]
        if self._comes_overnight[place]:
            ways.append((self._usual_within(subject).only(int(place)), float(trials)))
        expected, p_value = (max(float(of(fit, n)[0]) for fit, n in ways) for of in (ShareFit.expected, lambda f, n: f.tail(count, n)))
        return Firing(subject, start, end, pair, named, len(records), expected, p_value)


def lifts(history: History, complaining: Codes, records: Codes) -> Reals:
    """The complaint share of the records that name each pair over that of those which name another value: float64 [pairs].

    Half a complaint is added to either side, so that a segment outside of which nobody complains has a figure too.
    """
    said = np.intersect1d(complaining, records)
    inside, named = history.segments.counts(records), history.segments.named(records)
    inside_said, named_said = history.segments.counts(said), history.segments.named(said)
    within = (inside_said + PRIOR) / (inside + 2.0 * PRIOR)
    return np.asarray(within / ((named_said - inside_said + PRIOR) / (named - inside + 2.0 * PRIOR)))
