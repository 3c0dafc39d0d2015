"""What a table is, and the windows and dimensions that several tables share. The tables themselves stand in `tables.py`.

`lookback_days` is the number of days before its own that a day of the table reads from its inputs: a row that lands late touches its own
day and the next `lookback_days`. None means that each day reads the whole history, so a late row touches all days from its own on.
"""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

from feedback_loop.contracts.fields import FIELDS, Field
from feedback_loop.contracts.vocab import Owner

WINDOW_DAYS = 28
"""Length of the window over which clusters are formed and rates compared, the day itself included."""

DUPLICATE_DAYS = 7
"""Length of the window in which a customer's repetition counts as a duplicate, the day itself included."""

BOILERPLATE_DAYS = 7
"""Length of the window in which a customer's mails are compared for lines that recur, the day itself included."""

SEASON_DAYS = 112
"""Days that a forecast looks back over, its own included: sixteen of each weekday, and three or four of each day of the month."""

CANDIDATE_DAYS = 7
"""A release this many days before an alert, or fewer, is a candidate."""


@dataclass(frozen=True)
class Table:
    """One table; `question` is what a user would ask of it (marts only).

    `has_day_in_key` says that rows of one key lie on one day, so that what an append already holds is looked for on its own days alone.
    """

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    partition: str | None
    owner: Owner = Owner.PYTHON
    lookback_days: int | None = 0
    question: str = ""
    has_day_in_key: bool = False

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns in their order."""
        return tuple(FIELDS[name] for name in self.columns)

    @property
    def schema(self) -> pa.Schema:
        """The arrow schema to which every frame is cast before it is written."""
        return pa.schema([pa.field(f.name, f.dtype, nullable=f.is_nullable) for f in self.fields])


DIMENSIONS = (
    "source", "channel", "customer_id", "product", "sku", "product_area", "locale", "segment", "tier", "region",
    "product_version", "device", "os", "browser", "severity", "rating", "occurred_at", "landed_at",
)  # fmt: skip
"""What the source says of a record beside its text; carried from bronze to silver unchanged."""

SCOPE_DIMENSIONS = ("browser", "channel", "device", "locale", "os", "product_version", "region", "segment", "tier")
"""The dimensions that a scope or a cohort may name, ascending; each is a column of records, messages and fragments."""
