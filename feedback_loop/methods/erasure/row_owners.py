"""Whose a row is: the customer whom a row of a table or of a file names, or a statement of a source.

Here: where the name stands, and when what is said was said. Whose rows go, and when, is decided in `workflows/erase.py` and
`workflows/retain.py`. The rule that is easy to break: erasing, refusing what was erased and retaining must agree on whose a row is, so
each of them asks here.
"""

from __future__ import annotations

import polars as pl

OWNERS = ("known_customer_id", "customer_id", "recipient_customer_id")
"""The columns that name the customer whose row it is."""

_IN_STATEMENTS = ("known_customer_id", "customer_id")
_SPOKE_AT = ("stated_at", "occurred_at")


def statement_owner() -> pl.Expr:
    """The customer whom the JSON in `statement` is about; null where it names none."""
    return pl.coalesce(said(name) for name in _IN_STATEMENTS)


def statement_instant() -> pl.Expr:
    """When the JSON in `statement` was said or happened; null where it does not tell."""
    told = pl.coalesce(said(name) for name in _SPOKE_AT)
    return told.str.to_datetime("%Y-%m-%dT%H:%M:%S%.6fZ", time_unit="us", time_zone="UTC", strict=False)


def said(name: str) -> pl.Expr:
    """What the JSON in `statement` says under the name, as text."""
    return pl.col("statement").str.json_path_match(f"$.{name}")
