"""Many files of many instants land as if they had come one by one, with one append for each table."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.bronze.landing import FEEDBACK_RECORD, LANDED_TABLES, QUARANTINE
from feedback_loop.contracts.records import LandingReport
from feedback_loop.errors import BadInput
from feedback_loop.workflows.deliveries import land_deliveries
from feedback_loop.workflows.ingest import land_file
from feedback_loop_tests.fakes import START, FakeClock, FakeTableStore
from feedback_loop_tests.sources.rows import json_lines, play_file, play_row
from feedback_loop_tests.sources.test_context_statements import CHANGE
from feedback_loop_tests.sources.test_documents import document
from feedback_loop_tests.sources.test_measurements import GOOD


@dataclass(frozen=True)
class File:
    """One delivered file."""

    source: str
    name: str
    content: bytes
    product: str | None
    delivered_at: datetime


def hour(number: int) -> datetime:
    return START + timedelta(hours=number)


def reviews(number: int, *ids: str) -> File:
    return File("google_play", f"{number}.csv", play_file(*(play_row(reviewId=name) for name in ids)), "Acme", hour(number))


FILES = [
    reviews(0, "a", "b", ""),
    reviews(1, "b", "c", ""),
    File("changes", "changes.jsonl", json_lines(CHANGE, CHANGE | {"scope": 1}), None, hour(1)),
    File("telemetry", "0.jsonl", json_lines(GOOD, GOOD | {"service": "pay"}), None, hour(1)),
    File("telemetry", "1.jsonl", json_lines(GOOD, GOOD | {"service": ""}), None, hour(2)),
    File("documents", "kb.md", document(), None, hour(2)),
    File("changes", "changes.jsonl", json_lines(CHANGE | {"ended_at": "2026-03-02"}), None, hour(3)),
]


def one_by_one(files: list[File], folder: Path) -> tuple[FakeTableStore, LandingReport]:
    store, clock = FakeTableStore(), FakeClock()
    report = LandingReport(read=0, landed=0, duplicates=0, quarantined=0)
    for file in files:
        path = folder / file.name
        path.write_bytes(file.content)
        clock.instant = file.delivered_at
        report = report.plus(land_file(file.source, path, file.product, store, clock))
    return store, report


def test_deliveries_land_the_same_rows_as_the_files_one_by_one(tmp_path: Path) -> None:
    store = FakeTableStore()
    report = land_deliveries(FILES, store)
    expected, counted = one_by_one(FILES, tmp_path)
    assert report == counted
    assert report.is_balanced
    for table in (*LANDED_TABLES, QUARANTINE):
        assert store.read(table).sort(table.key).equals(expected.read(table).sort(table.key)), table.name


def test_each_table_is_appended_to_once_however_many_files_there_are() -> None:
    store = FakeTableStore()
    land_deliveries([reviews(number, str(number)) for number in range(50)], store)
    assert store.appends == [(FEEDBACK_RECORD.name, 50)]
    assert store.read(FEEDBACK_RECORD)["landed_at"].n_unique() == 50


def test_of_equal_rows_the_one_that_was_delivered_first_lands_whatever_the_order_of_the_files() -> None:
    store = MemoryTableStore()
    shuffled = random.Random(3).sample(FILES, len(FILES))
    assert land_deliveries(shuffled, store) == land_deliveries(FILES, MemoryTableStore())
    landed = dict(store.read(FEEDBACK_RECORD).select("source_record_id", "landed_at").rows())
    assert landed == {"a": hour(0), "b": hour(0), "c": hour(1)}


def test_deliveries_again_add_nothing() -> None:
    store = FakeTableStore()
    first = land_deliveries(FILES, store)
    versions = [store.version(table) for table in (*LANDED_TABLES, QUARANTINE)]
    assert land_deliveries(FILES, store) == LandingReport(read=first.read, landed=0, duplicates=first.read, quarantined=0)
    assert [store.version(table) for table in (*LANDED_TABLES, QUARANTINE)] == versions


def test_nothing_delivered_lands_nothing() -> None:
    assert land_deliveries([], FakeTableStore()) == LandingReport(read=0, landed=0, duplicates=0, quarantined=0)


@pytest.mark.parametrize(
    "bad",
    [
        File("google_play", "a.csv", b"", "Acme", hour(9)),
        File("google_play", "a.csv", play_file(play_row()), None, hour(9)),
        File("telemetry", "a.xlsx", b"x", None, hour(9)),
        File("fax", "a.csv", b"x", None, hour(9)),
    ],
    ids=lambda file: f"{file.source}/{file.name}",
)
def test_file_that_can_not_be_read_is_refused_before_anything_lands(bad: File) -> None:
    store = FakeTableStore()
    with pytest.raises(BadInput):
        land_deliveries([*FILES, bad], store)
    assert store.appends == []
