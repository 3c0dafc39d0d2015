"""Duplicates: the same customer, product and words within the window, and nothing else."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.tables import DUPLICATE_DAYS
from feedback_loop.silver.deduplicate import deduplicate
from feedback_loop_tests.silver.records import batch, record
from feedback_loop_tests.silver.stages import fragments_of


def _deduplicated(*rows: dict[str, Any]) -> list[tuple[str, str | None]]:
    """(record, record that it repeats) in the order of the rows."""
    made = deduplicate(pl.DataFrame(pl.from_arrow(fragments_of(batch(*rows)))))
    owner = dict(zip(made["fragment_id"], made["record_id"], strict=True))
    return [(owner[row["fragment_id"]], owner.get(row["duplicate_of"])) for row in made.to_dicts()]


def test_repetition_by_the_same_customer_points_to_the_earliest() -> None:
    rows = [
        record("Refund missing!", 3, customer="a"),
        record("refund MISSING", 1, customer="a"),
        record("Refund, missing", 2, customer="a", days=1),
    ]
    assert _deduplicated(*rows) == [("record_3", "record_1"), ("record_1", None), ("record_2", "record_1")]


@pytest.mark.parametrize(
    "other",
    [
        record("Refund missing", 2, customer="b"),
        record("Refund missing", 2, customer="a", product="bank"),
        record("Refund present", 2, customer="a"),
        record("Refund missing", 2, customer="a", days=DUPLICATE_DAYS),
    ],
)
def test_other_customer_product_words_or_week_makes_no_duplicate(other: dict[str, Any]) -> None:
    assert _deduplicated(record("Refund missing", 1, customer="a"), other) == [("record_1", None), ("record_2", None)]


def test_unknown_customers_never_repeat_each_other() -> None:
    assert _deduplicated(record("Nice app", 1), record("Nice app", 2)) == [("record_1", None), ("record_2", None)]


def test_last_day_of_the_window_still_counts_and_a_chain_starts_anew() -> None:
    rows = [record("Refund missing", n, customer="a", days=days) for n, days in enumerate([0, DUPLICATE_DAYS - 1, DUPLICATE_DAYS])]
    assert _deduplicated(*rows) == [("record_0", None), ("record_1", "record_0"), ("record_2", "record_1")]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 15), st.sampled_from("ab")), min_size=1, max_size=8), st.randoms())
def test_result_is_that_of_looking_back_row_by_row_in_any_order(days: list[tuple[int, str]], shuffler: Any) -> None:
    rows = [record("Refund missing", n, customer=customer, days=day) for n, (day, customer) in enumerate(days)]
    shuffler.shuffle(rows)
    frame = pl.DataFrame(pl.from_arrow(fragments_of(batch(*rows))))
    made = deduplicate(frame)
    assert made["fragment_id"].to_list() == frame["fragment_id"].to_list()
    for row in made.to_dicts():
        window = [
            o
            for o in frame.to_dicts()
            if o["customer_id"] == row["customer_id"] and 0 <= (row["event_date"] - o["event_date"]).days < DUPLICATE_DAYS
        ]
        first = min(window, key=lambda o: (o["occurred_at"], o["fragment_id"]))["fragment_id"]
        assert row["duplicate_of"] == (None if first == row["fragment_id"] else first)


def test_frame_keeps_its_columns_and_types() -> None:
    frame = pl.DataFrame(pl.from_arrow(fragments_of(batch(record("Nice app", 1, customer="a")))))
    assert deduplicate(frame).schema == frame.schema
    assert deduplicate(frame.clear()).schema == frame.schema
