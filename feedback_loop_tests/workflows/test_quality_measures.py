"""What is counted of the landed data: each record once, by day, source and product."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from feedback_loop.contracts.days import DayRange
from feedback_loop.workflows import quality_measures as measures
from feedback_loop.workflows.ingest import land_file
from feedback_loop_tests.fakes import FakeClock, FakeTableStore
from feedback_loop_tests.sources.mail_texts import mail
from feedback_loop_tests.workflows.landed_history import TODAY, day_rows, landed, refused_rows


def rows_of(count: int = 3) -> list[dict[str, object]]:
    return list(day_rows(TODAY, count))


def test_records_count_once_in_their_latest_version() -> None:
    first, *others = rows_of()
    edit = first | {"record_version_id": "later", "customer_id": None, "landed_at": first["landed_at"] + timedelta(days=1)}  # type: ignore[operator]
    records = landed([first, *others, edit]).latest
    assert measures.day_counts(records)["record_count"].to_list() == [3]
    assert measures.missing_customer_counts(records).select("hit_count", "record_count").rows() == [(1, 3)]


def test_nulls_are_counted_for_each_optional_column() -> None:
    records = landed([row | {"region": None, "text": None if n else "x"} for n, row in enumerate(rows_of())]).records
    hits = {row["subject"]: row["hit_count"] for row in measures.null_counts(records).iter_rows(named=True)}
    assert (hits["region"], hits["text"], hits["tier"]) == (3, 2, 0)
    assert "customer_id" not in hits
    assert set(hits) == set(measures.OPTIONAL_COLUMNS)


def test_repeats_are_compared_without_case_and_outer_blanks_and_silent_records_left_out() -> None:
    texts = ["Good app", " good APP ", "other", None, "  "]
    records = landed([row | {"text": text, "customer_id": None} for row, text in zip(rows_of(5), texts, strict=True)]).records
    assert measures.repeat_counts(records).select("hit_count", "record_count").rows() == [(1, 3)]


def test_what_is_no_feedback_is_no_malformed_record(tmp_path: Path) -> None:
    store, path = FakeTableStore(), tmp_path / "a.eml"
    for changed in ({"Precedence": "bulk"}, {"Date": "soon"}):
        path.write_bytes(mail(changed=changed))
        land_file("mail", path, "Acme", store, FakeClock())
    assert measures.landed_around(store, DayRange(TODAY, TODAY)).refused["quarantine_reason"].to_list() == ["unreadable_date"]


def test_refused_rows_are_shared_among_all_that_came_with_their_reader() -> None:
    refused = [*refused_rows(TODAY, 1), *refused_rows(TODAY, 2, reason="missing_id"), *refused_rows(TODAY, 1, source="releases")]
    refused = [row | {"quarantine_id": f"q{n}"} for n, row in enumerate(refused)]
    counts = measures.refused_counts(landed(rows_of(7), refused)).sort("source", "subject")
    assert counts.select("source", "subject", "hit_count", "record_count").rows() == [
        ("records", "malformed_row", 1, 10),
        ("records", "missing_id", 2, 10),
        ("releases", "malformed_row", 1, None),
    ]


@given(
    st.lists(st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(["c1", "c2", None]), st.sampled_from(["x", "y", None])), max_size=12)
)
def test_hits_never_exceed_records(said: list[tuple[str, str | None, str | None]]) -> None:
    base = rows_of(len(said))
    rows = [row | {"record_id": i, "customer_id": c, "text": t} for row, (i, c, t) in zip(base, said, strict=True)]
    given_rows = landed(rows)
    by_latest = (measures.null_counts, measures.missing_customer_counts, measures.repeat_counts)
    for frame in (*(count(given_rows.latest) for count in by_latest), measures.shared_id_counts(given_rows.records)):
        assert (frame["hit_count"] <= frame["record_count"]).all()
        assert (frame["hit_count"] >= 0).all()
