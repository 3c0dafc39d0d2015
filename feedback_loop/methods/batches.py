"""Row-wise steps over frames: the bridge between Polars frames and `RecordBatch -> RecordBatch` functions.

The step sees batches of bounded size, so its memory does not grow with the frame; where batches end never matters to its result.
"""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pyarrow as pa

Step = Callable[[pa.RecordBatch], pa.RecordBatch]

BATCH_ROWS = 4096


def apply_step(
    step: Step, frame: pl.DataFrame, input_schema: pa.Schema, output_schema: pa.Schema, batch_rows: int = BATCH_ROWS
) -> pl.DataFrame:
    """The rows that the step makes of the frame's rows, in order, with the columns of the output schema."""
    nullable = pa.schema([field.with_nullable(True) for field in input_schema])
    rows = frame.select(input_schema.names).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(nullable)
    made = [step(batch) for batch in rows.combine_chunks().to_batches(max_chunksize=batch_rows)]
    return pl.DataFrame(pa.Table.from_batches(made, output_schema), schema=pl.Schema(output_schema))
