"""Messages: what a record says as a whole, masked, with its language and with what was removed from it.

Here: bronze rows to `silver_message` rows, one to one. The units of a message are `fragments`. The rule that is easy to break: the masked
message holds the customer's own words only, so that names in signatures and quotes do not travel on.
"""

from __future__ import annotations

import pyarrow as pa

from feedback_loop.contracts.tables import TABLES
from feedback_loop.methods.language import determined, guess_languages
from feedback_loop.silver.units import masked_message, stripped

SCHEMA: pa.Schema = TABLES["silver_message"].schema


def messages(records: pa.RecordBatch) -> pa.RecordBatch:
    """`silver_message` rows of bronze rows (latest versions), in their order."""
    raw_texts = [text or "" for text in records.column("text").to_pylist()]
    replies = [stripped(raw, channel) for raw, channel in zip(raw_texts, records.column("channel").to_pylist(), strict=True)]
    masked = [masked_message(raw, reply.kept) for raw, reply in zip(raw_texts, replies, strict=True)]
    guesses = guess_languages(masked)
    made = {
        "masked_message": [text or None for text in masked],
        "language": [determined(guess) for guess in guesses],
        "language_confidence": [guess.confidence if guess else None for guess in guesses],
        "removed_spans": [[span._asdict() for span in reply.removed] for reply in replies],
    }
    columns = [pa.array(made[f.name], f.type) if f.name in made else records.column(f.name).cast(f.type) for f in SCHEMA]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)
