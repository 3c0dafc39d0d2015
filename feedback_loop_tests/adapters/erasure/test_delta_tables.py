"""Delta tables that forget: rows, log and earlier versions go, the number of the version and the rows of others stay."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from deltalake import DeltaTable

from feedback_loop.adapters.erasure.delta_tables import ErasableTables
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.erasure import Erased, StoreCount
from feedback_loop.contracts.tables import TABLES, Table
from feedback_loop.errors import TableLogMissing
from feedback_loop_tests.contracts.rows import INSTANT, frame_of

FRAGMENT = TABLES["silver_fragment"]
MINE = Erased(customer_ids=frozenset({"mine"}))


def said(name: str, day: int = 0, **changes: Any) -> dict[str, Any]:
    at = INSTANT + timedelta(days=day)
    return {
        "fragment_id": name,
        "customer_id": "mine" if name.startswith("m") else None,
        "occurred_at": at,
        "event_date": at.date(),
    } | changes


@pytest.fixture
def store(tmp_path: Path) -> ErasableTables:
    return ErasableTables(tmp_path / "tables", tmp_path / "locks")


def write(store: ErasableTables, rows: Sequence[dict[str, Any]]) -> None:
    for one in rows:
        store.append(FRAGMENT, frame_of(FRAGMENT, one))


def scrub(store: ErasableTables, erased: Erased = MINE) -> StoreCount:
    return store.scrub(FRAGMENT, erased, is_rehearsal=False)


def scrub_of(store: ErasableTables, *, is_rehearsal: bool) -> Callable[[Table], object]:
    return lambda table: store.scrub(table, MINE, is_rehearsal=is_rehearsal)


def test_only_touched_partitions_are_written(store: ErasableTables) -> None:
    write(store, [said("m1", 0), said("o1", 0), said("o2", 1), said("m2", 2)])
    before = set(store.files(FRAGMENT))
    assert scrub(store) == StoreCount("silver_fragment", 4, 2, 0)
    assert sorted(store.read(FRAGMENT)["fragment_id"]) == ["o1", "o2"]
    assert [file for file in store.files(FRAGMENT) if file in before and "2026-01-03" in file], (
        "the day without the customer was left alone"
    )


def test_a_table_of_which_nothing_is_left_stays_a_table(store: ErasableTables) -> None:
    write(store, [said("m1")])
    scrub(store)
    store.forget_past(FRAGMENT)
    assert store.read(FRAGMENT).is_empty()
    write(store, [said("o1")])
    assert store.read(FRAGMENT).height == 1


def test_a_rehearsal_counts_the_same_and_takes_no_lock(store: ErasableTables, tmp_path: Path) -> None:
    write(store, [said("m1"), said("o1", duplicate_of="m1")])
    for lock in (tmp_path / "locks").iterdir():
        lock.unlink()
    told = store.scrub(FRAGMENT, Erased(fragment_ids=frozenset({"m1"})), is_rehearsal=True)
    assert list((tmp_path / "locks").iterdir()) == []
    assert (
        told == store.scrub(FRAGMENT, Erased(fragment_ids=frozenset({"m1"})), is_rehearsal=False) == StoreCount("silver_fragment", 2, 1, 1)
    )


def test_the_version_goes_on_and_none_before_can_be_opened(store: ErasableTables, tmp_path: Path) -> None:
    write(store, [said("m1"), said("o1")])
    scrub(store)
    version = store.version(FRAGMENT)
    assert store.forget_past(FRAGMENT) > 0
    assert store.version(FRAGMENT) == version
    for earlier in range(version):
        with pytest.raises(Exception, match=r"No files|not found|Invalid"):
            DeltaTable(str(tmp_path / "tables" / "silver_fragment"), version=earlier)
    write(store, [said("o3")])
    assert store.version(FRAGMENT) == version + 1
    assert store.added_since(FRAGMENT, 0, ["fragment_id"]).height == 2, "what can't be told any more counts as added"


def test_a_table_that_forgets_twice_stays_whole(store: ErasableTables) -> None:
    write(store, [said("o1"), said("o2", 1)])
    store.forget_past(FRAGMENT)
    store.forget_past(FRAGMENT)
    assert store.replace_days(FRAGMENT, frame_of(FRAGMENT, said("o3")), DayRange(INSTANT.date(), INSTANT.date())) == 1
    assert sorted(store.read(FRAGMENT)["fragment_id"]) == ["o2", "o3"]


def test_rows_of_earlier_versions_can_be_read_until_they_are_forgotten(store: ErasableTables, tmp_path: Path) -> None:
    write(store, [said("m1")])
    store.replace_days(FRAGMENT, frame_of(FRAGMENT, said("m2")), DayRange(INSTANT.date(), INSTANT.date()))
    (tmp_path / "tables" / "silver_fragment" / "cut-off.parquet").write_bytes(b"PAR1")
    assert sorted(store.read_with_past(FRAGMENT, ["fragment_id"])["fragment_id"]) == ["m1", "m2"]
    store.forget_past(FRAGMENT)
    assert store.read_with_past(FRAGMENT, ["fragment_id"])["fragment_id"].to_list() == ["m2"]
    assert not (tmp_path / "tables" / "silver_fragment" / "cut-off.parquet").exists()


def test_a_table_that_was_never_written_has_nothing_to_lose(store: ErasableTables) -> None:
    assert scrub(store) == StoreCount("silver_fragment", 0)
    assert store.forget_past(FRAGMENT) == 0
    assert store.read_with_past(FRAGMENT, ["fragment_id"]).columns == ["fragment_id"]


def test_files_without_a_log_are_never_taken_for_those_of_earlier_versions(store: ErasableTables, tmp_path: Path) -> None:
    write(store, [said("m1"), said("o1", 1)])
    folder = tmp_path / "tables" / "silver_fragment"
    (folder / "_delta_log").rename(tmp_path / "lost")
    before = {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()}
    for asked in (store.forget_past, store.require_log, scrub_of(store, is_rehearsal=False), scrub_of(store, is_rehearsal=True)):
        with pytest.raises(TableLogMissing, match="_delta_log"):
            asked(FRAGMENT)
    assert {file: file.read_bytes() for file in folder.rglob("*") if file.is_file()} == before
    (tmp_path / "lost").rename(folder / "_delta_log")
    assert scrub(store) == StoreCount("silver_fragment", 2, 1, 0)


def test_what_a_killed_first_write_left_goes_once_the_table_is_written(store: ErasableTables, tmp_path: Path) -> None:
    stray = tmp_path / "tables" / "silver_fragment" / "part.parquet"
    stray.parent.mkdir(parents=True)
    stray.write_bytes(b"x")
    write(store, [said("o1")])
    store.forget_past(FRAGMENT)
    assert not stray.exists()
    assert store.read(FRAGMENT)["fragment_id"].to_list() == ["o1"]


def test_readers_meet_neither_a_hole_nor_an_empty_table_meanwhile(store: ErasableTables) -> None:
    write(store, [said(f"o{n}", n % 3) for n in range(6)])

    def read_on(_: int) -> set[int]:
        return {store.read(FRAGMENT, columns=["fragment_id"]).height for _ in range(15)}

    with ThreadPoolExecutor(3) as pool:
        readers = pool.map(read_on, range(2))
        for number in range(4):
            write(store, [said(f"m{number}")])
            scrub(store)
            store.forget_past(FRAGMENT)
        seen = set().union(*readers)
    assert seen <= {6, 7}


def test_values_keep_their_bits(store: ErasableTables) -> None:
    table = TABLES["analysis_embedding"]
    vector = [0.1, 1 / 3, -7.25e-8]
    rows = [{"fragment_id": name, "vector": vector, "event_date": date(2026, 1, 2)} for name in ("a", "b")]
    store.append(table, frame_of(table, *rows))
    before = store.read(table).filter(pl.col("fragment_id") == "b")
    store.scrub(table, Erased(fragment_ids=frozenset({"a"})), is_rehearsal=False)
    assert store.read(table).equals(before)
