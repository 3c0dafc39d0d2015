"""Whether the dbt models give the same marts on an engine that speaks Spark as on DuckDB: Sail, a Spark Connect server without a JVM.

make spark, or
python -m feedback_loop_tests.benchmarks.spark_marts [--days 60] [--per-day 40] [--time-zone ZONE] [--python FILE] [--home DIR]

A made-up home is built twice by `dbt build`, models and data tests: by dbt-duckdb over the views that a run uses, and by dbt-spark over
the same Delta tables; every mart is then compared row for row (`mart_parity`). With --home the tables of a home that exists are copied and
used. The session of Spark stands in the zone of Los Angeles, so that a model that leans on the session's is found. dbt-spark, pyspark and
Sail live in an environment of their own, which `make spark` prepares from requirements-spark.lock. Exit code 1 where dbt failed or a value
differs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from rich.console import Console
from rich.table import Table as Printed

from feedback_loop.adapters.dbt_command import PROJECT_FOLDER, build
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import marts
from feedback_loop_tests.benchmarks import spark_engine
from feedback_loop_tests.benchmarks.mart_parity import differences
from feedback_loop_tests.dbt_project.made_up_home import made_up_frames, write_home

SPARK_PYTHON = Path(sys.prefix) / "spark" / "bin" / "python"
DIFFERENCES_SHOWN = 5

console = Console(width=120)


def on_duckdb(settings: Settings) -> dict[str, pa.Table]:
    """Each mart as DuckDB holds it after `dbt build`."""
    build(settings)
    with duckdb.connect(str(settings.build_file), read_only=True) as connection:
        connection.execute("set TimeZone = 'UTC'")
        return {table.name: connection.sql(f"select * from {table.name}").to_arrow_table() for table in marts()}


def on_spark(settings: Settings, python: Path, time_zone: str, out: Path) -> tuple[dict[str, pa.Table], Counter[str]]:
    """Each mart as Sail holds it after `dbt build`, and how many nodes of dbt ended how; without marts where dbt failed."""
    sources = {folder.name: str(folder) for folder in sorted(settings.tables_folder.resolve().iterdir()) if folder.name in _readable()}
    plan = {"sources": sources, "marts": [table.name for table in marts()], "project": str(PROJECT_FOLDER), "out": str(out)}
    quiet = {"RUST_LOG": "error", "DO_NOT_TRACK": "1", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "PYTHONWARNINGS": "ignore"}
    run = subprocess.run(
        [str(python), spark_engine.__file__], input=json.dumps(plan | {"time_zone": time_zone}), text=True, check=False,
        env={**os.environ, **quiet}, cwd=out,
    )  # fmt: skip
    nodes = out / "nodes.json"
    ended: Counter[str] = Counter(
        f"{node['kind']} {node['status']}" for node in (json.loads(nodes.read_text("utf-8")) if nodes.is_file() else ())
    )
    return ({table.name: pq.read_table(out / f"{table.name}.parquet") for table in marts()} if run.returncode == 0 else {}), ended


def _readable() -> set[str]:
    from feedback_loop.contracts.tables import dbt_sources

    return {table.name for table in dbt_sources()}


def home_of(folder: Path, given: argparse.Namespace) -> Settings:
    """A home within the folder: made up, or a copy of the tables of one that exists."""
    if given.home is None:
        return write_home(folder / "home", made_up_frames(given.days, given.per_day))
    settings = Settings(home=folder / "home")
    shutil.copytree(Settings(home=given.home).tables_folder, settings.tables_folder)
    return settings


def compared(expected: dict[str, pa.Table], found: dict[str, pa.Table]) -> bool:
    """Prints each mart with its rows and differences; whether there are rows, and no differences."""
    shown, is_same = Printed("mart", "rows on DuckDB", "rows on Sail", "differences"), bool(found)
    for table in marts() if found else ():
        wrong = differences(table, expected[table.name], found[table.name])
        shown.add_row(table.name, str(expected[table.name].num_rows), str(found[table.name].num_rows), str(len(wrong)))
        is_same &= not wrong
        for line in wrong[:DIFFERENCES_SHOWN]:
            console.print(f"{table.name}: {line}", style="red", markup=False)
    console.print(shown)
    return is_same and any(rows.num_rows for rows in expected.values())


def main() -> int:
    """Prints the table of RESULTS.md; 1 where the engines differ."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--per-day", type=int, default=40)
    parser.add_argument("--time-zone", default="America/Los_Angeles")
    parser.add_argument("--python", type=Path, default=SPARK_PYTHON)
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    if not given.python.is_file():
        console.print(f"{given.python} is not there: `make spark` prepares it.")
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        settings = home_of(folder, given)
        began = time.perf_counter()
        expected = on_duckdb(settings)
        between = time.perf_counter()
        found, ended = on_spark(settings, given.python, given.time_zone, folder)
        seconds = f"DuckDB {between - began:.1f} s, Sail {time.perf_counter() - between:.1f} s"
        is_same = compared(expected, found)
    console.print(f"dbt build with its start: {seconds}; on Sail: {', '.join(f'{n} × {what}' for what, n in sorted(ended.items()))}")
    return int(not is_same)


if __name__ == "__main__":
    sys.exit(main())
