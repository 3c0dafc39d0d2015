"""What rises in real reviews: three apps through the stages of the pipeline, what is news of it, and how its releases are judged.

    python -m feedback_loop_tests.benchmarks.review_rises [--product NAME …]

Known of the apps: junio 2021-10-08..10 (a cashback change, as far as anybody knows; release 1.1.4 of those days is rated like those
before and after it) and niyo from 2023-02-14 (two to four reviews a day until 02-16, thirteen on 02-17). Printed are all stories that are
news, so that what is found elsewhere can be read and judged; nothing says which of these are false. Exit 1 where a known rise is missed,
where 1.1.4 is called consistent with being the cause, or where the data are absent.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.adapters.models import open_embedder, seed_classifier
from feedback_loop.analysis.after_changes import CHANGE_BUDGET
from feedback_loop.analysis.cluster import clusters
from feedback_loop.analysis.detect import alerts
from feedback_loop.analysis.rises import RATE_BUDGET
from feedback_loop.bronze.releases import releases
from feedback_loop.config import Settings
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import CandidateVerdict
from feedback_loop.silver.deduplicate import deduplicate
from feedback_loop.workflows.as_known import Analysed
from feedback_loop.workflows.ingest import land_files
from feedback_loop_tests.fakes import FakeClock
from feedback_loop_tests.real_reviews import LANDED_AT, PRODUCTS, WHY_ABSENT, are_absent, export_of

console = Console(width=170)


@dataclass(frozen=True)
class Known:
    """A rise that is known of a product, on the days from which an alert must come, and the version that must not be blamed."""

    product: str
    days: DayRange
    innocent: str | None = None


KNOWN = (
    Known("in.junio", DayRange(date(2021, 10, 8), date(2021, 10, 10)), "1.1.4"),
    Known("finance.global.travel.niyo", DayRange(date(2023, 2, 14), date(2023, 3, 4))),
)


def found_in(product: str, folder: Path) -> tuple[pl.DataFrame, int]:
    """The alerts of all days of the export, and how many days these are."""
    store, embedder = MemoryTableStore(), open_embedder(Settings(home=folder))
    land_files("google-play", [export_of(product)], product, store, FakeClock(LANDED_AT))
    records, analysed = store.read(TABLES["bronze_feedback_record"]), Analysed(embedder, seed_classifier(embedder))
    analysed.take(records)
    first, last = records.select(pl.col("event_date").min().alias("first"), pl.col("event_date").max().alias("last")).row(0)
    days, said = DayRange(first, last), deduplicate(analysed.fragments)
    found = clusters(said, analysed.classifications, analysed.embeddings, days)
    versions = records.select("product", "product_version", "occurred_at", "landed_at")
    released = releases(store.read(TABLES["bronze_release"]), versions)
    began = time.process_time()
    told = alerts(said, analysed.messages, analysed.classifications, found, released, days)
    console.print(f"{product}: {records.height} reviews on {len(days)} days; alerts took {time.process_time() - began:.0f} CPU-s")
    return told, len(days)


def print_news(product: str, told: pl.DataFrame, days: int) -> None:
    """Every story that is news, with how long it went on and what its candidates are judged to be."""
    rises = told.filter(pl.col("alert_kind") != "urgent")
    news = rises.filter(pl.col("is_story_head") & ~pl.col("is_continuation")).sort("event_date")
    grid = Grid("day", "raised", "kind", "about", "of", "expected", "p", "days", "releases and versions", title=f"News of {product}")
    for row in news.iter_rows(named=True):
        lasted = rises.filter(pl.col("story_id") == row["story_id"])["event_date"].n_unique()
        judged = ", ".join(f"{c['product_version']} {c['verdict']}" for c in row["candidates"]) or "-"
        about = f"{row['alerted_class'] or 'all complaints'} ({row['subject_kind']})"
        counts = (f"{row['observed_count']}/{row['exposure_count']}", f"{row['expected_count']:.1f}", f"{row['p_value']:.1g}")
        grid.add_row(str(row["event_date"]), f"{row['raised_at']:%H:%M}", row["alert_kind"], about, *counts, str(lasted), judged)
    console.print(grid)
    budget = RATE_BUDGET + CHANGE_BUDGET
    console.print(
        f"{news.height} news in {days} days: {30 * news.height / days:.2f} in 30 days, known rises among them; budget of tests {budget:.1f}"
    )


def problems(product: str, told: pl.DataFrame) -> list[str]:
    """Known rises that were missed, and innocent versions that were blamed."""
    found = []
    for known in (one for one in KNOWN if one.product == product):
        of_days = told.filter((pl.col("alert_kind") != "urgent") & pl.col("event_date").is_between(known.days.first, known.days.last))
        days = sorted(str(day) for day in of_days["event_date"].unique())
        console.print(f"known rise {known.days}: alerts on {', '.join(days) or 'no day'}")
        if not days:
            found.append(f"{product} {known.days}: missed")
        judged = of_days.explode("candidates").select(pl.col("candidates").struct.unnest()) if days else pl.DataFrame()
        if known.innocent and days:
            verdicts = judged.filter(product_version=known.innocent)["verdict"].value_counts().sort("verdict").rows()
            console.print(f"verdicts on {known.innocent} in these alerts: {dict(verdicts)}")
            if str(CandidateVerdict.CONSISTENT) in dict(verdicts):
                found.append(f"{product}: {known.innocent} is called consistent with being the cause")
    return found


def main() -> int:
    """Prints the news of each app; 1 where something known is missed or wronged, or the data are absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--product", action="append", choices=PRODUCTS, help="only this export; may be given more than once")
    if are_absent():
        console.print(WHY_ABSENT)
        return 1
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for product in parser.parse_args().product or PRODUCTS:
            told, days = found_in(product, Path(folder))
            print_news(product, told, days)
            wrong += problems(product, told)
    for problem in wrong:
        console.print(f"[red]{problem}[/red]")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
