"""Who was erased does not land again; nothing of them is written; and without the key nothing lands at all."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.adapters.tombstones import Tombstones
from feedback_loop.config import Settings
from feedback_loop.contracts.tables import TABLES
from feedback_loop.errors import ErasureKeyMissing
from feedback_loop_tests.contracts.rows import INSTANT, frame_of

RECORD, STATEMENT, QUARANTINE, TELEMETRY = (
    TABLES[name] for name in ("bronze_feedback_record", "bronze_context_statement", "bronze_quarantine", "context_telemetry")
)
UNTIL = INSTANT + timedelta(hours=1)


@pytest.fixture
def tombstones(tmp_path: Path) -> Tombstones:
    made = Tombstones(Settings(home=tmp_path))
    made.add("erasure_1", {"customer-1": UNTIL}, ["quarantine_1", "edition_1"])
    return made


def test_rows_up_to_the_erasure_are_refused_and_later_ones_land(tombstones: Tombstones) -> None:
    later = INSTANT + timedelta(hours=2)
    rows = frame_of(
        RECORD,
        {"record_version_id": "a", "customer_id": "customer-1"},
        {"record_version_id": "b", "customer_id": "customer-1", "occurred_at": later},
        {"record_version_id": "c", "customer_id": "customer-11"},
        {"record_version_id": "d", "customer_id": None},
        {"record_version_id": "edition_1", "customer_id": None},
    )
    assert tombstones.left_in(RECORD, rows)["record_version_id"].to_list() == ["b", "c", "d"]


@pytest.mark.parametrize(("owner", "instant"), [("known_customer_id", "stated_at"), ("customer_id", "occurred_at")])
def test_statements_are_refused_by_whom_they_are_about(tombstones: Tombstones, owner: str, instant: str) -> None:
    said = [
        {owner: "customer-1", instant: "2026-01-02T12:30:00.000000Z"},
        {owner: "customer-1", instant: "2026-01-02T13:30:00.000000Z"},
        {owner: "customer-1"},
        {owner: "customer-2", instant: "2026-01-02T12:30:00.000000Z"},
        {"change_id": "c"},
    ]
    rows = frame_of(STATEMENT, *({"statement_id": str(n), "statement": json.dumps(one)} for n, one in enumerate(said)))
    assert tombstones.left_in(STATEMENT, rows)["statement_id"].to_list() == ["1", "3", "4"]


def test_quarantined_rows_are_refused_by_their_bytes(tombstones: Tombstones) -> None:
    rows = frame_of(QUARANTINE, {"quarantine_id": "quarantine_1"}, {"quarantine_id": "quarantine_2"})
    assert tombstones.left_in(QUARANTINE, rows)["quarantine_id"].to_list() == ["quarantine_2"]
    assert tombstones.left_in(TELEMETRY, frame_of(TELEMETRY, {})).height == 1


def test_no_id_is_written(tombstones: Tombstones) -> None:
    written = tombstones.file.read_text(encoding="utf-8")
    assert [one for one in ("customer-1", "quarantine_1", "edition_1") if one in written] == []
    assert tombstones.erased_before(["customer-1", "customer-2"]) == {"customer-1"}


def test_a_second_erasure_adds_and_the_last_instant_counts(tombstones: Tombstones) -> None:
    tombstones.add("erasure_2", {"customer-1": UNTIL + timedelta(days=1), "customer-2": UNTIL}, [])
    assert sorted(tombstones.known().customers.values()) == [UNTIL, UNTIL + timedelta(days=1)]
    assert len(tombstones.known().rows) == 2


@pytest.mark.parametrize("change", ["gone", "another"])
def test_nothing_lands_without_the_key(tombstones: Tombstones, tmp_path: Path, change: str) -> None:
    key = Settings(home=tmp_path).erasure_key_file
    key.unlink() if change == "gone" else key.write_text("f" * 64)
    store = DeltaTableStore(tmp_path / "tables", tmp_path / "locks")
    with pytest.raises(ErasureKeyMissing, match="nothing lands"):
        store.append(RECORD, frame_of(RECORD, {}))


def test_a_home_without_tombstones_has_no_key(tmp_path: Path) -> None:
    store = DeltaTableStore(tmp_path / "tables", tmp_path / "locks")
    assert store.append(RECORD, frame_of(RECORD, {})).height == 1
    assert not (tmp_path / "secrets").exists()
    assert Tombstones(Settings(home=tmp_path)).has_key() is False
    assert Tombstones(Settings(home=tmp_path)).erased_before(["a"]) == set()


@pytest.mark.parametrize("change", ["gone", "damaged"])
def test_nothing_lands_without_the_tombstones(tombstones: Tombstones, change: str) -> None:
    if change == "gone":
        tombstones.file.unlink()
    else:
        tombstones.file.write_text("{", encoding="utf-8")
    with pytest.raises(ErasureKeyMissing, match="nothing lands"):
        tombstones.left_in(RECORD, frame_of(RECORD, {}))
