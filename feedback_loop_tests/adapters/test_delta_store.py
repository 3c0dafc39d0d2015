"""The real store keeps the promises of `ports.TableStore`: contracts first, days exactly, nothing twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.config import load_settings
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import ContractBroken, RowsOutsideDays, TableDamaged
from feedback_loop.ports import TableStore
from feedback_loop_tests.contracts.rows import frame_of

RECORD, EMBEDDING, RELEASE = TABLES["bronze_feedback_record"], TABLES["analysis_embedding"], TABLES["context_release"]
FIRST = date(2026, 3, 1)


def day(number: int) -> date:
    return FIRST + timedelta(days=number)


def days(first: int, last: int) -> DayRange:
    return DayRange(day(first), day(last))


def vectors(**number_by_id: int) -> pl.DataFrame:
    """Rows of `analysis_embedding`, each on the day of that number."""
    rows = [{"fragment_id": name, "vector": [1.0], "event_date": day(number)} for name, number in number_by_id.items()]
    return frame_of(EMBEDDING, *rows)


def records(*names: str, landed: int = 0, occurred: int = 0, **values: Any) -> pl.DataFrame:
    """Rows of `bronze_feedback_record`, landed and occurred on the days of those numbers."""
    at, then = (datetime.combine(day(n), datetime.min.time(), UTC) for n in (landed, occurred))
    place = {"landed_at": at, "landed_date": at.date(), "occurred_at": then, "event_date": then.date()}
    return frame_of(RECORD, *({"record_version_id": name, "record_id": name, **place, **values} for name in names))


def ids(frame: pl.DataFrame) -> list[str]:
    return sorted(frame["fragment_id" if "fragment_id" in frame.columns else "record_version_id"])


@pytest.fixture
def store(tmp_path: Path) -> DeltaTableStore:
    return DeltaTableStore(tmp_path / "tables", tmp_path / "locks")


def test_it_is_a_table_store(store: DeltaTableStore) -> None:
    port: TableStore = store
    assert port.version(EMBEDDING) == -1


@pytest.mark.parametrize("damage", ["garbled", "gone"])
def test_a_file_that_is_damaged_or_gone_is_said_by_the_name_of_its_table(store: DeltaTableStore, tmp_path: Path, damage: str) -> None:
    store.replace_days(EMBEDDING, vectors(a=0), days(0, 0))
    for file in (tmp_path / "tables").rglob("*.parquet"):
        if damage == "gone":
            file.unlink()
        else:
            file.write_bytes(b"PAR1 and no more")
    with pytest.raises(TableDamaged, match="analysis_embedding: a file of this table is missing or damaged"):
        store.read(EMBEDDING)


def test_a_table_that_nobody_wrote_is_empty_with_its_columns(store: DeltaTableStore) -> None:
    assert store.read(EMBEDDING).schema == pl.Schema(EMBEDDING.schema)
    assert store.read(EMBEDDING, days(0, 3), columns=["event_date"]).schema == {"event_date": pl.Date}
    assert store.files(EMBEDDING) == []
    assert store.added_since(EMBEDDING, -1, ["fragment_id"]).is_empty()


@pytest.mark.parametrize("name", [name for name, table in TABLES.items() if table.partition])
def test_every_table_comes_back_as_it_was_written(store: DeltaTableStore, name: str) -> None:
    frame = frame_of(TABLES[name], {})
    store.replace_all(TABLES[name], frame)
    back = store.read(TABLES[name])
    assert back.schema == pl.Schema(TABLES[name].schema)
    assert back.equals(frame)


@pytest.mark.parametrize("folder", ["with blank", "Größe", "日本", "it's", "a#b", "a{b}"])
def test_a_home_may_have_any_name_that_the_settings_accept(tmp_path: Path, folder: str) -> None:
    home = load_settings(tmp_path / folder, {}).home
    store = DeltaTableStore(home / "tables", home / "locks")
    store.append(RECORD, records("a"))
    store.append(RECORD, records("b", landed=1))
    assert ids(store.read(RECORD)) == ["a", "b"]
    assert ids(store.added_since(RECORD, 0, ["record_version_id"])) == ["b"]
    assert store.replace_days(EMBEDDING, vectors(a=0, b=1), days(0, 1)) == 2
    assert store.replace_days(EMBEDDING, vectors(a=0), days(0, 1)) == 1
    assert ids(store.read(EMBEDDING)) == ["a"]


def test_nulls_empty_lists_and_every_character_survive(store: DeltaTableStore) -> None:
    text = "ünï 🖨 \x00 \u202e \r\n\t'\" %20 /..\\"
    store.append(RECORD, records("a", text=text, rating=None, raw_payload=""))
    store.append(RECORD, records("b", text=None))
    assert store.read(RECORD).sort("record_id")["text"].to_list() == [text, None]
    assert store.read(RECORD).sort("record_id")["raw_payload"].to_list()[0] == ""


def test_appending_returns_and_adds_the_new_rows_alone(store: DeltaTableStore) -> None:
    assert ids(store.append(RECORD, records("b", "a"))) == ["a", "b"]
    again = store.append(RECORD, records("b", "c", landed=1))
    assert ids(again) == ["c"]
    assert ids(store.read(RECORD)) == ["a", "b", "c"]
    assert store.read(RECORD).filter(pl.col("record_version_id") == "b")["landed_date"].item() == day(0)


def test_appending_what_is_there_makes_no_version(store: DeltaTableStore) -> None:
    store.append(RECORD, records("a", "b"))
    files, version = store.files(RECORD), store.version(RECORD)
    assert store.append(RECORD, records("a", "b", landed=5)).is_empty()
    assert store.append(RECORD, records()).is_empty()
    assert (store.files(RECORD), store.version(RECORD)) == (files, version)


def test_replacing_days_leaves_the_others(store: DeltaTableStore) -> None:
    store.replace_days(EMBEDDING, vectors(a=0, b=1, c=2), days(0, 2))
    assert store.replace_days(EMBEDDING, vectors(d=1), days(1, 1)) == 1
    assert ids(store.read(EMBEDDING)) == ["a", "c", "d"]
    assert ids(store.read(EMBEDDING, days(0, 1))) == ["a", "d"]


def test_replacing_days_keeps_the_rows_between_two_changed_days(store: DeltaTableStore) -> None:
    store.replace_days(EMBEDDING, vectors(a=0, b=1, c=2, e=5), days(0, 5))
    assert store.replace_days(EMBEDDING, vectors(x=0, b=1, z=2, e=5), days(0, 5)) == 2
    assert ids(store.read(EMBEDDING)) == ["b", "e", "x", "z"]


def test_days_that_are_not_contiguous_in_the_frame_keep_their_gap_empty(store: DeltaTableStore) -> None:
    store.replace_days(EMBEDDING, vectors(a=0, b=3), days(0, 6))
    assert store.read(EMBEDDING, days(1, 2)).is_empty()
    assert ids(store.read(EMBEDDING, days(3, 6))) == ["b"]


def test_an_empty_frame_empties_its_days_and_no_other(store: DeltaTableStore) -> None:
    store.replace_days(EMBEDDING, vectors(a=0, b=1, c=2), days(0, 2))
    assert store.replace_days(EMBEDDING, vectors(), days(1, 2)) == 2
    assert ids(store.read(EMBEDDING)) == ["a"]
    assert store.replace_days(EMBEDDING, vectors(), days(1, 2)) == 0


def test_an_empty_frame_into_nothing_makes_nothing(store: DeltaTableStore) -> None:
    assert store.replace_days(EMBEDDING, vectors(), days(0, 2)) == 0
    assert store.version(EMBEDDING) == -1


def test_the_same_rows_in_another_order_make_no_version(store: DeltaTableStore) -> None:
    frame = vectors(a=0, b=1, c=1)
    store.replace_days(EMBEDDING, frame, days(0, 1))
    version = store.version(EMBEDDING)
    assert store.replace_days(EMBEDDING, frame.reverse(), days(0, 1)) == 0
    assert store.version(EMBEDDING) == version


def test_only_changed_days_are_written_again(store: DeltaTableStore) -> None:
    store.replace_days(EMBEDDING, vectors(a=0, b=1, c=2), days(0, 2))
    before = {file for file in store.files(EMBEDDING) if f"event_date={day(1)}" not in file}
    assert store.replace_days(EMBEDDING, vectors(a=0, x=1, c=2), days(0, 2)) == 1
    assert before < set(store.files(EMBEDDING))


def test_a_null_that_becomes_a_value_is_a_change(store: DeltaTableStore) -> None:
    table = TABLES["analysis_classification"]
    frame = frame_of(table, {"complaint_class": None, "event_date": day(0)})
    store.replace_days(table, frame, days(0, 0))
    assert store.replace_days(table, frame.with_columns(complaint_class=pl.lit("crash")), days(0, 0)) == 1


@pytest.mark.parametrize("stray", [-1, 2])
def test_rows_of_other_days_are_refused_before_anything_is_written(store: DeltaTableStore, stray: int) -> None:
    store.replace_days(EMBEDDING, vectors(a=0), days(0, 1))
    with pytest.raises(RowsOutsideDays) as caught:
        store.replace_days(EMBEDDING, vectors(b=0, c=stray), days(0, 1))
    assert caught.value.offending == [str(day(stray))]
    assert ids(store.read(EMBEDDING)) == ["a"]


def test_rows_that_break_the_contract_are_refused_by_every_way_in(store: DeltaTableStore) -> None:
    twice, short = pl.concat([vectors(a=0), vectors(a=0)]), vectors(a=0).drop("vector")
    for frame in (twice, short):
        with pytest.raises(ContractBroken):
            store.append(EMBEDDING, frame)
        with pytest.raises(ContractBroken):
            store.replace_days(EMBEDDING, frame, days(0, 0))
        with pytest.raises(ContractBroken):
            store.replace_all(EMBEDDING, frame)
    assert store.version(EMBEDDING) == -1


def test_replacing_all_drops_whatever_was_there(store: DeltaTableStore) -> None:
    releases = frame_of(RELEASE, {"release_version": "1"}, {"release_version": "2"})
    assert store.replace_all(RELEASE, releases)
    assert not store.replace_all(RELEASE, releases.reverse())
    assert store.replace_all(RELEASE, releases.head(1))
    assert store.read(RELEASE)["release_version"].to_list() == ["1"]
    assert store.replace_all(RELEASE, releases.clear())
    assert store.read(RELEASE).is_empty()


def test_replacing_all_by_nothing_makes_the_table(store: DeltaTableStore) -> None:
    assert store.replace_all(RELEASE, frame_of(RELEASE))
    assert store.version(RELEASE) == 0


def test_reading_as_of_a_time_leaves_out_what_landed_later(store: DeltaTableStore) -> None:
    for number, name in enumerate("abc"):
        store.append(RECORD, records(name, landed=number))
    instant = datetime.combine(day(1), datetime.min.time(), UTC)
    assert ids(store.read(RECORD, as_of=instant)) == ["a", "b"]
    assert ids(store.read(RECORD, as_of=instant - timedelta(microseconds=1))) == ["a"]


def test_the_days_of_bronze_are_those_of_the_event_though_it_is_filed_by_landing(store: DeltaTableStore) -> None:
    store.append(RECORD, records("early", landed=9, occurred=0))
    store.append(RECORD, records("late", landed=9, occurred=4))
    assert ids(store.read(RECORD, days(0, 3))) == ["early"]
    assert all(f"landed_date={day(9)}" in file for file in store.files(RECORD))


def test_files_are_absolute_exist_and_hold_every_row(store: DeltaTableStore) -> None:
    store.replace_days(EMBEDDING, vectors(a=0, b=1), days(0, 1))
    store.replace_days(EMBEDDING, vectors(c=1, d=1), days(1, 1))
    files = [Path(file) for file in store.files(EMBEDDING)]
    assert all(file.is_absolute() and file.is_file() for file in files)
    assert sum(pl.scan_parquet(file).select(pl.len()).collect().item() for file in files) == 3


def test_versions_grow_by_change(store: DeltaTableStore) -> None:
    seen = [store.version(EMBEDDING)]
    for name in ("a", "b"):
        store.replace_days(EMBEDDING, vectors(**{name: 0}), days(0, 0))
        seen.append(store.version(EMBEDDING))
    assert seen[0] == -1
    assert seen == sorted(set(seen))


def test_what_was_added_since_a_version_is_what_was_appended_after_it(store: DeltaTableStore) -> None:
    store.append(RECORD, records("a", "b"))
    then = store.version(RECORD)
    store.append(RECORD, records("c", landed=3))
    assert store.added_since(RECORD, then, ["record_version_id"])["record_version_id"].to_list() == ["c"]
    assert store.added_since(RECORD, store.version(RECORD), ["record_version_id"]).is_empty()


@pytest.mark.parametrize("version", [-1, 99])
def test_everything_counts_as_added_since_a_version_that_never_was(store: DeltaTableStore, version: int) -> None:
    store.append(RECORD, records("a"))
    store.append(RECORD, records("b"))
    assert sorted(store.added_since(RECORD, version, ["record_version_id"])["record_version_id"]) == ["a", "b"]


def test_only_rows_that_match_are_read(store: DeltaTableStore) -> None:
    store.append(RECORD, records("a", "b", customer_id="anna"))
    store.append(RECORD, records("c", customer_id="bo"))
    store.append(RECORD, records("d", customer_id=None))
    found = store.read(RECORD, matching=pl.DataFrame({"customer_id": ["anna"], "record_id": ["b"]}))
    assert ids(found) == ["b"]
    assert ids(store.read(RECORD, columns=["record_version_id"], matching=pl.DataFrame({"customer_id": ["anna"]}))) == ["a", "b"]
    assert store.read(RECORD, matching=pl.DataFrame({"customer_id": []}, schema={"customer_id": pl.String})).is_empty()
