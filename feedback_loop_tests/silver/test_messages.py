"""Messages: one row per record, masked, with its language and what was removed."""

from __future__ import annotations

import pyarrow as pa

from feedback_loop.contracts.tables import TABLES
from feedback_loop.methods.cleaning import Cleaner
from feedback_loop.silver.messages import messages
from feedback_loop_tests.silver.records import batch, record, spoken

MAIL = "Seit dem Update stürzt die App beim Bezahlen ab, meine Nummer ist 0171 2345678.\n\nMit freundlichen Grüßen\nJana Müller\n"


def told(records: pa.RecordBatch) -> pa.RecordBatch:
    return messages(spoken(records), Cleaner())


def test_batch_has_the_declared_schema_and_one_row_per_record() -> None:
    made = told(batch(record("The app crashes on every payment", 1), record(None, 2), record("", 3)))
    assert made.schema.equals(TABLES["silver_message"].schema)
    assert made.column("record_id").to_pylist() == ["record_1", "record_2", "record_3"]


def test_record_without_words_keeps_its_row_with_nulls() -> None:
    (row,) = told(batch(record(None, rating=1.0))).to_pylist()
    assert (row["masked_message"], row["language"], row["language_confidence"], row["removed_spans"]) == (None, None, None, [])
    assert row["rating"] == 1.0


def test_mail_is_stripped_masked_and_its_language_found_in_what_is_left() -> None:
    (row,) = told(batch(record(MAIL, channel="email"))).to_pylist()
    assert row["masked_message"] == "Seit dem Update stürzt die App beim Bezahlen ab, meine Nummer ist [PHONE]."
    assert row["language"] == "de"
    (removed,) = row["removed_spans"]
    assert removed["kind"] == "signature"
    assert MAIL[removed["start"] : removed["end"]].startswith("Mit freundlichen")


def test_short_text_has_a_confidence_but_no_language() -> None:
    (row,) = told(batch(record("ok"))).to_pylist()
    assert row["language"] is None
    assert 0 < row["language_confidence"] < 1


def test_empty_batch_gives_an_empty_batch() -> None:
    assert told(batch()).num_rows == 0


def test_number_that_a_removed_quote_parted_from_its_word_is_masked_in_the_message() -> None:
    (row,) = told(batch(record("Please ring my phone number:\n> Which number?\n467 3395\n", channel="email"))).to_pylist()
    assert "467" not in row["masked_message"]
