"""A row-wise step over a frame gives the same rows in the same order, wherever its batches end."""

from __future__ import annotations

import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedback_loop.methods.batches import BATCH_ROWS, apply_step

IN = pa.schema([pa.field("key", pa.string(), nullable=False), pa.field("number", pa.int64())])
OUT = pa.schema([pa.field("key", pa.string(), nullable=False), pa.field("double", pa.int64()), pa.field("tags", pa.list_(pa.string()))])


class Doubling:
    """Doubles numbers; a row with an even number comes out twice, one with 3 not at all. Remembers the sizes of its batches."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def __call__(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        self.sizes.append(batch.num_rows)
        assert batch.schema.names == IN.names
        rows = [(k, n) for k, n in zip(batch["key"].to_pylist(), batch["number"].to_pylist(), strict=True) if n != 3]
        made = [
            row
            for k, n in rows
            for row in [{"key": k, "double": None if n is None else 2 * n, "tags": [k]}] * (2 if n and n % 2 == 0 else 1)
        ]
        return pa.RecordBatch.from_pylist(made, schema=OUT)


def frame(numbers: list[int | None]) -> pl.DataFrame:
    return pl.DataFrame({"number": numbers, "key": [str(n) for n in range(len(numbers))]}, schema={"number": pl.Int64, "key": pl.String})


@given(st.lists(st.one_of(st.none(), st.integers(-5, 5)), max_size=30), st.integers(1, 12))
@settings(max_examples=80)
def test_where_batches_end_never_matters(numbers: list[int | None], batch_rows: int) -> None:
    whole = apply_step(Doubling(), frame(numbers), IN, OUT)
    assert apply_step(Doubling(), frame(numbers), IN, OUT, batch_rows).equals(whole)


@given(st.integers(0, 30), st.integers(1, 12))
@settings(max_examples=40)
def test_no_batch_is_larger_than_the_limit_and_none_is_lost(rows: int, batch_rows: int) -> None:
    step = Doubling()
    apply_step(step, frame([1] * rows), IN, OUT, batch_rows)
    assert sum(step.sizes) == rows
    assert all(0 < size <= batch_rows for size in step.sizes)


def test_rows_come_out_in_order_more_or_fewer_than_went_in() -> None:
    made = apply_step(Doubling(), frame([1, 2, 3, None]), IN, OUT, 2)
    assert made.rows() == [("0", 2, ["0"]), ("1", 4, ["1"]), ("1", 4, ["1"]), ("3", None, ["3"])]


def test_an_empty_frame_gives_an_empty_frame_with_the_declared_columns() -> None:
    made = apply_step(Doubling(), frame([]), IN, OUT)
    assert made.is_empty()
    assert made.schema == pl.Schema(OUT)


def test_a_frame_of_many_chunks_is_cut_by_rows_not_by_chunks() -> None:
    step = Doubling()
    apply_step(step, pl.concat([frame([1])] * 10, rechunk=False), IN, OUT, 4)
    assert step.sizes == [4, 4, 2]


def test_columns_that_the_step_did_not_ask_for_stay_behind() -> None:
    assert apply_step(Doubling(), frame([1]).with_columns(surplus=pl.lit("x")), IN, OUT).columns == OUT.names


def test_a_missing_column_raises_before_the_step_runs() -> None:
    step = Doubling()
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        apply_step(step, frame([1]).drop("key"), IN, OUT)
    assert step.sizes == []


def test_a_step_that_returns_other_columns_than_declared_is_refused() -> None:
    def forgets(batch: pa.RecordBatch) -> pa.RecordBatch:
        return batch.select(["key"])

    with pytest.raises(pa.ArrowInvalid):
        apply_step(forgets, frame([1]), IN, OUT)


def test_what_a_frame_holds_reaches_the_step_in_the_declared_type() -> None:
    def check(batch: pa.RecordBatch) -> pa.RecordBatch:
        assert batch.schema.types == IN.types
        return pa.RecordBatch.from_arrays([batch["key"], pc.add(batch["number"], 1), pa.array([[]], pa.list_(pa.string()))], schema=OUT)

    assert apply_step(check, frame([1]).with_columns(pl.col("number").cast(pl.Int32)), IN, OUT)["double"].to_list() == [2]


def test_batches_are_bounded_by_default() -> None:
    step = Doubling()
    apply_step(step, frame([1] * (BATCH_ROWS + 1)), IN, OUT)
    assert step.sizes == [BATCH_ROWS, 1]
