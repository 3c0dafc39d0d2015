"""Messages: what a record says as a whole, masked, with its language, its units and with what was removed from it.

Here: bronze rows to `silver_message` rows, one to one; all that reads a raw text happens here, once. Rows of units are `fragments`. The
rule that is easy to break: the masked message holds the customer's own words only, so that names in signatures and quotes do not travel
on.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import Any

import pyarrow as pa

from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import RemovedKind
from feedback_loop.methods.cleaning import PERSON, Cleaner, speaker_of
from feedback_loop.methods.languages.guessing import determined, guess_languages
from feedback_loop.methods.mail.replies import Removed
from feedback_loop.methods.personal_data.masking import without_tokens
from feedback_loop.silver.units import Unit, kept_spans, said, stripped

SCHEMA: pa.Schema = TABLES["silver_message"].schema
SPOKEN = ("text", "channel", *PERSON)
"""The columns of a bronze row that its message is made of."""

_BRONZE: pa.Schema = TABLES["bronze_feedback_record"].schema
RECORD_COLUMNS = tuple(name for name in _BRONZE.names if name in {*SCHEMA.names, *SPOKEN})
INPUT_SCHEMA = pa.schema([*map(_BRONZE.field, RECORD_COLUMNS), SCHEMA.field("removed_spans").with_nullable(True)])
"""What `messages` reads: of bronze rows, and the spans to remove where others than the text decided on them; null where it decides."""


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
        "units": _units([one.units for one in told]),
        "cleaner_version": [cleaner.version] * len(rows),
    }
    columns = [made[f.name] if f.name in made else records.column(f.name).cast(f.type) for f in SCHEMA]
    columns = [column if isinstance(column, pa.Array) else pa.array(column, f.type) for column, f in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def _units(of_messages: Sequence[Sequence[Unit]]) -> pa.Array:
    """The column of units; made from whole columns, as Arrow takes a row at a time ten times as long."""
    kind = SCHEMA.field("units").type
    flat = [unit for units in of_messages for unit in units]
    parts = (
        [unit.raw_start for unit in flat],
        [unit.raw_end for unit in flat],
        [unit.masked.text for unit in flat],
        [unit.masked.alignment.flatten() for unit in flat],
    )
    columns = [pa.array(part, field.type) for part, field in zip(parts, kind.value_type, strict=True)]
    offsets = [0, *accumulate(map(len, of_messages))]
    return pa.ListArray.from_arrays(
        pa.array(offsets, pa.int32()), pa.StructArray.from_arrays(columns, fields=[*kind.value_type]), type=kind
    )


def _removed(raw: str, row: dict[str, Any]) -> Sequence[Removed]:
    if row["removed_spans"] is None:
        return stripped(raw, row["channel"]).removed
    return [Removed(span["start"], span["end"], RemovedKind(span["kind"])) for span in row["removed_spans"]]
