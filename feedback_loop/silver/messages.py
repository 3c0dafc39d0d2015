"""Messages: what a record says as a whole, masked, with its language, its units and with what was removed from it.

Here: bronze rows to `silver_message` rows, one to one; all that reads a raw text happens here, once. Rows of units are `fragments`. The
rule that is easy to break: the masked message holds the customer's own words only, so that names in signatures and quotes do not travel
on.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import RemovedKind
from feedback_loop.methods.cleaning import PERSON, Cleaner, speaker_of
from feedback_loop.methods.language import determined, guess_languages
from feedback_loop.methods.masking import without_tokens
from feedback_loop.methods.replies import Removed
from feedback_loop.silver.units import Unit, kept_spans, said, stripped

SCHEMA: pa.Schema = TABLES["silver_message"].schema
SPOKEN = ("text", "channel", *PERSON)
"""The columns of a bronze row that its message is made of."""

INPUT_SCHEMA = pa.schema([*TABLES["bronze_feedback_record"].schema, SCHEMA.field("removed_spans").with_nullable(True)])
"""What `messages` reads: bronze rows, and the spans to remove where others than the text decided on them; null where it decides."""


def messages(records: pa.RecordBatch, cleaner: Cleaner) -> pa.RecordBatch:
    """`silver_message` rows of bronze rows (latest versions), in their order."""
    rows = records.select([*SPOKEN, "removed_spans"]).to_pylist()
    raw_texts = [row["text"] or "" for row in rows]
    removed = [_removed(raw, row) for raw, row in zip(raw_texts, rows, strict=True)]
    cleanings = (cleaner.for_speaker(speaker_of(row)) for row in rows)
    told = [said(raw, kept_spans(len(raw), gone), own) for raw, gone, own in zip(raw_texts, removed, cleanings, strict=True)]
    guesses = guess_languages(without_tokens(one.masked) for one in told)
    made = {
        "masked_message": [one.masked or None for one in told],
        "language": [determined(guess) for guess in guesses],
        "language_confidence": [guess.confidence if guess else None for guess in guesses],
        "removed_spans": [[span._asdict() for span in gone] for gone in removed],
        "units": [[_unit(unit) for unit in one.units] for one in told],
        "cleaner_version": [cleaner.version] * len(rows),
    }
    columns = [pa.array(made[f.name], f.type) if f.name in made else records.column(f.name).cast(f.type) for f in SCHEMA]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _unit(unit: Unit) -> dict[str, Any]:
    start, end, masked = unit
    return {"raw_start": start, "raw_end": end, "masked_text": masked.text, "alignment": masked.alignment.flatten()}


def _removed(raw: str, row: dict[str, Any]) -> Sequence[Removed]:
    if row["removed_spans"] is None:
        return stripped(raw, row["channel"]).removed
    return [Removed(span["start"], span["end"], RemovedKind(span["kind"])) for span in row["removed_spans"]]
