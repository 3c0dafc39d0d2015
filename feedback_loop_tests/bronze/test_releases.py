from datetime import UTC, date, datetime, timedelta

import polars as pl

from feedback_loop.bronze.landing import landing_batch
from feedback_loop.bronze.releases import CONTEXT_RELEASE, releases
from feedback_loop.contracts.records import FeedbackRecord, ReleaseRecord
from feedback_loop.contracts.validate import violations
from feedback_loop_tests.bronze.rows import LANDED, feedback, statement

DAY = timedelta(days=1)
MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def derived(*rows: FeedbackRecord | ReleaseRecord, later: tuple[FeedbackRecord | ReleaseRecord, ...] = ()) -> pl.DataFrame:
    first, second = landing_batch(rows, LANDED), landing_batch(later, LANDED + DAY)
    found = releases(pl.concat([first.releases, second.releases]), pl.concat([first.records, second.records]))
    assert violations(found, CONTEXT_RELEASE) == []
    return found


def seen(version: str | None, at: datetime, product: str = "Acme") -> FeedbackRecord:
    return feedback(product_version=version, occurred_at=at, product=product, source_record_id=f"{version}{at}")


def test_no_rows_give_no_releases() -> None:
    assert derived().is_empty()


def test_fed_release_is_taken_as_it_was_fed() -> None:
    row = derived(statement(released_at=MARCH, release_notes="faster")).row(0, named=True)
    assert (row["release_version"], row["released_at"], row["is_inferred"], row["release_notes"]) == ("1.0", MARCH, False, "faster")
    assert (row["event_date"], row["landed_at"]) == (date(2026, 3, 1), LANDED)


def test_version_without_a_statement_is_inferred_from_its_first_record() -> None:
    row = derived(seen("2.0", MARCH + DAY), seen("2.0", MARCH), later=(seen("2.0", MARCH + 2 * DAY),)).row(0, named=True)
    assert (row["released_at"], row["is_inferred"], row["release_notes"], row["landed_at"]) == (MARCH, True, None, LANDED)


def test_older_record_that_lands_late_moves_the_inferred_release_and_says_since_when_it_is_known() -> None:
    row = derived(seen("2.0", MARCH + DAY), later=(seen("2.0", MARCH),)).row(0, named=True)
    assert (row["released_at"], row["landed_at"]) == (MARCH, LANDED + DAY)


def test_fed_statement_goes_before_records_that_name_the_version_earlier() -> None:
    found = derived(seen("1.0", MARCH - 9 * DAY), statement(released_at=MARCH))
    assert found.select("released_at", "is_inferred").rows() == [(MARCH, False)]


def test_statement_that_landed_last_goes_before_those_it_corrects() -> None:
    found = derived(statement(released_at=MARCH), later=(statement(released_at=MARCH - DAY),))
    assert found["released_at"].to_list() == [MARCH - DAY]


def test_of_statements_that_landed_together_the_latest_instant_holds() -> None:
    assert derived(statement(released_at=MARCH), statement(released_at=MARCH - DAY))["released_at"].to_list() == [MARCH]


def test_same_version_of_two_products_is_two_releases() -> None:
    found = derived(seen("1.0", MARCH, "A"), seen("1.0", MARCH + DAY, "B"), statement(product="C"))
    assert found.select("product", "is_inferred").rows() == [("A", True), ("B", True), ("C", False)]


def test_records_without_a_version_tell_nothing() -> None:
    assert derived(seen(None, MARCH)).is_empty()


def test_order_of_the_rows_changes_nothing() -> None:
    rows: list[FeedbackRecord | ReleaseRecord] = [
        seen("1.0", MARCH),
        seen("2.0", MARCH),
        statement(released_at=MARCH),
        statement(released_at=MARCH, release_notes="n"),
    ]
    assert derived(*rows).equals(derived(*reversed(rows)))
