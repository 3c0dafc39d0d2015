"""Planning an erasure: who is refused before anything changes, what is refused to land, and the order in which stores lose."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.adapters.erasure.eraser import HomeEraser
from feedback_loop.config import Settings
from feedback_loop.contracts.erasure import Erased, StoreCount
from feedback_loop.contracts.tables import TABLES, Table, python_tables
from feedback_loop.errors import BadInput, NobodyErased
from feedback_loop.workflows.erase import carry_out, plan_customers, rehearse
from feedback_loop_tests.contracts.rows import INSTANT, frame_of
from feedback_loop_tests.fakes import FakeClock

RECORD = TABLES["bronze_feedback_record"]
NOW = INSTANT + timedelta(days=1)


@pytest.fixture
def home(tmp_path: Path) -> HomeEraser:
    settings = Settings(home=tmp_path)
    late = NOW + timedelta(days=30)
    rows: list[dict[str, Any]] = [
        {"record_version_id": "a", "record_id": "a", "customer_id": "customer-1"},
        {"record_version_id": "b", "record_id": "b", "customer_id": "customer-1", "occurred_at": late, "event_date": late.date()},
        {"record_version_id": "c", "record_id": "c", "customer_id": "customer-2"},
    ]
    DeltaTableStore(settings.tables_folder, settings.locks_folder).append(RECORD, frame_of(RECORD, *rows))
    return HomeEraser(settings, FakeClock(NOW))


@pytest.mark.parametrize("named", [[""], ["customer-1", "  "], []])
def test_an_empty_id_or_nobody_is_bad_input(home: HomeEraser, named: list[str]) -> None:
    with pytest.raises(BadInput, match="customer"):
        plan_customers(named, home, "ada", NOW)


@pytest.mark.parametrize("named", [["customer-%"], ["customer-"], ["' OR '1'='1"], ["customer-1", "customer-9"]])
def test_one_unknown_customer_refuses_all_and_names_none(home: HomeEraser, named: list[str]) -> None:
    with pytest.raises(NobodyErased, match="Nothing was changed") as refusal:
        plan_customers(named, home, "ada", NOW)
    assert "customer-" not in str(refusal.value)


def test_who_spoke_of_the_future_is_refused_until_then(home: HomeEraser) -> None:
    assert plan_customers(["customer-1"], home, "ada", NOW).refused == {"customer-1": NOW + timedelta(days=30)}
    assert plan_customers(["customer-2"], home, "ada", NOW).refused == {"customer-2": NOW}


def test_who_was_erased_before_is_known_and_nothing_is_left(home: HomeEraser) -> None:
    carry_out(plan_customers(["customer-1"], home, "ada", NOW), home)
    again = rehearse(plan_customers(["customer-1"], home, "ada", NOW), home)
    assert [count for count in again.stores if count.is_touched] == []
    assert len(again.customer_hashes) == 1


def test_tables_are_emptied_from_the_last_to_the_first(home: HomeEraser, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    scrub = home.scrub_table

    def remembered(table: Table, erased: Erased, *, is_rehearsal: bool) -> StoreCount:
        order.append(table.name)
        return scrub(table, erased, is_rehearsal=is_rehearsal)

    monkeypatch.setattr(home, "scrub_table", remembered)
    certificate, file = carry_out(plan_customers(["customer-1"], home, "ada", NOW), home)
    assert order == [table.name for table in reversed(python_tables())]
    assert file.exists()
    assert certificate.table_versions["bronze_feedback_record"] == 1
    assert home.tables.read(RECORD)["record_version_id"].to_list() == ["c"]
