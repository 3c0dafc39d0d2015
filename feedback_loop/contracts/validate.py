"""What a frame breaks of its table's contract, as data; the generated blocking check of each table and the store both ask here.

A violation names the column, the rule, how many rows and up to five keys; never a value that a customer wrote. Only the caller raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from feedback_loop.contracts.fields import Field
from feedback_loop.contracts.tables import Table

_SAMPLE = 5


@dataclass(frozen=True)
class Violation:
    """One broken rule of one table."""

    rule: str
    column: str
    row_count: int
    sample_keys: tuple[str, ...] = ()

    def __str__(self) -> str:
        keys = f", for example {', '.join(self.sample_keys)}" if self.sample_keys else ""
        return f"{self.column}: {self.rule} in {self.row_count} row(s){keys}"


def conform(frame: pl.DataFrame, table: Table) -> pa.Table:
    """The frame as an arrow table with exactly the columns, order and types of the contract; raises where a cast would lose values."""
    arrow = frame.select(table.columns).to_arrow(compat_level=pl.CompatLevel.oldest())
    nullable = pa.schema([f.with_nullable(True) for f in table.schema])
    return arrow.cast(nullable)


def violations(frame: pl.DataFrame, table: Table) -> list[Violation]:
    """All that the frame breaks of the contract; empty where it fulfils it."""
    missing = [c for c in table.columns if c not in frame.columns]
    surplus = [c for c in frame.columns if c not in table.columns]
    shape = [Violation("column is missing", c, frame.height) for c in missing]
    shape += [Violation("column is not in the contract", c, frame.height) for c in surplus]
    if shape:
        return shape
    found = [v for field in table.fields for v in _column_violations(frame, field, table.key)]
    return found + list(_table_violations(frame, table))


def _column_violations(frame: pl.DataFrame, field: Field, key: tuple[str, ...]) -> Iterator[Violation]:
    column = pl.col(field.name)
    if not _same_type(frame.schema[field.name], field.dtype):
        yield Violation(f"type {frame.schema[field.name]} is not {field.dtype}", field.name, frame.height)
        return
    if not field.is_nullable:
        yield from _broken(frame, column.is_null(), "null where the contract allows none", field.name, key)
    if field.vocabulary is not None:
        words = [str(word) for word in field.vocabulary]
        yield from _broken(frame, column.is_not_null() & ~column.is_in(words), "value outside of its vocabulary", field.name, key)
    if field.name.endswith(("_score", "_share")) and field.name != "alert_score":
        yield from _broken(frame, ~column.is_between(0, 1), "value outside of 0..1", field.name, key)
    if field.name.endswith("_count"):
        yield from _broken(frame, column < 0, "negative count", field.name, key)


def _table_violations(frame: pl.DataFrame, table: Table) -> Iterator[Violation]:
    yield from _broken(frame, pl.struct(table.key).is_duplicated(), "key is not unique", ", ".join(table.key), table.key)
    for day, instant in (("landed_date", "landed_at"), ("event_date", "occurred_at")):
        if {day, instant} <= set(table.columns):
            yield from _broken(frame, pl.col(instant).dt.date() != pl.col(day), f"is not the UTC day of {instant}", day, table.key)


def _broken(frame: pl.DataFrame, broken: pl.Expr, rule: str, column: str, key: tuple[str, ...]) -> Iterator[Violation]:
    rows = frame.filter(broken)
    if rows.height:
        keys = (
            rows.head(_SAMPLE).select(pl.concat_str([pl.col(k).cast(pl.String) for k in key], separator="/", ignore_nulls=True)).to_series()
        )
        yield Violation(rule, column, rows.height, tuple(str(k) for k in keys))


def _same_type(found: pl.DataType, expected: pa.DataType) -> bool:
    wanted = pl.Schema(pa.schema([("c", expected)]))["c"]
    return found == wanted
