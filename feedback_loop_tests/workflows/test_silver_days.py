"""Silver of some days: the same however the days are cut, boilerplate and repetitions of the week before included."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import polars as pl
import pytest

from feedback_loop.adapters.processes import Processes
from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.validate import violations
from feedback_loop.methods.cleaning import Cleaner
from feedback_loop.workflows.latest_records import portions
from feedback_loop.workflows.silver_days import fragments_of, messages_of
from feedback_loop_tests.fakes import FakeTableStore
from feedback_loop_tests.silver.records import NOON, batch, record

MESSAGE, FRAGMENT, BRONZE = TABLES["silver_message"], TABLES["silver_fragment"], TABLES["bronze_feedback_record"]
CLEANER = Cleaner(key=b"k" * 32)
FIRST = NOON.date()
FOOTER = "\nPrintwren runs on coffee\nOpen every day of the year"
COMPLAINTS = ("The upload of my photos fails.", "Nobody answered the ticket so far.", "The refund is still missing today.")


def day(number: int) -> date:
    return date.fromordinal(FIRST.toordinal() + number)


def days(first: int, last: int) -> DayRange:
    return DayRange(day(first), day(last))


@pytest.fixture
def store() -> FakeTableStore:
    """Three mails of one customer with the same last lines, a review said twice within a week, and others between them."""
    mails = [record(text + FOOTER, n, days=2 * n, channel="email", customer="anna") for n, text in enumerate(COMPLAINTS)]
    twice = [record("The checkout shows a blank page.", 10 + n, days=5 * n, customer="bo") for n in range(2)]
    others = [record(f"The search finds nothing on page {n}.", 20 + n, days=n, customer=None) for n in range(7)]
    tables = FakeTableStore()
    tables.append(BRONZE, pl.DataFrame(pl.from_arrow(batch(*mails, *twice, *others))))
    return tables


def computed(store: FakeTableStore, parts: list[DayRange]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both tables after their days were computed portion by portion."""
    for part in parts:
        store.replace_days(MESSAGE, messages_of(store, part, CLEANER), part)
    for part in parts:
        store.replace_days(FRAGMENT, fragments_of(store, part), part)
    return store.read(MESSAGE).sort("record_id"), store.read(FRAGMENT).sort("fragment_id")


def test_lines_that_recur_leave_a_mail_from_the_third_on(store: FakeTableStore) -> None:
    told, said = computed(store, [days(0, 6)])
    mails = told.filter(pl.col("customer_id") == "anna").sort("event_date")["masked_message"].to_list()
    assert mails == [COMPLAINTS[0] + FOOTER, COMPLAINTS[1] + FOOTER, COMPLAINTS[2]]
    (last,) = said.filter(pl.col("event_date") == day(4), pl.col("customer_id") == "anna")["masked_text"]
    assert last == COMPLAINTS[2]


def test_rows_are_those_of_the_contracts(store: FakeTableStore) -> None:
    told, said = computed(store, [days(0, 6)])
    assert [*violations(told, MESSAGE), *violations(said, FRAGMENT)] == []


def test_repetition_of_the_week_before_is_known_on_a_day_by_itself(store: FakeTableStore) -> None:
    _, said = computed(store, [days(n, n) for n in range(7)])
    first, second = said.filter(pl.col("customer_id") == "bo").sort("event_date").select("fragment_id", "duplicate_of").rows()
    assert (first[1], second[1]) == (None, first[0])


@pytest.mark.parametrize("rows", [1, 3, 1000])
def test_tables_are_the_same_however_the_days_are_cut(store: FakeTableStore, rows: int) -> None:
    whole = computed(store, [days(0, 6)])
    parts = portions(store, days(0, 6), rows)
    assert (parts[0].first, parts[-1].last) == (day(0), day(6))
    assert all(before.last < after.first for before, after in pairwise(parts))
    again = FakeTableStore()
    again.append(BRONZE, store.read(BRONZE))
    for one, other in zip(whole, computed(again, parts), strict=True):
        assert one.equals(other)


def test_several_processes_make_the_same_rows(store: FakeTableStore) -> None:
    many = FakeTableStore()
    rows = [record(f"Page {n} of the book is blank, write to a{n}@example.org.", n, customer=f"c{n}") for n in range(20_500)]
    many.append(BRONZE, pl.DataFrame(pl.from_arrow(batch(*rows))))
    span = DayRange(day(0), day(20))
    assert messages_of(many, span, CLEANER, Processes(2)).equals(messages_of(many, span, CLEANER))
