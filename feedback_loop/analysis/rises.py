"""Which subjects of a product rose on a day, when that was certain, and since which day it has been so.

Here: the streams of a day, and who stands out within the budget. How evidence grows is `methods/statistics/rising_shares`; what an alert
says is `alert_rows`. The rules that are easy to break: a day is judged by the `USUAL_DAYS` before it, so that the days before it can be
judged again exactly as they were judged then; and what is raised rests on nothing after the instant at which it is raised.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from feedback_loop.analysis.complaint_counts import DAY_MICROSECONDS, History, Reals, Subject, first_instant
from feedback_loop.analysis.segments import Codes
from feedback_loop.contracts.tables import WINDOW_DAYS
from feedback_loop.contracts.vocab import ISSUE_CLASSES, SubjectKind
from feedback_loop.methods.statistics.rate_alarms.expectation import Foretold
from feedback_loop.methods.statistics.rising_shares.chosen import standing_out
from feedback_loop.methods.statistics.rising_shares.evidence import DayEvidence, day_evidence, expected_so_far, tempered_by
from feedback_loop.methods.statistics.rising_shares.usual import BIN_US, BINS, USUAL_DAYS, Usual, by_bin, usual_of, volume_of

RATE_BUDGET = 0.4
"""False rate alerts of a product in 30 days, if what is foretold were right: a third each for the product, its classes, its clusters."""

FEWEST_RECORDS = 3
"""Complaining records of the day below which nothing rises, however unusual."""

FEWEST_DAYS, FEWEST_EXPOSURE = 7, 20
"""Days since the product's first record, and records, within the days that are judged by, below which there is no usual."""

GROWING_DAYS = 4
"""Days over which the evidence of one rise is added up."""

REPLAYED_DAYS = WINDOW_DAYS - USUAL_DAYS - GROWING_DAYS
"""Days before that can be judged again from a day's own window."""

QUIET_DAYS = 2
"""A subject that rose so many days before and not since is still in the same rise."""

BUDGET_DAYS = 30.0
TIERS = (SubjectKind.PRODUCT, SubjectKind.CLASS, SubjectKind.CLUSTER)
_SURELY = 0.1
"""Clusters form anew each day: one counts as told before only where it would have been by a tenth of the budget."""

Key = tuple[SubjectKind, str]


@dataclass(frozen=True)
class Rise:
    """One subject that rose on the day; `raised_at` in microseconds, `records` those of the day that complain of it."""

    subject: Subject
    raised_at: int
    log_evidence: float
    records: Codes
    exposure_count: int
    expected: float


@dataclass(frozen=True)
class Counted:
    """Subjects of a day, their complaints int64 [subjects, bins] among all records int64 [bins], and what was usual of them."""

    subjects: Sequence[Subject]
    counts: Codes
    records: Codes
    usual: Usual


@dataclass
class Rises:
    """The rises of one product, day by day; what is asked for again is not computed again."""

    history: History
    _volumes: dict[tuple[int, int], Foretold] = field(default_factory=dict)
    _lasting: dict[date, dict[Key, Rise]] = field(default_factory=dict)

    def of(self, day: date, subjects: Sequence[Subject], chance: float = RATE_BUDGET / BUDGET_DAYS) -> list[Rise]:
        """The subjects that rose on the day, in their order."""
        if not self.has_usual(day):
            return []
        sizes = {kind: tier_size(kind, subjects) for kind in TIERS}
        counted = self.counted(day, [s for s in subjects if self._count(s, day) >= FEWEST_RECORDS])
        if not counted.subjects:
            return []
        processes = self._processes(day, counted)
        kinds = np.array([TIERS.index(s.kind) for s in counted.subjects])
        rose = np.zeros(counted.counts.shape, dtype=bool)
        for n, kind in enumerate(TIERS):
            for process in processes:
                rose[kinds == n] |= standing_out(process[kinds == n], sizes[kind], chance / len(TIERS))
        rose &= np.cumsum(counted.counts, axis=1) >= FEWEST_RECORDS
        strongest = np.max(processes, axis=2)
        return [self._rise(day, counted, n, rose[n], strongest[:, n]) for n in np.flatnonzero(rose.any(axis=1)).tolist()]

    def told_before(self, day: date, risen: Subject, subjects: Sequence[Subject]) -> list[date]:
        """The replayed days before on which the subject or its class rose, ascending."""
        days = [day - timedelta(days=n) for n in range(REPLAYED_DAYS, 0, -1)]
        return [d for d in days if self._rose(d, risen, subjects)]

    def lasting(self, day: date, subjects: Sequence[Subject]) -> dict[Key, Rise]:
        """Those of the product and its classes, which are the same subjects on every day, that rose on the day."""
        if day not in self._lasting:
            same = [s for s in subjects if s.kind is not SubjectKind.CLUSTER]
            self._lasting[day] = {own_key(r.subject): r for r in self.of(day, same)}
        return self._lasting[day]

    def has_usual(self, day: date) -> bool:
        """Whether the product is old and large enough for a day to be compared with anything."""
        midnight = first_instant(day)
        before = self.history.between(midnight - USUAL_DAYS * DAY_MICROSECONDS, midnight)
        long_ago = midnight - FEWEST_DAYS * DAY_MICROSECONDS
        return len(before) >= FEWEST_EXPOSURE and bool(self.history.instants[before].min() < long_ago + DAY_MICROSECONDS)

    def counted(self, day: date, subjects: Sequence[Subject], among: Codes | None = None, ahead: int = 0) -> Counted:
        """The subjects' complaints of the day beside what was usual so many days before, of all records or among some."""
        everybody, midnight = self.history.instants if among is None else self.history.instants[among], first_instant(day)
        own = [s.records if among is None else np.intersect1d(s.records, among) for s in subjects]
        streams = [self.history.instants[records] for records in own]
        if not streams:
            return Counted(subjects, np.zeros((0, BINS), dtype=np.int64), by_bin(everybody, midnight), _NOTHING)
        known_until = midnight - ahead * DAY_MICROSECONDS
        volume = self._volume(known_until, ahead) if among is None else volume_of(everybody, known_until, ahead)
        counts = np.stack([by_bin(stream, midnight) for stream in streams])
        return Counted(subjects, counts, by_bin(everybody, midnight), usual_of(volume, everybody, streams, known_until, ahead))

    def _processes(self, day: date, counted: Counted) -> list[Reals]:
        """The log e-processes that began on the day and on each of the `GROWING_DAYS - 1` days before.

        Each judges all its days by what was usual before it began: a rise that lasts would become what is usual itself.
        """
        found = [day_evidence(counted.counts, counted.records, counted.usual).log_process()]
        for n in range(1, GROWING_DAYS):
            if not self.has_usual(day - timedelta(days=n)):
                break
            found.append(self._process_since(n, day, counted.subjects))
        return found

    def _process_since(self, days: int, day: date, subjects: Sequence[Subject]) -> Reals:
        """The one that began so many days before: float64 [subjects, bins], -inf for those that have not been above the usual since."""
        today = self.counted(day, subjects, ahead=days)
        of_day = day_evidence(today.counts, today.records, today.usual)
        process = np.full(today.counts.shape, -np.inf)
        still = np.asarray((of_day.since_midnight > 0.0).any(axis=2))
        growing = np.flatnonzero(still.any(axis=1))
        if not growing.size:
            return process
        own = [subjects[n] for n in growing.tolist()]
        before = np.sum([self._evidence(day - timedelta(days=days - n), own, n).closing for n in range(days)], axis=0)
        grown = of_day.of(growing).log_process(before, tempered_by(today.usual, days + 1)[growing])
        process[growing] = np.where(still[growing], grown, -np.inf)
        return process

    def _evidence(self, day: date, subjects: Sequence[Subject], ahead: int) -> DayEvidence:
        counted = self.counted(day, subjects, ahead=ahead)
        return day_evidence(counted.counts, counted.records, counted.usual)

    def _volume(self, midnight: int, ahead: int) -> Foretold:
        if (midnight, ahead) not in self._volumes:
            self._volumes[midnight, ahead] = volume_of(self.history.instants, midnight, ahead)
        return self._volumes[midnight, ahead]

    def _count(self, subject: Subject, day: date) -> int:
        return int(by_bin(self.history.instants[subject.records], first_instant(day)).sum())

    def _rise(self, day: date, counted: Counted, n: int, rose: Codes, strongest: Reals) -> Rise:
        """The rise of one of the counted, as the process that is surest of it tells; `strongest` float64 [processes]."""
        subject, began_before = counted.subjects[n], int(np.argmax(strongest))
        told = self.counted(day, [subject], ahead=began_before)
        seen = int(np.flatnonzero(told.records)[-1]) + 1
        expected = expected_so_far(told.counts, told.records, told.usual, 0, seen)[0]
        raised_at = first_instant(day) + (int(np.argmax(rose)) + 1) * BIN_US
        of_day = np.intersect1d(subject.records, self.history.of_day(day))
        return Rise(subject, raised_at, float(strongest.max()), of_day, int(told.records.sum()), float(expected))

    def _rose(self, day: date, risen: Subject, subjects: Sequence[Subject]) -> bool:
        lasting = self.lasting(day, subjects)
        if any(key in lasting for key in (own_key(risen), (SubjectKind.CLASS, risen.alerted_class))):
            return True
        if risen.kind is not SubjectKind.CLUSTER:
            return False
        chance = _SURELY * RATE_BUDGET / BUDGET_DAYS / tier_size(SubjectKind.CLUSTER, subjects)
        return bool(self.of(day, [risen], chance))


def own_key(subject: Subject) -> Key:
    """Kind and id of the subject."""
    return (subject.kind, subject.subject_id)


def tier_size(kind: SubjectKind, subjects: Sequence[Subject]) -> int:
    """How many subjects of the kind share the budget: all classes do, also those that nobody complains of."""
    return len(ISSUE_CLASSES) if kind is SubjectKind.CLASS else sum(s.kind is kind for s in subjects)


_NOTHING = Usual(np.zeros((0, BINS)), np.zeros((0, BINS)), np.zeros(0), 0.0, np.zeros(0), 0.0)
