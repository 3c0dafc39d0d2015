"""Random business calendars against a count by minutes that knows nothing of how working time is computed.

    python -m feedback_loop_tests.benchmarks.sla_oracle [--calendars 10000] [--first 0] [--most-days 3]

Each calendar has a zone that changes its clocks, split shifts, holidays, closed days and pauses by chance, and a window of up to so many
days, mostly around a change. Compared are the working time of the window and the instants at which three targets are due. Exit code 1 where
one differs by a microsecond. `make test` compares 500.
"""

from __future__ import annotations

import argparse
import sys
import time

from rich.console import Console
from rich.table import Table

from feedback_loop_tests.methods.working_time.minute_oracle import disagreements, made_up_case

console = Console(width=120)
SHOWN = 5


def main() -> None:
    """Print the table; end with 1 where the two disagree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calendars", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="the number of the first calendar")
    parser.add_argument("--most-days", type=int, default=3)
    args = parser.parse_args()
    cases = [made_up_case(args.first + number, args.most_days) for number in range(args.calendars)]
    began = time.perf_counter()
    found = [problem for case in cases for problem in disagreements(case)]
    report(len(cases), sum(case.minutes for case in cases), time.perf_counter() - began, found)
    sys.exit(bool(found))


def report(calendars: int, minutes: int, seconds: float, found: list[str]) -> None:
    table = Table("Figure", "Value", title="Working time against a count by minutes")
    table.add_row("calendars", f"{calendars:,}")
    table.add_row("minutes looked at, one by one", f"{minutes:,}")
    table.add_row("comparisons", f"{4 * calendars:,}")
    table.add_row("disagreements", f"{len(found):,}")
    table.add_row("seconds", f"{seconds:.1f}")
    console.print(table)
    for problem in found[:SHOWN]:
        console.print(problem)


if __name__ == "__main__":
    main()
