"""Wall time, peak memory and share of time per stage for the three real review exports, from landing to the published marts, and once
more.

Run it with `python -m feedback_loop_tests.benchmarks.whole_pipeline [--product NAME …]`. The commands run as a user runs them, each in
a process of its own, on a new home with an empty vector cache. The second run must change no row and no id: the digests of all tables
are compared.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.adapters.secret_key import masking_key
from feedback_loop.config import load_settings
from feedback_loop.contracts.days import contiguous_ranges
from feedback_loop.contracts.tables import TABLES
from feedback_loop.workflows.checks import fragments_out_of_place
from feedback_loop.workflows.cleaning_rules import open_cleaner
from feedback_loop_tests.real_reviews import PRODUCTS, WHY_ABSENT, are_absent, export_of
from feedback_loop_tests.table_digests import digests

console = Console(width=130)


def run_command(home: Path, *arguments: str) -> tuple[dict[str, Any], float]:
    """What a command printed as JSON, and its wall seconds."""
    started = time.monotonic()
    command = [sys.executable, "-W", "ignore", "-m", "feedback_loop.cli", "--home", str(home), *arguments, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(arguments)}: exit {done.returncode}: {done.stderr.strip()}")
    return json.loads(done.stdout), time.monotonic() - started


def landed(home: Path, products: list[str]) -> float:
    """The wall seconds of landing the exports."""
    seconds = 0.0
    for product in products:
        report, took = run_command(home, "ingest", "google-play", str(export_of(product)), "--product", product)
        console.print(f"landed {product}: {report}")
        seconds += took
    return seconds


def print_stages(summary: dict[str, Any], wall: float) -> None:
    """The share of the run's wall time that each stage took; what no step explains is start-up: imports, planning, recording."""
    seconds: dict[str, float] = summary["step_seconds"]
    checks = sum(v for k, v in seconds.items() if k not in TABLES and k != "marts")
    stages = {k: v for k, v in seconds.items() if k in TABLES or k == "marts"} | {"all checks": checks}
    stages["start-up and the rest"] = wall - sum(stages.values())
    grid = Grid("stage", "seconds", "share")
    for name, value in sorted(stages.items(), key=lambda item: -item[1]):
        grid.add_row(name, f"{value:.1f}", f"{value / wall:.0%}")
    console.print(grid)


def store_of(home: Path) -> DeltaTableStore:
    """The tables of a home."""
    settings = load_settings(home)
    return DeltaTableStore(settings.tables_folder, settings.locks_folder)


def print_alerts(home: Path) -> None:
    """The ten highest rate alerts."""
    alerts = store_of(home).read(TABLES["analysis_alert"]).filter(alert_kind="rate").sort("alert_score", descending=True).head(10)
    grid = Grid("day", "product", "subject", "observed", "expected", "score", title="Highest alerts")
    for row in alerts.iter_rows(named=True):
        expected = f"{row['expected_count']:.1f}"
        grid.add_row(
            str(row["event_date"]), row["product"], row["subject_kind"], str(row["observed_count"]), expected, f"{row['alert_score']:.1f}"
        )
    console.print(grid)


def law_holds(home: Path) -> None:
    """Prints for how many fragments the alignment law was checked and broken."""
    store = store_of(home)
    fragments = store.read(TABLES["silver_fragment"])
    settings = load_settings(home)
    cleaner = open_cleaner(settings, masking_key(settings))
    broken = fragments_out_of_place(fragments, store.read(TABLES["bronze_feedback_record"]), cleaner)
    days = contiguous_ranges(fragments["event_date"].unique().to_list())
    console.print(f"alignment law: {fragments.height} fragments on {sum(len(d) for d in days)} days checked, {len(broken)} broken")


def event_log_holds_text(home: Path) -> int:
    """How many masked texts of 25 characters and more stand in any file of Dagster's history."""
    texts = {t for t in store_of(home).read(TABLES["silver_fragment"])["masked_text"] if len(t) >= 25}
    logs = b"".join(file.read_bytes() for file in (home / "dagster").rglob("*") if file.is_file())
    return sum(text.encode() in logs for text in texts)


def main() -> int:
    """Prints the figures; 1 where the data are absent or the second run changed anything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--product", action="append", choices=PRODUCTS, help="only this export; may be given more than once")
    products = parser.parse_args().product or list(PRODUCTS)
    if are_absent():
        console.print(WHY_ABSENT)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        ingest_seconds = landed(home, products)
        summary, wall = run_command(home, "run")
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 2**20
        console.print(f"{os.cpu_count()} cores · landing {ingest_seconds:.1f} s · run {wall:.1f} s · largest process {peak:.2f} GiB")
        print_stages(summary, wall)
        first = digests(store_of(home))
        again, again_wall = run_command(home, "run")
        second = digests(store_of(home))
        console.print(f"second run: {again_wall:.1f} s, days changed {again['days_changed']}")
        for name, value in second.items():
            console.print(f"  {name}: {value} {'the same' if first[name] == value else 'CHANGED'}")
        law_holds(home)
        print_alerts(home)
        console.print(f"texts found in Dagster's history: {event_log_holds_text(home)}")
        return int(first != second)


if __name__ == "__main__":
    sys.exit(main())
