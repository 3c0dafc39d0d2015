"""Did the fix help? One judgement per executed action that mends a cause, from the records around it.

Who is treated is in `treated`, how treated and control are compared in `methods/statistics/difference_in_differences`. The rule that is
easy to break: the time until the fix begins with the symptom, not with the alert; what was said while the fix was reaching customers counts
nowhere.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import polars as pl

from feedback_loop.contracts.identifiers import stable_id
from feedback_loop.contracts.loop_vocab import MENDING, ActionStatus
from feedback_loop.contracts.tables import TABLES, WINDOW_DAYS
from feedback_loop.methods.statistics.difference_in_differences import VERSION, FixEffect, Period, fix_effect
from feedback_loop.outcomes.lifecycle import executions
from feedback_loop.outcomes.treated import Scope, about, complaining_records, scope_text, sides, treated_scope

HISTORY = timedelta(days=WINDOW_DAYS - 1)
"""How far before the symptom the counts are looked at."""

GRACE = timedelta(hours=2)
"""How long a fix takes to reach customers."""

EFFECT_VERSION = f"{VERSION}-history{HISTORY.days}d-grace{GRACE // timedelta(hours=1)}h-once-a-day"

_SCHEMA = pl.Schema(TABLES["outcomes_effect"].schema)


@dataclass(frozen=True)
class Decided:
    """What was found and decided, as the tables of these names."""

    alerts: pl.DataFrame
    cohorts: pl.DataFrame
    hypotheses: pl.DataFrame
    proposals: pl.DataFrame
    actions: pl.DataFrame


@dataclass(frozen=True)
class Feedback:
    """What customers said: silver messages and fragments, and the classes of the fragments."""

    messages: pl.DataFrame
    fragments: pl.DataFrame
    classifications: pl.DataFrame


@dataclass(frozen=True)
class _Counted:
    """The counts of one fix and what became of them."""

    before: Period
    after: Period
    found: FixEffect


def effects(decided: Decided, feedback: Feedback) -> pl.DataFrame:
    """The rows of `outcomes_effect`, as far as the messages go; a fix of whose product nobody has spoken yet has none."""
    spoken = _Spoken(feedback.messages, complaining_records(feedback.fragments, feedback.classifications))
    rows = [row for fix in _fixes(decided).iter_rows(named=True) if (row := _row(fix, spoken)) is not None]
    return pl.DataFrame(rows, schema=_SCHEMA).sort("event_date", "effect_id")


def fix_windows(decided: Decided) -> pl.DataFrame:
    """From when to when the symptom of each judged action lasted: action_id, onset_at, executed_at."""
    fixes = _fixes(decided)
    onsets = [onset_of(fix) for fix in fixes.iter_rows(named=True)]
    return fixes.select("action_id", "executed_at").with_columns(onset_at=pl.Series(onsets, dtype=_SCHEMA["measured_at"]))


def _fixes(decided: Decided) -> pl.DataFrame:
    """One row per executed action that mends something, with its alert, its cause and the segment that stood out.

    A status note is none: an outage that ends would be put down to it.
    """
    # What was taken back has no effect of its own to measure.
    kept = decided.actions.filter(pl.col("action_status") != str(ActionStatus.ROLLED_BACK))
    executed = executions(kept).filter(pl.col("action_kind").is_in([str(kind) for kind in MENDING]))
    proposals = decided.proposals.select("proposal_id", "alert_id", "product", hypothesis_id="proposed_hypothesis_id")
    alerts = decided.alerts.select("alert_id", "alerted_class", "raised_at", "window_minutes")
    causes = decided.hypotheses.select("hypothesis_id", "cause_scope", "onset_at")
    cohorts = decided.cohorts.filter(pl.col("cohort_rank") == 1).select("alert_id", "cohort_attributes")
    with_alert = executed.drop("action_kind").join(proposals, on="proposal_id").join(alerts, on="alert_id")
    return with_alert.join(causes, on="hypothesis_id", how="left").join(cohorts, on="alert_id", how="left").sort("action_id")


@dataclass
class _Spoken:
    """The messages, and which of a product's are about which class: asked once for all fixes of a class."""

    messages: pl.DataFrame
    complaining: pl.DataFrame
    products: dict[str, pl.DataFrame] = field(default_factory=dict)
    subjects: dict[tuple[str, str | None], pl.Series] = field(default_factory=dict)

    def of(self, product: str) -> pl.DataFrame:
        if product not in self.products:
            self.products[product] = self.messages.filter(pl.col("product") == product)
        return self.products[product]

    def about(self, product: str, alerted_class: str | None) -> pl.Series:
        if (product, alerted_class) not in self.subjects:
            self.subjects[product, alerted_class] = about(self.of(product), self.complaining, alerted_class)
        return self.subjects[product, alerted_class]


def _row(fix: dict[str, Any], spoken: _Spoken) -> dict[str, Any] | None:
    of_product = spoken.of(fix["product"])
    if of_product.is_empty():
        return None
    scope, is_about = treated_scope(fix["cause_scope"], fix["cohort_attributes"]), spoken.about(fix["product"], fix["alerted_class"])
    end = of_product["occurred_at"].max()
    counted = _counted(sides(of_product, is_about, scope), onset_of(fix), fix["executed_at"], end)
    return _identity(fix, scope) | _figures(counted) | {"measured_at": end, "effect_version": EFFECT_VERSION}


def onset_of(fix: dict[str, Any]) -> datetime:
    """When the symptom began: as the hypothesis estimates it, otherwise with the alert's window; never after the fix."""
    window: datetime = fix["raised_at"] - timedelta(minutes=fix["window_minutes"])
    estimated: datetime | None = fix["onset_at"]
    return estimated if estimated is not None and estimated < fix["executed_at"] else window


def _counted(spoken: pl.DataFrame, onset: datetime, executed: datetime, end: Any) -> _Counted:
    treated, control = (spoken.filter(side)["occurred_at"].dt.epoch("us").to_numpy() for side in ("is_treated", "is_control"))
    history = Period.of(treated, control, onset - HISTORY, onset)
    before = Period.of(treated, control, onset, executed)
    # The last record counts too, so the end lies just behind it.
    after = Period.of(treated, control, executed + GRACE, end + timedelta(microseconds=1))
    return _Counted(before, after, fix_effect(history, before, after))


def _identity(fix: dict[str, Any], scope: Scope) -> dict[str, Any]:
    return {
        "effect_id": stable_id("effect", fix["action_id"]),
        "proposal_id": fix["proposal_id"],
        "action_id": fix["action_id"],
        "product": fix["product"],
        "treated_scope": scope_text(scope),
        "event_date": fix["executed_at"].date(),
    }


def _figures(counted: _Counted) -> dict[str, Any]:
    return {
        "treated_before_count": int(counted.before.treated_total),
        "treated_after_count": int(counted.after.treated_total),
        "control_before_count": int(counted.before.control_total),
        "control_after_count": int(counted.after.control_total),
        "effect_ratio": counted.found.ratio,
        "effect_low": counted.found.low,
        "effect_high": counted.found.high,
        "effect_verdict": str(counted.found.verdict),
    }
