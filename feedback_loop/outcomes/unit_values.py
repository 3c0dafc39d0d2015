"""What one customer pays and one case takes, on average and as measured: the values by which returns are reckoned from counts.

What nobody can measure is in `assumptions`; the returns are in `roi`, `roi_comparison` and `backtest_gains`. The rule that is easy to
break: what was stated twice counts once, as it was stated last, and what nobody stated counts in no mean, least of all as zero.
"""

from __future__ import annotations

import polars as pl

from feedback_loop.contracts.loop_vocab import BusinessEventKind
from feedback_loop.outcomes.event_excess import latest_events


def mean_revenue_usd(customers: pl.DataFrame, product: str) -> float | None:
    """What a customer of the product pays a month, of those of whom it is known; None where of none. Rows of context_customer."""
    stated = customers.filter(pl.col("product") == product).sort("landed_at", "statement_id")
    return _mean(stated.unique("known_customer_id", keep="last", maintain_order=True)["monthly_revenue_usd"])


def mean_handling_minutes(events: pl.DataFrame, product: str) -> float | None:
    """What an agent spends on a case of the product, of those that were measured; None where none was. Rows of context_business_event."""
    is_case = pl.col("business_event_kind") == str(BusinessEventKind.CASE_HANDLED)
    return _mean(latest_events(events.filter((pl.col("product") == product) & is_case))["handling_minutes"])


def _mean(values: pl.Series) -> float | None:
    known = values.drop_nulls()
    return float(known.sum()) / known.len() if known.len() else None
