"""Fragments: rows of the declared schema whose ids depend on content alone."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.contracts.tables import TABLES
from feedback_loop.methods.cleaning import PLAIN
from feedback_loop_tests.silver.records import batch, record
from feedback_loop_tests.silver.stages import fragments_of

TWO = "The login fails every single day. Call 9876543210 about my missing refund."
ROWS = [
    record(TWO, 1, customer="c1", region="EU"),
    record(None, 2),
    record("👍👍", 3),
    record("> It failed\n\nNow the invoice is wrong.", 4, channel="email"),
]


def test_batch_has_the_declared_schema_and_passes_the_dimensions_on() -> None:
    made = fragments_of(batch(*ROWS))
    assert made.schema.equals(TABLES["silver_fragment"].schema)
    first, second, *_ = made.to_pylist()
    assert (first["region"], second["customer_id"], second["language"]) == ("EU", "c1", "en")
    assert (first["fragment_index"], second["fragment_index"], second["duplicate_of"]) == (0, 1, None)
    assert second["masked_text"] == "Call [PHONE] about my missing refund."


def test_record_without_text_has_no_fragment_and_one_of_emoji_has_one() -> None:
    owners = fragments_of(batch(*ROWS)).column("record_id").to_pylist()
    assert owners == ["record_1", "record_1", "record_3", "record_4"]


def test_quoted_text_makes_no_fragment() -> None:
    (row,) = fragments_of(batch(ROWS[3])).to_pylist()
    assert row["masked_text"] == "Now the invoice is wrong."
    assert str(ROWS[3]["text"])[row["raw_start"] : row["raw_end"]] == "Now the invoice is wrong."


@settings(max_examples=30, deadline=None)
@given(st.permutations(ROWS), st.integers(1, 4))
def test_ids_are_the_same_in_any_order_and_batch(rows: list[dict[str, object]], size: int) -> None:
    expected = set(fragments_of(batch(*ROWS)).column("fragment_id").to_pylist())
    parts = [rows[start : start + size] for start in range(0, len(rows), size)]
    assert {i for part in parts for i in fragments_of(batch(*part)).column("fragment_id").to_pylist()} == expected


def test_same_words_twice_in_one_record_have_two_ids() -> None:
    made = fragments_of(batch(record("Refund never came. The map stays empty. Refund never came.", 1)))
    ids, hashes = made.column("fragment_id").to_pylist(), made.column("text_hash").to_pylist()
    assert len(set(ids)) == 3
    assert hashes[0] == hashes[2] != hashes[1]


def test_law_holds_in_the_stored_rows() -> None:
    texts = {str(row["record_id"]): str(row["text"] or "") for row in ROWS}
    for row in fragments_of(batch(*ROWS)).to_pylist():
        assert PLAIN.clean(texts[row["record_id"]][row["raw_start"] : row["raw_end"]]).text == row["masked_text"]


def test_empty_batch_gives_an_empty_batch() -> None:
    assert fragments_of(batch()).num_rows == 0
