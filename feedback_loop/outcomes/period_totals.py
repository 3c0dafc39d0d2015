"""What happened in each week of a stretch of days: orders, refunds, cancellations, cases and their minutes, complaints, incidents.

What two stretches say of each other is `roi_comparison`. The rules that are easy to break: an event that was stated twice counts once, as
it was stated last; a week that the stretch only touches is as long as it is, so that its totals are never held against a whole one; and
that nothing is known of a stretch is not that nothing happened in it (`is_spanned`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import numpy as np
import numpy.typing as npt
import polars as pl

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.loop_vocab import BusinessEventKind
from feedback_loop.outcomes.event_excess import latest_events

Reals = npt.NDArray[np.float64]
WEEK = 7

FIELDS = (
    "days", "orders", "order_usd", "refunds", "refund_usd", "cancellations", "cases", "timed_cases", "handled_minutes", "complaints",
    "incidents", "incident_hours",
)  # fmt: skip
"""What is added up, in the order of the columns of a `Totals`."""

_KIND = {
    "orders": (BusinessEventKind.ORDER, None),
    "order_usd": (BusinessEventKind.ORDER, "amount_usd"),
    "refunds": (BusinessEventKind.REFUND, None),
    "refund_usd": (BusinessEventKind.REFUND, "amount_usd"),
    "cancellations": (BusinessEventKind.CANCELLATION, None),
    "cases": (BusinessEventKind.CASE_HANDLED, None),
    "handled_minutes": (BusinessEventKind.CASE_HANDLED, "handling_minutes"),
}
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Known:
    """What is known of one product: business events as stated last, the instants of its complaints, and its incidents that ended.

    Of complaints: occurred_at. Of incidents: started_at, ended_at. `heard` are the days from the first feedback of the product to the
    last, whatever it says; None where that is not known.
    """

    events: pl.DataFrame
    complaints: pl.DataFrame
    incidents: pl.DataFrame
    heard: DayRange | None = None

    @classmethod
    def of(
        cls, product: str, events: pl.DataFrame, complaints: pl.DataFrame, incidents: pl.DataFrame, heard: DayRange | None = None
    ) -> Known:
        """The part of the tables that is about the product; an incident of no product is everybody's."""
        is_product = pl.col("product") == product
        stated = incidents.filter(is_product | pl.col("product").is_null()).sort("landed_at", "statement_id")
        latest = stated.unique("incident_id", keep="last", maintain_order=True).drop_nulls("ended_at")
        return cls(latest_events(events.filter(is_product)), complaints.filter(is_product), latest, heard)

    @property
    def told(self) -> DayRange | None:
        """The days from the first business event to the last; None without any."""
        return span_of(self.events["occurred_at"])

    def reaches(self, day: date) -> bool:
        """Whether business events are known from the day on, or earlier."""
        first = self.events["occurred_at"].min()
        return isinstance(first, datetime) and first.date() <= day


def span_of(instants: pl.Series) -> DayRange | None:
    """The days from the first of the instants to the last; None of none."""
    first, last = instants.min(), instants.max()
    return DayRange(first.date(), last.date()) if isinstance(first, datetime) and isinstance(last, datetime) else None


def is_spanned(days: DayRange, known: DayRange) -> bool:
    """Whether what is known begins in the first week of the days or earlier, and ends in their last one or later."""
    slack = timedelta(days=min(WEEK, len(days)) - 1)
    return known.first <= days.first + slack and known.last >= days.last - slack


@dataclass(frozen=True)
class Totals:
    """Per week (rows) of a stretch of days what `FIELDS` name (columns): float64 [weeks, fields]."""

    weeks: Reals

    def drawn(self, draws: int, rng: np.random.Generator) -> Reals:
        """Sums over the stretch, float64 [draws + 1, fields]: first of the weeks as they were, then of weeks drawn with repetition.

        Whole weeks are drawn, as what happens on one day goes on on the next (block bootstrap: Künsch, Annals of Statistics 17, 1989).
        """
        count = self.weeks.shape[0]
        drawn = self.weeks[rng.integers(0, count, (draws, count))].sum(axis=1)
        return np.vstack([self.weeks.sum(axis=0), drawn])


def totals(known: Known, days: DayRange) -> Totals:
    """The totals of each week of the days, counted from the first of them."""
    count = -(-len(days) // WEEK)
    columns = {name: np.zeros(count) for name in FIELDS}
    columns["days"] = np.array([float(min(WEEK, len(days) - WEEK * n)) for n in range(count)])
    for name, (kind, amount) in _KIND.items():
        rows = known.events.filter(pl.col("business_event_kind") == str(kind))
        columns[name] = _by_week(rows, "occurred_at", amount, days, count)
    # A case of which nobody wrote down the minutes would else seem to have taken none.
    timed = known.events.filter(pl.col("business_event_kind") == str(BusinessEventKind.CASE_HANDLED)).drop_nulls("handling_minutes")
    columns["timed_cases"] = _by_week(timed, "occurred_at", None, days, count)
    columns["complaints"] = _by_week(known.complaints, "occurred_at", None, days, count)
    lasting = known.incidents.with_columns(hours=(pl.col("ended_at") - pl.col("started_at")) / _HOUR)
    columns["incidents"] = _by_week(lasting, "started_at", None, days, count)
    columns["incident_hours"] = _by_week(lasting, "started_at", "hours", days, count)
    return Totals(np.column_stack([columns[name] for name in FIELDS]))


def _by_week(rows: pl.DataFrame, at: str, amount: str | None, days: DayRange, count: int) -> Reals:
    start, end = (datetime.combine(day, time(), UTC) for day in (days.first, days.last + timedelta(days=1)))
    within = rows.filter(pl.col(at).is_between(start, end, closed="left"))
    week = ((within[at] - start).dt.total_days() // WEEK).to_numpy()
    weights = None if amount is None else within[amount].fill_null(0.0).to_numpy()
    return np.bincount(week, weights, minlength=count).astype(np.float64)
