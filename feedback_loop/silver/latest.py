"""Which version of a record counts: the latest that landed.

Here: the choice among all versions, a global step. Landing versions is `bronze`. The rule that is easy to break: the choice needs all
versions of a record, whatever their days, because an edited record leaves the day that it was first filed under.
"""

from __future__ import annotations

import polars as pl

ORDER = ("landed_at", "occurred_at", "record_version_id")
"""What makes one version later than another; the last decides between versions of one instant."""


def latest_versions(records: pl.DataFrame) -> pl.DataFrame:
    """One row per record_id, its latest version, ordered by record_id."""
    return records.sort("record_id", *ORDER).unique("record_id", keep="last", maintain_order=True)
