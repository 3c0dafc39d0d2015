"""The store in memory keeps the promises of the port, and what it holds never changes by itself."""

from __future__ import annotations

from datetime import date, timedelta

import polars as pl
import pytest

from feedback_loop.adapters.memory_store import MemoryTableStore
from feedback_loop.bronze.landing import FEEDBACK_RECORD, landing_batch
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import ContractBroken, RowsOutsideDays
from feedback_loop.ports import TableStore
from feedback_loop_tests.bronze.rows import LANDED, feedback

MARCH = DayRange(date(2026, 3, 1), date(2026, 3, 3))
EMBEDDING = TABLES["analysis_embedding"]


def records(*names: str, days_later: int = 0) -> pl.DataFrame:
    return landing_batch([feedback(source_record_id=name) for name in names], LANDED + timedelta(days=days_later)).records


def vectors(**day_by_id: int) -> pl.DataFrame:
    rows = [
        {"fragment_id": i, "text_hash": "h", "embedding_model_version": "m", "vector": [1.0], "event_date": date(2026, 3, d)}
        for i, d in day_by_id.items()
    ]
    return pl.DataFrame(rows, schema=pl.Schema(EMBEDDING.schema))


def test_it_fulfils_the_port() -> None:
    store: TableStore = MemoryTableStore()
    assert store.files(EMBEDDING) == []


def test_a_row_is_appended_once_and_the_first_landing_stays() -> None:
    store = MemoryTableStore()
    assert store.append(FEEDBACK_RECORD, records("a", "b")).height == 2
    assert store.append(FEEDBACK_RECORD, records("b", "c", days_later=1))["source_record_id"].to_list() == ["c"]
    assert store.read(FEEDBACK_RECORD).filter(source_record_id="b")["landed_at"].to_list() == [LANDED]
    assert store.added_since(FEEDBACK_RECORD, 0, ["source_record_id"])["source_record_id"].to_list() == ["c"]


def test_rows_that_landed_later_are_not_seen_as_of_an_earlier_time() -> None:
    store = MemoryTableStore()
    store.append(FEEDBACK_RECORD, records("a"))
    store.append(FEEDBACK_RECORD, records("b", days_later=1))
    assert store.read(FEEDBACK_RECORD, as_of=LANDED)["source_record_id"].to_list() == ["a"]


def test_days_are_replaced_and_others_stay() -> None:
    store = MemoryTableStore()
    assert store.replace_days(EMBEDDING, vectors(a=1, b=2), MARCH) == 2
    assert store.replace_days(EMBEDDING, vectors(a=1), DayRange(date(2026, 3, 1), date(2026, 3, 1))) == 0
    assert store.replace_days(EMBEDDING, vectors(), DayRange(date(2026, 3, 2), date(2026, 3, 2))) == 1
    assert store.read(EMBEDDING)["fragment_id"].to_list() == ["a"]
    assert store.version(EMBEDDING) == 1


def test_a_whole_table_is_replaced_only_where_it_differs() -> None:
    store = MemoryTableStore()
    assert store.replace_all(EMBEDDING, vectors(a=1))
    assert not store.replace_all(EMBEDDING, vectors(a=1))
    assert store.replace_all(EMBEDDING, vectors(b=1))


def test_what_breaks_the_contract_or_leaves_the_days_is_refused() -> None:
    store = MemoryTableStore()
    with pytest.raises(ContractBroken):
        store.append(FEEDBACK_RECORD, records("a").drop("text"))
    with pytest.raises(RowsOutsideDays):
        store.replace_days(EMBEDDING, vectors(a=9), MARCH)
    assert store.version(EMBEDDING) == -1
