"""The silver steps chained as the assets chain them."""

from __future__ import annotations

import polars as pl
import pyarrow as pa

from feedback_loop.silver.fragments import fragments, with_messages
from feedback_loop.silver.messages import messages


def fragments_of(records: pa.RecordBatch) -> pa.RecordBatch:
    """`silver_fragment` rows of bronze rows."""
    frame = with_messages(pl.DataFrame(pl.from_arrow(records)), pl.DataFrame(pl.from_arrow(messages(records))))
    table = frame.to_arrow().combine_chunks()
    return fragments(table.to_batches()[0] if table.num_rows else pa.RecordBatch.from_pylist([], schema=table.schema))
