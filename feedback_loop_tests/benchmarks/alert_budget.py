"""False alarms in ordinary made-up years beside the stated budget, and how often and when planted rises are caught; beside a peer.

    python -m feedback_loop_tests.benchmarks.alert_budget [--seeds 6] [--days 200] [--processes 2]

The peer is the detector that alerts were made with before: a day's share of records against up to 27 days before, beta-binomial, at most
two per cent false discoveries, looked at every three hours as the loop looks. Its alarms on successive days count once. A false alarm is a
story that is news in a year without a rise. A rise counts as caught by an alert about its class or its cluster, or about the product, that
is raised after it began. Everything is simulated.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.analysis.after_changes import CHANGE_BUDGET
from feedback_loop.analysis.cluster import eligible_fragments
from feedback_loop.analysis.complaint_counts import HOUR_MICROSECONDS, History, Subject, first_instant
from feedback_loop.analysis.detect import alerts
from feedback_loop.analysis.rises import RATE_BUDGET
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import WINDOW_DAYS
from feedback_loop.methods.statistics.count_models import discoveries, fit_shares
from feedback_loop_tests.benchmarks.ordinary_years import CLASSES, FIRST_DAY, Kind, Planted, Year, year

KINDS = (Kind(8, 0.3), Kind(30, 0.3), Kind(120, 0.3), Kind(30, 0.9))
RATIOS, HOURS = (3.0, 6.0, 12.0), (6, 72)
WATCHED_FROM = WINDOW_DAYS
_EVERY_DAYS, _AFTER_CHANGE_EVERY = 12, 2
_LOOKS, _FALSE_SHARE, _FEWEST = range(3, 25, 3), 0.02, 3
_CAUGHT_WITHIN = (4, 24, 72)

Raised = tuple[datetime, str | None]
"""When something was raised, and about which class; None for the whole product."""

console = Console(width=150)


@dataclass(frozen=True)
class Outcome:
    """Of one year: false alarms by who raised them, days watched, and per planted rise the hours until each noticed it (None: not)."""

    kind: Kind
    days: int
    false_alarms: dict[str, int]
    caught: list[tuple[Planted, bool, float | None, float | None]]


def plan(kind: Kind, seed: int, days: int) -> tuple[tuple[Planted, ...], tuple[int, ...]]:
    """Rises of every size and length in turn, every second right after a change, and other changes twice a week."""
    rng, found = np.random.default_rng(seed + 10_000), []
    classes = CLASSES
    starts = range(WATCHED_FROM + 4, days - 6, _EVERY_DAYS)
    for number, day in enumerate(starts):
        hour = day * 24 + int(rng.integers(6, 18))
        found.append(Planted(classes[number % len(classes)], hour, HOURS[number % 2], RATIOS[number % len(RATIOS)]))
    after = [one.starts_at_hour for number, one in enumerate(found) if (number // 2) % _AFTER_CHANGE_EVERY]
    others = (rng.integers(0, days * 24, days * 2 // 7)).tolist()
    return tuple(found), tuple(sorted({*after, *others}))


def outcome(kind: Kind, seed: int, days: int) -> Outcome:
    """One ordinary year and the same product's year with rises."""
    planted, changes = plan(kind, seed, days)
    quiet, risen = year(kind, seed, days, changes_at=changes), year(kind, seed, days, planted, changes)
    false_alarms = dict(_news(quiet, days)) | {"peer": _alarm_runs(peer_alarms(quiet, days))}
    ours, theirs = list(_raised(risen, days)), list(peer_alarms(risen, days))
    caught = [(one, one.starts_at_hour in changes, _hours_until(one, ours), _hours_until(one, theirs)) for one in planted]
    return Outcome(kind, days - WATCHED_FROM, false_alarms, caught)


def _alerts(of: Year, days: int) -> pl.DataFrame:
    watched = DayRange(FIRST_DAY + timedelta(days=WATCHED_FROM), FIRST_DAY + timedelta(days=days - 1))
    frames = (of.fragments, of.messages, of.classifications, of.clusters, of.releases)
    return alerts(*frames, watched, changes=of.changes)


def _news(of: Year, days: int) -> Iterator[tuple[str, int]]:
    news = _alerts(of, days).filter(pl.col("is_story_head") & ~pl.col("is_continuation"))
    yield "all", news.height
    for name in ("rate", "change", "share"):
        yield name, news.filter(pl.col("alert_kind") == name).height


def _raised(of: Year, days: int) -> Iterator[Raised]:
    yield from _alerts(of, days).select("raised_at", "alerted_class").iter_rows()


def _hours_until(one: Planted, raised: list[Raised]) -> float | None:
    after = [at for at, name in raised if name in (None, one.class_name) and one.start <= at <= one.start + timedelta(hours=one.hours + 24)]
    return (min(after) - one.start) / timedelta(hours=1) if after else None


def peer_alarms(of: Year, days: int) -> Iterator[Raised]:
    """What the former detector raises at each of its looks."""
    scored = of.classifications.select("fragment_id", "class_score")
    history = History.of("app", of.messages, eligible_fragments(of.fragments, of.classifications).join(scored, on="fragment_id"))
    grouped = {day[0]: rows.to_dicts() for day, rows in of.clusters.partition_by("event_date", as_dict=True).items()}
    for day in (FIRST_DAY + timedelta(days=n) for n in range(WATCHED_FROM, days)):
        yield from _peer_day(history, day, list(history.subjects(day, grouped.get(day, []))))


def _peer_day(history: History, day: date, subjects: list[Subject]) -> Iterator[Raised]:
    exposure = history.by_day(np.arange(len(history.days)), day)
    counts = np.stack([history.by_day(s.records, day) for s in subjects])
    fit, told = fit_shares(counts[:, :-1], exposure[:-1]), set()
    for hour in _LOOKS:
        end = first_instant(day) + hour * HOUR_MICROSECONDS
        known = history.between(first_instant(day), end)
        observed = np.array([float(np.isin(known, s.records).sum()) for s in subjects])
        rose = discoveries(fit.tail(observed, float(len(known))), _FALSE_SHARE) & (observed >= _FEWEST)
        for n in np.flatnonzero(rose).tolist():
            if subjects[n].subject_id not in told:
                told.add(subjects[n].subject_id)
                yield datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=end), subjects[n].alerted_class


def _alarm_runs(raised: Iterator[Raised]) -> int:
    """How many runs of successive days have an alarm."""
    days = sorted({(at - timedelta(seconds=1)).date() for at, _ in raised})
    return sum(n == 0 or (day - days[n - 1]).days > 1 for n, day in enumerate(days))


def _print_budget(found: list[Outcome]) -> None:
    grid = Grid("records a day", "complaining", "news", "of rises", "after changes", "of shares", "peer", title="False alarms in 30 days")
    for kind in KINDS:
        own = [one for one in found if one.kind == kind]
        months = sum(one.days for one in own) / 30.0
        figures = [f"{sum(one.false_alarms[name] for one in own) / months:.2f}" for name in ("all", "rate", "change", "share", "peer")]
        grid.add_row(f"{kind.records_per_day:.0f}", f"{kind.complaint_share:.0%}", *figures)
    console.print(grid)
    console.print(f"budget in 30 days: {RATE_BUDGET} of rises, {CHANGE_BUDGET} after changes, 1.0 of all that is told")


def _print_caught(found: list[Outcome]) -> None:
    head = (
        "records a day",
        "complaining",
        "rise of a class",
        "hours",
        "rises",
        *(f"in {h} h (peer)" for h in _CAUGHT_WITHIN),
        "median hours (peer)",
    )
    grid = Grid(*head, title="Planted rises that were caught")
    for kind in KINDS:
        cases = [case for one in found if one.kind == kind for case in one.caught]
        for ratio, hours in sorted({(one.ratio, one.hours) for one, *_ in cases}):
            own = [(ours, theirs) for one, _, ours, theirs in cases if (one.ratio, one.hours) == (ratio, hours)]
            shares = [_beside([_share(side, within) for side in zip(*own, strict=True)]) for within in _CAUGHT_WITHIN]
            medians = _beside([_median(side) for side in zip(*own, strict=True)])
            sizes = (f"{kind.records_per_day:.0f}", f"{kind.complaint_share:.0%}", f"×{ratio:.0f}", str(hours), str(len(own)))
            grid.add_row(*sizes, *shares, medians)
    console.print(grid)
    for is_after, name in ((True, "right after a change"), (False, "elsewhere")):
        delays = tuple(ours for one in found for _, after, ours, _ in one.caught if after is is_after)
        console.print(f"rises {name}: {len(delays)}, caught within 4 h {_share(delays, 4)}, within 24 h {_share(delays, 24)}")


def _beside(figures: list[str]) -> str:
    return f"{figures[0]} ({figures[1]})"


def _share(delays: tuple[float | None, ...], within: float) -> str:
    return f"{sum(d is not None and d <= within for d in delays) / len(delays):.2f}"


def _median(delays: tuple[float | None, ...]) -> str:
    known = [d for d in delays if d is not None]
    return f"{np.median(known):.1f}" if known else "-"


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--days", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    args = parser.parse_args()
    began = time.monotonic()
    jobs = [(kind, seed) for kind in KINDS for seed in range(args.first_seed, args.first_seed + args.seeds)]
    with ProcessPoolExecutor(args.processes) as pool:
        found = list(pool.map(outcome, *zip(*jobs, strict=True), [args.days] * len(jobs)))
    _print_budget(found)
    _print_caught(found)
    console.print(f"{len(jobs)} products of {args.days} days in {time.monotonic() - began:.0f} s; everything simulated")


if __name__ == "__main__":
    main()
