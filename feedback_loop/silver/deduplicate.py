"""Exact repetition: the same known customer says the same of the same product again within a week.

Here: which fragment repeats which, a global step over all days of the window. What counts as the same words is `methods.fingerprints`. The
rule that is easy to break: a fragment without a customer is never a duplicate; hundreds of different people write the same two words.
"""

from __future__ import annotations

import polars as pl

from feedback_loop.contracts.tables import DUPLICATE_DAYS

SAME = ("customer_id", "product", "fingerprint")


def deduplicate(fragments: pl.DataFrame) -> pl.DataFrame:
    """The same rows with `duplicate_of`: the earliest other fragment that says the same in the window that ends with the row's day."""
    known = fragments.filter(pl.col("customer_id").is_not_null())
    firsts = (
        known.sort("occurred_at", "fragment_id")
        .unique([*SAME, "event_date"], keep="first", maintain_order=True)
        .select(*SAME, "event_date", pl.col("fragment_id").alias("_first"))
        .sort("event_date")
    )
    window_start = pl.col("event_date").dt.offset_by(f"-{DUPLICATE_DAYS - 1}d")
    matched = (
        known.select(*SAME, "fragment_id", window_start.alias("_from"))
        .sort("_from")
        .join_asof(firsts, left_on="_from", right_on="event_date", by=list(SAME), strategy="forward", check_sortedness=False)
        .filter(pl.col("_first") != pl.col("fragment_id"))
        .select("fragment_id", pl.col("_first").alias("duplicate_of"))
    )
    columns = fragments.columns
    return fragments.drop("duplicate_of", strict=False).join(matched, on="fragment_id", how="left", maintain_order="left").select(columns)
