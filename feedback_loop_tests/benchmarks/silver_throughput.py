"""How many whole messages a second silver cleans, with every step but embeddings, and how much memory it takes as the messages grow.

python -m feedback_loop_tests.benchmarks.silver_throughput [--sizes 100000,1000000]

Each size runs in a process of its own: made-up messages land day by day (not timed), then the days are computed as the assets compute them:
messages, fragments with duplicates, the tables written, and the two blocking checks of every fragment. Wall time of each, the largest
resident set of the main process and of its workers. A second table has the time of each step inside of them, on one core.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table as Grid

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.adapters.processes import Processes, available_cores, made_ahead
from feedback_loop.bronze.landing import landing_batch
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.records import FeedbackRecord
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import Channel
from feedback_loop.methods.cleaning import PERSON, Cleaner, speaker_of
from feedback_loop.methods.languages.guessing import guess_languages
from feedback_loop.methods.mail.replies import strip_reply
from feedback_loop.methods.normal_text.normalising import normalise
from feedback_loop.methods.repetition.fingerprints import fingerprint, text_hash
from feedback_loop.methods.segments.cutting import segment
from feedback_loop.silver.deduplicate import deduplicate
from feedback_loop.silver.units import said, stripped
from feedback_loop.workflows import checks
from feedback_loop.workflows.latest_records import latest_records, portions
from feedback_loop.workflows.silver_days import PORTION_ROWS, fragments_of, messages_of
from feedback_loop_tests.benchmarks.made_up_messages import messages

DAYS, SAMPLE = 60, 20_000
CLEANER = Cleaner(key=b"a key for the benchmark, 32 bytes")
BRONZE, MESSAGE, FRAGMENT = (TABLES[name] for name in ("bronze_feedback_record", "silver_message", "silver_fragment"))
LIBRARIES = ("polars", "pyarrow", "deltalake", "phonenumbers", "py3langid")

console = Console(width=140)


def main() -> None:
    """Print both tables; with `--one N` the figures of one size as JSON, which is what the processes print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="100000,1000000")
    parser.add_argument("--one", type=int)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measured(given.one)))
        return
    sizes = [int(size) for size in given.sizes.split(",")]
    figures = [_in_process(size) for size in sizes]
    _print_sizes(sizes, figures)
    _print_steps()


def measured(count: int) -> dict[str, float]:
    """Seconds of each part for so many messages, and the largest resident sets in MB."""
    runner = Processes(available_cores())
    seconds: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        store = DeltaTableStore(Path(folder) / "tables", Path(folder) / "locks")
        days = landed(store, count)
        landing_mb = _peak_mb()
        parts = portions(store, days, PORTION_ROWS)
        makes = (("messages", MESSAGE, partial(messages_of, cleaner=CLEANER)), ("fragments", FRAGMENT, fragments_of))
        for name, table, make in makes:
            with _timed(seconds, name):
                for part, frame in made_ahead(partial(make, store, runner=runner), parts):
                    store.replace_days(table, frame, part)
        with _timed(seconds, "checks"):
            for part in parts:
                _require_sound(store, part, runner)
    workers_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024 if available_cores() > 1 else 0.0
    return {**seconds, "landing_mb": landing_mb, "peak_mb": _peak_mb(), "largest_worker_mb": max(workers_mb, _workers_mb())}


def landed(store: DeltaTableStore, count: int) -> DayRange:
    """Appends the messages day by day; the days on which they fall."""
    first = last = None
    for day, rows in messages(count, DAYS):
        records = [_as_record(row, number) for number, row in enumerate(rows, 1)]
        store.append(BRONZE, landing_batch(records, rows[-1]["occurred_at"]).records)
        first, last = first or day, day
    if first is None or last is None:
        raise SystemExit("no message was made")
    return DayRange(first, last)


def _as_record(row: dict[str, Any], number: int) -> FeedbackRecord:
    said = {**row, "channel": Channel(row["channel"])}
    return FeedbackRecord(source="made_up", product="book", raw_payload="{}", source_file="f", source_row_number=number, **said)


def _require_sound(store: DeltaTableStore, part: DayRange, runner: Processes) -> None:
    records = store.read(BRONZE, part, columns=["record_version_id", "text", *PERSON])
    said = store.read(FRAGMENT, part)
    for check in (checks.fragments_with_personal_data, checks.fragments_out_of_place):
        if broken := check(said, records, CLEANER, runner):
            raise SystemExit(f"{check.__name__}: {len(broken)} fragments, {broken[:3]}")


@contextmanager
def _timed(seconds: dict[str, float], name: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    seconds[name] = seconds.get(name, 0.0) + time.perf_counter() - began


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _workers_mb() -> float:
    """The largest resident set of any process below this one that still lives."""
    found = 0.0
    for status in Path("/proc").glob("[0-9]*/status"):
        try:
            values = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
            if os.getpgid(int(status.parent.name)) == os.getpgid(0) and int(status.parent.name) != os.getpid():
                found = max(found, float(values.get("VmHWM", "0 kB").split()[0]) / 1024)
        except (OSError, ValueError):
            continue
    return found


def _in_process(size: int) -> dict[str, float]:
    command = [sys.executable, "-m", "feedback_loop_tests.benchmarks.silver_throughput", "--one", str(size)]
    with console.status(f"{size:,} messages"):
        done = subprocess.run(command, capture_output=True, text=True, check=False, start_new_session=True)
    if done.returncode:
        raise SystemExit(f"{size:,} messages: {done.stderr.strip() or done.stdout.strip()}")
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _print_sizes(sizes: list[int], figures: list[dict[str, float]]) -> None:
    grid = Grid(title=f"Silver without embeddings, {available_cores()} cores; {', '.join(f'{n} {version(n)}' for n in LIBRARIES)}")
    for column in (
        "messages",
        "messages s",
        "fragments s",
        "checks s",
        "messages/s",
        "with checks",
        "peak MB",
        "after landing",
        "worker MB",
    ):
        grid.add_column(column, justify="right")
    for size, of_size in zip(sizes, figures, strict=True):
        clean = of_size["messages"] + of_size["fragments"]
        row = [f"{size:,}", *(f"{of_size[name]:.1f}" for name in ("messages", "fragments", "checks"))]
        row += [f"{size / clean:,.0f}", f"{size / (clean + of_size['checks']):,.0f}"]
        grid.add_row(*row, *(f"{of_size[name]:.0f}" for name in ("peak_mb", "landing_mb", "largest_worker_mb")))
    console.print(grid)
    if len(figures) > 1:
        first, last = (sum(f[name] for name in ("messages", "fragments", "checks")) for f in (figures[0], figures[-1]))
        console.print(f"{sizes[-1] / sizes[0]:.0f} times the messages took {last / first:.1f} times as long")


def _print_steps() -> None:
    """Microseconds per message of each step, each timed alone over the same sample on one core."""
    rows = [row for _, of_day in messages(SAMPLE, 10) for row in of_day]
    texts = [str(row["text"]) for row in rows]
    normal = [normalise(text).text for text in texts]
    cleaning = CLEANER.for_speaker(speaker_of({"record_id": "r", "customer_id": "c"}))
    masked = [cleaning.mask(text).text for text in normal]
    mails = [row["text"] for row in rows if row["channel"] == "email"]
    fragments = _sample_fragments()
    steps: dict[str, Callable[[], object]] = {
        "normalise": lambda: [normalise(text) for text in texts],
        "strip quotes and signatures (mails)": lambda: [strip_reply(text) for text in mails],
        "language": lambda: guess_languages(masked),
        "find personal data": lambda: [cleaning.find(text) for text in normal],
        "mask": lambda: [cleaning.mask(text, []) for text in normal],
        "cut into units": lambda: [segment(text, []) for text in normal],
        "hash and fingerprint": lambda: [(text_hash(text), fingerprint(text)) for text in masked],
        "masked and cut, all of it": lambda: [said(str(r["text"]), stripped(str(r["text"]), r["channel"]).kept, cleaning) for r in rows],
        "duplicates": partial(deduplicate, fragments),
    }
    grid = Grid(title=f"Time of each step, one core, {SAMPLE:,} messages")
    grid.add_column("step")
    grid.add_column("microseconds per message", justify="right")
    for name, work in steps.items():
        began = time.process_time()
        work()
        grid.add_row(name, f"{1e6 * (time.process_time() - began) / SAMPLE:.1f}")
    console.print(grid)


def _sample_fragments() -> pl.DataFrame:
    with tempfile.TemporaryDirectory() as folder:
        store = DeltaTableStore(Path(folder) / "tables", Path(folder) / "locks")
        days = landed(store, SAMPLE)
        store.replace_days(MESSAGE, messages_of(store, days, CLEANER), days)
        if latest_records(store, days).height != SAMPLE:
            raise SystemExit("some messages did not land")
        return fragments_of(store, days)


if __name__ == "__main__":
    main()
