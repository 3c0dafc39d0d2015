"""The silver steps chained as the assets chain them."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from feedback_loop.methods.cleaning import Cleaner
from feedback_loop.silver.fragments import fragments, with_messages
from feedback_loop.silver.messages import messages
from feedback_loop_tests.silver.records import spoken

CLEANER = Cleaner()


def fragments_of(records: pa.RecordBatch, cleaner: Cleaner = CLEANER) -> pa.RecordBatch:
    """`silver_fragment` rows of bronze rows."""
    frame = with_messages(pl.DataFrame(pl.from_arrow(records)), pl.DataFrame(pl.from_arrow(messages(spoken(records), cleaner))))
    table = frame.to_arrow().combine_chunks()
    return fragments(table.to_batches()[0] if table.num_rows else pa.RecordBatch.from_pylist([], schema=table.schema), cleaner)
