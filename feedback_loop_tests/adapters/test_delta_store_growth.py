"""A home outlives the contracts under which it was filled: tables that lack newer columns are read, appended to and replaced."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES, Table
from feedback_loop.contracts.validate import violations
from feedback_loop_tests.adapters.test_delta_store import day, days, ids, records
from feedback_loop_tests.contracts.rows import frame_of

RECORD, MESSAGE, TELEMETRY = (TABLES[name] for name in ("bronze_feedback_record", "silver_message", "context_telemetry"))


def before_browsers(table: Table) -> Table:
    """The table as it was before there was a browser."""
    return replace(table, columns=tuple(name for name in table.columns if name != "browser"))


def messages(browser: str | None = None, **number_by_id: int) -> pl.DataFrame:
    rows = [
        {"record_id": name, "browser": browser, "event_date": day(number), "occurred_at": None} for name, number in number_by_id.items()
    ]
    return frame_of(MESSAGE, *rows).with_columns(occurred_at=pl.col("event_date").cast(pl.Datetime("us", "UTC")))


@pytest.fixture
def store(tmp_path: Path) -> DeltaTableStore:
    """A home whose records and messages were written by an older contract."""
    store = DeltaTableStore(tmp_path / "tables", tmp_path / "locks")
    store.append(before_browsers(RECORD), records("old").drop("browser"))
    store.replace_days(before_browsers(MESSAGE), messages(old=0, kept=3).drop("browser"), days(0, 3))
    return store


def test_rows_from_before_a_column_existed_have_nulls_there(store: DeltaTableStore) -> None:
    rows = store.read(RECORD)
    assert rows.schema == pl.Schema(RECORD.schema)
    assert rows["browser"].to_list() == [None]
    assert store.read(RECORD, days(0, 0), columns=["browser", "event_date"]).shape == (1, 2)
    assert violations(store.read(MESSAGE), MESSAGE) == []


def test_new_rows_are_appended_beside_the_old_ones(store: DeltaTableStore) -> None:
    then = store.version(RECORD)
    assert ids(store.append(RECORD, records("old", "new", browser="Safari 18"))) == ["new"]
    assert store.read(RECORD).sort("record_id")["browser"].to_list() == ["Safari 18", None]
    assert store.added_since(RECORD, then, ["browser"])["browser"].to_list() == ["Safari 18"]


def test_days_are_replaced_with_the_new_column_and_the_others_stay(store: DeltaTableStore) -> None:
    assert store.replace_days(MESSAGE, messages("Safari 18", new=0), days(0, 0)) == 1
    assert store.read(MESSAGE).sort("event_date").select("record_id", "browser").rows() == [("new", "Safari 18"), ("kept", None)]


def test_days_whose_rows_only_gained_a_null_are_not_written_again(store: DeltaTableStore) -> None:
    version = store.version(MESSAGE)
    assert store.replace_days(MESSAGE, messages(old=0, kept=3), days(0, 3)) == 0
    assert store.version(MESSAGE) == version


def test_whole_table_is_replaced_and_days_are_emptied(store: DeltaTableStore) -> None:
    assert store.replace_days(MESSAGE, messages(), days(3, 3)) == 1
    assert store.replace_all(MESSAGE, messages("Firefox 140", new=1))
    assert store.read(MESSAGE)["browser"].to_list() == ["Firefox 140"]


def test_a_home_written_by_a_newer_contract_is_read_by_an_older_one(store: DeltaTableStore) -> None:
    store.append(RECORD, records("new", browser="Safari 18"))
    assert ids(store.read(before_browsers(RECORD))) == ["new", "old"]


def test_append_looks_for_known_keys_only_on_the_days_of_its_rows_where_the_key_tells_the_day(tmp_path: Path) -> None:
    asked: list[DayRange | None] = []

    class Watched(DeltaTableStore):
        def read(self, table: Table, days: DayRange | None = None, **named: object) -> pl.DataFrame:
            asked.append(days)
            return super().read(table, days, **named)  # type: ignore[arg-type]

    store = Watched(tmp_path / "tables", tmp_path / "locks")
    rows = frame_of(TELEMETRY, *({"measured_service": name, "event_date": day(n)} for name, n in (("a", 1), ("b", 4))))
    assert store.append(TELEMETRY, rows).height == 2
    assert store.append(TELEMETRY, rows).height == 0
    store.append(RECORD, records("a"))
    assert asked == [days(1, 4), days(1, 4), None]
