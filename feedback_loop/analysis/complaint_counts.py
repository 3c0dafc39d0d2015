"""Who complained when, per product: records by instant, segment and subject, as integers that any window can be cut from.

What is unusual about a count is judged in `detect`. The rule that is easy to break: a rated record complains when it has two stars or
fewer, whatever its words; an unrated one when one of its fragments is of an issue class.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from feedback_loop.analysis.segments import Codes, Segments
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import WINDOW_DAYS
from feedback_loop.contracts.vocab import ISSUE_CLASSES, SubjectKind

COMPLAINT_STARS = 2.0

PSEUDO_RECORDS = 10.0
"""Records with the product's usual share that each segment is credited with, so that a small one is not judged by two or three."""

DAY_MICROSECONDS, HOUR_MICROSECONDS, MINUTE_MICROSECONDS, SECOND_MICROSECONDS = 86_400_000_000, 3_600_000_000, 60_000_000, 1_000_000

Reals = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Subject:
    """What is counted: `records` are the complaining records of the window, each once, as positions in the history."""

    kind: SubjectKind
    subject_id: str
    alerted_class: str | None
    cluster_id: str | None
    records: Codes


@dataclass(frozen=True)
class Complaint:
    """One fragment that becomes part of an issue."""

    record: int
    best_class: str
    class_score: float


@dataclass(frozen=True)
class History:
    """The records of one product, ascending by id, and the fragments among them that become part of issues."""

    product: str
    days: Codes
    instants: Codes
    """Microseconds since 1970-01-01, of each record."""
    segments: Segments
    versions: list[str | None]
    complains: npt.NDArray[np.bool_]
    fragments: dict[str, Complaint]
    record_positions: dict[str, int]
    customers: list[str | None]

    @classmethod
    def of(cls, product: str, messages: pl.DataFrame, eligible: pl.DataFrame) -> History:
        """The history in the messages and eligible fragments of all products."""
        records = messages.filter(pl.col("product") == product).sort("record_id").with_row_index("position")
        found = eligible.join(records.select("record_id", "position"), on="record_id").sort("fragment_id")
        speaks = records["record_id"].is_in(found["record_id"].unique().to_list())
        complains = pl.select(pl.when(records["rating"].is_null()).then(speaks).otherwise(records["rating"] <= COMPLAINT_STARS))
        return cls(
            product,
            day_numbers(records["event_date"]),
            records["occurred_at"].dt.epoch("us").to_numpy().astype(np.int64),
            Segments.of(records),
            records["product_version"].to_list(),
            complains.to_series().to_numpy().astype(bool),
            {f: Complaint(*rest) for f, *rest in found.select("fragment_id", "position", "best_class", "class_score").iter_rows()},
            dict(zip(records["record_id"].to_list(), range(records.height), strict=True)),
            records["customer_id"].to_list(),
        )

    def active_days(self, days: DayRange) -> list[date]:
        """The days of the range on which the product has records, ascending."""
        present = set(self.days.tolist())
        return [day for day in days if day_number(day) in present]

    @cached_property
    def record_ids(self) -> list[str]:
        """The id of each record."""
        return list(self.record_positions)

    def positions(self, record_ids: list[str]) -> Codes:
        """The positions of the records, which all are of this product."""
        return np.array([self.record_positions[r] for r in record_ids], dtype=np.int64)

    def of_day(self, day: date) -> Codes:
        """The records of the day."""
        return np.flatnonzero(self.days == day_number(day))

    def before(self, day: date) -> Codes:
        """The records of the window's days before the day."""
        number = day_number(day)
        return np.flatnonzero((self.days > number - WINDOW_DAYS) & (self.days < number))

    def between(self, start: int, end: int) -> Codes:
        """The records from the first instant up to, and without, the second."""
        return np.flatnonzero((self.instants >= start) & (self.instants < end))

    def by_day(self, records: Codes, day: date) -> Reals:
        """How many of the records fall on each day of the window that ends with the day: float64 [WINDOW_DAYS], the day itself last."""
        offset = self.days[records] - (day_number(day) - WINDOW_DAYS + 1)
        within = offset[(offset >= 0) & (offset < WINDOW_DAYS)]
        return np.bincount(within, minlength=WINDOW_DAYS).astype(np.float64)

    def subjects(self, day: date, clusters: list[dict[str, object]]) -> Iterator[Subject]:
        """The product, its classes and its clusters of the day that are no catch-alls (their class is counted already)."""
        window = np.concatenate([self.before(day), self.of_day(day)])
        yield Subject(SubjectKind.PRODUCT, self.product, None, None, window[self.complains[window]])
        everyone = [f for cluster in clusters for f in texts(cluster["member_fragment_ids"])]
        for name in ISSUE_CLASSES:
            of_class = [f for f in everyone if self.fragments[f].best_class == name]
            if of_class:
                yield Subject(SubjectKind.CLASS, str(name), str(name), None, self._records(of_class))
        yield from (self.cluster_subject(cluster) for cluster in clusters if not cluster["is_catch_all"])

    def cluster_subject(self, cluster: dict[str, object]) -> Subject:
        """What the cluster, a row of `analysis_cluster`, has counted."""
        cluster_id, members = str(cluster["cluster_id"]), texts(cluster["member_fragment_ids"])
        return Subject(SubjectKind.CLUSTER, cluster_id, str(cluster["best_class"]), cluster_id, self._records(members))

    def _records(self, fragment_ids: list[str]) -> Codes:
        """The records of the fragments that complain: four stars with a word of money are praise, whatever class the words have."""
        found = np.unique(np.array([self.fragments[f].record for f in fragment_ids], dtype=np.int64))
        return found[self.complains[found]]


def texts(value: object) -> list[str]:
    """The strings of a list cell of a row."""
    return [str(v) for v in value] if isinstance(value, list) else []


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return (day - date(1970, 1, 1)) // timedelta(days=1)


def instant_number(instant: datetime) -> int:
    """Microseconds since 1970-01-01."""
    return (instant - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def instant_of(number: int) -> datetime:
    """The instant so many microseconds after 1970-01-01, in UTC."""
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=int(number))


def first_instant(day: date) -> int:
    """Microseconds since 1970-01-01 at the first instant of the day."""
    return day_number(day) * DAY_MICROSECONDS


def day_numbers(days: pl.Series) -> Codes:
    """Days since 1970-01-01, of each."""
    return days.cast(pl.Date).cast(pl.Int32).to_numpy().astype(np.int64)
