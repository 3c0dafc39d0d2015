"""Duplicates: the same customer, product and words, or nearly those, within the window, and nothing else; the same in any batch."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.tables import DUPLICATE_DAYS
from feedback_loop.methods.repetition.same_words import say_the_same
from feedback_loop.methods.repetition.wording import wording
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


LATE = "My parcel was promised for last week and has still not arrived at my house"
A, B, C = LATE, LATE.replace("house", "huose"), LATE.replace("house", "huosse")
"""B is a slip away from A and C from B, C two from A."""


def test_copy_with_a_slip_over_another_channel_points_to_the_first() -> None:
    rows = [record(LATE, 1, customer="a"), record(f"Fwd: {B} [#48213]", 2, customer="a", channel="email", days=3)]
    assert _deduplicated(*rows) == [("record_1", None), ("record_2", "record_1")]


def test_kind_tells_the_same_words_from_nearly_the_same() -> None:
    rows = [record(text, n, customer="a") for n, text in enumerate((A, B, A.upper(), "Refund missing"))]
    made = deduplicate(pl.DataFrame(pl.from_arrow(fragments_of(batch(*rows)))))
    assert made["duplicate_kind"].to_list() == [None, "near", "exact", None]


@pytest.mark.parametrize("other", [LATE.replace("last", "next"), LATE.replace(" not", ""), LATE.replace("week", "week 2")])
def test_what_differs_in_a_fact_is_said_for_the_first_time(other: str) -> None:
    assert _deduplicated(record(LATE, 1, customer="a"), record(other, 2, customer="a")) == [("record_1", None), ("record_2", None)]


def test_likeness_is_never_handed_on() -> None:
    assert [say_the_same(wording(one), wording(other)) for one, other in ((A, B), (B, C), (A, C))] == [True, True, False]
    rows = [record(text, n, customer="a") for n, text in enumerate((A, B, C))]
    assert _deduplicated(*rows) == [("record_0", None), ("record_1", "record_0"), ("record_2", None)]


def test_same_words_repeat_what_their_first_mention_repeats() -> None:
    rows = [record(text, n, customer="a") for n, text in enumerate((A, B, B.upper()))]
    assert _deduplicated(*rows) == [("record_0", None), ("record_1", "record_0"), ("record_2", "record_0")]


def test_copy_stands_for_itself_once_its_original_has_left_the_window() -> None:
    rows = [record(text, n, customer="a", days=days) for n, (text, days) in enumerate([(A, 0), (B, 6), (B, 7), (C, 8)])]
    assert _deduplicated(*rows) == [("record_0", None), ("record_1", "record_0"), ("record_2", "record_1"), ("record_3", "record_1")]


SAID = st.tuples(
    st.integers(0, 12), st.sampled_from("ab"), st.sampled_from([A, B, C, "Refund missing", "refund missing!", f"Fwd: {A} [#48213]"])
)


@settings(max_examples=25, deadline=None)
@given(st.lists(SAID, min_size=1, max_size=9), st.randoms())
def test_order_batch_and_second_pass_change_nothing(said: list[tuple[int, str, str]], shuffler: Any) -> None:
    rows = [record(text, n, customer=customer, days=day) for n, (day, customer, text) in enumerate(said)]
    frame = pl.DataFrame(pl.from_arrow(fragments_of(batch(*rows))))
    whole = _pairs(deduplicate(frame))
    assert _pairs(deduplicate(deduplicate(frame))) == whole
    assert _pairs(deduplicate(frame.sample(fraction=1.0, shuffle=True, seed=shuffler.randrange(1000)))) == whole
    for day in frame["event_date"].unique():
        near = deduplicate(frame.filter(pl.col("event_date").is_between(day - timedelta(days=DUPLICATE_DAYS - 1), day)))
        assert _pairs(near.filter(pl.col("event_date") == day)) == {pair for pair in whole if pair[2] == day}


@settings(max_examples=25, deadline=None)
@given(st.lists(SAID, min_size=1, max_size=9))
def test_what_is_repeated_repeats_nothing_within_one_window(said: list[tuple[int, str, str]]) -> None:
    rows = [record(text, n, customer=customer, days=day % DUPLICATE_DAYS) for n, (day, customer, text) in enumerate(said)]
    pairs = _pairs(deduplicate(pl.DataFrame(pl.from_arrow(fragments_of(batch(*rows))))))
    assert {first for _, first, _ in pairs if first} <= {fragment for fragment, first, _ in pairs if first is None}


def _pairs(made: pl.DataFrame) -> set[tuple[str, str | None, date]]:
    return set(made.select("fragment_id", "duplicate_of", "event_date").rows())


def test_frame_keeps_its_columns_and_types() -> None:
    frame = pl.DataFrame(pl.from_arrow(fragments_of(batch(record("Nice app", 1, customer="a")))))
    assert deduplicate(frame).schema == frame.schema
    assert deduplicate(frame.clear()).schema == frame.schema
