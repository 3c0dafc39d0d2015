"""SIGKILL at random moments: landing and computing again must end in the tables of an undisturbed run.

Run it with `python -m feedback_loop_tests.benchmarks.killed_runs [--kills 10] [--seed 1]`. Each attempt lands one export and computes
two months of it as a user would; it is killed with its children after a random share of the undisturbed run's time. Landing twice adds
nothing and a run replaces whole days, so the last, undisturbed attempt must give the same digest for each table.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.config import load_settings
from feedback_loop_tests.real_reviews import WHY_ABSENT, are_absent, export_of
from feedback_loop_tests.table_digests import WHEN_AND_WHERE_FROM, digests

PRODUCT, FIRST, LAST = "in.junio", "2021-09-15", "2021-11-15"

console = Console(width=120)


def attempt(home: Path) -> subprocess.Popen[bytes]:
    """Landing and computing, one after the other, in a process group of their own."""
    cli = f"{sys.executable} -W ignore -m feedback_loop.cli --home {home}"
    script = f"{cli} ingest google-play {export_of(PRODUCT)} --product {PRODUCT} && exec {cli} run --from {FIRST} --to {LAST}"
    return subprocess.Popen(["/bin/sh", "-c", script], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True)


def finish(home: Path) -> float:
    """The wall seconds of an undisturbed attempt."""
    started = time.monotonic()
    process = attempt(home)
    _, complaint = process.communicate()
    if process.returncode != 0:
        raise SystemExit(f"an undisturbed attempt ended with {process.returncode}: {complaint.decode()[-400:]}")
    return time.monotonic() - started


def kill_after(home: Path, seconds: float) -> str:
    """What happened to an attempt that is killed after so many seconds."""
    process = attempt(home)
    try:
        process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return "killed"
    return "ended before"


def tables(home: Path) -> dict[str, str]:
    """The digest of each table, without the instant and the place of landing."""
    settings = load_settings(home)
    return digests(DeltaTableStore(settings.tables_folder, settings.locks_folder), leave_out=WHEN_AND_WHERE_FROM)


def main() -> int:
    """Prints each kill and the comparison; 1 where a table differs or the data are absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if are_absent():
        console.print(WHY_ABSENT)
        return 1
    moments = random.Random(arguments.seed)
    with tempfile.TemporaryDirectory() as folder:
        calm, shaken = Path(folder) / "calm", Path(folder) / "shaken"
        seconds = finish(calm)
        console.print(f"undisturbed: {seconds:.1f} s")
        for number in range(1, arguments.kills + 1):
            moment = moments.uniform(0.05, 0.95) * seconds
            console.print(f"kill {number} after {moment:.1f} s: {kill_after(shaken, moment)}")
        finish(shaken)
        expected, found = tables(calm), tables(shaken)
        for name, value in expected.items():
            console.print(f"  {name}: {value} {'the same' if found[name] == value else 'DIFFERENT ' + found[name]}")
        shutil.rmtree(shaken)
    return int(expected != found)


if __name__ == "__main__":
    sys.exit(main())
