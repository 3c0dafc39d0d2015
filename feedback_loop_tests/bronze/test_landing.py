from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.bronze.landing import LANDED_TABLES, QUARANTINE, landing_batch, landing_batch_of
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.errors import BadInput
from feedback_loop.sources.reading import Row
from feedback_loop_tests.bronze.rows import LANDED, context_statement, feedback, measured, refused, statement

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
EVERY_KIND: list[Row] = [
    feedback(), feedback(text=None, rating=None, source_record_id="r2"), statement(), refused(), context_statement(),
    measured(NOON, NOON + timedelta(minutes=1)), measured(NOON, table="context_log"),
]  # fmt: skip


def test_frames_fulfil_the_contracts_of_their_tables() -> None:
    batch = landing_batch(EVERY_KIND, LANDED)
    assert set(batch.frames) == {table.name for table in (*LANDED_TABLES, QUARANTINE)}
    assert [violations(frame, TABLES[name]) for name, frame in batch.frames.items()] == [[]] * 6
    assert (batch.records.height, batch.releases.height, batch.statements.height, batch.quarantined.height) == (2, 1, 1, 1)
    assert (batch.read_count, batch.repeated_count) == (8, 0)


def test_frames_without_rows_fulfil_the_contracts_too() -> None:
    assert [violations(frame, TABLES[name]) for name, frame in landing_batch([], LANDED).frames.items()] == [[]] * 6


def test_measured_rows_count_one_by_one_and_repetitions_among_them_too() -> None:
    later = NOON + timedelta(minutes=1)
    batch = landing_batch([measured(NOON, later, NOON), measured(later, request_count=70)], LANDED)
    assert (batch.read_count, batch.repeated_count) == (4, 2)
    assert batch.frames["context_telemetry"]["request_count"].to_list() == [9, 9]


def test_of_equal_rows_that_arrive_at_several_instants_the_earliest_stays() -> None:
    later = LANDED + timedelta(days=1)
    batch = landing_batch_of([(LANDED, EVERY_KIND), (later, [*EVERY_KIND, feedback(text="new")])])
    assert batch.repeated_count == 8
    assert batch.records["landed_at"].to_list() == [LANDED, LANDED, later]
    assert batch.records["landed_date"].to_list() == [LANDED.date(), LANDED.date(), later.date()]
    assert batch.frames["context_telemetry"]["landed_at"].unique().to_list() == [LANDED]


def test_record_carries_its_ids_days_and_words() -> None:
    record = feedback()
    row = landing_batch([record], LANDED).records.row(0, named=True)
    assert (row["record_id"], row["record_version_id"]) == (record.record_id, record.record_version_id)
    assert (row["event_date"], row["landed_date"], row["landed_at"]) == (date(2026, 1, 2), date(2026, 1, 5), LANDED)
    assert (row["channel"], row["text"], row["rating"], row["tier"]) == ("app_review", "Cards never arrive", 1.0, None)


def test_rejected_row_keeps_its_bytes_and_reason() -> None:
    row = landing_batch([refused(raw_bytes=b"\xff\0,")], LANDED).quarantined.row(0, named=True)
    assert (row["raw_bytes"], row["quarantine_reason"], row["source_row_number"]) == (b"\xff\0,", "missing_id", 2)


def test_first_of_equal_rows_stays_and_the_others_are_counted() -> None:
    rows: list[Row] = [
        feedback(source_row_number=3),
        refused(),
        feedback(source_row_number=7),
        statement(),
        refused(),
        statement(source_row_number=9),
    ]
    batch = landing_batch(rows, LANDED)
    assert batch.records["source_row_number"].to_list() == [3]
    assert batch.repeated_count == 3


def test_edited_record_is_another_version_of_the_same_record() -> None:
    records = landing_batch([feedback(), feedback(text="Cards arrive")], LANDED).records
    assert records["record_id"].n_unique() == 1
    assert records["record_version_id"].n_unique() == 2


def test_instant_of_landing_is_kept_in_utc_and_needs_a_zone() -> None:
    eastern = LANDED.astimezone(timezone(timedelta(hours=-11)))
    assert landing_batch([feedback()], eastern).records.equals(landing_batch([feedback()], LANDED).records)
    with pytest.raises(BadInput):
        landing_batch([feedback()], datetime(2026, 1, 5, 9, 30))  # noqa: DTZ001 - the case


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", None]))), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_same_rows_in_any_order_give_the_same_ids(rows: list[tuple[str, str | None]], random) -> None:  # type: ignore[no-untyped-def]
    records = [feedback(source_record_id=name, text=text) for name, text in rows]
    shuffled = random.sample(records, len(records))
    first, second = landing_batch(records, LANDED), landing_batch(shuffled, LANDED)
    assert set(first.records["record_version_id"]) == set(second.records["record_version_id"])
    assert first.repeated_count == second.repeated_count
