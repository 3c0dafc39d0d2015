"""The sources of `vendor_outage`: four kinds over loopback, of which one gives no answer for a while, and the pulls that ask them.

A pull begins where the sensor of `defs/pull_jobs` would ask for one, whatever the others are still waiting for. A page takes as long as
`TAKES` or `GIVES_UP` say, on the made-up clock alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from feedback_loop.adapters.pulling import Pulling
from feedback_loop.config import load_settings
from feedback_loop.contracts.pages import Page
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import ConnectorUnreachable
from feedback_loop.ports import SourceClient
from feedback_loop.sources.pulled_rules import PulledRule
from feedback_loop.workflows.pull import pull
from feedback_loop.workflows.pulled_sources import due, read_sources, source_of
from feedback_loop_tests.adapters.vendor_pages.serving import Asked, Said, serving
from feedback_loop_tests.benchmarks import pull_kills_vendors
from feedback_loop_tests.benchmarks.pull_kills import environment, write_sources
from feedback_loop_tests.benchmarks.pull_kills_vendors import BEGIN, Vendors
from feedback_loop_tests.benchmarks.vendor_outage_plan import Plan, Side, most_in_a_minute
from feedback_loop_tests.benchmarks.virtual_time import VirtualTime
from feedback_loop_tests.fakes import FakeTableStore

TAKES, GIVES_UP = timedelta(seconds=1), timedelta(seconds=240)
"""What a page takes; and how long a client waits where none comes: four times the sixty seconds of its patience."""

TICK, FAILING, HEALTHY = timedelta(seconds=30), "zendesk-tickets", ("app-store-connect", "google-play-reviews", "intercom")
MOST_PAGES_A_MINUTE = 60
"""One page at a time, each of which takes a second: a pull that asked faster would ask for several at once."""


class TimedVendors(Vendors):
    """Vendors that have the records which were made until now; one of them drops connections while it is out."""

    def __init__(self, plan: Plan, time: VirtualTime) -> None:
        super().__init__(plan.arrivals, 0.0, 1)
        self._plan, self._time = plan, time

    def count_of(self, kind: str) -> int:
        """How many records were made."""
        return min(self.records, (self._time.now() - BEGIN) // self._plan.spacing + 1)

    def answer(self, asked: Asked) -> Said:
        """The answer, or nothing."""
        if asked.path.startswith("/api/v2/") and self._plan.is_out(self._time.now()):
            return Said(200, b"{}", cut=0)
        return super().answer(asked)


@dataclass
class TimedClient:
    """A client whose pages take their time, and which remembers when the vendor was asked."""

    client: SourceClient
    side: Side
    time: VirtualTime

    def page(self, cursor: str | None, since: datetime) -> Page:
        """The page of the client that it stands before."""
        self.side.asked.append(self.time.now())
        try:
            page = self.client.page(cursor, since)
        except ConnectorUnreachable:
            self.time.sleep(GIVES_UP)
            raise
        self.time.sleep(TAKES)
        return page


@dataclass
class Sources:
    """The world of one run."""

    plan: Plan
    time: VirtualTime
    pulling: Pulling
    rules: dict[str, PulledRule]
    sides: dict[str, Side]
    store: FakeTableStore = field(default_factory=FakeTableStore)
    at_work: set[str] = field(default_factory=set)
    began: set[str] = field(default_factory=set)

    def tick(self) -> None:
        """Begins pulls where the sensor would: once in a turn of a source, unless it is being asked already."""
        for name, rule in due(self.rules, self.pulling.spool_of, self.time.now()).items():
            kept = self.pulling.spool_of(name).latest()
            turn = int(self.time.now().timestamp() // (60 * rule.every_minutes))
            run_key = f"{name}/{turn}/{0 if kept is None else kept.number}"
            if name not in self.at_work and run_key not in self.began:
                self.began.add(run_key)
                self.at_work.add(name)
                self.time.at(self.time.now(), lambda name=name: self.ask(name))  # type: ignore[misc]

    def ask(self, name: str) -> None:
        """One pull."""
        opened: AbstractContextManager[SourceClient] = self.pulling.opened(name, self.rules[name])
        try:
            with opened as client:
                timed = TimedClient(client, self.sides[name], self.time)
                pull(source_of(name, self.rules[name]), timed, self.pulling.spool_of(name), self.store, self.time)
        except ConnectorUnreachable:
            pass  # the run fails, and the next turn tries again
        finally:
            self.at_work.discard(name)


def sources(plan: Plan, folder: Path) -> dict[str, Side]:
    """What became of the records of each source, by its name; the plan has to begin with the records."""
    time = VirtualTime(plan.begins)
    sides = {name: Side(f"records of {name}" + (" (down)" if name == FAILING else "")) for name in (*HEALTHY, FAILING)}
    with _records_each(plan.spacing), serving(TimedVendors(plan, time).answer) as running:
        write_sources(folder / "home", running.url, "imap://127.0.0.1:9")
        settings = load_settings(folder / "home", environment(folder))
        rules = {name: rule for name, rule in read_sources(settings.sources_file).items() if name in sides}
        found = Sources(plan, time, Pulling(settings, time), rules, sides)
        for tick in range(plan.lasts // TICK):
            time.at(plan.begins + tick * TICK, found.tick)
        time.run()
    landed = found.store.read(TABLES["bronze_feedback_record"]).sort("occurred_at", "source_record_id")
    for name, side in sides.items():
        _judge(name, side, plan, found, landed.filter(pl.col("source_file").str.starts_with(f"{name}-0")))
    return sides


@contextmanager
def _records_each(spacing: timedelta) -> Iterator[None]:
    """The records of all vendors are made at this distance until the block is left."""
    usual = pull_kills_vendors.SHIFT
    pull_kills_vendors.SHIFT = spacing
    try:
        yield
    finally:
        pull_kills_vendors.SHIFT = usual


def _judge(name: str, side: Side, plan: Plan, found: Sources, rows: pl.DataFrame) -> None:
    waited = rows.select((pl.col("landed_at") - pl.col("occurred_at")).dt.total_milliseconds() / 1000)
    side.waited = waited.to_series().to_list()
    side.is_in_order = rows["landed_at"].is_sorted()
    side.most_in_a_minute = most_in_a_minute([at for at in side.asked if not plan.is_out(at)])
    kept = found.pulling.spool_of(name).latest()
    if kept is None or not kept.total.is_balanced or kept.total.landed != rows.height:
        side.problems.append(f"{name}: told {kept and kept.total}, {rows.height} in the table")
    if rows.height != plan.arrivals or rows["record_version_id"].n_unique() != rows.height:
        side.problems.append(f"{name}: {rows.height} of {plan.arrivals} records landed")
