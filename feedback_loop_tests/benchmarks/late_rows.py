"""Fifty reviews of an old day landed afterwards: which days of which table change, and whether the tables equal those of a home that had
them.

Run it with `python -m feedback_loop_tests.benchmarks.late_rows`. One home lands the export whole, the other without the last fifty
reviews of 2021-10-07 and then those fifty; the second computes the days that the sensor would ask for. Compared are digests of all
tables, and the days that changed against what `lookback_days` allows.
"""

from __future__ import annotations

import csv
import io
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.config import load_settings
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES, python_tables
from feedback_loop.defs.drive import run_assets
from feedback_loop.defs.wiring import build_resources, build_run_defs
from feedback_loop.workflows.ingest import land_files
from feedback_loop.workflows.touched import landed_now, reached_by, touched_days
from feedback_loop_tests.fakes import FakeClock
from feedback_loop_tests.real_reviews import LANDED_AT, WHY_ABSENT, are_absent, export_of
from feedback_loop_tests.table_digests import WHEN_AND_WHERE_FROM, digest, digests

PRODUCT, LATE_DAY, LATE_COUNT = "in.junio", date(2021, 10, 7), 50
DAYS = DayRange(date(2021, 8, 1), date(2022, 1, 31))

console = Console(width=120)


def parted(folder: Path) -> tuple[Path, Path]:
    """The export without fifty reviews of the late day, and those reviews."""
    rows = list(csv.reader(io.StringIO(export_of(PRODUCT).read_text(encoding="utf-8"), newline="")))
    header, body = rows[0], rows[1:]
    at = header.index("at")
    late = [n for n, row in enumerate(body) if row[at][:10] == LATE_DAY.isoformat()][-LATE_COUNT:]
    chosen = set(late)
    return (
        _written(folder / "before.csv", header, [row for n, row in enumerate(body) if n not in chosen]),
        _written(folder / "late.csv", header, [body[n] for n in late]),
    )


def _written(path: Path, header: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([header, *rows])
    return path


class Home:
    """A home folder in which exports are landed and days computed."""

    def __init__(self, folder: Path) -> None:
        settings = load_settings(folder)
        self.store = DeltaTableStore(settings.tables_folder, settings.locks_folder)
        self._defs = build_run_defs(build_resources(str(folder)), with_marts=False)
        self._clock = FakeClock(LANDED_AT)

    def land(self, path: Path) -> None:
        """Lands the file, a day after the landing before."""
        console.print(f"{path.name}: {land_files('google-play', [path], PRODUCT, self.store, self._clock)}")
        self._clock.advance(timedelta(days=1))

    def run(self, days: DayRange) -> None:
        """Computes the days."""
        summary = run_assets(self._defs, days)
        if summary.failed_checks:
            raise SystemExit(f"failed checks: {summary.failed_checks}")

    def by_day(self, name: str) -> dict[date, str]:
        """The digest of each day of a table."""
        table = TABLES[name]
        parts = self.store.read(table, DAYS).partition_by("event_date", as_dict=True)
        return {day: digest(rows, table) for (day,), rows in parts.items()}


def main() -> int:
    """Prints the comparison; 1 where a table differs, a day outside of the lookback changed, or the data are absent."""
    if are_absent():
        console.print(WHY_ABSENT)
        return 1
    daily = [t.name for t in python_tables() if t.partition == "event_date" and t.name != "context_release"]
    with tempfile.TemporaryDirectory() as folder:
        without, late = parted(Path(folder))
        shaken = Home(Path(folder) / "late")
        shaken.land(without)
        shaken.run(DAYS)
        before, seen = {name: shaken.by_day(name) for name in daily}, landed_now(shaken.store)
        shaken.land(late)
        touched = touched_days(shaken.store, seen)
        asked = reached_by(TABLES["gold_issue"], touched, DAYS.last)
        console.print(f"landing touched {touched[0]}..{touched[-1]}; the sensor would ask for {asked}")
        shaken.run(asked or DAYS)
        after = {name: shaken.by_day(name) for name in daily}
        calm = Home(Path(folder) / "calm")
        calm.land(export_of(PRODUCT))
        calm.run(DAYS)
        expected = digests(calm.store, DAYS, WHEN_AND_WHERE_FROM)
        found = digests(shaken.store, DAYS, WHEN_AND_WHERE_FROM)
    return report(before, after, touched, expected, found)


def report(
    before: dict[str, dict[date, str]],
    after: dict[str, dict[date, str]],
    touched: list[date],
    expected: dict[str, str],
    found: dict[str, str],
) -> int:
    """Prints the grid; 0 where all is as it should be."""
    grid = Grid("table", "days changed", "allowed by lookback_days", "equal to a home that had them from the start")
    is_wrong = False
    for name, value in expected.items():
        allowed = reached_by(TABLES[name], touched, DAYS.last) if name in after else None
        changed = sorted(d for d in after.get(name, {}).keys() | before.get(name, {}).keys() if after[name].get(d) != before[name].get(d))
        is_wrong |= found[name] != value or any(allowed is None or day not in allowed for day in changed)
        shown = f"{len(changed)}: {changed[0]}..{changed[-1]}" if changed else "–"
        grid.add_row(name, shown, str(allowed or "–"), "yes" if found[name] == value else "NO")
    console.print(grid)
    return int(is_wrong)


if __name__ == "__main__":
    sys.exit(main())
