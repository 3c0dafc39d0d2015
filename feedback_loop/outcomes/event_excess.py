"""How many more orders, refunds or cancellations there were while a symptom lasted than in the same hours of other days.

What they are worth is in `roi`. The rule that is easy to break: an event that was stated twice counts once, as it was stated last.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import polars as pl
from scipy.stats import t

from feedback_loop.contracts.loop_vocab import BusinessEventKind

FEWEST_WINDOWS = 3
"""Earlier windows below which nobody can say what is usual."""

EARLIER_DAYS = 27
"""How far back the windows reach, as far as the history of an effect does."""

_DAY = timedelta(days=1)
_UPPER = 0.975


@dataclass(frozen=True)
class Estimate:
    """A figure with the ends of its 95 % interval."""

    low: float
    value: float
    high: float

    def times(self, other: Estimate) -> Estimate:
        """The product; its ends are the farthest of the products of the ends."""
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Estimate(min(ends), self.value * other.value, max(ends))

    def scaled(self, factor: float) -> Estimate:
        """The figure times a known factor."""
        return self.times(Estimate(factor, factor, factor))


def latest_events(events: pl.DataFrame) -> pl.DataFrame:
    """Each business event once, as it was stated last."""
    return events.sort("landed_at", "statement_id").unique("business_event_id", keep="last", maintain_order=True)


def excess(events: pl.DataFrame, kind: BusinessEventKind, start: datetime, end: datetime, in_money: bool) -> Estimate | None:
    """The surplus of events of the kind from start to end, or of their money, over what the windows of earlier days let expect.

    The interval is the prediction interval of one more window like the earlier ones (normal, variance unknown: Student's t). None where the
    events don't reach back far enough, none of the kind is known, or the time is empty.
    """
    of_kind = events.filter(pl.col("business_event_kind") == str(kind)).sort("occurred_at", "business_event_id")
    first = events["occurred_at"].min()
    if of_kind.is_empty() or not isinstance(first, datetime) or end <= start:
        return None
    step = -(-(end - start) // _DAY) * _DAY
    shifts = [n * step for n in range(1, EARLIER_DAYS * _DAY // step + 1) if start - n * step >= first]
    if len(shifts) < FEWEST_WINDOWS:
        return None
    earlier = np.array([_total(of_kind, start - shift, end - shift, in_money) for shift in shifts])
    surplus = _total(of_kind, start, end, in_money) - float(earlier.mean())
    doubt = float(t.ppf(_UPPER, earlier.size - 1) * earlier.std(ddof=1) * np.sqrt(1.0 + 1.0 / earlier.size))
    return Estimate(surplus - doubt, surplus, surplus + doubt)


def _total(events: pl.DataFrame, start: datetime, end: datetime, in_money: bool) -> float:
    within = events.filter(pl.col("occurred_at").is_between(start, end, closed="left"))
    return float(within["amount_usd"].sum()) if in_money else float(within.height)
