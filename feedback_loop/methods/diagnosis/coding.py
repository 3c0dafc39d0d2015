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
    values: tuple[tuple[str, ...], ...]
    at: Indices
    codes: Codes

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many values each dimension has; that number is the code of what is missing."""
        return tuple(len(known) for known in self.values)

    def named(self, pairs: Pairs) -> dict[str, str]:
        """The conjunction in words; every code has to be a known value."""
        return {self.dimensions[dimension]: self.values[dimension][code] for dimension, code in pairs}


def coded(complaints: pl.DataFrame, dimensions: Sequence[str], window: Window) -> Coded:
    """The complaints of history and window: of `occurred_at`, `customer_id` (where there is one) and the dimensions."""
    rows = complaints.with_columns(_at=pl.col("occurred_at").dt.epoch("us")).filter(
        pl.col("_at").is_between(window.first, window.end, closed="left")
    )
    rows = _once_per_customer(rows.sort("_at"), dimensions, window)
    columns = [coded_column(rows[name]) for name in dimensions]
    widest = np.result_type(np.uint8, *(codes.dtype for codes, _ in columns))
    codes = np.empty((rows.height, len(columns)), widest, order="F")
    for place, (told, _) in enumerate(columns):
        codes[:, place] = told
    return Coded(tuple(dimensions), tuple(known for _, known in columns), rows["_at"].to_numpy(), codes)


def coded_column(told: pl.Series) -> tuple[Codes, tuple[str, ...]]:
    """A code for each text, as small as it goes: its place among the values, which are sorted; what is missing has the last one."""
    known = told.drop_nulls().unique().sort()
    kind = np.min_scalar_type(len(known))
    places = told.cast(pl.Enum(known)).to_physical().cast(pl.UInt32).fill_null(len(known))
    return places.to_numpy().astype(kind), tuple(known.to_list())


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
    named = rows.with_columns(_who=pl.col("customer_id").fill_null(pl.int_range(pl.len()).cast(pl.String)), _block=block)
    return named.unique(subset=["_who", "_block", *dimensions], keep="first", maintain_order=True)
