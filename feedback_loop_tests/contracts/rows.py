"""A valid row of any table, made from its contract alone, with chosen columns changed."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pyarrow as pa

from feedback_loop.contracts.fields import Field
from feedback_loop.contracts.tables import Table

INSTANT = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


def valid_row(table: Table, **changes: Any) -> dict[str, Any]:
    """One row that fulfils the contract, but for the changes."""
    return {field.name: _value(field) for field in table.fields} | changes


def frame_of(table: Table, *changes: dict[str, Any]) -> pl.DataFrame:
    """One valid row per set of changes, with the types of the contract; rows without changes repeat one key."""
    return pl.DataFrame([valid_row(table, **change) for change in changes], schema=pl.Schema(table.schema))


def _value(field: Field) -> object:
    if field.vocabulary is not None:
        return str(next(iter(field.vocabulary)))
    dtype = field.dtype
    if pa.types.is_list(dtype):
        return []
    by_type: dict[pa.DataType, object] = {
        pa.string(): "x",
        pa.binary(): b"x",
        pa.int64(): 1,
        pa.float64(): 0.5,
        pa.bool_(): False,
        pa.date32(): date(2026, 1, 2),
    }
    return by_type.get(dtype, INSTANT)
