"""The fake store keeps the promises of `ports.TableStore`; the real one is held to the same in `adapters/`."""

from datetime import date, timedelta

import polars as pl
import pytest

from feedback_loop.bronze.landing import FEEDBACK_RECORD, landing_batch
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import ContractBroken, RowsOutsideDays
from feedback_loop.ports import Clock, TableStore
from feedback_loop_tests.bronze.rows import LANDED, feedback
from feedback_loop_tests.fakes import FakeClock, FakeTableStore

MARCH = DayRange(date(2026, 3, 1), date(2026, 3, 3))
EMBEDDING = TABLES["analysis_embedding"]


def records(*names: str, days_later: int = 0) -> pl.DataFrame:
    return landing_batch([feedback(source_record_id=name) for name in names], LANDED + timedelta(days=days_later)).records


def embeddings(**day_by_id: int) -> pl.DataFrame:
    rows = [
        {"fragment_id": i, "text_hash": "h", "embedding_model_version": "m", "vector": [1.0], "event_date": date(2026, 3, d)}
        for i, d in day_by_id.items()
    ]
    return pl.DataFrame(rows, schema=pl.Schema(EMBEDDING.schema))


def test_fakes_fulfil_the_ports() -> None:
    ports: tuple[TableStore, Clock] = (FakeTableStore(), FakeClock())
    assert ports


def test_append_returns_the_new_rows_alone() -> None:
    store = FakeTableStore()
    assert store.append(FEEDBACK_RECORD, records("a", "b")).height == 2
    assert store.append(FEEDBACK_RECORD, records("b", "c", days_later=1))["source_record_id"].to_list() == ["c"]
    assert store.version(FEEDBACK_RECORD) == 1
    assert store.append(FEEDBACK_RECORD, records("a")).is_empty()
    assert store.version(FEEDBACK_RECORD) == 1


def test_append_refuses_rows_that_break_the_contract() -> None:
    with pytest.raises(ContractBroken):
        FakeTableStore().append(FEEDBACK_RECORD, records("a").drop("text"))


def test_read_chooses_days_instants_and_columns() -> None:
    store = FakeTableStore()
    store.append(FEEDBACK_RECORD, records("a"))
    later = feedback(source_record_id="b", occurred_at=LANDED)
    store.append(FEEDBACK_RECORD, landing_batch([later], LANDED + timedelta(days=1)).records)
    day_of_b = DayRange(LANDED.date(), LANDED.date())
    assert store.read(FEEDBACK_RECORD, day_of_b, columns=["source_record_id"]).rows() == [("b",)]
    assert store.read(FEEDBACK_RECORD, as_of=LANDED).height == 1
    assert store.read(EMBEDDING).is_empty()


def test_what_was_added_since_a_version_is_all_of_it_from_the_beginning_on() -> None:
    store = FakeTableStore()
    store.append(FEEDBACK_RECORD, records("a"))
    first = store.version(FEEDBACK_RECORD)
    store.append(FEEDBACK_RECORD, records("b", days_later=1))
    assert store.added_since(FEEDBACK_RECORD, first, ["source_record_id"]).rows() == [("b",)]
    assert store.added_since(FEEDBACK_RECORD, -1, ["source_record_id"]).height == 2
    assert store.added_since(FEEDBACK_RECORD, store.version(FEEDBACK_RECORD), ["source_record_id"]).is_empty()


def test_replace_days_leaves_other_days_and_counts_the_changed_ones() -> None:
    store = FakeTableStore()
    assert store.replace_days(EMBEDDING, embeddings(a=1, b=2), MARCH) == 2
    assert store.replace_days(EMBEDDING, embeddings(c=2), DayRange(date(2026, 3, 2), date(2026, 3, 3))) == 1
    assert sorted(store.read(EMBEDDING)["fragment_id"]) == ["a", "c"]
    assert store.replace_days(EMBEDDING, embeddings(a=1, c=2), MARCH) == 0
    assert store.version(EMBEDDING) == 1


def test_replace_days_refuses_rows_of_other_days() -> None:
    with pytest.raises(RowsOutsideDays):
        FakeTableStore().replace_days(EMBEDDING, embeddings(a=9), MARCH)


def test_replace_all_tells_whether_anything_changed() -> None:
    store = FakeTableStore()
    assert store.replace_all(EMBEDDING, embeddings(a=1))
    assert not store.replace_all(EMBEDDING, embeddings(a=1))
    assert store.files(EMBEDDING) == ["/memory/analysis_embedding/0.parquet"]
