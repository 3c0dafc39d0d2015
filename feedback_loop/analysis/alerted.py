"""What an alert is about, found again in the rows that it was raised from: its subject's records, its window, and what was usual.

Cohorts and hypotheses both start here. Alerts are made in `detect`. The rule that is easy to break: what was usual is taken from the days
before the `RECENT_DAYS`, so that a fault that has lasted for days is not taken for normal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np
import polars as pl

from feedback_loop.analysis.cluster import eligible_fragments
from feedback_loop.analysis.complaint_counts import (
    DAY_MICROSECONDS,
    HOUR_MICROSECONDS,
    PSEUDO_RECORDS,
    History,
    Subject,
    first_instant,
    instant_number,
)
from feedback_loop.analysis.segments import Codes, Flags
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import WINDOW_DAYS
from feedback_loop.contracts.vocab import AlertKind
from feedback_loop.methods.statistics.count_models import PRIOR

RECENT_DAYS = 7
"""Days up to the alert in which its fault may have begun."""

FEWEST_USUAL = 20
"""Records before the recent days below which all days before the alert say what was usual."""

Row = dict[str, object]


@dataclass(frozen=True)
class Alerted:
    """One alert with the history of its product."""

    row: Row
    day: date
    history: History
    complaining: Codes
    """Records of the 28 days that complain about the subject."""

    usual: Codes
    """Records that say what was usual."""

    @property
    def alert_id(self) -> str:
        """The alert."""
        return str(self.row["alert_id"])

    @property
    def is_share(self) -> bool:
        """Whether a segment's share raised it."""
        return self.row["alert_kind"] == AlertKind.SHARE

    @property
    def end(self) -> int:
        """The end of the hour of the day's last record, in microseconds: nothing is known of what comes after."""
        last = int(self.history.instants[self.history.of_day(self.day)].max())
        return (last // HOUR_MICROSECONDS + 1) * HOUR_MICROSECONDS

    def window(self) -> Codes:
        """The records of the window that the alert was raised from: the hours of a share, or the day."""
        raised_at = self.row["raised_at"]
        if not self.is_share or not isinstance(raised_at, datetime):
            return self.history.of_day(self.day)
        end = instant_number(raised_at)
        return self.history.between(end - int(float(str(self.row["window_minutes"])) * HOUR_MICROSECONDS / 60), end)

    def complains(self, records: Codes) -> Flags:
        """Which of the records complain about the subject."""
        return np.asarray(self._is_complaint[records])

    @cached_property
    def _is_complaint(self) -> Flags:
        flags = np.zeros(len(self.history.days), dtype=bool)
        flags[self.complaining] = True
        return flags

    def usual_share(self, usual: Codes | None = None) -> float:
        """The share of those usual records that complain about the subject; without an argument, of all of them."""
        everyone = (int(self.complains(self.usual).sum()) + PRIOR) / (len(self.usual) + 2.0 * PRIOR)
        if usual is None:
            return everyone
        return float((self.complains(usual).sum() + PSEUDO_RECORDS * everyone) / (len(usual) + PSEUDO_RECORDS))


def alerted(
    alerts: pl.DataFrame,
    messages: pl.DataFrame,
    fragments: pl.DataFrame,
    classifications: pl.DataFrame,
    clusters: pl.DataFrame,
    days: DayRange,
) -> Iterator[Alerted]:
    """The alerts of the days, by product and then by id; the other frames are those that the alerts were made from."""
    scored = classifications.select("fragment_id", "class_score")
    eligible = eligible_fragments(fragments, classifications).join(scored, on="fragment_id")
    within = alerts.filter(pl.col("event_date").is_between(days.first, days.last)).sort("event_date", "alert_id")
    for name, rows in sorted(within.partition_by("product", as_dict=True).items()):
        history = History.of(str(name[0]), messages, eligible)
        of_product = clusters.filter(pl.col("product") == name[0]).select(
            "cluster_id", "best_class", "is_catch_all", "member_fragment_ids", "event_date"
        )
        for day, of_day in sorted(rows.partition_by("event_date", as_dict=True).items()):
            found = of_product.filter(pl.col("event_date") == day[0]).to_dicts()
            yield from _of_day(history, day[0], of_day.to_dicts(), found)


def _of_day(history: History, day: date, rows: list[Row], clusters: list[Row]) -> Iterator[Alerted]:
    counted = [*history.subjects(day, clusters), *(history.cluster_subject(c) for c in clusters if c["is_catch_all"])]
    subjects: dict[tuple[str, str], Subject] = {(str(s.kind), s.subject_id): s for s in counted}
    usual, nobody = _usual(history, day), np.zeros(0, dtype=np.int64)
    for row in rows:
        subject = subjects.get((str(row["subject_kind"]), str(row["subject_id"])))
        yield Alerted(row, day, history, nobody if subject is None else subject.records, usual)


def _usual(history: History, day: date) -> Codes:
    midnight = first_instant(day)
    first = midnight - (WINDOW_DAYS - 1) * DAY_MICROSECONDS
    found = history.between(first, midnight - RECENT_DAYS * DAY_MICROSECONDS)
    return found if len(found) >= FEWEST_USUAL else history.between(first, midnight)
