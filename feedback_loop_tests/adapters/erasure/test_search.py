"""The search finds a string wherever and however it lies, tells its place alone, and takes no longer id for it."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pytest

from feedback_loop.adapters.erasure import search as search_module
from feedback_loop.adapters.erasure.search import search
from feedback_loop.contracts.erasure import ErasedStrings, Search

TEXT = 'says "häßlich"\nand then nothing'
STRINGS = ErasedStrings(texts=(TEXT,), ids=("customer-1", "4711471147"), other_ids=("customer-11",))


def in_sqlite(file: Path, value: object) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE t (v)")
        database.execute("INSERT INTO t VALUES (?)", (value,))
        database.commit()


def in_duckdb(file: Path) -> None:
    with duckdb.connect(str(file)) as connection:
        connection.execute("create table t as select ? || i as v, [?] as w from range(3000) r(i)", [TEXT * 3, TEXT])


PLACES: dict[str, Callable[[Path], object]] = {
    "plain": lambda file: file.write_text(f"x{TEXT}y", encoding="utf-8"),
    "utf-16": lambda file: file.write_text(TEXT, encoding="utf-16"),
    "json": lambda file: file.write_text(json.dumps({"a": TEXT})),
    "json in json": lambda file: file.write_text(json.dumps({"a": json.dumps({"b": TEXT})})),
    "json of utf-8": lambda file: file.write_text(json.dumps({"a": TEXT}, ensure_ascii=False), encoding="utf-8"),
    "parquet": lambda file: pl.DataFrame({"a": [[TEXT]], "b": [{"c": TEXT.encode()}]}).write_parquet(file, compression="zstd"),
    "sqlite": lambda file: in_sqlite(file, TEXT),
    "sqlite, compressed": lambda file: in_sqlite(file, zlib.compress(TEXT.encode())),
    "duckdb": in_duckdb,
    "an id": lambda file: file.write_text("xcustomer-1,customer-11"),
}


def searched(home: Path) -> Search:
    return search(home, STRINGS)


@pytest.mark.parametrize("place", PLACES)
def test_a_string_is_found(tmp_path: Path, place: str) -> None:
    PLACES[place](tmp_path / "file")
    found = searched(tmp_path)
    assert {trace.place for trace in found.traces} == {"file"}
    assert "häßlich" not in str(found)
    assert (found.file_count, found.string_count) == (1, 3)


@pytest.mark.parametrize("content", ["customer-11", "customer-11,customer-11", "147114711471147", "nothing", ""])
def test_a_longer_id_or_number_is_no_trace(tmp_path: Path, content: str) -> None:
    (tmp_path / "file").write_text(content)
    assert searched(tmp_path).traces == ()


def test_a_string_across_the_edge_of_a_chunk_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "_CHUNK", 100)
    (tmp_path / "file").write_text("x" * 90 + TEXT, encoding="utf-8")
    assert searched(tmp_path).found_count >= 1


def test_the_name_of_a_file_is_searched_and_not_told(tmp_path: Path) -> None:
    (tmp_path / "customer-1.csv").write_text("a")
    (trace,) = searched(tmp_path).traces
    assert trace.what == "name"
    assert "customer-1" not in trace.place


@pytest.mark.parametrize("start", [b"PAR1", b"SQLite format 3\0", b"12345678DUCK"])
def test_a_damaged_file_is_searched_as_it_lies(tmp_path: Path, start: bytes) -> None:
    (tmp_path / "file").write_bytes(start + TEXT.encode())
    assert [trace.what for trace in searched(tmp_path).traces] == ["bytes", "unread"]


def test_of_very_many_strings_an_evenly_spaced_part_is_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_module, "_MOST_STRINGS", 10)
    found = search(tmp_path, ErasedStrings(texts=tuple(f"text number {n}" for n in range(25)), not_searched_count=2))
    assert found.string_count == 9
    assert found.strings_left_out_count == 18


def test_compressed_beginning_of_another_id_is_no_trace_and_the_id_among_the_values_is_one(tmp_path: Path) -> None:
    pl.DataFrame({"a": ["customer-11", "customer-1"]}).write_parquet(tmp_path / "whole.parquet", compression="zstd")
    assert searched(tmp_path).found_count == 1


@pytest.mark.parametrize(
    ("name", "start"), [("torn.parquet", b"PAR1"), ("torn.sqlite", b"SQLite format 3\0"), ("torn.duckdb", b"12345678DUCK")]
)
def test_file_whose_values_cannot_be_read_counts_as_a_trace(tmp_path: Path, name: str, start: bytes) -> None:
    (tmp_path / name).write_bytes(start + b"customer-1\x05\x0c" * 40)
    assert [trace.place for trace in searched(tmp_path).traces if trace.what == "unread"] == [name]
