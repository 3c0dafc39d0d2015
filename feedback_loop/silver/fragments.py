"""Fragments: one row per complaint unit of a message, with its place in the raw text.

Here: bronze rows beside what `messages` found of them, to `silver_fragment` rows. How a text is cut is `units`; which fragments repeat
others is `deduplicate`, which fills `duplicate_*`. The rule that is easy to break: an id depends on the record, the span and the words
alone, not on the key of the tokens, so that the same record gives the same ids in any batch, on any day.
"""

from __future__ import annotations

from typing import Any

import polars as pl
import pyarrow as pa

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.tables import TABLES
from feedback_loop.contracts.vocab import RemovedKind
from feedback_loop.methods.cleaning import Cleaner, Cleaning, speaker_of
from feedback_loop.methods.fingerprints import fingerprint, text_hash
from feedback_loop.methods.masking import without_tokens
from feedback_loop.silver.messages import SPOKEN
from feedback_loop.silver.units import Unit, kept_spans, units

SCHEMA: pa.Schema = TABLES["silver_fragment"].schema
FROM_MESSAGE = ("language", "language_confidence", "removed_spans", "masked_message", "cleaner_version")
INPUT_SCHEMA = pa.schema(
    [*TABLES["bronze_feedback_record"].schema, *(TABLES["silver_message"].schema.field(name) for name in FROM_MESSAGE)]
)
"""What `fragments` reads: the rows of `with_messages`."""


def with_messages(records: pl.DataFrame, messages: pl.DataFrame) -> pl.DataFrame:
    """The records that have a message of the same version, with the columns that `fragments` needs of it."""
    return records.join(messages.select("record_version_id", *FROM_MESSAGE), on="record_version_id", how="inner", maintain_order="left")


def fragments(records: pa.RecordBatch, cleaner: Cleaner) -> pa.RecordBatch:
    """`silver_fragment` rows, in the records' order and by position within each; a record without text has none."""
    rows: list[dict[str, Any]] = []
    sources: list[int] = []
    for source, record in enumerate(records.select([*SPOKEN, "removed_spans", "masked_message", "cleaner_version"]).to_pylist()):
        cleaned = record["masked_message"] if record["cleaner_version"] == cleaner.version else None
        made = _rows(record, cleaner.for_speaker(speaker_of(record)), cleaned)
        rows += made
        sources += [source] * len(made)
    taken = pa.array(sources, pa.int64())
    return pa.RecordBatch.from_arrays([_column(field, rows, records, taken) for field in SCHEMA], schema=SCHEMA)


def _rows(record: dict[str, Any], cleaning: Cleaning, cleaned: str | None) -> list[dict[str, Any]]:
    raw = record["text"] or ""
    removed = ((span["start"], span["end"], RemovedKind(span["kind"])) for span in record["removed_spans"])
    said = units(raw, kept_spans(len(raw), removed), cleaning, cleaned)
    return [_row(record["record_id"], index, unit) for index, unit in enumerate(said)]


def _row(record_id: str, index: int, unit: Unit) -> dict[str, Any]:
    masked, plain = unit.masked.text, without_tokens(unit.masked.text)
    return {
        "fragment_id": stable_id("fragment", record_id, unit.raw_start, unit.raw_end, plain),
        "fragment_index": index,
        "raw_start": unit.raw_start,
        "raw_end": unit.raw_end,
        "masked_text": masked,
        "alignment": unit.masked.alignment.flatten(),
        "text_hash": text_hash(plain),
        "fingerprint": fingerprint(masked),
        "duplicate_of": None,
        "duplicate_kind": None,
    }


def _column(field: pa.Field, rows: list[dict[str, Any]], records: pa.RecordBatch, taken: pa.Array) -> pa.Array:
    """A column made here, or the record's own repeated for each of its fragments."""
    if field.name in records.schema.names:
        return records.column(field.name).cast(field.type).take(taken)
    return pa.array([row[field.name] for row in rows], field.type)
