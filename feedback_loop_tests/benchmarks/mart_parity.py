"""Whether two engines made the same rows of a mart: types by the contract, rows by their key, values by what they mean.

Order does not count; floats may differ by one part in 10⁹; instants are compared as instants, whatever zone they are written in. Who makes
the rows is `spark_marts`. The rule that is easy to break: a type is held against the contract as well as the values, because a count that
became a float would still equal.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from feedback_loop.contracts.tables import Table

TOLERANCE = 1e-9


def differences(table: Table, expected: pa.Table, found: pa.Table) -> list[str]:
    """Each difference as `key: column: expected, found`, ascending by key; empty where both engines say the same."""
    wrong = [
        f"{field.name}: {kind_of(field.type)} is not {kind_of(table.schema.field(field.name).type)}" for field in _foreign(table, found)
    ]
    if wrong or set(found.column_names) != set(table.columns):
        return wrong or [f"columns {', '.join(found.column_names)}"]
    return list(_rows_that_differ(table, _by_key(table, expected), _by_key(table, found)))


def kind_of(dtype: pa.DataType) -> str:
    """The type as far as it tells values apart: no zone, no names of list items, no width of offsets."""
    if pa.types.is_list(dtype) or pa.types.is_large_list(dtype):
        return f"list of {kind_of(dtype.value_type)}"
    if pa.types.is_struct(dtype):
        return "struct of " + ", ".join(f"{part.name} {kind_of(part.type)}" for part in dtype)
    if pa.types.is_timestamp(dtype):
        return f"{'instant' if dtype.tz else 'timestamp without zone'} in {dtype.unit}"
    return "string" if pa.types.is_large_string(dtype) else str(dtype)


def is_same(one: Any, other: Any) -> bool:
    """Whether two values mean the same; a null equals a null alone."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, float) and isinstance(other, float):
        return math.isclose(one, other, rel_tol=TOLERANCE, abs_tol=TOLERANCE) or (math.isnan(one) and math.isnan(other))
    return type(one) is type(other) and bool(one == other)


def _foreign(table: Table, found: pa.Table) -> list[pa.Field]:
    known = [field for field in found.schema if field.name in table.columns]
    return [field for field in known if kind_of(field.type) != kind_of(table.schema.field(field.name).type)]


def _by_key(table: Table, rows: pa.Table) -> dict[tuple[str, ...], list[dict[str, Any]]]:
    """The rows under their key as text, nulls included; a key that is not unique holds several."""
    found: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows.to_pylist():
        found.setdefault(tuple(str(row[column]) for column in table.key), []).append(row)
    return found


def _rows_that_differ(
    table: Table, expected: dict[tuple[str, ...], list[dict[str, Any]]], found: dict[tuple[str, ...], list[dict[str, Any]]]
) -> Iterator[str]:
    for key in sorted(expected.keys() | found.keys()):
        ours, theirs = expected.get(key, []), found.get(key, [])
        if len(ours) != 1 or len(theirs) != 1:
            yield f"{'/'.join(key)}: {len(ours)} rows, {len(theirs)} found"
            continue
        for column in table.columns:
            if not is_same(ours[0][column], theirs[0][column]):
                yield f"{'/'.join(key)}: {column}: {ours[0][column]!r}, {theirs[0][column]!r} found"
