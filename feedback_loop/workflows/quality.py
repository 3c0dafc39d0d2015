"""Data quality: what of the landed data differs from its own past, and what the operator has to do about it (R23).

Seven checks, each a pure function from `Landed` to findings; `quality_measures` counts, `quality_advice` words the sentence. A series of a
source is compared with itself: shares by an overdispersed binomial, volume by the season, silence by the source's own gaps, so that a
source that is always sparse is left in peace. False alarms are bounded for each check and day, whatever the number of series. The rule that
is easy to break: an error is only what makes later figures wrong; everything else is a warning and stops nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np
import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.vocab import FindingLevel, QualityCheck
from feedback_loop.methods.statistics.count_models import Reals, discoveries
from feedback_loop.methods.statistics.seasonal_counts import SEASON_DAYS, SeasonFit, fit_season
from feedback_loop.ports import Clock, TableStore
from feedback_loop.workflows import quality_measures as measures
from feedback_loop.workflows.quality_advice import Finding, advice_about
from feedback_loop.workflows.quality_measures import Landed, landed_around
from feedback_loop.workflows.quality_shares import SharePast, share_pasts

FALSE_SHARE = 0.001
"""Chance that a check warns on a day on which nothing is wrong, if the models of the counts held; measured by
`feedback_loop_tests/benchmarks/data_quality.py`."""

MIN_RISE = 0.03
"""Points by which a share has to rise to be worth a look, however sure the rise is."""

MIN_SEASON_DAYS = 28
MIN_GAPS, GAPS_SEEN, GAP_DAYS, RETIRED_DAYS = 10, 50, 28, 60
"""Gaps that have to be known, that are looked at, the days that they have to reach back at least so that weekends are among them (a week
less for a young source), and the days of silence after which a source counts as given up."""

_FEW, _HALF, _RARELY, _ENOUGH = 0.05, 0.5, 0.01, 20

Check = Callable[[Landed, DayRange, datetime], list[Finding]]


def judged(store: TableStore, days: DayRange, clock: Clock) -> list[Finding]:
    """The findings of all checks about the days, as far as they have come."""
    return findings(landed_around(store, days), days, clock.now())


def findings(landed: Landed, days: DayRange, now: datetime) -> list[Finding]:
    """The findings of all checks, errors first, then by day."""
    found = [finding for check in CHECKS.values() for finding in check(landed, days, now)]
    worded = (replace(finding, advice=advice_about(finding)) for finding in found)
    return sorted(worded, key=lambda f: (f.level is FindingLevel.WARN, f.event_date, f.check, f.source, f.product or "", f.subject or ""))


def duplicates(landed: Landed, days: DayRange, _now: datetime) -> list[Finding]:
    """Series that repeat themselves more than usual."""
    return list(_risen(QualityCheck.DUPLICATES, measures.repeat_counts(landed.latest), days))


def missing_ids(landed: Landed, days: DayRange, _now: datetime) -> list[Finding]:
    """Series in which fewer customers are named than usual; an error where they were named nearly always and now are mostly not."""
    found = _risen(QualityCheck.MISSING_IDS, measures.missing_customer_counts(landed.latest), days)
    return [_error_where(f, f.usual <= _FEW and f.observed >= _HALF and (f.record_count or 0) >= _ENOUGH) for f in found]


def null_shares(landed: Landed, days: DayRange, _now: datetime) -> list[Finding]:
    """Optional columns that are empty more often than usual."""
    return list(_risen(QualityCheck.NULL_SHARES, measures.null_counts(landed.latest), days))


def repeated_ids(landed: Landed, days: DayRange, _now: datetime) -> list[Finding]:
    """Series whose ids name several records; an error where that is more than a slip, because all but the latest of each are lost."""
    counts = measures.shared_id_counts(landed.records).filter(
        pl.col("event_date").is_between(days.first, days.last), pl.col("hit_count") > 0
    )
    return [
        _error_where(
            _finding(QualityCheck.REPEATED_IDS, row, observed=row["hit_count"] / row["record_count"], usual=0.0, threshold=_RARELY),
            row["hit_count"] >= 3 and row["hit_count"] / row["record_count"] >= _RARELY,
        )
        for row in counts.iter_rows(named=True)
    ]


def malformed_records(landed: Landed, days: DayRange, _now: datetime) -> list[Finding]:
    """Readers that refuse more rows than usual, by reason; an error where they refuse most of what came.

    A reader without history is judged by a fixed share. Of readers of context each refused row is told, because each may be a release.
    """
    counts = measures.refused_counts(landed)
    of_feedback = counts.filter(pl.col("record_count").is_not_null())
    found = [*_risen(QualityCheck.MALFORMED_RECORDS, of_feedback, days, fixed_share=_FEW)]
    others = counts.filter(
        pl.col("record_count").is_null(), pl.col("hit_count") > 0, pl.col("event_date").is_between(days.first, days.last)
    )
    refused = others.iter_rows(named=True)
    found += [_finding(QualityCheck.MALFORMED_RECORDS, row, observed=row["hit_count"], usual=0.0, threshold=0.0) for row in refused]
    return [_error_where(f, f.observed >= _HALF and (f.record_count or 0) >= _ENOUGH) for f in found]


def volume(landed: Landed, days: DayRange, now: datetime) -> list[Finding]:
    """Series of which a closed day has far more or far fewer records than the season lets expect."""
    first = days.first - timedelta(days=SEASON_DAYS)
    closed = [day for day in days if _end_of(day) <= now]
    counts = measures.day_counts(landed.latest).partition_by(*measures.SERIES, as_dict=True)
    series = {name: _filled(rows, first, days.last) for name, rows in counts.items()}
    return [finding for day in closed for finding in _odd_volumes(series, (day - first).days, day)]


def freshness(landed: Landed, days: DayRange, now: datetime) -> list[Finding]:
    """Sources that have been silent for longer than their own gaps let expect, at the end of each day or now."""
    seen = landed.landings.select("source", "landed_at").unique().sort("landed_at").partition_by("source", as_dict=True)
    ends = {day: min(_end_of(day), now) for day in days if _end_of(day) - timedelta(days=1) < now}
    silent = ((day, source, _silence(rows["landed_at"], end)) for day, end in ends.items() for (source,), rows in sorted(seen.items()))
    return [
        Finding(check=QualityCheck.FRESHNESS, level=FindingLevel.WARN, event_date=day, source=str(source), product=None, subject=None,
                observed=gap.hours, usual=gap.usual, threshold=gap.longest, record_count=None)
        for day, source, gap in silent
        if gap and gap.longest < gap.hours <= 24 * RETIRED_DAYS
    ]  # fmt: skip


CHECKS: dict[QualityCheck, Check] = {
    QualityCheck.DUPLICATES: duplicates,
    QualityCheck.REPEATED_IDS: repeated_ids,
    QualityCheck.MISSING_IDS: missing_ids,
    QualityCheck.MALFORMED_RECORDS: malformed_records,
    QualityCheck.FRESHNESS: freshness,
    QualityCheck.VOLUME: volume,
    QualityCheck.NULL_SHARES: null_shares,
}


@dataclass(frozen=True)
class _Silence:
    """Hours since the last landing, the usual gap between two, and the longest that is not odd."""

    hours: float
    usual: float
    longest: float


def _silence(landings: pl.Series, end: datetime) -> _Silence | None:
    """None where too little was known by then. The longest gap but one sets the limit: one past outage must not hide the next."""
    by_then = landings.filter(landings <= end)
    if by_then.len() <= MIN_GAPS:
        return None
    last = by_then[-1]
    known = by_then.tail(max(GAPS_SEEN, int((by_then >= last - timedelta(days=GAP_DAYS)).sum())))
    if last - known[0] < timedelta(days=GAP_DAYS - 7):
        return None
    gaps = np.sort(known.diff().drop_nulls().dt.total_seconds().to_numpy() / 3600.0)
    usual, long = float(np.median(gaps)), float(gaps[-2])
    return _Silence((end - last).total_seconds() / 3600.0, usual, long + max(long - usual, usual / 2.0))


def _odd_volumes(series: Mapping[tuple[object, ...], Reals], position: int, day: date) -> Iterator[Finding]:
    fits = {name: fit for name, counts in series.items() if (fit := _season_before(counts, position)) is not None}
    names = sorted(fits, key=str)
    p_values = np.asarray([fits[name].two_sided_p(series[name][position]) for name in names])
    for name, is_odd in zip(names, discoveries(p_values, FALSE_SHARE), strict=True):
        if is_odd:
            fit, count = fits[name], float(series[name][position])
            low, high = fit.limits(FALSE_SHARE)
            row = {"event_date": day, "source": name[0], "product": name[1], "subject": None, "record_count": int(count)}
            yield _finding(QualityCheck.VOLUME, row, observed=count, usual=fit.expected, threshold=low if count < fit.expected else high)


def _season_before(counts: Reals, position: int) -> SeasonFit | None:
    """None where the series began too short a time before."""
    spoken = np.flatnonzero(counts[:position])
    is_known = spoken.size and position - spoken[0] >= MIN_SEASON_DAYS
    return fit_season(counts[spoken[0] : position]) if is_known else None


def _filled(rows: pl.DataFrame, first: date, last: date) -> Reals:
    """The counts of the days from the first to the last, silent ones as zero."""
    days = pl.DataFrame({"event_date": pl.date_range(first, last, eager=True)})
    return days.join(rows, on="event_date", how="left")["record_count"].fill_null(0).to_numpy().astype(np.float64)


def _risen(check: QualityCheck, counts: pl.DataFrame, days: DayRange, fixed_share: float | None = None) -> Iterator[Finding]:
    """Shares above what their own past lets expect; those without a past where they reach the fixed share, if there is one."""
    by_day: dict[date, list[SharePast]] = {}
    for rows in counts.sort("event_date").partition_by([*measures.SERIES, "subject"], maintain_order=False):
        for past in share_pasts(rows, days):
            by_day.setdefault(past.row["event_date"], []).append(past)
    for day in sorted(by_day):
        known = [past for past in by_day[day] if past.fit is not None]
        odd = discoveries(np.asarray([past.p_value for past in known]), FALSE_SHARE)
        found = [past for past, is_odd in zip(known, odd, strict=True) if is_odd and past.rise >= MIN_RISE]
        found += [past for past in by_day[day] if past.fit is None and fixed_share is not None and past.reaches(fixed_share)]
        yield from (
            _finding(check, past.row, observed=past.share, usual=past.usual, threshold=past.threshold(FALSE_SHARE, fixed_share or 1.0))
            for past in found
        )


def _finding(check: QualityCheck, row: Mapping[str, Any], *, observed: float, usual: float, threshold: float) -> Finding:
    place = {name: row[name] for name in ("event_date", "source", "product", "subject", "record_count")}
    return Finding(check=check, level=FindingLevel.WARN, observed=observed, usual=usual, threshold=threshold, **place)


def _error_where(finding: Finding, is_error: bool) -> Finding:
    return replace(finding, level=FindingLevel.ERROR) if is_error else finding


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(0), UTC)
