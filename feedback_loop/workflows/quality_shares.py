"""One share of one series on one day beside its own past: how unlikely it is, and from which share on it would be odd.

The models of the counts are in `methods/statistics/count_models`; which shares there are is counted by `quality_measures`, what follows
from an odd one is decided in `quality`. The rule that is easy to break: the judged day is no part of its own past.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.methods.statistics.count_models import ShareFit, fit_shares
from feedback_loop.methods.statistics.seasonal_counts import SEASON_DAYS

MIN_HISTORY_DAYS, MIN_RECORDS = 14, 10
"""Below so many days of history a share has no past; below so many records on the day it is not looked at."""

_MIN_HITS = 5


@dataclass(frozen=True)
class SharePast:
    """The day's row of counts, and what the days before say of it; None where they are too few."""

    row: Mapping[str, Any]
    fit: ShareFit | None

    @property
    def share(self) -> float:
        """Hits among the records of the day."""
        return float(self.row["hit_count"] / self.row["record_count"])

    @property
    def usual(self) -> float:
        """The share that the past lets expect; 0 where there is none."""
        return float(self.fit.share[0]) if self.fit else 0.0

    @property
    def rise(self) -> float:
        """Points above the usual."""
        return self.share - self.usual

    @cached_property
    def p_value(self) -> float:
        """P(as many hits or more) if nothing changed; 1 without a hit or a past."""
        return self._tail(self.row["hit_count"]) if self.fit and self.rise > 0 else 1.0

    def reaches(self, fixed_share: float) -> bool:
        """Whether the share is as high as this, with more than a few hits."""
        return self.share >= fixed_share and self.row["hit_count"] >= _MIN_HITS

    def threshold(self, chance: float, fixed_share: float) -> float:
        """The lowest share whose p-value is below the chance; the fixed one where there is no past."""
        if self.fit is None:
            return fixed_share
        low, high = 0, int(self.row["hit_count"])
        while low < high:
            middle = (low + high) // 2
            low, high = (low, middle) if self._tail(middle) < chance else (middle + 1, high)
        return low / float(self.row["record_count"])

    def _tail(self, hits: int) -> float:
        return float(self.fit.tail(np.asarray([float(hits)]), float(self.row["record_count"]))[0]) if self.fit else 1.0


def share_pasts(rows: pl.DataFrame, days: DayRange) -> Iterator[SharePast]:
    """The days of one series that have records enough, each with its past; rows ascend by day."""
    numbers = rows["event_date"].to_physical().to_numpy()
    hits, records = (rows[name].to_numpy().astype(np.float64) for name in ("hit_count", "record_count"))
    for position, row in enumerate(rows.iter_rows(named=True)):
        if row["event_date"] in days and row["record_count"] >= MIN_RECORDS:
            begin = int(np.searchsorted(numbers, numbers[position] - SEASON_DAYS))
            past = slice(begin, position)
            is_known = position - begin >= MIN_HISTORY_DAYS
            yield SharePast(row, fit_shares(hits[None, past], records[past]) if is_known else None)
