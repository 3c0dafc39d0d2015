"""How often the checks of data quality warn where nothing was done to the data, and how often they notice what was done to it.

Run it with `python -m feedback_loop_tests.benchmarks.data_quality`. Quiet days are those of the public reviews, landed as if each had come
six hours after it was written, and of a made-up source with a weekly season; faults are put into one day of the made-up source at a time.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from importlib.metadata import version

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import QualityCheck
from feedback_loop.methods.statistics.seasonal_counts import SEASON_DAYS
from feedback_loop.workflows.ingest import land_file
from feedback_loop.workflows.quality import CHECKS
from feedback_loop.workflows.quality_measures import Landed, landed_around
from feedback_loop_tests.fakes import FakeClock
from feedback_loop_tests.real_reviews import ALL_DAYS, LANDED_AT, PRODUCTS, WHY_ABSENT, are_absent, export_of

START, DAYS = date(2025, 1, 6), 256
WEEK = np.asarray([1.0, 1.1, 1.1, 1.0, 0.9, 0.4, 0.3])
QUARANTINE = TABLES["bronze_quarantine"]

Fault = Callable[[pl.DataFrame], pl.DataFrame]
console = Console(width=120)


def reviews() -> tuple[Landed, DayRange]:
    """The public reviews as they would have landed day by day."""
    store = MemoryTableStore()
    for product in PRODUCTS:
        land_file("google_play", export_of(product), product, store, FakeClock(LANDED_AT))
    days = DayRange(ALL_DAYS.first + timedelta(days=SEASON_DAYS), ALL_DAYS.last)
    landed = landed_around(store, days)
    at = (pl.col("occurred_at").dt.truncate("6h") + pl.duration(hours=6)).alias("landed_at")
    return Landed(landed.records, landed.records.select("source", at), landed.refused), days


def made_up(per_day: float, seed: int) -> pl.DataFrame:
    """Records of one source over some months: overdispersed by the weekday, some without customer, version or region."""
    chance = np.random.default_rng(seed)
    means = per_day * WEEK[np.arange(DAYS) % 7]
    counts = chance.negative_binomial(12.0, 12.0 / (12.0 + means))
    day = np.repeat(np.arange(DAYS), counts)
    total, midnight = int(counts.sum()), datetime.combine(START, time(), UTC)
    seconds = day * 86_400 + chance.integers(0, 86_400, total)
    ids = [f"r{n}" for n in range(total)]
    instants = pl.Series([midnight], dtype=pl.Datetime("us", "UTC")).sample(total, with_replacement=True) + pl.Series(
        seconds * 1_000_000
    ).cast(pl.Duration("us"))
    missing = {name: chance.random(total) < share for name, share in (("customer_id", 0.1), ("product_version", 0.3), ("region", 0.05))}
    named = {name: [None if gone else f"{name}{n % 97}" for n, gone in enumerate(of)] for name, of in missing.items()}
    frame = {
        "record_id": ids,
        "record_version_id": ids,
        "text": [f"words {n % 5000}" for n in range(total)],
        "occurred_at": instants,
        **named,
    }
    return pl.DataFrame(frame).with_columns(
        pl.lit("desk").alias("source"), pl.lit("Lumen").alias("product"), pl.col("occurred_at").dt.date().alias("event_date"),
        (pl.col("occurred_at").dt.truncate("1h") + pl.duration(hours=1)).alias("landed_at"),
        pl.col("occurred_at").dt.date().cast(pl.String).alias("source_file"),
    )  # fmt: skip


def landed_of(records: pl.DataFrame, refused: pl.DataFrame | None = None) -> Landed:
    """What the checks look at."""
    none = pl.DataFrame(schema=pl.Schema(QUARANTINE.schema)).select("quarantine_id", "source", "quarantine_reason", "landed_date")
    return Landed(records, records.select("source", "landed_at"), none if refused is None else refused)


def _part(share: float) -> pl.Expr:
    return pl.int_range(pl.len()) % 100 < 100 * share


def _emptied(column: str, share: float) -> Fault:
    return lambda rows: rows.with_columns(pl.when(~_part(share)).then(pl.col(column)).alias(column))


def _copied(rows: pl.DataFrame) -> pl.DataFrame:
    copies = rows.filter(_part(0.3)).with_columns(
        pl.concat_str(pl.lit("copy-"), name).alias(name) for name in ("record_id", "record_version_id")
    )
    return pl.concat([rows, copies])


def _stacked(rows: pl.DataFrame) -> pl.DataFrame:
    """Ids that start again within the file: each tenth record takes the id of its neighbour."""
    return rows.with_columns(
        pl.when(_part(0.1)).then(pl.col("record_id").shift(-50, fill_value="r0")).otherwise("record_id").alias("record_id")
    )


FAULTS: dict[str, tuple[QualityCheck, Fault]] = {
    "half of the day's rows are missing": (QualityCheck.VOLUME, lambda rows: rows.filter(_part(0.5))),
    "nine of ten rows are missing": (QualityCheck.VOLUME, lambda rows: rows.filter(_part(0.1))),
    "three of ten rows came twice under new ids": (QualityCheck.DUPLICATES, _copied),
    "every tenth id is another record's": (QualityCheck.REPEATED_IDS, _stacked),
    "a third of the customers is not named": (QualityCheck.MISSING_IDS, _emptied("customer_id", 0.33)),
    "no customer is named": (QualityCheck.MISSING_IDS, _emptied("customer_id", 1.0)),
    "a usually filled column is empty in a quarter": (QualityCheck.NULL_SHARES, _emptied("region", 0.25)),
    "nothing came": (QualityCheck.FRESHNESS, lambda rows: rows.clear()),
}


def noticed(records: pl.DataFrame, check: QualityCheck, fault: Fault, days: Iterable[date]) -> float:
    """Share of the days on which the check notices the fault, put into each of them by itself."""
    found = []
    for day in days:
        others, on = records.filter(pl.col("event_date") < day), records.filter(pl.col("event_date") == day)
        end = datetime.combine(day + timedelta(days=1), time(), UTC)
        found.append(bool(CHECKS[check](landed_of(pl.concat([others, fault(on)])), DayRange(day, day), end)))
    return float(np.mean(found))


def warned(landed: Landed, days: DayRange, now: datetime) -> dict[QualityCheck, set[date]]:
    """The days on which each check warns."""
    return {name: {finding.event_date for finding in check(landed, days, now)} for name, check in CHECKS.items()}


def false_alarms(title: str, runs: list[tuple[Landed, DayRange]], now: datetime) -> None:
    """Prints the share of days with a warning: of all, and of even and odd ones apart."""
    grid = Grid("check", "all days", "even days", "odd days", title=title)
    found = [warned(landed, days, now) for landed, days in runs]
    total = sum(len(days) for _, days in runs)
    for name in CHECKS:
        parity = [sum(day.toordinal() % 2 == odd for by_check in found for day in by_check[name]) for odd in (0, 1)]
        grid.add_row(name, f"{sum(parity) / total:.2%}", *(f"{2 * count / total:.2%}" for count in parity))
    console.print(grid)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=40, help="days into which each fault is put")
    count = parser.parse_args().days
    console.print(f"polars {version('polars')}, scipy {version('scipy')}, numpy {version('numpy')}")
    if are_absent():
        console.print(f"skipped: {WHY_ABSENT}")
    else:
        landed, days = reviews()
        false_alarms(f"Days with a warning: public reviews, {len(days)} days", [(landed, days)], LANDED_AT)
    whole = DayRange(START + timedelta(days=SEASON_DAYS), START + timedelta(days=DAYS - 1))
    end = datetime.combine(whole.last + timedelta(days=1), time(), UTC)
    sources = {size: [made_up(size, seed) for seed in range(3)] for size in (40, 400)}
    for size, companies in sources.items():
        runs = [(landed_of(records), whole) for records in companies]
        false_alarms(f"Days with a warning: made up, {size} records a day, {3 * len(whole)} days", runs, end)
    days_hit = [whole.first + timedelta(days=int(n)) for n in np.linspace(0, len(whole) - 1, count)]
    grid = Grid("fault of one day", "check", *(f"noticed at {size} a day" for size in sources), title=f"{count} days each")
    for name, (check, fault) in FAULTS.items():
        grid.add_row(name, check, *(f"{noticed(companies[0], check, fault, days_hit):.0%}" for companies in sources.values()))
    console.print(grid)


if __name__ == "__main__":
    main()
