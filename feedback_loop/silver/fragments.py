"""Fragments: one row per complaint unit of a message, with its place in the raw text.

Here: `silver_message` rows to `silver_fragment` rows. How a text is cut is `units`; which fragments repeat others is `deduplicate`, which
fills `duplicate_*`. The rule that is easy to break: an id depends on the record, the span and the words alone, not on the key of the
tokens, so that the same record gives the same ids in any batch, on any day.
"""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.tables import TABLES
from feedback_loop.methods.personal_data.masking import without_tokens
from feedback_loop.methods.repetition.fingerprints import fingerprint, text_hash

SCHEMA: pa.Schema = TABLES["silver_fragment"].schema
_MESSAGE: pa.Schema = TABLES["silver_message"].schema
_OF_UNIT = ("raw_start", "raw_end", "masked_text", "alignment")

INPUT_SCHEMA = pa.schema([*(field for field in _MESSAGE if field.name in SCHEMA.names), _MESSAGE.field("units")])
"""What `fragments` reads of a message."""


def fragments(messages: pa.RecordBatch) -> pa.RecordBatch:
    """`silver_fragment` rows, in the messages' order and by position within each; a message without words has none."""
    units = messages.column("units")
    parents, flat = pc.list_parent_indices(units), pc.list_flatten(units)
    made = dict(zip(_OF_UNIT, flat.flatten(), strict=True))
    masked = made["masked_text"].to_pylist()
    plain = [without_tokens(text) for text in masked]
    record_ids = messages.column("record_id").take(parents).to_pylist()
    spans = zip(made["raw_start"].to_pylist(), made["raw_end"].to_pylist(), strict=True)
    made |= {
        "fragment_id": [stable_id("fragment", of, *span, text) for of, span, text in zip(record_ids, spans, plain, strict=True)],
        "fragment_index": [index for count in pc.list_value_length(units).to_pylist() for index in range(count)],
        "text_hash": [text_hash(text) for text in plain],
        "fingerprint": [fingerprint(text) for text in masked],
        "duplicate_of": [None] * len(masked),
        "duplicate_kind": [None] * len(masked),
    }
    columns = [made[f.name] if f.name in made else messages.column(f.name).take(parents) for f in SCHEMA]
    typed = [c.cast(f.type) if isinstance(c, pa.Array) else pa.array(c, f.type) for c, f in zip(columns, SCHEMA, strict=True)]
    return pa.RecordBatch.from_arrays(typed, schema=SCHEMA)
