"""When each version of each product was released: as fed, or inferred from the first record that names it.

A fed statement goes before any inference, and the statement that landed last before those that it corrects. An inferred instant is the
first at which a customer spoke of the version: the release itself was no later.
"""

from __future__ import annotations

import polars as pl

from feedback_loop.contracts.tables import TABLES

CONTEXT_RELEASE = TABLES["context_release"]

_VERSION = ["product", "release_version"]


def releases(bronze_release: pl.DataFrame, bronze_feedback_record: pl.DataFrame) -> pl.DataFrame:
    """Rows of `context_release`, one per product and version; `landed_at` is that of the statement or record that tells the instant."""
    fed = _fed(bronze_release)
    inferred = _inferred(bronze_feedback_record).join(fed, on=_VERSION, how="anti")
    both = pl.concat([fed, inferred], how="diagonal")
    return both.with_columns(event_date=pl.col("released_at").dt.date()).select(CONTEXT_RELEASE.columns).sort(*_VERSION)


def _fed(statements: pl.DataFrame) -> pl.DataFrame:
    latest = statements.sort("landed_at", "released_at", "release_id").unique(_VERSION, keep="last", maintain_order=True)
    return latest.select(*_VERSION, "released_at", "release_notes", "landed_at", is_inferred=pl.lit(False))


def _inferred(records: pl.DataFrame) -> pl.DataFrame:
    named = records.filter(pl.col("product_version").is_not_null()).rename({"product_version": "release_version"})
    first = named.sort("occurred_at", "landed_at").unique(_VERSION, keep="first", maintain_order=True)
    return first.select(*_VERSION, "landed_at", released_at="occurred_at", is_inferred=pl.lit(True))
