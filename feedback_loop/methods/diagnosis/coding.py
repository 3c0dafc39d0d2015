"""Complaints as numbers: a code per attribute, a missing one being a value of its own, and each customer counted once per window.

The rule that is easy to break: one customer who complains thirty times is one customer; where no customer is named every row counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from feedback_loop.methods.statistics.calibration import Flags, Indices

Codes = npt.NDArray[np.integer[Any]]
"""[n, dimensions], of the smallest kind of integer that holds them: arithmetic with them has to name a wider one."""

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
    codes: Codes

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
    return tuple(values_in(rows[name]) for name in dimensions)


def values_in(told: pl.Series) -> tuple[str, ...]:
    """The texts of a column, each once, ascending."""
    return tuple(told.drop_nulls().unique().sort().to_list())


def codes_of(rows: pl.DataFrame, dimensions: Sequence[str], values: Values) -> Codes:
    """The rows [n, dimensions] as numbers, of the smallest kind that holds them."""
    columns = [coded_column(rows[name], known) for name, known in zip(dimensions, values, strict=True)]
    widest = np.result_type(np.uint8, *(codes.dtype for codes in columns))
    codes = np.empty((rows.height, len(columns)), widest, order="F")
    for place, told in enumerate(columns):
        codes[:, place] = told
    return codes


def coded_column(told: pl.Series, known: tuple[str, ...]) -> Codes:
    """A code for each text, as small as it goes: its place among the values; what is missing or not among them has the last one."""
    places = told.cast(pl.Enum(known), strict=False).to_physical().cast(pl.UInt32).fill_null(len(known))
    return places.to_numpy().astype(np.min_scalar_type(len(known)))


def inside(codes: Codes, pairs: Pairs) -> Flags:
    """Which rows [n] belong to the conjunction."""
    chosen = np.ones(len(codes), bool)
    for dimension, code in pairs:
        chosen &= codes[:, dimension] == code
    return chosen


def _once_per_customer(rows: pl.DataFrame, dimensions: Sequence[str], window: Window) -> pl.DataFrame:
    if "customer_id" not in rows.columns:
        return rows
    block = (pl.col("_at") - window.start) // window.length
    # Whoever is not named is somebody else in each row, and nobody who is named with a number.
    unnamed = pl.format("row {}", pl.int_range(pl.len()))
    named = rows.with_columns(_who=pl.coalesce(pl.format("customer {}", pl.col("customer_id")), unnamed), _block=block)
    return named.unique(subset=["_who", "_block", *dimensions], keep="first", maintain_order=True)
