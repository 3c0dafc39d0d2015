"""What each judged fix was worth from then on, component by component (R118): what would have gone on without it, less what did.

Assumptions are in `assumptions`, surpluses of events in `event_excess`. The rules that are easy to break: where an input is missing there
is no figure, and the input is named; `churn_risk` is a forecast from complaints and `retention` a count of cancellations, so the two
overlap and are never added up.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.loop_vocab import BusinessEventKind, EffectVerdict
from feedback_loop.contracts.outcome_vocab import RoiComponent
from feedback_loop.contracts.tables import TABLES
from feedback_loop.outcomes.assumptions import RoiAssumptions
from feedback_loop.outcomes.assumptions_text import seed_assumptions
from feedback_loop.outcomes.event_excess import Estimate, excess, latest_events
from feedback_loop.outcomes.unit_values import mean_handling_minutes, mean_revenue_usd

_SCHEMA = pl.Schema(TABLES["outcomes_roi"].schema)
MOST_CARRIED_ON = 7.0
"""So many times as long as the symptom was seen its pace may be carried on: the first hours of an outbreak say little of its weeks."""

LONGER_SYMPTOM = "a_longer_symptom_before_the_fix"

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Ledger:
    """What the company knows of money: `context_business_event` and `context_customer`."""

    events: pl.DataFrame
    customers: pl.DataFrame


@dataclass(frozen=True)
class _Known:
    """The part of a ledger that is about one product: its events as stated last, and what a customer and a case are worth, on average."""

    events: pl.DataFrame
    monthly_revenue_usd: float | None
    handling_minutes: float | None

    @classmethod
    def of(cls, ledger: Ledger, product: str) -> _Known:
        events = latest_events(ledger.events.filter(pl.col("product") == product))
        return cls(events, mean_revenue_usd(ledger.customers, product), mean_handling_minutes(events, product))


@dataclass(frozen=True)
class _Input:
    """One factor of a figure; a name without a value is a missing input."""

    name: str
    value: Estimate | None


@dataclass(frozen=True)
class _Figure:
    """A component: the factors of its quantity, and those that make money of it (None where it has no price)."""

    component: RoiComponent
    unit: str
    quantity: tuple[_Input, ...]
    price: tuple[_Input, ...] | None = ()


def returns(effects: pl.DataFrame, windows: pl.DataFrame, ledger: Ledger, assumptions: RoiAssumptions | None = None) -> pl.DataFrame:
    """The rows of `outcomes_roi`: every component of each fix of `outcomes_effect`.

    `windows` are `effect.fix_windows`: action_id, onset_at, executed_at.
    """
    applied = assumptions or seed_assumptions()
    fixes = effects.join(windows.select("action_id", "onset_at", "executed_at"), on="action_id").sort("effect_id")
    known = {product: _Known.of(ledger, product) for product in fixes["product"].unique()}
    rows = [_row(fix, figure) for fix in fixes.iter_rows(named=True) for figure in _figures(fix, known[fix["product"]], applied)]
    return pl.DataFrame(rows, schema=_SCHEMA)


def _figures(fix: dict[str, Any], known: _Known, assumed: RoiAssumptions) -> Iterator[_Figure]:
    gone, avoided = _gone(fix), _avoided(fix)
    kept = (_Input("monthly_revenue_usd", _exact(known.monthly_revenue_usd)), _Input("months_kept", _exact(assumed.months_kept.value)))
    took = _exact(known.handling_minutes)
    handling = _Input("handling_minutes", took and took.scaled(1.0 / 60.0))
    leave = _Input("lost_per_complaint_share", _exact(assumed.lost_per_complaint_share.value))
    agent_hour = _Input("agent_hour_usd", _exact(assumed.agent_hour_usd.value))
    yield _Figure(RoiComponent.AGENT_HOURS, "hours", (avoided, handling), (agent_hour,))
    yield _Figure(RoiComponent.REFUNDS, "USD", (_surplus(fix, known, BusinessEventKind.REFUND), gone))
    yield _Figure(RoiComponent.CHURN_RISK, "customers", (avoided, leave), kept)
    yield _Figure(RoiComponent.RETENTION, "cancellations", (_surplus(fix, known, BusinessEventKind.CANCELLATION, False), gone), kept)
    yield _Figure(RoiComponent.RECOVERED_REVENUE, "USD", (_surplus(fix, known, BusinessEventKind.ORDER, sign=-1.0), gone))
    yield _Figure(RoiComponent.INCIDENT_DURATION, "hours", (_hours_saved(fix, assumed),), None)


def _gone(fix: dict[str, Any]) -> _Input:
    """The share of the symptom that the fix took away; unknown where it is not known whether it did."""
    judged = fix["effect_ratio"] is not None and fix["effect_verdict"] != str(EffectVerdict.INSUFFICIENT_EVIDENCE)
    share = Estimate(1.0 - fix["effect_high"], 1.0 - fix["effect_ratio"], 1.0 - fix["effect_low"]) if judged else None
    return _Input("effect_ratio", share)


def _is_too_short(fix: dict[str, Any]) -> bool:
    """Whether the symptom lasted too short before the fix to say at what pace it would have gone on for so long."""
    return bool(fix["measured_at"] - fix["executed_at"] > MOST_CARRIED_ON * (fix["executed_at"] - fix["onset_at"]))


def _avoided(fix: dict[str, Any]) -> _Input:
    """Complaints that did not come: what would have gone on, as the control went, times the share that is gone."""
    share = _gone(fix).value
    if _is_too_short(fix):
        return _Input(LONGER_SYMPTOM, None)
    if share is None or not fix["control_before_count"]:
        return _Input("effect_ratio" if share is None else "control_before_count", None)
    return _Input("effect_ratio", share.scaled(fix["treated_before_count"] * fix["control_after_count"] / fix["control_before_count"]))


def _surplus(fix: dict[str, Any], known: _Known, kind: BusinessEventKind, in_money: bool = True, sign: float = 1.0) -> _Input:
    """What the symptom had cost until the fix, at the same pace over the time after it."""
    if _is_too_short(fix):
        return _Input(LONGER_SYMPTOM, None)
    before, after = fix["executed_at"] - fix["onset_at"], fix["measured_at"] - fix["executed_at"]
    found = excess(known.events, kind, fix["onset_at"], fix["executed_at"], in_money)
    return _Input(f"{kind}_events", None if found is None else found.scaled(sign * (after / before)))


def _hours_saved(fix: dict[str, Any], assumed: RoiAssumptions) -> _Input:
    took = (fix["executed_at"] - fix["onset_at"]) / _HOUR
    usual = assumed.usual_incident_hours.value
    return _Input("usual_incident_hours", _exact(None if usual is None else usual - took))


def _exact(value: float | None) -> Estimate | None:
    return None if value is None else Estimate(value, value, value)


def _product(inputs: tuple[_Input, ...]) -> Estimate | None:
    """The inputs multiplied; None where one of them is missing."""
    found = Estimate(1.0, 1.0, 1.0)
    for one in inputs:
        if one.value is None:
            return None
        found = found.times(one.value)
    return found


def _row(fix: dict[str, Any], figure: _Figure) -> dict[str, Any]:
    priced = figure.quantity + (figure.price or ())
    missing = sorted({one.name for one in priced if one.value is None})
    quantity = None if missing else _product(figure.quantity)
    amount = None if missing or figure.price is None else _product(priced)
    ended: datetime = fix["measured_at"]
    return {
        "roi_id": stable_id("roi", fix["effect_id"], figure.component),
        "product": fix["product"],
        "roi_component": str(figure.component),
        "roi_quantity": quantity and quantity.value,
        "roi_unit": figure.unit,
        "amount_usd": amount and amount.value,
        "amount_low_usd": amount and amount.low,
        "amount_high_usd": amount and amount.high,
        "missing_inputs": missing,
        "period_started_at": fix["executed_at"],
        "period_ended_at": ended,
        "event_date": ended.date(),
    }
