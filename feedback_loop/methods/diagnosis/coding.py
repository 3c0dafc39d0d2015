"""Complaints as numbers: a code per attribute, a missing one being a value of its own, and each customer counted once per window.

The rule that is easy to break: one customer who complains thirty times is one customer; where no customer is named every row counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from feedback_loop.methods.statistics.calibration import Flags, Indices

Pairs = tuple[tuple[int, int], ...]
"""A conjunction: (dimension, code) by rising dimension."""


Values = tuple[tuple[str, ...], ...]
"""The known values of each dimension, ascending."""


@dataclass(frozen=True)
class Window:
    """History and the window that follows it, as instants in microseconds; both without their end."""

    first: int
    start: int
    end: int

    @property
    def length(self) -> int:
        """Of the window, in microseconds."""
        return self.end - self.start


@dataclass(frozen=True)
class Coded:
    """Complaints by time: `at` [n] in microseconds, `codes` [n, dimensions]; the last code of a dimension says that it is missing."""

    dimensions: tuple[str, ...]
    values: Values
    at: Indices
    codes: Indices

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many values each dimension has; that number is the code of what is missing."""
        return tuple(len(known) for known in self.values)

    def named(self, pairs: Pairs) -> dict[str, str]:
        """The conjunction in words; every code has to be a known value."""
        return {self.dimensions[dimension]: self.values[dimension][code] for dimension, code in pairs}


def coded(complaints: pl.DataFrame, dimensions: Sequence[str], window: Window, values: Values | None = None) -> Coded:
    """The complaints of history and window: of `occurred_at`, `customer_id` (where there is one) and the dimensions.

    Without `values` those are known that the complaints have.
    """
    rows = complaints.with_columns(_at=pl.col("occurred_at").dt.epoch("us")).filter(
        pl.col("_at").is_between(window.first, window.end, closed="left")
    )
    rows = _once_per_customer(rows.sort("_at"), dimensions, window)
    known = values or values_of(rows, dimensions)
    return Coded(tuple(dimensions), known, rows["_at"].to_numpy(), codes_of(rows, dimensions, known))


def values_of(rows: pl.DataFrame, dimensions: Sequence[str]) -> Values:
    """The values that the rows have in each dimension."""
    return tuple(tuple(rows[name].drop_nulls().unique().sort().to_list()) for name in dimensions)


def codes_of(rows: pl.DataFrame, dimensions: Sequence[str], values: Values) -> Indices:
    """The rows [n, dimensions] as numbers; what is missing or not among the values has the last code."""
    columns = []
    for name, known in zip(dimensions, values, strict=True):
        index = pl.DataFrame({name: known, "_code": np.arange(len(known))}, schema={name: pl.String, "_code": pl.Int64})
        found = rows.select(name).join(index, on=name, how="left", maintain_order="left")["_code"].fill_null(len(known))
        columns.append(found.to_numpy())
    codes = np.column_stack(columns) if columns else np.zeros((rows.height, 0))
    return codes.astype(np.int64)


def inside(codes: Indices, pairs: Pairs) -> Flags:
    """Which rows [n] belong to the conjunction."""
    chosen = np.ones(len(codes), bool)
    for dimension, code in pairs:
        chosen &= codes[:, dimension] == code
    return chosen


def _once_per_customer(rows: pl.DataFrame, dimensions: Sequence[str], window: Window) -> pl.DataFrame:
    if "customer_id" not in rows.columns:
        return rows
    block = (pl.col("_at") - window.start) // window.length
    named = rows.with_columns(_who=pl.col("customer_id").fill_null(pl.int_range(pl.len()).cast(pl.String)), _block=block)
    return named.unique(subset=["_who", "_block", *dimensions], keep="first", maintain_order=True)
