"""An alert's complaints as `methods/diagnosis` weighs them: history and window, the usual level, and who was there to complain.

Which segments are named is the business of `cohorts`, which change is blamed that of `hypotheses`. The rules that are easy to break: the
window reaches back beyond the onset, so that the rise is seen against hours without it; who is there is told by all records of the product,
for a new version has customers before it has complaints.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from feedback_loop.analysis.alerted import Alerted
from feedback_loop.analysis.complaint_counts import DAY_MICROSECONDS, HOUR_MICROSECONDS, PSEUDO_RECORDS, History, first_instant
from feedback_loop.analysis.onset import onset
from feedback_loop.analysis.segments import Codes, Flags
from feedback_loop.contracts.table_types import SCOPE_DIMENSIONS
from feedback_loop.contracts.tables import WINDOW_DAYS
from feedback_loop.contracts.vocab import SubjectKind
from feedback_loop.methods.diagnosis.change_log import no_log
from feedback_loop.methods.diagnosis.coding import Coded, Window, coded, codes_of, values_of
from feedback_loop.methods.diagnosis.level import Level, usual_level
from feedback_loop.methods.diagnosis.look import Look, settled
from feedback_loop.methods.diagnosis.mix import Borrowed, Mix, expected_mix
from feedback_loop.methods.diagnosis.presence import Presence
from feedback_loop.methods.diagnosis.rise import GLOBAL_RATIOS, RATIOS
from feedback_loop.methods.diagnosis.scan import Priors, Scan
from feedback_loop.methods.statistics.calibration import Reals

RAISED = Priors(0.2, 0.5, 0.3, (*GLOBAL_RATIOS, *RATIOS[GLOBAL_RATIOS[-1] < RATIOS]))
"""Before the segments are looked at: an alert was raised, so that rather something happened than nothing."""

SHORTEST_DAYS, LONGEST_DAYS = 3, 7
"""Length of the window: a day more than since the onset, within these."""

_NEARBY_HOURS = 3
"""Records within some hours of a complaint show who was there to complain."""

_MOST_BORROWED = 1000


@dataclass(frozen=True)
class Weighing:
    """The complaints of one alert, coded, with what was to be expected of them; moments of the window are hours."""

    rows: Coded
    window: Window
    level: Level
    mix: Mix
    borrowed: Borrowed
    presence: Presence

    @classmethod
    def of(cls, alert: Alerted) -> Weighing | None:
        """None where there are too few complaints to tell when they began."""
        began = onset(alert)
        if began is None:
            return None
        days = int(np.clip(-(-(alert.end - began) // DAY_MICROSECONDS) + 1, SHORTEST_DAYS, LONGEST_DAYS))
        first = first_instant(alert.day) - (WINDOW_DAYS - 1) * DAY_MICROSECONDS
        window = Window(first, alert.end - days * DAY_MICROSECONDS, alert.end)
        likely, dimensions = _who_may_complain(alert), _dimensions(alert)
        rows, borrowed, presence = _coded(alert, dimensions, likely, window)
        level = usual_level(rows.at, window, steps=window.length // HOUR_MICROSECONDS)
        return cls(rows, window, level, expected_mix(rows, window, _active(alert, likely, window), borrowed), borrowed, presence)

    def settled(self) -> tuple[Look, Scan]:
        """The look at the window with its first scan, by the complaints alone."""
        return settled(self.rows, self.window, self.level, self.mix, no_log(len(self.level.moments)), RAISED, self.borrowed, self.presence)


def _who_may_complain(alert: Alerted) -> Codes:
    """The records of all who might have said the same: a cluster is found among the texts of one language, so for it of that language."""
    history, everybody = alert.history, np.arange(len(alert.history.days))
    if alert.row["subject_kind"] != SubjectKind.CLUSTER:
        return everybody
    place = SCOPE_DIMENSIONS.index("locale")
    values = [(value.split("-")[0] if dimension == "locale" else "") for dimension, value in history.segments.pairs] + [""]
    spoken = np.array(values)[history.segments.codes[:, place]]
    return everybody[np.isin(spoken, [*np.unique(spoken[alert.complaining]), ""])]


def _dimensions(alert: Alerted) -> tuple[str, ...]:
    """By which the alert's customers are told apart; those of a cluster speak one language, which says nothing of them."""
    return tuple(name for name in SCOPE_DIMENSIONS if name != "locale" or alert.row["subject_kind"] != SubjectKind.CLUSTER)


def _coded(alert: Alerted, dimensions: tuple[str, ...], likely: Codes, window: Window) -> tuple[Coded, Borrowed, Presence]:
    """The complaints, usual records of those who may complain, and all of those in the window, coded alike."""
    history = alert.history
    usual = np.setdiff1d(np.intersect1d(alert.usual, likely), alert.complaining)
    spread = np.linspace(0, len(usual) - 1, min(len(usual), _MOST_BORROWED)).astype(int)
    there = np.intersect1d(history.between(window.start, window.end), likely)
    there = there[~alert.complains(there)]
    said, others, present = (_attributes(history, records) for records in (alert.complaining, usual[spread], there))
    values = values_of(pl.concat([said, others, present]), dimensions)
    borrowed = Borrowed(codes_of(others, dimensions, values), PSEUDO_RECORDS)
    presence = Presence(codes_of(present, dimensions, values), history.instants[there])
    return coded(said, dimensions, window, values), borrowed, presence


def _attributes(history: History, records: Codes) -> pl.DataFrame:
    """The records as `coded` reads them."""
    pairs, codes = history.segments.pairs, history.segments.codes[records]
    # One value more than there are pairs: code -1, which names none, falls on it.
    values = [*(value for _, value in pairs), None]
    columns = {
        name: pl.Series(name, [values[code] for code in codes[:, n].tolist()], dtype=pl.String) for n, name in enumerate(SCOPE_DIMENSIONS)
    }
    at = pl.Series("occurred_at", history.instants[records]).cast(pl.Datetime("us", "UTC"))
    customers = pl.Series("customer_id", [history.customers[n] for n in records.tolist()], dtype=pl.String)
    return pl.DataFrame({"occurred_at": at, "customer_id": customers, **columns})


def _active(alert: Alerted, likely: Codes, window: Window) -> pl.DataFrame:
    """How many of the likely records name each value before the window and in it, as `expected_mix` reads active customers.

    Those in the window count as much as complaints came at their time: while a version rolls out, or on another continent's morning, of
    whom complaints would be if nothing happened to some alone depends on when they came.
    """
    history = alert.history
    spans = (history.between(window.first, window.start), history.between(window.start, window.end))
    before, now = (np.intersect1d(records, likely) for records in spans)
    said = alert.complains(now)
    weights = _weights(history.instants[now], said, window) * ~said
    counted = [(window.first, np.ones(len(before)), before), (window.start, weights, now)]
    codes = history.segments.codes
    named = [
        {"hour": start, "active_customers": float(count), dimension: value}
        for start, weight, records in counted
        for (dimension, value), count in zip(
            history.segments.pairs, _named(codes[records], weight, len(history.segments.pairs)), strict=True
        )
    ]
    schema = {"hour": pl.Int64, "active_customers": pl.Float64, **dict.fromkeys(SCOPE_DIMENSIONS, pl.String)}
    return pl.DataFrame(named, schema=schema).with_columns(pl.col("hour").cast(pl.Datetime("us", "UTC")))


def _named(codes: Codes, weights: Reals, pairs: int) -> Reals:
    """The summed weights of the records that name each pair: float64 [pairs]."""
    flat, repeated = codes.ravel(), np.repeat(weights, codes.shape[1])
    return np.bincount(flat[flat >= 0], weights=repeated[flat >= 0], minlength=pairs).astype(np.float64)


def _weights(instants: Codes, said: Flags, window: Window) -> Reals:
    """Of each record how dense complaints are within some hours of it beside all records; on average one: float64 [records]."""
    if not said.any() or said.all():
        return np.ones(len(instants))
    hours = (instants - window.start) // HOUR_MICROSECONDS
    length = window.length // HOUR_MICROSECONDS
    complaints, records = (_smoothed(np.bincount(hours[part], minlength=length).astype(np.float64)) for part in (said, said | ~said))
    density = (complaints / np.maximum(records, 1e-9))[hours]
    weights: Reals = density / density.mean()
    return weights


def _smoothed(by_hour: Reals) -> Reals:
    """Each hour with those near it: float64 [hours]."""
    reach = np.arange(-3 * _NEARBY_HOURS, 3 * _NEARBY_HOURS + 1)
    smooth: Reals = np.convolve(by_hour, np.exp(-0.5 * (reach / _NEARBY_HOURS) ** 2))[3 * _NEARBY_HOURS : -3 * _NEARBY_HOURS]
    return smooth
