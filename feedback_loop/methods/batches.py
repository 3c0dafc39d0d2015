"""Row-wise steps over frames: the bridge between Polars frames and `RecordBatch -> RecordBatch` functions.

The step sees batches of bounded size, so its memory does not grow with the frame; where batches end never matters to its result, nor who
computes them (`Runner`: this process unless told otherwise).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import polars as pl
import pyarrow as pa

Step = Callable[[pa.RecordBatch], pa.RecordBatch]

Runner = Callable[[Step, Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]
"""Applies a step to batches and gives the results in their order; for several processes the step must be one that can be pickled."""

BATCH_ROWS = 4096


def in_this_process(step: Step, batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """One batch after the other."""
    return map(step, batches)


def apply_step(
    step: Step,
    frame: pl.DataFrame,
    input_schema: pa.Schema,
    output_schema: pa.Schema,
    batch_rows: int = BATCH_ROWS,
    runner: Runner = in_this_process,
) -> pl.DataFrame:
    """The rows that the step makes of the frame's rows, in order, with the columns of the output schema."""
    nullable = pa.schema([field.with_nullable(True) for field in input_schema])
    rows = frame.select(input_schema.names).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(nullable)
    made = list(runner(step, rows.combine_chunks().to_batches(max_chunksize=batch_rows)))
    return pl.DataFrame(pa.Table.from_batches(made, output_schema), schema=pl.Schema(output_schema))
