"""Pulling: every row of every page is accounted for, whatever fails and wherever the process is killed, and nothing lands twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import polars as pl
import pytest

from feedback_loop.contracts.pages import KeptPage, Page
from feedback_loop.contracts.records import LandingReport
from feedback_loop.contracts.tables import TABLES, Table
from feedback_loop.errors import ConnectorUnreachable, CursorExpired, UnreadableFile
from feedback_loop.workflows.pull import OVERLAP, PulledSource, land_kept, pull
from feedback_loop_tests.fakes import FakeClock, FakeTableStore

SOURCE = PulledSource("desk", "records", None, datetime(2026, 1, 1, tzinfo=UTC))
RECORDS = TABLES["bronze_feedback_record"]


class Killed(BaseException):
    """The process ended here."""


def row(number: int, **more: object) -> dict[str, object]:
    return {
        "source_record_id": str(number),
        "channel": "ticket",
        "product": "P",
        "occurred_at": "2026-01-02",
        "text": f"no {number}",
        **more,
    }


def lines(*rows: object) -> bytes:
    return b"\n".join(one if isinstance(one, bytes) else json.dumps(one).encode() for one in rows)


class Vendor:
    """Pages by cursor; `trouble` is raised by the calls of those numbers, the first being 0."""

    def __init__(self, *pages: bytes) -> None:
        self.pages = list(pages)
        self.asked: list[tuple[str | None, datetime]] = []
        self.trouble: dict[int, Exception] = {}

    def page(self, cursor: str | None, since: datetime) -> Page:
        self.asked.append((cursor, since))
        if error := self.trouble.get(len(self.asked) - 1):
            raise error
        index = int(cursor or 0)
        content = self.pages[index] if index < len(self.pages) else b"\n"
        return Page(content, ".jsonl", str(min(index + 1, len(self.pages))), is_last=index + 1 >= len(self.pages))


class Spool:
    """Keeps the page as a file does: what was kept outlives a kill."""

    def __init__(self) -> None:
        self.kept: KeptPage | None = None

    @contextmanager
    def alone(self) -> Iterator[None]:
        yield

    def latest(self) -> KeptPage | None:
        return self.kept

    def keep(self, page: KeptPage) -> None:
        self.kept = page


@dataclass
class Fuse:
    """Kills the process before one of its steps."""

    left: int

    def burn(self) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed


@dataclass
class KilledSpool(Spool):
    fuse: Fuse = field(default_factory=lambda: Fuse(0))
    kept: KeptPage | None = None

    def keep(self, page: KeptPage) -> None:
        self.fuse.burn()
        super().keep(page)
        self.fuse.burn()


class KilledStore(FakeTableStore):
    fuse = Fuse(0)

    def append(self, table: Table, frame: pl.DataFrame) -> pl.DataFrame:
        self.fuse.burn()
        appended = super().append(table, frame)
        self.fuse.burn()
        return appended


def test_all_pages_land_and_the_next_pull_goes_on_where_the_last_one_ended() -> None:
    vendor, spool, store = Vendor(lines(row(1), row(2)), lines(row(2), row(3), b"broken")), Spool(), FakeTableStore()
    done = pull(SOURCE, vendor, spool, store, FakeClock())
    assert (done.pages, done.report) == (2, LandingReport(read=5, landed=3, duplicates=1, quarantined=1))
    assert [cursor for cursor, _ in vendor.asked] == [None, "1"]
    vendor.pages.append(lines(row(4)))
    assert pull(SOURCE, vendor, spool, store, FakeClock()).report == LandingReport(read=1, landed=1, duplicates=0, quarantined=0)
    assert spool.kept is not None
    assert (spool.kept.number, spool.kept.total, spool.kept.content) == (
        3,
        LandingReport(read=6, landed=4, duplicates=1, quarantined=1),
        None,
    )
    assert sorted(store.read(RECORDS)["source_record_id"]) == ["1", "2", "3", "4"]
    assert set(store.read(RECORDS)["source_file"]) == {"desk-000000001.jsonl", "desk-000000002.jsonl", "desk-000000003.jsonl"}


def test_a_page_that_does_not_come_keeps_what_came_before_and_is_asked_for_again() -> None:
    vendor, spool, store = Vendor(lines(row(1)), lines(row(2))), Spool(), FakeTableStore()
    vendor.trouble[1] = ConnectorUnreachable("desk", "a read", "status 500")
    with pytest.raises(ConnectorUnreachable):
        pull(SOURCE, vendor, spool, store, FakeClock())
    assert store.read(RECORDS).height == 1
    assert pull(SOURCE, vendor, spool, store, FakeClock()).report.landed == 1
    assert [cursor for cursor, _ in vendor.asked] == [None, "1", "1"]


def test_an_expired_cursor_begins_anew_from_a_day_before_and_lands_nothing_twice() -> None:
    vendor, spool, store, clock = Vendor(lines(row(1)), lines(row(2))), Spool(), FakeTableStore(), FakeClock()
    vendor.trouble[1] = CursorExpired("desk")
    done = pull(SOURCE, vendor, spool, store, clock)
    assert done.began_anew
    assert vendor.asked[2] == (None, clock.now() - OVERLAP)
    assert done.report == LandingReport(read=3, landed=2, duplicates=1, quarantined=0)
    vendor.trouble = {len(vendor.asked): CursorExpired("desk"), len(vendor.asked) + 1: CursorExpired("desk")}
    with pytest.raises(CursorExpired):
        pull(SOURCE, vendor, spool, store, clock)


def test_a_page_that_is_none_stays_where_it_is_until_its_reader_can_read_it() -> None:
    vendor, spool, store = Vendor(b"\x1f\x8bzip"), Spool(), FakeTableStore()
    for _ in range(2):
        with pytest.raises(UnreadableFile):
            pull(SOURCE, vendor, spool, store, FakeClock())
    assert len(vendor.asked) == 1
    assert spool.kept is not None
    assert spool.kept.content == b"\x1f\x8bzip"


def test_what_a_killed_pull_left_can_be_landed_without_asking_anybody() -> None:
    vendor, spool, store = Vendor(lines(row(1)), lines(row(2))), KilledSpool(), FakeTableStore()
    spool.fuse = Fuse(2)
    with pytest.raises(Killed):
        pull(SOURCE, vendor, spool, store, FakeClock())
    spool.fuse = Fuse(0)
    assert land_kept(SOURCE, spool, store, FakeClock()).report.landed == 1
    assert land_kept(SOURCE, spool, store, FakeClock()).pages == 0
    assert len(vendor.asked) == 1
    assert store.read(RECORDS)["source_record_id"].to_list() == ["1"]


def test_a_pull_stops_after_so_many_pages_and_says_that_more_waits() -> None:
    vendor, spool, store = Vendor(*(lines(row(n)) for n in range(5))), Spool(), FakeTableStore()
    assert pull(SOURCE, vendor, spool, store, FakeClock(), most_pages=2).is_behind
    assert not pull(SOURCE, vendor, spool, store, FakeClock()).is_behind
    assert store.read(RECORDS).height == 5


@pytest.mark.parametrize("seed", range(20))
def test_killed_anywhere_it_goes_on_without_loss_or_doubles_and_every_row_is_accounted_for(seed: int) -> None:
    draw, pages = Random(seed), []
    for _ in range(draw.randint(1, 6)):
        pages.append(lines(*(row(draw.randint(1, 12)) if draw.random() < 0.9 else b"broken %d" % draw.randint(1, 3) for _ in range(4))))
    vendor, spool, store, clock = Vendor(*pages), KilledSpool(), KilledStore(), FakeClock()
    for _ in range(200):
        spool.fuse = store.fuse = Fuse(draw.randint(1, 9))
        try:
            if not pull(SOURCE, vendor, spool, store, clock).is_behind:
                break
        except Killed:
            clock.advance(timedelta(seconds=1))
    spool.fuse = store.fuse = Fuse(0)
    assert spool.kept is not None
    total, said = spool.kept.total, [line for page in pages for line in page.splitlines(keepends=True)]
    wanted = {json.loads(line)["source_record_id"] for line in said if not line.startswith(b"broken")}
    assert sorted(store.read(RECORDS)["source_record_id"]) == sorted(wanted)
    assert total.is_balanced
    assert (total.read, total.landed) == (len(said), len(wanted))
    assert total.quarantined == store.read(TABLES["bronze_quarantine"]).height == len({line for line in said if line.startswith(b"broken")})
