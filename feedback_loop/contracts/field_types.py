"""What a column is, and the types that columns have. The columns themselves stand in `fields.py`.

No unsigned integers (Delta has none), instants are UTC with microseconds, days are dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from feedback_loop.contracts.vocab import PersonalData

TEXT, INT, REAL, FLAG = pa.string(), pa.int64(), pa.float64(), pa.bool_()
DAY, INSTANT, BYTES = pa.date32(), pa.timestamp("us", tz="UTC"), pa.binary()
TEXTS, INTS, VECTOR = pa.list_(pa.string()), pa.list_(pa.int32()), pa.list_(pa.float32())
UNITS = pa.list_(
    pa.struct([("raw_start", pa.int64()), ("raw_end", pa.int64()), ("masked_text", pa.string()), ("alignment", pa.list_(pa.int64()))])
)
REMOVED_SPANS = pa.list_(pa.struct([("start", pa.int64()), ("end", pa.int64()), ("kind", pa.string())]))
CANDIDATES = pa.list_(
    pa.struct(
        [
            ("candidate_kind", pa.string()),
            ("product_version", pa.string()),
            ("released_at", INSTANT),
            ("is_inferred", pa.bool_()),
            ("share_in_alert", pa.float64()),
            ("share_before", pa.float64()),
            ("complaint_share_with", pa.float64()),
            ("complaint_share_without", pa.float64()),
            ("verdict", pa.string()),
            ("statement", pa.string()),
        ]
    )
)


@dataclass(frozen=True)
class Field:
    """One column: `null_means` is None where the column never holds a null."""

    name: str
    dtype: pa.DataType
    meaning: str
    null_means: str | None = None
    unit: str | None = None
    vocabulary: type[StrEnum] | None = None
    personal: PersonalData = PersonalData.NONE

    @property
    def is_nullable(self) -> bool:
        """Whether a null is a valid value."""
        return self.null_means is not None
