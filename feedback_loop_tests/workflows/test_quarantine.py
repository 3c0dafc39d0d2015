from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from feedback_loop.bronze.landing import FEEDBACK_RECORD, QUARANTINE
from feedback_loop.contracts.records import LandingReport
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import BadInput
from feedback_loop.sources import columns, csv_rows, values
from feedback_loop.workflows.ingest import land_file
from feedback_loop.workflows.quarantine import quarantine_summary, quarantined_row, quarantined_rows, retry_quarantined
from feedback_loop_tests.fakes import FakeClock, FakeTableStore
from feedback_loop_tests.sources.rows import csv_bytes, json_lines, play_file, play_row
from feedback_loop_tests.sources.test_context_statements import CHANGE
from feedback_loop_tests.sources.test_documents import document
from feedback_loop_tests.sources.test_logs import LINE
from feedback_loop_tests.sources.test_measurements import GOOD

TOO_OLD = play_row(reviewId="old", at="1950-01-01 10:00:00")
OTHERS = (play_row(reviewId="", content="Ünlesbar"), play_row(at="soon"), play_row())


@pytest.fixture
def store(tmp_path: Path) -> FakeTableStore:
    store = FakeTableStore()
    path = tmp_path / "reviews.csv"
    path.write_bytes(play_file(TOO_OLD, *OTHERS))
    assert land_file("google-play", path, "Acme", store, FakeClock()).quarantined == 3
    return store


def with_a_better_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "FIRST_YEAR", 1900)
    monkeypatch.setattr(columns, "FIRST_YEAR", 1900)


def test_list_shows_places_and_reasons_but_no_bytes(store: FakeTableStore) -> None:
    rows = quarantined_rows(store)
    assert rows["source_row_number"].to_list() == [1, 2, 3]
    assert rows["is_resolved"].to_list() == [False, False, False]
    assert not {"raw_bytes", "reader_options"} & set(rows.columns)


def test_list_of_nothing_is_empty() -> None:
    assert quarantined_rows(FakeTableStore()).is_empty()
    assert quarantine_summary(FakeTableStore()).is_empty()


def test_summary_counts_rows_by_reason(store: FakeTableStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with_a_better_reader(monkeypatch)
    retry_quarantined(store, FakeClock())
    counts = quarantine_summary(store).select("quarantine_reason", "row_count", "resolved_count").rows()
    assert sorted(counts) == [("missing_id", 1, 0), ("unreadable_date", 1, 0), ("value_out_of_range", 1, 1)]


def test_one_row_is_shown_as_it_came(store: FakeTableStore) -> None:
    rows = quarantined_rows(store)
    row = quarantined_row(rows["quarantine_id"][1], store)
    assert "Ünlesbar" in row.raw_text
    assert row.raw_bytes.decode() == row.raw_text
    assert row.columns["quarantine_reason"] == "missing_id"


def test_unknown_row_is_refused(store: FakeTableStore) -> None:
    with pytest.raises(BadInput, match="quarantine list"):
        quarantined_row("quarantine_0", store)


def test_retry_with_the_same_reader_recovers_nothing_and_writes_nothing(store: FakeTableStore) -> None:
    versions = [store.version(t) for t in (FEEDBACK_RECORD, QUARANTINE)]
    assert retry_quarantined(store, FakeClock()) == LandingReport(read=3, landed=0, duplicates=0, quarantined=3)
    assert [store.version(t) for t in (FEEDBACK_RECORD, QUARANTINE)] == versions


def test_retry_with_a_better_reader_lands_the_record_under_the_rows_id(store: FakeTableStore, monkeypatch: pytest.MonkeyPatch) -> None:
    quarantine_id = quarantined_rows(store)["quarantine_id"][0]
    with_a_better_reader(monkeypatch)
    clock = FakeClock()
    clock.advance(timedelta(days=3))
    assert retry_quarantined(store, clock) == LandingReport(read=3, landed=1, duplicates=0, quarantined=2)
    recovered = store.read(FEEDBACK_RECORD).row(by_predicate=pl.col("source_record_id") == "old", named=True)
    assert (recovered["retried_quarantine_id"], recovered["source_row_number"], recovered["product"]) == (quarantine_id, 1, "Acme")
    assert (recovered["landed_at"], recovered["event_date"].year) == (clock.now(), 1950)


def test_recovered_row_is_resolved_stays_in_quarantine_and_is_not_tried_again(
    store: FakeTableStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_better_reader(monkeypatch)
    retry_quarantined(store, FakeClock())
    assert store.read(QUARANTINE).height == 3
    assert quarantined_rows(store).height == 2
    assert quarantined_rows(store, with_resolved=True)["is_resolved"].to_list() == [True, False, False]
    assert retry_quarantined(store, FakeClock()).read == 2


def test_row_whose_record_came_from_elsewhere_counts_as_duplicate(
    store: FakeTableStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_a_better_reader(monkeypatch)
    path = tmp_path / "again.csv"
    path.write_bytes(play_file(TOO_OLD))
    land_file("google-play", path, "Acme", store, FakeClock())
    assert retry_quarantined(store, FakeClock()) == LandingReport(read=3, landed=0, duplicates=1, quarantined=2)


def test_group_of_lines_is_recovered_as_a_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = FakeTableStore()
    path = tmp_path / "r.csv"
    path.write_bytes(b'reviewId,content,score,at\nr1,"never closed,5,2026-01-01\nr2,5" tall,5,2026-01-01\n')
    assert land_file("google-play", path, "Acme", store, FakeClock()) == LandingReport(read=1, landed=0, duplicates=0, quarantined=1)
    monkeypatch.setattr(csv_rows, "_starts_a_row", lambda lines, index, column_count: True)  # a reader that makes a row of the second line
    assert retry_quarantined(store, FakeClock()) == LandingReport(read=1, landed=0, duplicates=0, quarantined=1)
    assert store.read(FEEDBACK_RECORD).is_empty()


@pytest.mark.parametrize(
    ("source", "name", "data", "table"),
    [
        ("changes", "c.jsonl", json_lines(CHANGE | {"started_at": "1950-01-01"}), "bronze_context_statement"),
        ("documents", "kb.md", document(valid_from="1950-01-01"), "bronze_context_statement"),
        ("telemetry", "t.csv", csv_bytes(tuple(GOOD), tuple((GOOD | {"minute": "1950-01-01"}).values())), "context_telemetry"),
        ("logs", "l.jsonl", json_lines(LINE | {"minute": "1950-01-01"}), "context_log"),
    ],
)
def test_rows_of_context_are_recovered_like_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, name: str, data: bytes, table: str
) -> None:
    store, path = FakeTableStore(), tmp_path / name
    path.write_bytes(data)
    assert land_file(source, path, None, store, FakeClock()).quarantined == 1
    quarantine_id = quarantined_rows(store)["quarantine_id"].item()
    with_a_better_reader(monkeypatch)
    assert retry_quarantined(store, FakeClock()) == LandingReport(read=1, landed=1, duplicates=0, quarantined=0)
    assert store.read(TABLES[table])["retried_quarantine_id"].to_list() == [quarantine_id]
    assert quarantined_rows(store).is_empty()
    assert retry_quarantined(store, FakeClock()).read == 0
