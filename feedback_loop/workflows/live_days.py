"""Which days are live: only on them may anything be proposed that can be carried out.

The rule that is easy to break: a run over old days, whoever starts it and whatever it finds, leads to no action.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import polars as pl

from feedback_loop.contracts.days import DayRange, day_of

LIVE_DAYS = 2
"""Today and yesterday: an alert of the evening is still acted on after midnight."""


def live_part(days: DayRange, now: datetime) -> DayRange | None:
    """The days of the range that are live at the instant; None where none is."""
    first, today = max(days.first, day_of(now) - timedelta(days=LIVE_DAYS - 1)), day_of(now)
    last = min(days.last, today)
    return DayRange(first, last) if first <= last else None


def with_decided_kept(found: pl.DataFrame, held: pl.DataFrame, decided_alert_ids: list[str], now: datetime) -> pl.DataFrame:
    """The found rows, but of alerts on which somebody decided the rows as they were held, once their day is no longer live.

    Both frames are rows of one table with the columns alert_id and event_date. Without this a late row would rewrite what a decision
    rested on; on live days a revision is wanted, for it shows that the evidence is stale.
    """
    kept = held.filter(_is_kept(decided_alert_ids, now))
    others = found.join(kept, on="alert_id", how="anti", maintain_order="left")
    return pl.concat([others, kept.select(found.columns)])


def undecided(alerts: pl.DataFrame, decided_alert_ids: list[str], now: datetime) -> pl.DataFrame:
    """The alerts of which nothing is kept."""
    return alerts.filter(~_is_kept(decided_alert_ids, now))


def _is_kept(decided_alert_ids: list[str], now: datetime) -> pl.Expr:
    is_past = pl.col("event_date") < day_of(now) - timedelta(days=LIVE_DAYS - 1)
    return pl.col("alert_id").is_in(decided_alert_ids) & is_past
