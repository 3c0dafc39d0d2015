"""Of each record the version that landed last counts, on the day that this version names."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.contracts.days import DayRange
from feedback_loop.workflows.latest_records import BRONZE, landed_days, latest_records
from feedback_loop_tests.workflows.landings import day, record


@pytest.fixture
def store(tmp_path: Path) -> DeltaTableStore:
    return DeltaTableStore(tmp_path / "tables", tmp_path / "locks")


def chosen(store: DeltaTableStore, first: int, last: int) -> list[str]:
    return latest_records(store, DayRange(day(first), day(last)))["record_version_id"].to_list()


def test_a_record_counts_once_by_its_latest_version(store: DeltaTableStore) -> None:
    for edit in (0, 1, 2):
        store.append(BRONZE, record("a", 3, edit=edit))
    assert chosen(store, 0, 9) == ["a-2"]


def test_a_record_that_moved_left_its_earlier_day(store: DeltaTableStore) -> None:
    store.append(BRONZE, record("a", 3))
    store.append(BRONZE, record("a", 7, edit=1))
    assert chosen(store, 3, 3) == []
    assert chosen(store, 7, 7) == ["a-1"]


def test_a_version_that_landed_later_counts_though_it_occurred_earlier(store: DeltaTableStore) -> None:
    store.append(BRONZE, record("a", 7, landed=50))
    store.append(BRONZE, record("a", 3, landed=51, edit=1))
    assert chosen(store, 0, 9) == ["a-1"]


def test_only_the_days_that_were_asked_for_come_back_in_order(store: DeltaTableStore) -> None:
    for name, number in (("c", 2), ("a", 3), ("b", 4), ("d", 5)):
        store.append(BRONZE, record(name, number))
    assert chosen(store, 3, 4) == ["a-0", "b-0"]


def test_nothing_landed_gives_no_rows_and_no_days(store: DeltaTableStore) -> None:
    assert chosen(store, 0, 9) == []
    assert landed_days(store) is None


def test_the_landed_days_run_from_the_first_event_to_the_last(store: DeltaTableStore) -> None:
    for name, number in (("a", 6), ("b", 2), ("c", 4)):
        store.append(BRONZE, record(name, number))
    assert landed_days(store) == DayRange(day(2), day(6))


versions = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(0, 4), st.integers(0, 3)), min_size=1, max_size=5, unique_by=lambda v: v[::2]
)


@given(versions)
@settings(max_examples=5, deadline=None)
def test_each_record_is_on_exactly_one_day_in_whatever_order_its_versions_came(landings: list[tuple[str, int, int]]) -> None:
    by_day = versions_by_day(landings)
    latest = {name: max(edit for other, _, edit in landings if other == name) for name, _, _ in landings}
    assert sorted(version for found in by_day for version in found) == [f"{name}-{latest[name]}" for name in sorted(latest)]
    assert by_day == versions_by_day(landings[::-1])


def versions_by_day(landings: list[tuple[str, int, int]]) -> list[list[str]]:
    """The versions that count on each of five days, in a store where the records landed in this order."""
    with tempfile.TemporaryDirectory() as folder:
        store = DeltaTableStore(f"{folder}/tables", Path(folder) / "locks")
        for name, occurred, edit in landings:
            store.append(BRONZE, record(name, occurred, edit=edit))
        return [chosen(store, number, number) for number in range(5)]
