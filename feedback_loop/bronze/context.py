"""What the statements about context say, as one typed table for each kind of thing.

Pure: rows of `bronze_context_statement` in, rows of a context table out, one to one: a later statement about the same thing is another row.
Which statement was known at a time is `latest_known`. The rule that is easy to break: whoever decides at an instant asks `latest_known`
with it; the latest row of a table is what is known today, and knew the end of an incident while it was still going on.
"""

from __future__ import annotations

from datetime import datetime

import polars as pl

from feedback_loop.contracts.loop_vocab import ContextKind
from feedback_loop.contracts.tables import TABLES

_KEPT = ("statement_id", "landed_at")


def context_changes(statements: pl.DataFrame) -> pl.DataFrame:
    """Rows of `context_change`, filed under the day on which the change began."""
    return _told(statements, ContextKind.CHANGE, "context_change", "started_at")


def context_incidents(statements: pl.DataFrame) -> pl.DataFrame:
    """Rows of `context_incident`, filed under the day on which the incident began."""
    return _told(statements, ContextKind.INCIDENT, "context_incident", "started_at")


def context_customers(statements: pl.DataFrame) -> pl.DataFrame:
    """Rows of `context_customer`, filed under the day of the statement."""
    return _told(statements, ContextKind.CUSTOMER, "context_customer", "stated_at")


def context_business_events(statements: pl.DataFrame) -> pl.DataFrame:
    """Rows of `context_business_event`, filed under their day."""
    return _told(statements, ContextKind.BUSINESS_EVENT, "context_business_event", "occurred_at")


def context_documents(statements: pl.DataFrame) -> pl.DataFrame:
    """Rows of `context_document`, filed under the day from which the document holds."""
    return _told(statements, ContextKind.DOCUMENT, "context_document", "started_at")


def latest_known(frame: pl.DataFrame, id_column: str, as_of: datetime | None = None) -> pl.DataFrame:
    """The latest statement about each thing among those that had landed by the instant (all without one), ordered by the thing's id."""
    known = frame if as_of is None else frame.filter(pl.col("landed_at") <= as_of)
    return known.sort(id_column, "landed_at", "statement_id").unique(id_column, keep="last", maintain_order=True)


def _told(statements: pl.DataFrame, kind: ContextKind, table_name: str, day_of: str) -> pl.DataFrame:
    """The statements of the kind, decoded to the columns of the table; what a statement does not say is null."""
    schema = pl.Schema(TABLES[table_name].schema)
    said = {name: dtype for name, dtype in schema.items() if name not in (*_KEPT, "event_date")} | {day_of: pl.Datetime("us", "UTC")}
    of_kind = statements.filter(pl.col("context_kind") == kind)
    decoded = of_kind.select(*_KEPT, *(_decoded(name, dtype) for name, dtype in said.items()))
    return decoded.with_columns(event_date=pl.col(day_of).dt.date()).select(schema.names()).sort("statement_id")


def _decoded(name: str, dtype: pl.DataType) -> pl.Expr:
    """One value of the statements; an object, such as a scope, stays the JSON that it is."""
    text = pl.col("statement").str.json_path_match(f"$.{name}")
    if isinstance(dtype, pl.Datetime):
        return text.str.to_datetime("%Y-%m-%dT%H:%M:%S%.6fZ", time_unit="us", time_zone="UTC").alias(name)
    if isinstance(dtype, pl.List):
        return text.str.json_decode(dtype).alias(name)
    return text.cast(dtype).alias(name)
