"""Days with the loop beside days before it: what was saved, in what, in money, against what it cost, and how sure that is (R119).

What happened in each week is `period_totals`, what nobody can measure `assumptions`. What would have been without the loop is what was
before, per order where orders are known and per day otherwise, times what the season made of it a year earlier where that is known. The
rules that are easy to break: fewer cases (less pain of customers) and shorter ones (less effort of agents) are told apart (R115); the
forecast of churn is never added to the cancellations that it foretells; a total is told of what is known alone, with what is missing
beside it; and where events or feedback do not reach over both stretches nothing was saved, but something is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import numpy as np

from feedback_loop.contracts.days import DayRange
from feedback_loop.contracts.outcome_vocab import ComparedFigure
from feedback_loop.outcomes.assumptions import RoiAssumptions
from feedback_loop.outcomes.period_totals import FIELDS, Known, Reals, Totals, is_spanned, totals

DRAWS, SEED = 2_000, 20_260_301
FEWEST_WEEKS = 4
"""Weeks of a stretch below which weeks can't be drawn from it and no interval is told."""

YEAR = timedelta(days=364)
"""A year back that keeps the days of the week."""

_DAYS_A_MONTH = 365.25 / 12
_ADDED = (
    ComparedFigure.FEWER_CASES, ComparedFigure.FASTER_CASES, ComparedFigure.REFUNDS, ComparedFigure.CANCELLATIONS, ComparedFigure.REVENUE,
)  # fmt: skip
"""What is added up; the others overlap with these or have no price."""


@dataclass(frozen=True)
class Interval:
    """A figure with the ends of its 95 % interval, which are None where weeks are too few to tell."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Line:
    """One figure of the comparison; `expected` is what it would have been without the loop, all None where an input is missing."""

    figure: ComparedFigure
    unit: str
    expected: float | None = None
    measured: float | None = None
    saved: Interval | None = None
    amount: Interval | None = None
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Varied:
    """What becomes of the total and of the multiple where one assumption or cost has another value."""

    name: str
    value: float
    total_usd: float | None
    multiple: float | None


@dataclass(frozen=True)
class Comparison:
    """The lines, by what the stretches were made comparable, and how the total moves with each assumption."""

    before: DayRange
    with_loop: DayRange
    per: str
    season: float | None
    lines: tuple[Line, ...]
    sensitivity: tuple[Varied, ...] = ()


@dataclass(frozen=True)
class _Sums:
    """Sums of both stretches over the draws by field, float64 [draws + 1]; `season` by which the first are raised.

    `untold` and `unheard` name the stretches over which business events, or feedback, do not reach.
    """

    before: Mapping[str, Reals]
    now: Mapping[str, Reals]
    per: str
    season: Mapping[str, float] = field(default_factory=dict)
    untold: tuple[str, ...] = ()
    unheard: tuple[str, ...] = ()

    def expected(self, name: str, per: str | None = None) -> Reals:
        """What the field would have been in the days with the loop."""
        unit = per or self.per
        return self.season.get(name, 1.0) * self.before[name] / self.before[unit] * self.now[unit]

    def knows(self, name: str) -> bool:
        """Whether there was any of it before the loop."""
        return bool(self.before[name][0] > 0)


@dataclass(frozen=True)
class _Part:
    """A line before it is summed up: quantities over the draws, the price of one, and what is missing."""

    figure: ComparedFigure
    unit: str
    expected: Reals
    measured: Reals
    price: float | None
    missing: tuple[str, ...]


def compared(
    known: Known,
    before: DayRange,
    with_loop: DayRange,
    assumptions: RoiAssumptions,
    monthly_revenue_usd: float | None,
    model_cost_usd: float,
) -> Comparison:
    """The comparison of one product; `model_cost_usd` is what calls of language models cost in the days with the loop."""
    stretches = totals(known, before), totals(known, with_loop)
    sums = _sums(known, before, with_loop, stretches)
    has_weeks = min(part.weeks.shape[0] for part in stretches) >= FEWEST_WEEKS

    def told(assumed: RoiAssumptions) -> tuple[Line, ...]:
        return tuple(_lines(sums, assumed, monthly_revenue_usd, model_cost_usd, has_weeks))

    season = sums.season.get("cases", sums.season.get("complaints"))
    return Comparison(before, with_loop, sums.per, season, told(assumptions), tuple(_sensitivity(assumptions, told)))


def _sums(known: Known, before: DayRange, with_loop: DayRange, stretches: tuple[Totals, Totals]) -> _Sums:
    rng = np.random.default_rng(SEED)
    first, second = (dict(zip(FIELDS, part.drawn(DRAWS, rng).T, strict=True)) for part in stretches)
    per = "orders" if min(first["orders"].min(), second["orders"].min()) > 0 else "days"
    gaps = (_gaps("business_events", known.told, before, with_loop), _gaps("feedback", known.heard, before, with_loop))
    return _Sums(first, second, per, _season(known, before, with_loop, per), *gaps)


def _gaps(name: str, span: DayRange | None, before: DayRange, with_loop: DayRange) -> tuple[str, ...]:
    """Over which of the stretches what is known does not reach; none where it is not known at all, which has its own word."""
    stretches = {f"{name}_before": before, f"{name}_with_the_loop": with_loop}
    return () if span is None else tuple(word for word, days in stretches.items() if not is_spanned(days, span))


def _season(known: Known, before: DayRange, with_loop: DayRange, per: str) -> dict[str, float]:
    """How much more of each field there was a year earlier in the days of the loop than in those before, per unit; {} where not known."""
    earlier, later = (DayRange(days.first - YEAR, days.last - YEAR) for days in (before, with_loop))
    if not known.reaches(earlier.first):
        return {}
    then, after = (dict(zip(FIELDS, totals(known, days).weeks.sum(axis=0), strict=True)) for days in (earlier, later))
    # Money that comes in is held against days, or orders would be held against orders.
    units = {name: "days" if name in ("orders", "order_usd") else per for name in FIELDS}
    return {
        name: float((after[name] / after[units[name]]) / (then[name] / then[units[name]]))
        for name in FIELDS
        if name != "days" and then[name] > 0 and after[name] > 0 and then[units[name]] > 0 and after[units[name]] > 0
    }


def _parts(sums: _Sums, assumed: RoiAssumptions, revenue: float | None) -> Iterator[_Part]:
    hour, months, leave = (getattr(assumed, name).value for name in ("agent_hour_usd", "months_kept", "lost_per_complaint_share"))
    kept = None if revenue is None or months is None else revenue * months
    no_kept = tuple(name for name, value in (("monthly_revenue_usd", revenue), ("months_kept", months)) if value is None)
    no_hour = ("agent_hour_usd",) if hour is None else ()
    before, now = sums.before, sums.now
    handled = (*_absent(sums, "cases", "handled_minutes"), *_unsaid(now, "cases", "handled_minutes"), *sums.untold)
    was = before["handled_minutes"] / np.maximum(before["timed_cases"], 1.0) / 60.0
    took = now["handled_minutes"] / np.maximum(now["timed_cases"], 1.0) / 60.0
    yield _Part(ComparedFigure.FEWER_CASES, "hours", sums.expected("cases") * was, now["cases"] * was, hour, (*handled, *no_hour))
    yield _Part(ComparedFigure.FASTER_CASES, "hours", now["cases"] * was, now["cases"] * took, hour, (*handled, *no_hour))
    paid = (*_absent(sums, "refund_usd"), *_unsaid(now, "refunds", "refund_usd"), *sums.untold)
    yield _Part(ComparedFigure.REFUNDS, "USD", sums.expected("refund_usd"), now["refund_usd"], 1.0, paid)
    left = sums.expected("cancellations", "days")
    absent = (*_absent(sums, "cancellations"), *no_kept, *sums.untold)
    yield _Part(ComparedFigure.CANCELLATIONS, "customers", left, now["cancellations"], kept, absent)
    season = () if "order_usd" in sums.season else ("orders_of_the_year_before",)
    # Revenue is won where there is more of it, so what was and what would have been change places.
    would = sums.expected("order_usd", "days")
    yield _Part(ComparedFigure.REVENUE, "USD", now["order_usd"], would, 1.0, (*_absent(sums, "order_usd"), *season, *sums.untold))
    lasted = before["incident_hours"] / np.maximum(before["incidents"], 1.0)
    incidents = _absent(sums, "incidents")
    yield _Part(ComparedFigure.INCIDENT_HOURS, "hours", lasted * now["incidents"], now["incident_hours"], None, incidents)
    share, no_share = (leave, ()) if leave is not None else (0.0, ("lost_per_complaint_share",))
    said = (*_absent(sums, "complaints"), *sums.unheard)
    at_risk = share * sums.expected("complaints"), share * now["complaints"]
    yield _Part(ComparedFigure.CHURN_FORECAST, "customers", *at_risk, kept, (*said, *no_share, *no_kept))
    yield _Part(ComparedFigure.COMPLAINTS, "complaints", sums.expected("complaints"), now["complaints"], None, said)


def _absent(sums: _Sums, *names: str) -> tuple[str, ...]:
    return tuple(f"{name}_before" for name in names if not sums.knows(name))


def _unsaid(now: Mapping[str, Reals], count: str, amount: str) -> tuple[str, ...]:
    """The amount, where it happened with the loop and nobody wrote down how much."""
    return (f"{amount}_with_the_loop",) if now[count][0] > 0 and now[amount][0] == 0 else ()


def _lines(sums: _Sums, assumed: RoiAssumptions, revenue: float | None, model_cost: float, has_weeks: bool) -> Iterator[Line]:
    """A line of each figure, and then the total, the cost and the multiple."""
    parts = {part.figure: part for part in _parts(sums, assumed, revenue)}
    worth = {name: (p.expected - p.measured) * p.price for name, p in parts.items() if not p.missing and p.price is not None}
    for name, part in parts.items():
        yield Line(name, part.unit, missing=part.missing) if part.missing else _line(part, worth.get(name), has_weeks)
    added = [worth[name] for name in _ADDED if name in worth]
    missing = tuple(sorted({one for name in _ADDED for one in parts[name].missing}))
    cost, unpriced = _cost(sums, assumed, model_cost)
    yield from _sum_lines(np.sum(added, axis=0) if added else None, missing, cost, unpriced, has_weeks)


def _line(part: _Part, worth: Reals | None, has_weeks: bool) -> Line:
    saved = _interval(part.expected - part.measured, has_weeks)
    amount = None if worth is None else _interval(worth, has_weeks)
    return Line(part.figure, part.unit, float(part.expected[0]), float(part.measured[0]), saved, amount)


def _sum_lines(
    total: Reals | None, missing: tuple[str, ...], cost: float | None, unpriced: tuple[str, ...], has_weeks: bool
) -> Iterator[Line]:
    yield _summed(ComparedFigure.TOTAL, "USD", total, has_weeks, missing)
    yield Line(ComparedFigure.COST, "USD", measured=cost, amount=None if cost is None else Interval(cost, cost, cost), missing=unpriced)
    multiple = total / cost if total is not None and cost else None
    # Nothing is the multiple of a cost of zero, so that somebody has to say a cost.
    no_cost = ("costs",) if cost == 0 else ()
    yield _summed(ComparedFigure.MULTIPLE, "times", multiple, has_weeks, (*unpriced, *no_cost, *(missing if total is None else ())))


def _summed(figure: ComparedFigure, unit: str, draws: Reals | None, has_weeks: bool, missing: tuple[str, ...]) -> Line:
    if draws is None:
        return Line(figure, unit, missing=missing)
    found = _interval(draws, has_weeks)
    is_money = unit == "USD"
    return Line(figure, unit, saved=found, amount=found if is_money else None, missing=missing)


def _cost(sums: _Sums, assumed: RoiAssumptions, model_cost: float) -> tuple[float | None, tuple[str, ...]]:
    """What the loop cost in its days, None with the names of what nobody says where a part of it is not known."""
    unpriced = tuple(cost.name for cost in assumed.costs if cost.usd_per_month is None)
    months = float(sums.now["days"][0]) / _DAYS_A_MONTH
    monthly = sum(cost.usd_per_month or 0.0 for cost in assumed.costs)
    return (None if unpriced else model_cost + monthly * months), unpriced


def _interval(draws: Reals, has_weeks: bool) -> Interval:
    if not has_weeks:
        return Interval(float(draws[0]), None, None)
    low, high = (float(end) for end in np.quantile(draws[1:], (0.025, 0.975)))
    return Interval(float(draws[0]), low, high)


def _sensitivity(assumptions: RoiAssumptions, told: Callable[[RoiAssumptions], Sequence[Line]]) -> Iterator[Varied]:
    """The total and the multiple with each assumption and cost that has a value at the ends of what it may be."""
    for name, value in assumptions.to_try():
        lines = {line.figure: line for line in told(assumptions.varied(name, value))}
        total, multiple = lines[ComparedFigure.TOTAL].saved, lines[ComparedFigure.MULTIPLE].saved
        yield Varied(name, value, *(None if one is None else one.value for one in (total, multiple)))
