"""The truth table of late rows: which days a landing touches, and how far each table follows."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from feedback_loop.adapters.delta_store import DeltaTableStore
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.loop_vocab import ContextKind
from feedback_loop.contracts.records import ContextStatement
from feedback_loop.contracts.tables import CANDIDATE_DAYS, TABLES
from feedback_loop.workflows.ingest import land_rows
from feedback_loop.workflows.touched import RECORD, RELEASE, Landed, landed_now, reached_by, touched_days
from feedback_loop_tests.bronze.rows import LANDED, context_statement, measured
from feedback_loop_tests.workflows.landings import NOON, day, record, release


@pytest.fixture
def store(tmp_path: Path) -> DeltaTableStore:
    return DeltaTableStore(tmp_path / "tables", tmp_path / "locks")


def told(kind: ContextKind, first: int, last: int | None = None, name: str = "c") -> ContextStatement:
    """A change or an incident from the one day to the other."""
    ids = {"change_id": name, "change_kind": "deploy"} if kind is ContextKind.CHANGE else {"incident_id": name}
    ended_at = {} if last is None else {"ended_at": NOON + timedelta(days=last)}
    return context_statement(
        {**ids, "product": "x", "scope": {}, "started_at": NOON + timedelta(days=first), **ended_at}, context_kind=kind
    )


def candidate_days(released: int) -> list[date]:
    return [day(released + n) for n in range(CANDIDATE_DAYS + 1)]


def test_nothing_landed_touches_nothing(store: DeltaTableStore) -> None:
    assert landed_now(store) == Landed()
    assert touched_days(store, Landed()) == []


def test_the_first_landing_touches_every_day_of_it(store: DeltaTableStore) -> None:
    for number in (4, 1, 4):
        store.append(RECORD, record(f"r{number}", number))
    assert touched_days(store, Landed()) == [day(1), day(4)]


def test_a_new_record_touches_its_day_alone(store: DeltaTableStore) -> None:
    store.append(RECORD, record("old", 1))
    before = landed_now(store)
    store.append(RECORD, record("late", 9))
    assert touched_days(store, before) == [day(9)]
    assert touched_days(store, landed_now(store)) == []


def test_a_record_edited_in_place_touches_its_day(store: DeltaTableStore) -> None:
    store.append(RECORD, record("a", 3))
    before = landed_now(store)
    store.append(RECORD, record("a", 3, edit=1))
    assert touched_days(store, before) == [day(3)]


def test_a_record_that_moved_touches_every_day_that_it_was_filed_under(store: DeltaTableStore) -> None:
    store.append(RECORD, record("a", 3))
    store.append(RECORD, record("a", 20, edit=1))
    before = landed_now(store)
    store.append(RECORD, record("a", 8, edit=2))
    assert touched_days(store, before) == [day(3), day(8), day(20)]


def test_landing_the_same_again_touches_nothing(store: DeltaTableStore) -> None:
    store.append(RECORD, record("a", 3))
    before = landed_now(store)
    store.append(RECORD, record("a", 3, landed=60))
    assert landed_now(store) == before
    assert touched_days(store, before) == []


def test_rows_of_one_instant_that_land_in_two_parts_are_both_seen(store: DeltaTableStore) -> None:
    store.append(RECORD, record("a", 1))
    between = landed_now(store)
    store.append(RECORD, record("b", 2))
    assert touched_days(store, between) == [day(2)]


def test_a_fed_release_touches_the_days_on_which_it_is_a_candidate(store: DeltaTableStore) -> None:
    store.append(RELEASE, release("1.0", 5))
    assert touched_days(store, Landed()) == candidate_days(5)


def test_a_corrected_release_touches_the_days_of_the_old_and_the_new_date(store: DeltaTableStore) -> None:
    store.append(RELEASE, release("1.0", 5))
    store.append(RELEASE, release("2.0", 90))
    before = landed_now(store)
    store.append(RELEASE, release("1.0", 40))
    assert touched_days(store, before) == candidate_days(5) + candidate_days(40)


def test_records_and_releases_are_followed_apart(store: DeltaTableStore) -> None:
    store.append(RECORD, record("a", 1))
    store.append(RELEASE, release("1.0", 30))
    before = landed_now(store)
    store.append(RECORD, record("b", 60))
    assert touched_days(store, before) == [day(60)]
    assert touched_days(store, Landed(before.records, -1)) == [*candidate_days(30), day(60)]


def test_a_late_record_that_names_a_version_earlier_reaches_the_days_of_its_old_first_day(store: DeltaTableStore) -> None:
    store.append(RECORD, record("a", 40, product_version="1.0"))
    before = landed_now(store)
    store.append(RECORD, record("b", 2, product_version="1.0"))
    days = reached_by(TABLES["gold_issue"], touched_days(store, before), last=day(60))
    assert days is not None
    assert set(candidate_days(40)) <= set(days)


def test_a_release_fed_after_its_version_was_seen_touches_the_inferred_days_too(store: DeltaTableStore) -> None:
    store.append(RECORD, record("a", 2, product_version="1.0"))
    before = landed_now(store)
    store.append(RELEASE, release("1.0", 20))
    assert touched_days(store, before) == candidate_days(2) + candidate_days(20)


def test_a_change_or_an_incident_touches_the_days_on_which_it_is_a_candidate(store: DeltaTableStore) -> None:
    land_rows([told(ContextKind.CHANGE, 5), told(ContextKind.INCIDENT, 40)], store, LANDED)
    assert touched_days(store, Landed()) == candidate_days(5) + candidate_days(40)


def test_what_goes_on_longer_touches_the_days_until_its_end(store: DeltaTableStore) -> None:
    land_rows([told(ContextKind.INCIDENT, 5, last=20)], store, LANDED)
    assert touched_days(store, Landed()) == [day(number) for number in range(5, 21)]


def test_a_corrected_change_touches_the_days_of_the_old_and_the_new_start_and_no_other_change(store: DeltaTableStore) -> None:
    land_rows([told(ContextKind.CHANGE, 5), told(ContextKind.CHANGE, 60, name="another")], store, LANDED)
    before = landed_now(store)
    land_rows([told(ContextKind.CHANGE, 30)], store, LANDED)
    assert touched_days(store, before) == candidate_days(5) + candidate_days(30)


def test_customers_and_documents_touch_no_day(store: DeltaTableStore) -> None:
    land_rows([context_statement({"known_customer_id": "u"}, context_kind=ContextKind.CUSTOMER)], store, LANDED)
    assert landed_now(store) != Landed()
    assert touched_days(store, Landed()) == []


def test_telemetry_and_logs_touch_the_days_that_they_measure(store: DeltaTableStore) -> None:
    land_rows([measured(NOON, NOON + timedelta(days=3))], store, LANDED)
    before = landed_now(store)
    land_rows([measured(NOON + timedelta(days=9), table="context_log")], store, LANDED)
    assert touched_days(store, before) == [day(9)]
    assert touched_days(store, Landed()) == [day(0), day(3), day(9)]


def test_a_cursor_from_before_there_was_context_is_understood() -> None:
    assert Landed.parse("4/0") == Landed(4, 0, -1, -1, -1)


def test_how_far_landing_had_come_survives_being_written() -> None:
    assert Landed.parse(str(Landed(4, 0, -1, 7, 2))) == Landed(4, 0, -1, 7, 2)
    assert Landed.parse(None) == Landed.parse("") == Landed()


@pytest.mark.parametrize(
    ("table", "first", "last"), [("silver_message", 3, 10), ("silver_fragment", 3, 16), ("analysis_alert", 3, 43), ("gold_issue", 3, 99)]
)
def test_a_table_follows_as_far_as_it_looks_back(table: str, first: int, last: int) -> None:
    assert reached_by(TABLES[table], [day(4), day(3)], last=day(99)) == DayRange(day(first), day(last))


def test_no_table_follows_beyond_the_last_day() -> None:
    assert reached_by(TABLES["silver_fragment"], [day(3)], last=day(5)) == DayRange(day(3), day(5))
    assert reached_by(TABLES["gold_issue"], [day(3), day(9)], last=day(5)) == DayRange(day(3), day(5))
    assert reached_by(TABLES["gold_issue"], [day(9)], last=day(5)) is None
    assert reached_by(TABLES["gold_issue"], [], last=day(5)) is None
