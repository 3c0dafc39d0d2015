"""Peaks of complaints that are to be expected in the next two weeks because they came back before: on a weekday, on a day of the month.

Here: which counts are looked at, and when the next day of a peak's kind comes. What a repeated peak is, is decided in
`methods/statistics/repeated_peaks`. The rule that is easy to break: a day foretells from itself and the `SEASON_DAYS - 1` before it; where
these hold too few repetitions it says so instead of staying silent, for silence would read as "no peak is coming".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import polars as pl

from feedback_loop.analysis.cluster import eligible_fragments
from feedback_loop.analysis.complaint_counts import HOUR_MICROSECONDS, History, Reals, day_number
from feedback_loop.analysis.segments import Codes
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.tables import SEASON_DAYS, TABLES
from feedback_loop.contracts.vocab import ISSUE_CLASSES, ForecastReason, SeasonKind
from feedback_loop.methods.statistics.repeated_peaks import can_tell, expected_count, repeated_peaks

AHEAD_DAYS = 14
"""Days ahead for which peaks are foretold."""

FEWEST_REPETITIONS = {SeasonKind.WEEKLY: 3, SeasonKind.MONTHLY: 3}
"""Past days of a kind below which nothing is foretold of it."""

PEAK_HOURS = 3
"""Length of the part of the day in which most of a peak's complaints come."""

FORECAST_VERSION = f"peaks-{SEASON_DAYS}d-{AHEAD_DAYS}ahead-1"

Row = dict[str, object]


def forecasts(messages: pl.DataFrame, fragments: pl.DataFrame, classifications: pl.DataFrame, days: DayRange) -> pl.DataFrame:
    """The rows of `analysis_forecast` for the days; all frames cover the days and the `SEASON_DAYS - 1` before."""
    scored = classifications.select("fragment_id", "class_score")
    eligible = eligible_fragments(fragments, classifications).join(scored, on="fragment_id")
    rows = [
        row
        for product in sorted(messages["product"].unique())
        for history in [History.of(product, messages, eligible)]
        for day in history.active_days(days)
        for row in _of_day(history, day)
    ]
    return pl.DataFrame(rows, schema=pl.Schema(TABLES["analysis_forecast"].schema)).sort("event_date", "product", "forecast_id")


@dataclass(frozen=True)
class _Past:
    """The days that are foretold from, oldest first, the last of them the day itself."""

    days: list[date]
    product: str
    season: SeasonKind

    def kinds(self) -> Codes:
        """What repeats of each day."""
        return np.array([_kind(day, self.season) for day in self.days], dtype=np.int64)


def _kind(day: date, season: SeasonKind) -> int:
    """The weekday, or the day of the month; its last day counts as one kind, whichever number it has."""
    if season is SeasonKind.WEEKLY:
        return day.weekday()
    return 31 if (day + timedelta(days=1)).day == 1 else day.day


def _of_day(history: History, day: date) -> Iterator[Row]:
    first = max(day - timedelta(days=SEASON_DAYS - 1), date(1970, 1, 1) + timedelta(days=int(history.days.min())))
    days = [first + timedelta(days=n) for n in range((day - first).days + 1)]
    streams = list(_streams(history, first, day))
    for season in SeasonKind:
        past = _Past(days, history.product, season)
        if not can_tell(past.kinds(), FEWEST_REPETITIONS[season]):
            yield _row(past, None, ForecastReason.TOO_FEW_REPETITIONS)
            continue
        found = [row for name, records in streams for row in _of_stream(history, past, name, records)]
        yield from found or [_row(past, None, ForecastReason.NO_REPEATED_PEAK)]


def _streams(history: History, first: date, last: date) -> Iterator[tuple[str | None, Codes]]:
    """The complaining records of the product (None), and of each class that anybody complains in."""
    within = np.flatnonzero((history.days >= day_number(first)) & (history.days <= day_number(last)))
    yield None, within[history.complains[within]]
    of_class: dict[str, set[int]] = {}
    for complaint in history.fragments.values():
        of_class.setdefault(complaint.best_class, set()).add(complaint.record)
    for name in ISSUE_CLASSES:
        if records := of_class.get(str(name)):
            yield str(name), np.intersect1d(within[history.complains[within]], np.array(sorted(records), dtype=np.int64))


def _of_stream(history: History, past: _Past, name: str | None, records: Codes) -> Iterator[Row]:
    counts, kinds = _daily(history, records, past.days), past.kinds()
    peaks = repeated_peaks(counts, kinds, FEWEST_REPETITIONS[past.season])
    ahead = [past.days[-1] + timedelta(days=n) for n in range(1, AHEAD_DAYS + 1)]
    for peak in peaks:
        for coming in [day for day in ahead if _kind(day, past.season) == peak.kind]:
            expected = expected_count(peak, counts, kinds, peaks)
            hour = _busiest_hour(history, records, [day for day in past.days if _kind(day, past.season) == peak.kind])
            row = _row(past, name, None, coming)
            yield row | {
                "expected_peak_at": datetime.combine(coming, time(hour), UTC),
                "peak_minutes": 60.0 * PEAK_HOURS,
                "expected_count": expected.mean,
                "lowest_count": expected.low,
                "highest_count": expected.high,
                "peak_ratio": peak.ratio,
                "repetition_count": peak.repetition_count,
                "p_value": peak.p_value,
            }


def _row(past: _Past, name: str | None, reason: ForecastReason | None, coming: date | None = None) -> Row:
    return {
        "forecast_id": stable_id("forecast", past.days[-1], past.product, past.season, name or "", coming or ""),
        "product": past.product,
        "season_kind": str(past.season),
        "forecast_class": name,
        "forecast_reason": None if reason is None else str(reason),
        "forecast_version": FORECAST_VERSION,
        "event_date": past.days[-1],
    }


def _daily(history: History, records: Codes, days: list[date]) -> Reals:
    place = history.days[records] - day_number(days[0])
    return np.bincount(place[(place >= 0) & (place < len(days))], minlength=len(days)).astype(np.float64)


def _busiest_hour(history: History, records: Codes, days: list[date]) -> int:
    """The hour at which those `PEAK_HOURS` hours begin in which most of the records of the days were spoken."""
    numbers = np.array([day_number(day) for day in days])
    own = records[np.isin(history.days[records], numbers)]
    hours = (history.instants[own] // HOUR_MICROSECONDS) % 24
    by_hour = np.bincount(hours, minlength=24)
    sums = np.convolve(by_hour, np.ones(PEAK_HOURS, dtype=np.int64), mode="valid")
    return int(np.argmax(sums))
