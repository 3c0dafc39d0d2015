"""Row-wise steps over frames: the bridge between Polars frames and `RecordBatch -> RecordBatch` functions.

The step sees batches of bounded size, so its memory does not grow with the frame; where batches end never matters to its result, nor who
computes them (`Runner`: this process unless told otherwise).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

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
    made = list(runner(step, batches_of(frame, input_schema, range(0, frame.height, batch_rows))))
    return pl.DataFrame(pa.Table.from_batches(made, output_schema), schema=pl.Schema(output_schema))


def batches_of(frame: pl.DataFrame, schema: pa.Schema, starts: Iterable[int]) -> Iterator[pa.RecordBatch]:
    """The frame cut before the given rows, one after the other; each batch holds its own rows alone.

    A slice of a larger batch would take all of it along to another process.
    """
    nullable = pa.schema([field.with_nullable(True) for field in schema])
    columns = frame.select(schema.names)
    for start, end in pairwise([*starts, frame.height]):
        rows = columns.slice(start, end - start).to_arrow(compat_level=pl.CompatLevel.oldest()).cast(nullable)
        yield from rows.combine_chunks().to_batches()
