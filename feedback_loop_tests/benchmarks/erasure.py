"""Twenty of a thousand customers erased while a run and readers are active: nothing of them in any byte, all other rows as they were.

    python -m feedback_loop_tests.benchmarks.erasure [--customers 1000] [--erased 20] [--home FOLDER]

A made-up company's records land and are computed; messages to them and labels of what they said are recorded. Then a run is started,
processes that query marts and tables go on reading, and the erasure is called as a user would. Afterwards every file is searched by code
of this benchmark, not by that of the package, every row of every table is compared with what it was, the old export is landed again, and
another run has to pass all its checks.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing as mp
import os
import platform
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table as Shown

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.adapters.marts import query
from feedback_loop.cli.places import open_state
from feedback_loop.config import Settings, load_settings
from feedback_loop.contracts.tables import TABLES, Table, python_tables
from feedback_loop.errors import FeedbackLoopError
from feedback_loop_tests.traces import files_with

FIRST = datetime(2026, 3, 1, tzinfo=UTC)
DAYS, RECORDS_PER_CUSTOMER = 14, 3
TOPICS = (
    "The app crashes as soon as I open the gallery",
    "I was charged twice for my subscription this month",
    "I can't log in, because the password reset link never arrives",
    "The export takes for ever and then times out",
)
SCRUBBED = (
    "member_fragment_ids",
    "day_fragment_ids",
    "sample_fragment_ids",
    "quote_fragment_ids",
    "quotes",
    "cluster_label",
    "issue_label",
)
VERSIONS = ("deltalake", "duckdb", "polars", "pyarrow", "sqlalchemy")

console = Console(width=140)


@dataclass(frozen=True)
class Person:
    """One made-up customer."""

    number: int

    @property
    def customer_id(self) -> str:
        return f"customer-{self.number}"

    @property
    def name(self) -> str:
        return f"Jorunn Q{self.number:05d} Väätäinen"

    @property
    def email(self) -> str:
        return f"jorunn.{self.number:05d}@example.com"

    def records(self) -> Iterator[dict[str, Any]]:
        chance = random.Random(self.number)
        for n in range(RECORDS_PER_CUSTOMER):
            at = FIRST + timedelta(days=chance.randrange(DAYS), seconds=chance.randrange(80_000))
            text = (
                f'{chance.choice(TOPICS)}. It said "größe {self.own(n)}" on my screen. Please write to {self.email}.\nThanks, {self.name}'
            )
            yield {
                "source_record_id": f"ticket-{self.number:05d}-{n}", "channel": chance.choice(["ticket", "email"]), "product": "Lumen",
                "occurred_at": at.isoformat(), "customer_id": self.customer_id, "customer_name": self.name, "customer_email": self.email,
                "text": text, "region": chance.choice(["eu", "us"]), "rating": chance.randint(1, 5),
            }  # fmt: skip

    def own(self, n: int) -> str:
        """Words that nobody else says, of 20 characters and more."""
        letters = "".join(chr(97 + int(digit)) for digit in f"{self.number:05d}{n}")
        return f"quibble {letters} walrus {letters[::-1]}"

    def strings(self) -> list[str]:
        """By what this customer could be found."""
        ids = [record["source_record_id"] for record in self.records()]
        return [self.name, self.email, *ids, *(self.own(n) for n in range(RECORDS_PER_CUSTOMER))]


def cli(home: Path, *arguments: str, expect: int | None = 0) -> subprocess.CompletedProcess[str]:
    """One command of the command line, with the fast vectors."""
    environment = {**os.environ, "FEEDBACK_LOOP_EMBEDDER": "tfidf"}
    command = [sys.executable, "-W", "ignore", "-m", "feedback_loop.cli", "--home", str(home), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if expect is not None and done.returncode != expect:
        raise SystemExit(f"{' '.join(arguments[:1])} ended with {done.returncode}: {done.stderr[-600:]}")
    return done


def land(home: Path, people: list[Person]) -> None:
    """The export and what is said of the customers, as files of the inbox that were landed."""
    inbox = home / "inbox" / "records"
    inbox.mkdir(parents=True)
    rows = [json.dumps(record, ensure_ascii=person.number % 2 == 0) for person in people for record in person.records()]
    (inbox / "export.jsonl").write_text(
        "\n".join([*rows, f'{{"customer_id": "{people[0].customer_id}", "text": cut off']), encoding="utf-8"
    )
    known = "".join(f"{person.customer_id},Lumen,2026-03-01T00:00:00Z,eu,yes\n" for person in people)
    (home / "inbox" / "customers").mkdir()
    (home / "inbox" / "customers" / "crm.csv").write_text(f"customer_id,product,stated_at,region,consent\n{known}", encoding="utf-8")
    for source, name in (("records", "export.jsonl"), ("customers", "crm.csv")):
        cli(home, "ingest", source, str(home / "inbox" / source / name))


def decide(settings: Settings, people: list[Person]) -> None:
    """Messages to everybody and a label of each person's first fragment."""
    state, at = open_state(settings), datetime(2026, 3, 20, tzinfo=UTC)
    message = {
        "proposal_id": "proposal_x", "proposed_issue_id": None, "message_kind": "explanation", "message_status": "drafted",
        "language": "en", "message_text": "We have mended it.", "drafted_at": at, "sent_at": None, "confirmed_at": None,
        **dict.fromkeys(("wording_hash", "suppressed_reason", "receipt_id", "confirmation_kind")),
        "event_date": at.date(),
    }  # fmt: skip
    rows = [{**message, "message_draft_id": f"message_{p.number:05d}", "recipient_customer_id": p.customer_id} for p in people]
    state.record(TABLES["remediation_message"], rows, "loop", at)
    fragments = tables(settings).read(TABLES["silver_fragment"], columns=["fragment_id", "customer_id"]).unique("customer_id")
    label = {"labelled_class": "crash", "labelled_by": "ada", "labelled_at": at, "taxonomy_version": "t", "event_date": at.date()}
    label |= {"label_kind": "correction", "label_why": None}
    labels = [{**label, "label_id": f"label_{n:05d}", "fragment_id": one} for n, one in enumerate(fragments["fragment_id"])]
    state.record(TABLES["state_label"], labels, "ada", at)


def tables(settings: Settings) -> DeltaTableStore:
    """The tables of the home."""
    return DeltaTableStore(settings.tables_folder, settings.locks_folder)


def read_on(home: Path, stop: Event, counts: Any) -> None:
    """Queries marts and reads tables until told to stop; counts what went well and what did not."""
    settings = load_settings(home)
    store = tables(settings)
    while not stop.is_set():
        try:
            query("select count(*), max(masked_text) from mart_complaint", settings.marts_file)
            store.read(TABLES["silver_fragment"], columns=["fragment_id", "masked_text"])
            store.read(TABLES["gold_issue"])
            counts["reads"] = counts.get("reads", 0) + 1
        except (FeedbackLoopError, Exception) as error:
            counts[type(error).__name__] = counts.get(type(error).__name__, 0) + 1


def erased_beside(home: Path, people: list[Person]) -> tuple[dict[str, Any], dict[str, int], float]:
    """What the erasure said, what readers met meanwhile, and the seconds from its call to its end."""
    ids = home.parent / "erase.txt"
    ids.write_text("\n".join(person.customer_id for person in people), encoding="utf-8")
    context = mp.get_context("spawn")
    stop, manager = context.Event(), context.Manager()
    counts = [manager.dict() for _ in range(2)]
    readers = [context.Process(target=read_on, args=(home, stop, count)) for count in counts]
    for reader in readers:
        reader.start()
    environment = {**os.environ, "FEEDBACK_LOOP_EMBEDDER": "tfidf"}
    command = [sys.executable, "-W", "ignore", "-m", "feedback_loop.cli", "--home", str(home), "run"]
    run = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    while not any(count.get("reads") for count in counts):
        time.sleep(0.2)
    started = time.monotonic()
    said = cli(home, "erase", "--file", str(ids), "--json")
    seconds = time.monotonic() - started
    complaint = run.communicate()[1].decode()
    if run.returncode != 0:
        raise SystemExit(f"the run ended with {run.returncode}: {complaint[-600:]}")
    stop.set()
    for reader in readers:
        reader.join()
    total: dict[str, int] = {}
    for count in counts:
        for name, number in count.items():
            total[name] = total.get(name, 0) + number
    return json.loads(said.stdout), total, seconds


def differences(
    before: dict[str, pl.DataFrame], after: dict[str, pl.DataFrame], people: list[Person]
) -> dict[str, tuple[int, int, int, int]]:
    """Per table: rows before, rows of the erased, rows of others that lost something, and rows of others that are not as they were."""
    own = {person.customer_id for person in people}
    fragments = set(before["silver_fragment"].filter(pl.col("customer_id").is_in(list(own)))["fragment_id"])
    return {name: _difference(TABLES[name], old, after[name], own, fragments) for name, old in before.items()}


def _difference(table: Table, old: pl.DataFrame, new: pl.DataFrame, own: set[str], fragments: set[str]) -> tuple[int, int, int, int]:
    left = {tuple(row[key] for key in table.key): row for row in new.to_dicts()}
    gone = scrubbed = wrong = 0
    for row in old.to_dicts():
        now = left.pop(tuple(row[key] for key in table.key), None)
        if now is None:
            gone += 1
        elif now != row:
            is_about = any(set(row[name] or ()) & fragments for name in SCRUBBED[:4] if name in row) or _labels(row) != _labels(now)
            same = {k: v for k, v in row.items() if k not in SCRUBBED} == {k: v for k, v in now.items() if k not in SCRUBBED}
            scrubbed, wrong = scrubbed + (is_about and same), wrong + (not (is_about and same))
    return old.height, gone, scrubbed, wrong + len(left)


def _labels(row: dict[str, Any]) -> list[Any]:
    return [row.get(name) for name in ("cluster_label", "issue_label")]


def frames(settings: Settings) -> dict[str, pl.DataFrame]:
    """Every table, whole; what is a snapshot of the state store apart, which the run beside the erasure replaces."""
    store = tables(settings)
    return {
        table.name: store.read(table) for table in python_tables() if not table.name.startswith(("state_", "remediation_", "outcomes_"))
    }


def main() -> int:
    """Prints what was erased, found and compared; 1 where anything is left or changed that should not be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=1000)
    parser.add_argument("--erased", type=int, default=20)
    parser.add_argument("--home", type=Path, default=None)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = (arguments.home or Path(folder) / "home").resolve()
        shutil.rmtree(home, ignore_errors=True)
        return proved(home, [Person(n) for n in range(1, arguments.customers + 1)], arguments.erased)


def proved(home: Path, everybody: list[Person], count: int) -> int:
    """The whole story on one home."""
    settings = load_settings(home)
    chosen = random.Random(4).sample(everybody, count)
    land(home, everybody)
    shutil.copytree(home / "inbox", home.parent / "export", dirs_exist_ok=True)
    started = time.monotonic()
    cli(home, "run")
    decide(settings, everybody)
    cli(home, "run")
    console.print(f"{len(everybody):,} customers landed and computed twice in {time.monotonic() - started:.0f} s")
    strings, ids = [text for person in chosen for text in person.strings()], [person.customer_id for person in chosen]
    there = files_with(home, strings, ids)
    before = frames(settings)
    said, reads, seconds = erased_beside(home, chosen)
    after = frames(settings)
    left = files_with(home, strings, ids)
    told = differences(before, after, chosen)
    again = cli(home, "ingest", "records", str(home.parent / "export" / "records" / "export.jsonl"))
    last = cli(home, "run", expect=None)
    back = files_with(home, strings, ids)
    audit = cli(home, "audit", "verify", expect=None)
    shown = Shown("table", "rows", "gone", "others scrubbed", "others changed", title=f"{count} of {len(everybody):,} customers erased")
    for name, numbers in told.items():
        shown.add_row(name, *(f"{number:,}" for number in numbers))
    console.print(shown)
    searched = said["search"]
    wrong = sum(numbers[3] for numbers in told.values())
    console.print(f"files that held something of them before: {len(there)}; after: {len(left)} {left[:5]}")
    console.print(
        f"the package's own search: {searched['string_count']:,} strings in {searched['file_count']:,} files, "
        f"{searched['found_count']} found"
    )
    console.print(f"erasure: {seconds:.0f} s with the run that it waited for; readers meanwhile: {reads}")
    console.print(f"old export landed again: {again.stdout.strip()}")
    console.print(
        f"next run: exit {last.returncode} {last.stderr.strip()[-300:]}; files with something of them afterwards: {len(back)} {back[:5]}"
    )
    console.print(f"audit verify: exit {audit.returncode}, {audit.stdout.strip()}")
    libraries = ", ".join(f"{name} {version(name)}" for name in VERSIONS)
    console.print(f"Python {platform.python_version()}, {libraries}; {os.cpu_count()} cores")
    failed = [name for name in reads if name != "reads"]
    return int(bool(left or back or wrong or failed or last.returncode or audit.returncode or not there))


if __name__ == "__main__":
    sys.exit(main())
